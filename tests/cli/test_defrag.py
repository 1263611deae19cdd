# tests/cli/test_defrag.py: `defrag` keeps what the db says, gives free pages back, and its words.
import json
import os
import struct

import pytest

import big_db
from bolt_map import BUCKET, LEAF
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
    for name in ("db.tmp.part-0123456789abcdef", "db.tmp.123456"):
        (home / "member/snap" / name).write_bytes(b"half")
    assert utl("defrag", "--data-dir", home).returncode == 0
    assert not list((home / "member/snap").glob("db.tmp*"))


def test_etcdutls_errors(etcdutl, tmp_path):
    assert etcdutl.fails(1, "defrag")[0] == 'Error: required flag(s) "data-dir" not set'
    line = etcdutl.fails(1, "defrag", "--data-dir", tmp_path / "nosuch")[0]
    assert line.startswith(f"Error: Failed to defragment etcd data[{tmp_path}/nosuch] (")
    assert line.endswith("no such file or directory)")


def test_an_alarm_that_is_still_on_is_told(utl, tmp_path):
    """Space is there again after a defragmentation, but writes stay refused until `disarm`."""
    db = tmp_path / "m.etcd/member/snap/db"
    db.parent.mkdir(parents=True)
    alarm = b"\x08\xb9\x60\x10\x01"  # member 12345, NOSPACE
    inline = struct.pack("<QQ", 0, 0) + big_db.page(0, LEAF, 1) \
        + struct.pack("<IIII", 0, 16, len(alarm), 0) + alarm
    root = big_db.page(3, LEAF, 1) + struct.pack("<IIII", BUCKET, 16, 5, len(inline)) \
        + b"alarm" + inline
    big_db.write(db, values=0)
    with open(db, "r+b") as file:
        file.seek(3 * big_db.PAGE)
        file.write(root.ljust(big_db.PAGE, b"\0"))
    for _ in range(2):
        done = utl("defrag", "--data-dir", tmp_path / "m.etcd")
        assert done.returncode == 0, done
        assert done.stderr.splitlines()[1] == \
            "alarm NOSPACE of member 3039 is still on: " \
            "writes stay refused until `etcdctl alarm disarm`"


def write_tight(path):
    """A db with all of its values in one leaf that runs over many pages: no copy takes less."""
    page, count = big_db.PAGE, 400
    keys = [f"{i:08}".encode() for i in range(count)]
    value = b"v" * 3000
    head = b"".join(struct.pack("<IIII", 0, 16 * (count - i) + i * 3008, 8, 3000)
                    for i in range(count))
    body = head + b"".join(key + value for key in keys)
    run = (16 + len(body) + page - 1) // page
    high_water = 4 + run
    with open(path, "wb") as file:
        for number in (0, 1):
            file.seek(number * page)
            file.write(big_db.meta(number, number, high_water))
        file.seek(2 * page)
        file.write(big_db.page(2, 0x10, 0))
        file.seek(3 * page)
        file.write(big_db.page(3, LEAF, 1) + struct.pack("<IIII", BUCKET, 16, 3, 16) + b"big"
                   + struct.pack("<QQ", 4, 0))
        file.seek(4 * page)
        file.write(big_db.page(4, LEAF, count, run - 1) + body)
        file.truncate(high_water * page)


def test_a_file_that_a_copy_would_enlarge_is_kept(utl, etcdutl, tmp_path):
    db = tmp_path / "m.etcd/member/snap/db"
    db.parent.mkdir(parents=True)
    write_tight(db)
    assert utl("bbolt", "check", db).stdout == "OK\n"
    assert "defragmentation would free about -16 kB now" in utl("inspect", "space", db).stdout
    before, content = db.stat(), db.read_bytes()
    for program in utl, etcdutl:
        done = program("defrag", "--data-dir", tmp_path / "m.etcd")
        assert (done.returncode, done.stdout) == (0, "")
        assert f"Kept {db}: at 1.2 MB it is already smaller than a defragmented copy, by " \
            in done.stderr
        assert (db.stat().st_ino, db.read_bytes()) == (before.st_ino, content)
        assert os.listdir(db.parent) == ["db"]
