# tests/cli/test_snapshot_status.py: `snapshot status` in every form, against etcdutl 3.7's answers.
import json

import pytest

BOX = dict(zip("┌┬┐├┼┤└┴┘─│", "+++++++++-|"))


def ascii_borders(table):
    return "".join(BOX.get(char, char) for char in table)


@pytest.mark.parametrize("form", ["simple", "json", "fields", "table"])
def test_every_form_is_etcdutls(utl, fixture, form):
    expected = json.loads((fixture / "answers.json").read_text())["etcdutl_3_7"]["status_" + form]
    done = utl("snapshot", "status", fixture / "snapshot.db", "-w", form)
    assert (done.returncode, done.stderr) == (expected["exit"], "")
    assert done.stdout == ascii_borders(expected["stdout"])


def test_several_files_are_a_row_each(utl, fixtures, answers):
    """etcdutl takes one file only; `status /backup/*.db` of a runbook needs more."""
    names = [("3.7.1", "single"), ("3.4.23", "auth"), ("3.5.33", "cluster")]
    paths = [fixtures / version / kind / "snapshot.db" for version, kind in names]
    said = [answers(*name)["etcdutl_3_7"] for name in names]
    for form in ("simple", "json", "fields"):
        done = utl("snapshot", "status", "-w", form, *paths)
        assert done.stdout == "".join(one["status_" + form]["stdout"] for one in said)
    lines = utl("snapshot", "status", "-w", "table", *paths).stdout.splitlines()
    assert len(lines) == 4 + len(paths) and len(set(map(len, lines))) == 1
    assert [line.split()[1] for line in lines[3:-1]] == \
        [one["status_simple"]["stdout"].split(",")[0] for one in said]


def test_one_damaged_file_of_several_is_an_error_without_results(utl, fixtures, tmp_path):
    whole = fixtures / "3.7.1/single/snapshot.db"
    broken = tmp_path / "broken.db"
    broken.write_bytes(whole.read_bytes()[:100_000])
    assert str(broken) in utl.fails(1, "snapshot", "status", whole, broken)[0]


@pytest.mark.parametrize("words", [
    ["-w", "json", "snapshot", "status", "F"], ["snapshot", "-w", "json", "status", "F"],
    ["snapshot", "status", "F", "-w", "json"], ["snapshot", "status", "--write-out=json", "F"],
    ["--progress", "none", "snapshot", "status", "F", "--timeout=3s", "-wjson"],
])
def test_flags_stand_in_any_place(utl, fixtures, answers, words):
    path = str(fixtures / "3.6.14/auth/snapshot.db")
    done = utl(*[path if word == "F" else word for word in words])
    assert done.stdout == answers("3.6.14", "auth")["etcdutl_3_7"]["status_json"]["stdout"]


def test_a_members_db_is_taken_too(utl, member, answers):
    home = member("3.7.1")
    done = utl("snapshot", "status", home / "member/snap/db", "-w", "json")
    said = json.loads(done.stdout)
    everything = answers("3.7.1", "single")["all"]
    assert said["revision"] == everything["header"]["revision"]
    assert said["totalKey"] == everything["count"]
    assert said["version"] == "3.7.0"


def test_the_wrong_count_of_files_is_etcdutls_error(utl):
    assert utl.fails(128, "snapshot", "status") == \
        ["Error: snapshot status requires exactly one argument"]
