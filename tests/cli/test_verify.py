# tests/cli/test_verify.py: `verify`'s verdicts as text and JSON, and its exit code.
import json
import re

from damage import copy_member

FILE_CHECKS = ["digest", "meta", "pages", "keys", "leases", "auth", "members", "index"]
MEMBER_CHECKS = [*FILE_CHECKS, "wal", "snap", "agreement"]


def test_whole_files_get_a_verdict_a_line_and_exit_code_0(utl, fixture):
    for path, checks in ((fixture / "snapshot.db", FILE_CHECKS),
                         (fixture / "data/m0.etcd", MEMBER_CHECKS)):
        done = utl("verify", path)
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        assert [line.split()[:2] for line in lines] == [["ok", check] for check in checks]


def test_json_says_the_same(utl, fixture, answers):
    everything = json.loads((fixture / "answers.json").read_text())
    report = json.loads(utl("verify", fixture / "data/m0.etcd", "-w", "json").stdout)
    assert report["whole"] is True and report["path"] == str(fixture / "data/m0.etcd")
    verdicts = {one["check"]: one for one in report["verdicts"]}
    assert list(verdicts) == MEMBER_CHECKS
    assert all(one["ok"] and one["faults"] == [] for one in verdicts.values())
    keys = re.fullmatch(r"(\d+) records, (\d+) live keys, revision (\d+), compacted at (\d+)",
                        verdicts["keys"]["summary"])
    assert int(keys[2]) == everything["all"]["count"]
    assert int(keys[3]) == everything["all"]["header"]["revision"]
    assert int(keys[4]) == everything["compacted_at"]
    assert verdicts["members"]["summary"].startswith(f"{len(everything['members']['members'])} ")
    users = len(everything["users"].split())
    assert verdicts["auth"]["summary"].startswith(f"{users} users")


def test_a_fault_tells_file_offset_and_meaning(utl, fixtures, tmp_path):
    path = tmp_path / "backup.db"
    content = bytearray((fixtures / "3.7.1/single/snapshot.db").read_bytes())
    content[200_000] ^= 1
    path.write_bytes(content)
    done = utl("verify", path)
    assert done.returncode == 1
    assert re.fullmatch(rf"Error: {path} is not whole: \d+ faults?\n", done.stderr)
    lines = done.stdout.splitlines()
    assert lines[0].split()[:2] == ["FAULT", "digest"]
    assert lines[1] == f"      in {path}"
    assert lines[2].startswith(f"        offset {len(content) - 32}: ")
    assert done.stdout.count("restore from another") == 1
    assert lines[-1] == f"  cairnutl salvage {path} --output FILE"
    done = utl("verify", path, "-w", "json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["whole"] is False
    fault = report["verdicts"][0]["faults"][0]
    assert fault["file"] == str(path) and fault["offset"] == len(content) - 32
    assert fault["what"] and fault["meaning"]


def test_advice_is_said_once_and_a_path_once(utl, fixtures, tmp_path):
    """A db with many damaged pages fits a screen; what loses nothing stands before a salvage."""
    path = tmp_path / "member.db"
    content = bytearray((fixtures / "3.7.1/cluster/snapshot.db").read_bytes())
    for at in range(8 * 4096, 60 * 4096, 4096):
        content[at + 40:at + 400] = bytes(360)
    path.write_bytes(content)
    done = utl("verify", path)
    lines = (done.stdout + done.stderr).splitlines()
    assert len(lines) <= 24, done.stdout
    assert done.stdout.count(f"in {path}") == 1
    assert done.stdout.count("use another member's data or another backup") == 1
    assert "more (-w json has them)" in done.stdout
    assert done.stdout.index("use another member's data") < done.stdout.index("cairnutl salvage")
    home = tmp_path / "m0.etcd"
    copy_member(fixtures / "3.7.1/cluster/data/m0.etcd", home)
    (home / "member/snap/db").write_bytes(content[:-32])
    done = utl("verify", home)
    assert done.stdout.count(f"in {home}/member/snap/db") == 1
    assert done.stdout.endswith(
        "While a majority of its cluster's members answers, this one is replaced and nothing is "
        f"lost:\n  cairnutl recover plan {home}\n")
    assert "salvage" not in done.stdout


def test_a_member_folder_is_taken_for_the_data_directory(utl, member):
    home = member("3.6.14")
    assert utl("verify", home / "member").stdout == utl("verify", home).stdout
    assert utl("verify", str(home) + "/").returncode == 0


def test_a_db_of_another_time_does_not_agree_with_the_log(utl, member, fixtures):
    home = member("3.7.1")
    snapshot = (fixtures / "3.6.14/single/snapshot.db").read_bytes()
    (home / "member/snap/db").write_bytes(snapshot[:-32])
    done = utl("verify", home)
    assert done.returncode == 1
    assert "FAULT agreement" in done.stdout


def test_what_killed_servers_leave_is_whole(utl, member):
    """A torn last record, and a temporary segment."""
    home = member("3.5.33")
    log = next((home / "member/wal").glob("*.wal"))
    (home / "member/wal/1.tmp").write_bytes(b"")
    content = log.read_bytes().rstrip(b"\0")
    done = utl("verify", home)
    assert done.returncode == 0, done
    log.write_bytes(content[:-3])
    done = utl("verify", home)
    assert "torn" in done.stdout
