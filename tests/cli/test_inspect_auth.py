# tests/cli/test_inspect_auth.py: `inspect auth` against what the servers answered.
import base64
import json

from damage import VERSIONS


def test_users_and_roles_are_what_the_servers_had(utl, fixture):
    answers = json.loads((fixture / "answers.json").read_text())
    done = utl("inspect", "auth", fixture / "snapshot.db", "-w", "json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert [user["user"] for user in said["users"]] == answers["users"].split()
    assert [role["role"] for role in said["roles"]] == answers["roles"].split()
    assert said["enabled"] == (fixture.name == "auth")


def test_permissions_are_shown_with_their_ranges(utl, fixtures):
    for version in VERSIONS:
        path = fixtures / version / "auth/snapshot.db"
        roles = {role["role"]: role["perm"] for role in
                 json.loads(utl("inspect", "auth", path, "-w", "json").stdout)["roles"]}
        [permission] = roles["writer"]
        assert permission["permType"] == "READWRITE"
        assert base64.b64decode(permission["key"]) == b"/registry/pods/"
        assert base64.b64decode(permission["range_end"]) == b"/registry/pods0"
        plain = utl("inspect", "auth", path).stdout
        assert 'role writer:\n  readwrite "/registry/pods/" (prefix)\n' in plain
        assert plain.startswith("authentication enabled, revision ")
        assert "user bob: roles writer\n" in plain
        table = utl("inspect", "auth", path, "-w", "table").stdout
        assert 'readwrite "/registry/pods/" (prefix) |' in table


def test_no_form_shows_a_passwords_hash(utl, fixtures):
    path = fixtures / "3.7.1/auth/snapshot.db"
    assert b"$2a$" in path.read_bytes()
    for form in ("simple", "table", "json"):
        assert "$2" not in utl("inspect", "auth", path, "-w", form).stdout


def test_a_store_without_users_says_so(utl, fixtures):
    path = fixtures / "3.7.1/single/snapshot.db"
    assert utl("inspect", "auth", path).stdout.startswith("authentication disabled, revision ")
