# tests/cli/test_inspect_wal.py: `inspect wal`: filters, formats, what is said of logs that are not
# whole. That each entry is right, tests/interop compares with etcd's own tool.
import json

import pytest


def log_of(home):
    return next((home / "member/wal").glob("*.wal"))


def entries(utl, *words):
    done = utl("inspect", "wal", *words, "-w", "json")
    assert done.returncode == 0, done
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_line_for_each_entry(utl, fixture):
    home = fixture / "data/m0.etcd"
    done = utl("inspect", "wal", home)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    rows = entries(utl, home)
    assert len(lines) == len(rows) > 100
    for line, row in zip(lines, rows):
        assert line.split()[:3] == [str(row["index"]), str(row["term"]), row["type"]]
    indexes = [row["index"] for row in rows]
    assert indexes == list(range(indexes[0], indexes[0] + len(rows)))
    note = done.stderr.splitlines()
    assert len(note) == 1 and note[0].endswith(f"; {len(rows)} shown")
    assert utl("inspect", "wal", home / "member/wal").stdout == done.stdout


def test_json_has_the_whole_request(utl, fixtures):
    rows = entries(utl, fixtures / "3.7.1/single/data/m0.etcd", "--type", "IRRPut", "--limit", "1")
    (row,) = rows
    assert row["type"] == "IRRPut" and row["segment"].endswith(".wal") and row["offset"] > 0
    assert row["request"]["put"]["key"]
    assert row["request_id"] in (row["request"]["header"]["ID"], row["request"].get("ID"))


def test_filters(utl, fixtures):
    home = fixtures / "3.6.14/single/data/m0.etcd"
    rows = entries(utl, home)
    assert [r["index"] for r in entries(utl, home, "--from-index", 20, "--to-index", 25)] == list(
        range(20, 26))
    term = rows[-1]["term"]
    assert all(r["term"] == term for r in entries(utl, home, "--term", term))
    before = entries(utl, home, "--to-term", term - 1)
    assert before + entries(utl, home, "--from-term", term) == rows
    assert entries(utl, home, "--limit", 3) == rows[:3]
    types = {row["type"] for row in rows}
    assert {"IRRPut", "IRRTxn", "IRRLeaseGrant", "ConfigChange", "Empty"} <= types
    for kind in types:
        wanted = [row for row in rows if row["type"] == kind]
        assert entries(utl, home, "--type", kind.lower()) == wanted
    both = [row for row in rows if row["type"] in ("IRRPut", "IRRTxn")]
    assert entries(utl, home, "--type", "IRRPut,IRRTxn") == both
    assert entries(utl, home, "--type", "IRRPut", "--type", "IRRTxn") == both
    assert entries(utl, home, "--type", "Normal") == [
        row for row in rows if row["type"] != "ConfigChange"]


def test_filters_that_make_no_sense(utl, fixtures):
    home = fixtures / "3.7.1/single/data/m0.etcd"
    line = utl.fails(128, "inspect", "wal", home, "--type", "IRRPush")[0]
    assert '"IRRPush" is not a type of entry' in line and "IRRPut, " in line
    utl.fails(128, "inspect", "wal", home, "--from-index", 9, "--to-index", 8)
    utl.fails(128, "inspect", "wal", home, "--from-term", 9, "--to-term", 8)
    utl.fails(128, "inspect", "wal", home, "--term", 2, "--to-term", 8)


def test_no_password_is_shown(utl, fixtures):
    for version in ("3.4.23", "3.5.33", "3.6.14", "3.7.1"):
        home = fixtures / version / "auth/data/m0.etcd"
        rows = entries(utl, home, "--type", "IRRAuthUserAdd")
        assert rows
        for row in rows:
            request = row["request"]["auth_user_add"]
            assert {"password", "hashedPassword"} & set(request)
            for field in ("password", "hashedPassword"):
                assert request.get(field, "<value removed>") == "<value removed>"
        told = utl("inspect", "wal", home, "--type", "IRRAuthUserAdd").stdout
        assert "$2a$" not in told and "<value removed>" in told


def test_v2_requests_of_old_releases(utl, fixtures):
    rows = entries(utl, fixtures / "3.4.23/single/data/m0.etcd", "--type", "Request")
    assert {row["request"]["Method"] for row in rows} == {"PUT"}
    assert any(row["request"]["Path"] == "/0/version" for row in rows)


def test_a_table(utl, fixtures):
    home = fixtures / "3.7.1/single/data/m0.etcd"
    done = utl("inspect", "wal", home, "--limit", 4, "-w", "table")
    assert done.returncode == 0
    assert [cell.strip() for cell in done.stdout.splitlines()[1].strip("|").split("|")] == [
        "INDEX", "TERM", "TYPE", "SIZE", "CONTENT"]
    assert len(done.stdout.splitlines()) == 4 + 4


def test_the_summary(utl, fixture):
    home = fixture / "data/m0.etcd"
    done = utl("inspect", "wal", home, "--summary", "-w", "json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    rows = entries(utl, home)
    assert told["last_index"] == rows[-1]["index"]
    assert told["commit"] <= told["last_index"]
    counts = {}
    for row in rows:
        total = counts.setdefault(row["type"], {"entries": 0, "bytes": 0})
        total["entries"] += 1
        total["bytes"] += row["size"]
    assert told["types"] == counts
    assert told["snapshots"][0] == {"index": 0, "term": 0}
    text = utl("inspect", "wal", home, "--summary").stdout
    assert f"member       {told['member_id']:x}\n" in text
    assert "end          whole\n" in text
    table = utl("inspect", "wal", home, "--summary", "-w", "table").stdout
    assert all(kind in text and kind in table for kind in counts)


def test_damage_is_an_error_behind_all_entries_before_it(utl, member):
    home = member("3.5.33")
    rows = entries(utl, home)
    log = log_of(home)
    content = bytearray(log.read_bytes())
    at = rows[100]["offset"] + 30
    content[at] ^= 4
    log.write_bytes(content)
    done = utl("inspect", "wal", home, "-w", "json")
    assert done.returncode == 1
    assert [json.loads(line)["index"] for line in done.stdout.splitlines()] == [
        row["index"] for row in rows[:100]]
    error = done.stderr.splitlines()[-1]
    assert error.startswith(f"Error: {log}: offset {rows[100]['offset']}: ")
    assert "salvage wal" in error
    done = utl("inspect", "wal", home, "--summary", "-w", "json")
    assert done.returncode == 1
    assert "crc mismatch" in json.loads(done.stdout)["damage"]


def test_a_torn_tail_is_a_note(utl, member):
    home = member("3.6.14")
    rows = entries(utl, home)
    log = log_of(home)
    content = log.read_bytes().rstrip(b"\0")
    log.write_bytes(content[:-3])
    done = utl("inspect", "wal", home)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) in (len(rows), len(rows) - 1)
    assert done.stderr.splitlines()[-1].startswith("torn tail, which the next start cuts away: ")


@pytest.mark.parametrize("what", ["nothing", "file", "empty directory"])
def test_what_is_no_log(utl, tmp_path, what):
    path = tmp_path / "x"
    if what == "file":
        path.write_bytes(b"x" * 4096)
    elif what == "empty directory":
        path.mkdir()
    assert str(path) in utl.fails(1, "inspect", "wal", path)[0]


def test_a_running_member_may_be_looked_at(utl, cluster):
    cluster.etcdctl("put", "a", "b")
    done = utl("inspect", "wal", cluster.members[0].data, "--type", "IRRPut")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].endswith('put "a" = "b"')
