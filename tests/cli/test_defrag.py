# tests/cli/test_defrag.py: `defrag` keeps what the db says, gives free pages back, and its words.
import json
import os

import pytest

from damage import VERSIONS


def facts(utl, db):
    """What must not change: the answers of status (save the size) and hashkv, and verify's."""
    status = json.loads(utl("snapshot", "status", db, "-w", "json").stdout)
    del status["totalSize"]
    verdicts = json.loads(utl("verify", db, "-w", "json").stdout)
    assert verdicts["whole"]
    told = [one["summary"] for one in verdicts["verdicts"] if one["check"] not in ("meta", "pages")]
    return status, utl("hashkv", db).stdout, told


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["single", "auth", "cluster"])
def test_what_it_says_stays_and_free_pages_go(utl, member, version, kind):
    home = member(version, kind)
    db = home / "member/snap/db"
    db.chmod(0o640)
    before, size = facts(utl, db), db.stat().st_size
    done = utl("defrag", "--data-dir", home)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith(f"Defragmented {db}: ")
    assert facts(utl, db) == before
    assert db.stat().st_size < size
    assert db.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(db.parent))[-1] == "db"
    assert " 0 free" in utl("verify", db).stdout or " 1 free" in utl("verify", db).stdout
    assert utl("verify", home).returncode == 0
    small = db.stat().st_size
    assert utl("defrag", "--data-dir", home).returncode == 0
    assert db.stat().st_size == small


def test_leftovers_of_killed_runs_go(utl, member):
    home = member("3.6.14")
    for name in ("db.tmp.defrag", "db.tmp.123456"):
        (home / "member/snap" / name).write_bytes(b"half")
    assert utl("defrag", "--data-dir", home).returncode == 0
    assert not list((home / "member/snap").glob("db.tmp*"))


def test_etcdutls_errors(etcdutl, tmp_path):
    assert etcdutl.fails(1, "defrag")[0] == 'Error: required flag(s) "data-dir" not set'
    line = etcdutl.fails(1, "defrag", "--data-dir", tmp_path / "nosuch")[0]
    assert line.startswith(f"Error: Failed to defragment etcd data[{tmp_path}/nosuch] (")
    assert line.endswith("no such file or directory)")
