# tests/cli/test_backup.py: what `backup` writes, what it refuses, and that the member stays as it
# was; tests/interop starts real etcd on it.
import fcntl
import json
import os
import re
import shutil

import pytest

import bolt_map
from damage import VERSIONS
from trial import fingerprint


def backup(utl, home, out, *flags):
    return utl("backup", "--data-dir", home, "--backup-dir", out, *flags)


def names(folder):
    return sorted(os.path.relpath(os.path.join(place, name), folder)
                  for place, _, files in os.walk(folder) for name in files)


def newest_snap(home):
    return sorted(path.name for path in (home / "member/snap").glob("*.snap"))[-1]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["single", "auth", "cluster"])
def test_a_backup_holds_the_member_and_changes_nothing(utl, member, tmp_path, version, kind):
    home, out = member(version, kind), tmp_path / "out"
    before = fingerprint(home)
    done = backup(utl, home, out)
    assert (done.returncode, done.stdout) == (0, ""), done
    assert fingerprint(home) == before
    assert names(out) == ["member/snap/" + newest_snap(home), "member/snap/db",
                          "member/wal/0000000000000000-0000000000000000.wal"]
    assert utl("verify", out).returncode == 0
    for words in (["hashkv"], ["snapshot", "status", "-w", "json"]):
        ours = utl(*words, out / "member/snap/db").stdout
        theirs = utl(*words, home / "member/snap/db").stdout
        if words[0] == "snapshot":  # all of it but the hash, in which the members take part
            ours, theirs = ({**json.loads(text), "hash": 0, "totalSize": 0} for text in
                            (ours, theirs))
        assert ours == theirs
    assert re.fullmatch(rf"Backed up {home} to {out}: \d+ log entries after index \d+, revision "
                        r"\d+; member [0-9a-f]+ of cluster [0-9a-f]+, to be started with "
                        r"--force-new-cluster\n", done.stderr)


def test_two_backups_have_ids_of_their_own(utl, member, tmp_path):
    home = member("3.5.33")
    ids = [re.findall("member ([0-9a-f]+) of cluster ([0-9a-f]+)",
                      backup(utl, home, tmp_path / name).stderr)[0] for name in ("a", "b")]
    assert len({word for pair in ids for word in pair}) == 4


def test_without_v3_the_db_is_empty(utl, member, tmp_path):
    home, out = member("3.5.33"), tmp_path / "out"
    done = backup(utl, home, out, "--with-v3=false")
    assert done.returncode == 0 and "without keys of the v3 API" in done.stderr
    said = json.loads(utl("snapshot", "status", out / "member/snap/db", "-w", "json").stdout)
    assert said["totalKey"] == 0
    assert utl("verify", out).returncode == 0


def test_logs_in_other_places(utl, member, tmp_path):
    home, out = member("3.4.23"), tmp_path / "out"
    os.rename(home / "member/wal", tmp_path / "log")
    done = backup(utl, home, out, "--wal-dir", tmp_path / "log", "--backup-wal-dir",
                  tmp_path / "new/log")
    assert done.returncode == 0, done
    assert names(tmp_path / "new/log") == ["0000000000000000-0000000000000000.wal"]
    assert names(out) == ["member/snap/" + newest_snap(home), "member/snap/db"]


def test_an_empty_directory_is_taken_and_a_full_one_refused(utl, member, tmp_path):
    home, out = member("3.5.33"), tmp_path / "out"
    out.mkdir()
    assert backup(utl, home, out).returncode == 0
    before = fingerprint(tmp_path)
    words = ["backup", "--data-dir", home, "--backup-dir", out]
    assert utl.fails(1, *words) == [
        f'Error: backup-dir "{out}" not empty or could not be read: it holds member']
    (tmp_path / "log").mkdir()
    (tmp_path / "log/file").touch()
    assert utl.fails(1, *words[:-1], tmp_path / "other", "--backup-wal-dir", tmp_path / "log") == [
        f'Error: backup-wal-dir "{tmp_path / "log"}" not empty or could not be read: '
        "it holds file"]
    (tmp_path / "log/file").unlink()
    done = utl(*words[:-1], tmp_path / "other", "--backup-wal-dir", tmp_path / "log")
    assert done.returncode == 0, done
    shutil.rmtree(tmp_path / "log")
    shutil.rmtree(tmp_path / "other")
    assert set(fingerprint(tmp_path)) == set(before)


