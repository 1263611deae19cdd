# tests/cli/test_foreign_db.py: bolt databases that are not etcd's, or that etcd does not start on:
# `verify` agrees with what real etcd does, `status` and `restore` refuse or warn.
import base64
import hashlib
import json
import re
import zlib

import pytest

from cluster import serves_on
from conftest import PEERS

# A raft.db as Consul keeps it: buckets `conf` and `logs`.
RAFT_DB = zlib.decompress(base64.b64decode(
    "eNrt2rFKw0AYB/BLYlwU9BF8hbq4dJE+gA7OLlJdtIW0QndfpPgEPoGbi4/g6N7dUUK+BFqQCioE+f0gfHdHLoTL"
    "9L9LSo2dqKu3/VVeNw7Xx1tl1N2ocVsang5ePs6elgkAAADonWxL/s837i828v9B1If3y9nz4+LVigIAAED/5F3N"
    "u/2Ao9gPGEb/PPr1+NV0cv31s7KuXW8f7MX80X1VjSfzi3F1d3I7vZltexcAAADgdxVdXm/Sd/sfQGlpAAAA4N9o"
    "8/53zv+P01+f/6/Pz+IaLHwnAAAA+Imyy9t5ZPBGYWkAAAAAAAAAAAAAAKA3PgGudyHn"))
NO_KEY = "is a bolt database, but not etcd's: it has no bucket `key` (there are: conf, logs)"


def edited(data, *changes):
    """The file with bytes changed in all its pages. Pages have no checksums."""
    for old, new in changes:
        assert len(old) == len(new) and old in data
        data = data.replace(old, new)
    return data


def renamed(data, pattern, name):
    data, count = re.subn(pattern, name, data)
    assert count > 0
    return data


def with_downgrade(db):
    """The record clusterVersion becomes one of a downgrade that is cut off: the same bytes, the
    key shorter and the value longer."""
    old = b"".join(n.to_bytes(4, "little") for n in (14, 5)) + b"clusterVersion3.7.0"
    new = b"".join(n.to_bytes(4, "little") for n in (9, 10)) + b'downgrade{"enabled"'
    return edited(db, (old, new))


def save(path, data):
    """As `snapshot save` writes it."""
    path.write_bytes(data + hashlib.sha256(data).digest())
    return path


@pytest.fixture
def db(fixtures):
    return (fixtures / "3.7.1/single/data/m0.etcd/member/snap/db").read_bytes()


def test_case_20_another_programs_bolt_file(utl, tmp_path):
    path = tmp_path / "raft.db"
    path.write_bytes(RAFT_DB)
    for words in (["verify", path], ["snapshot", "status", path], ["hashkv", path],
                  ["snapshot", "restore", path, "--data-dir", "new"],
                  ["snapshot", "restore", path, "--data-dir", "new", "--skip-hash-check"],
                  ["snapshot", "extract", path, "--prefix", ""], ["inspect", "keys", path],
                  ["diff", path, path]):
        assert utl.fails(1, *words, cwd=tmp_path) == [f"Error: {path} {NO_KEY}"]
    assert [one.name for one in tmp_path.iterdir()] == ["raft.db"]
    # The tools for any bolt file still take it.
    assert utl("bbolt", "check", path).returncode == 0
    assert "logs" in utl("inspect", "buckets", path).stdout


def test_a_db_that_lost_its_keys_is_not_etcds_any_more(utl, tmp_path, db, member):
    """Real etcd starts on it, with no keys at all."""
    lost = renamed(db, rb"(?<=clusterVersion3\.7\.0)key(?=(?s:.)\0)", b"kez")
    path = save(tmp_path / "s.db", lost)
    assert "kez" in utl("inspect", "buckets", path).stdout
    for words in (["verify", path], ["snapshot", "status", path],
                  ["snapshot", "restore", path, "--data-dir", tmp_path / "new"]):
        error = utl.fails(1, *words)[0]
        assert "it has no bucket `key`" in error and "without any key" in error
    home = member("3.7.1")
    (home / "member/snap/db").write_bytes(lost)
    assert "it has no bucket `key`" in utl.fails(1, "verify", home)[0]


# The change; whether etcd 3.7 starts on it; words of the fault.
ODD = {
    "as it is": ([], True, None),
    "storage of 3.6": ([(b"storageVersion3.7.0", b"storageVersion3.6.0")], True, None),
    "storage of 3.8": ([(b"storageVersion3.7.0", b"storageVersion3.8.0")], False,
                       "of a release newer than 3.7"),
    "storage of 4.0": ([(b"storageVersion3.7.0", b"storageVersion4.0.0")], False,
                       "of a release newer than 3.7"),
    "storage of 2.0": ([(b"storageVersion3.7.0", b"storageVersion2.0.0")], False,
                       "is none that etcd has"),
    "cluster of 3.6": ([(b"clusterVersion3.7.0", b"clusterVersion3.6.0")], True, None),
    "cluster of 3.8": ([(b"clusterVersion3.7.0", b"clusterVersion3.8.0")], False,
                       "of a release newer than 3.7"),
    "cluster of nothing": ([(b"clusterVersion3.7.0", b"clusterVersionhello")], False,
                           "is not a version"),
    "a downgrade that can't be read": (None, False, "the record of a downgrade"),
}


@pytest.mark.parametrize("name", ODD)
def test_verify_agrees_with_what_etcd_does(utl, member, db, tmp_path, name):
    changes, serves, words = ODD[name]
    changed = with_downgrade(db) if changes is None else edited(db, *changes)
    home = member("3.7.1")
    (home / "member/snap/db").write_bytes(changed)
    done = utl("verify", home)
    assert (done.returncode == 0) == serves, done
    if words:
        assert words in done.stdout
        fault = [line for line in done.stdout.splitlines() if words in line]
        assert len(fault) == 1, done
    snapshot = save(tmp_path / "s.db", changed)
    status = utl("snapshot", "status", snapshot)
    restored = utl("snapshot", "restore", snapshot, "--data-dir", tmp_path / "new")
    assert (status.returncode, restored.returncode) == (0, 0)
    for one in (status, restored):
        assert ("warning: " in one.stderr) == (not serves), one
        assert words is None or words in one.stderr
    assert serves_on(PEERS / "etcd", home, tmp_path / "log", "--name", "m0") == serves


def test_a_db_without_members_does_not_come_up(utl, member, db, tmp_path):
    """3.6 and 3.7 hang or panic; a restore makes the bucket anew."""
    lost = renamed(db, rb"members(?=\0{20})", b"memberq")
    home = member("3.7.1")
    (home / "member/snap/db").write_bytes(lost)
    names = json.loads(utl("inspect", "buckets", home, "-w", "json").stdout)
    assert "memberq" in json.dumps(names)
    done = utl("verify", home)
    assert done.returncode == 1 and "there is no bucket `members`" in done.stdout
    snapshot = save(tmp_path / "s.db", lost)
    assert "there is no bucket `members`" in utl("snapshot", "status", snapshot).stderr
    done = utl("snapshot", "restore", snapshot, "--data-dir", tmp_path / "new")
    assert done.returncode == 0 and "warning" not in done.stderr
    assert utl("verify", tmp_path / "new").returncode == 0