def test_flags_that_are_missing(etcdutl, tmp_path):
    first = 'Error: required flag(s) "backup-dir", "data-dir" not set'
    assert etcdutl.fails(1, "backup")[0] == first
    missing = tmp_path / "x"
    assert etcdutl.fails(1, "backup", "--data-dir", missing, "--backup-dir", tmp_path / "y") == [
        f"Error: stat {missing}/member/snap/db: no such file or directory"]
    assert not (tmp_path / "y").exists()


def refused(utl, home, tmp_path, *flags):
    """Fails, and leaves everything as it was; the error."""
    before = fingerprint(tmp_path)
    lines = utl.fails(1, "backup", "--data-dir", home, "--backup-dir", tmp_path / "out", *flags)
    assert fingerprint(tmp_path) == before
    return lines[0]


def test_a_damaged_db_is_refused(utl, member, tmp_path):
    home = member("3.7.1")
    path = home / "member/snap/db"
    data = bytearray(path.read_bytes())
    known = bolt_map.Map(bytes(data), len(data))
    at = min(known.places(bolt_map.FOUND)[-20:])
    page = at - at % known.page_size
    data[page:page + 16] = bytes(16)
    path.write_bytes(data)
    error = refused(utl, home, tmp_path)
    assert str(path) in error and "page" in error


def test_a_damaged_log_is_refused(utl, member, tmp_path):
    home = member("3.5.33")
    log = sorted((home / "member/wal").glob("*.wal"))[0]
    data = bytearray(log.read_bytes())
    data[300] ^= 1
    log.write_bytes(data)
    assert str(log) in refused(utl, home, tmp_path)


def test_a_db_that_does_not_fit_the_log_is_refused(utl, member, fixtures, tmp_path):
    """That of a restored member: it begins with a log of its own."""
    home = member("3.6.14")
    assert utl("snapshot", "restore", fixtures / "3.6.14/single/snapshot.db", "--data-dir",
               tmp_path / "r").returncode == 0
    os.replace(tmp_path / "r/member/snap/db", home / "member/snap/db")
    error = refused(utl, home, tmp_path)
    assert "holds entries up to 1, the log in" in error and "begins after snapshot" in error


def test_a_member_in_use_is_refused(utl, member, tmp_path):
    home = member("3.5.33")
    with open(home / "member/snap/db", "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        error = refused(utl, home, tmp_path, "--timeout", "100ms")
    assert str(home / "member/snap/db") in error


def test_a_torn_last_write_is_left_out(utl, member, tmp_path):
    home, out = member("3.5.33"), tmp_path / "out"
    log = sorted((home / "member/wal").glob("*.wal"))[-1]
    data = log.read_bytes()
    end = len(data.rstrip(b"\0"))
    log.write_bytes(data[:end - 5])
    done = backup(utl, home, out)
    assert done.returncode in (0, 1)
    if done.returncode == 0:
        assert "the last write was torn, and is left out" in done.stderr
        assert utl("verify", out).returncode == 0
    else:  # the torn entry was applied to the db already
        assert "the log in" in done.stderr


def test_damage_that_shows_in_the_copy_is_named_in_the_input(utl, fixtures, tmp_path):
    """A bit of a member's record that makes it a bucket (CAIRN_SEED=1932595914 found it)."""
    home = tmp_path / "m2.etcd"
    shutil.copytree(fixtures / "3.5.33/cluster/data/m2.etcd", home)
    db = home / "member/snap/db"
    content = bytearray(db.read_bytes())
    content[300216] ^= 1
    db.write_bytes(content)
    done = backup(utl, home, tmp_path / "out")
    assert done.returncode == 1 and not (tmp_path / "out").exists(), done
    assert done.stderr.startswith(f"Error: {db}: page 73 (offset 299008): "), done
