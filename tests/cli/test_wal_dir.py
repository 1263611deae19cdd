# tests/cli/test_wal_dir.py: members whose log lies outside the data directory.
import json
import shutil

import pytest

from trial import fingerprint


@pytest.fixture
def apart(member):
    """A stopped member's data directory, and its log elsewhere."""
    home = member("3.7.1")
    log = home.parent / "log"
    shutil.move(home / "member/wal", log)
    return home, log


# Each command that reads the log: words before the paths, and what has to be beside it.
READERS = {
    "verify": lambda home, out: ["verify", home],
    "inspect wal": lambda home, out: ["inspect", "wal", home],
    "salvage wal": lambda home, out: ["salvage", "wal", home, "--output", out],
    "migrate": lambda home, out: ["migrate", "--data-dir", home, "--target-version", "3.6"],
    "backup": lambda home, out: ["backup", "--data-dir", home, "--backup-dir", out],
    "check v2store": lambda home, out: ["check", "v2store", "--data-dir", home],
}


@pytest.mark.parametrize("name", READERS)
def test_case_03_wal_elsewhere(utl, apart, tmp_path, name):
    """Found with --wal-dir; without, asked for it and never called damaged. Nothing is changed."""
    home, log = apart
    known = fingerprint(tmp_path)
    words = READERS[name](home, tmp_path / "out")
    error = utl.fails(1, *words)
    assert len(error) == 1
    assert f"no log under {home}/member/wal: is it elsewhere (--wal-dir)?" in error[0]
    assert "damage" not in error[0] and "rebuild" not in error[0]
    assert fingerprint(tmp_path) == known
    done = utl(*words, "--wal-dir", log)
    assert done.returncode == 0, done
    assert "damage" not in done.stderr


def test_a_wrong_wal_dir_is_told_and_where_the_log_is(utl, apart, tmp_path):
    home, log = apart
    shutil.move(log, tmp_path / "disk/wal")
    for words in READERS.values():
        for wrong in (tmp_path / "disk", tmp_path / "none", home / "member/snap/db"):
            error = utl.fails(1, *words(home, tmp_path / "out"), "--wal-dir", wrong)
            assert f"no log under {wrong} (--wal-dir)" in error[0]
    error = utl.fails(1, "verify", home, "--wal-dir", tmp_path / "disk")
    assert error[0].endswith(f"; one lies in {tmp_path}/disk/wal")


def test_an_empty_wal_folder_is_no_log_either(utl, apart):
    home, log = apart
    (home / "member/wal").mkdir()
    assert "is it elsewhere (--wal-dir)?" in utl.fails(1, "verify", home)[0]
    # A new member has none: as etcdutl, but it is told.
    done = utl("check", "v2store", "--data-dir", home)
    assert done.returncode == 0 and "is it elsewhere (--wal-dir)?" in done.stderr
    assert utl("verify", home, "--wal-dir", log).returncode == 0


def test_a_link_to_the_log_needs_no_flag(utl, apart):
    home, log = apart
    (home / "member/wal").symlink_to(log)
    assert utl("verify", home).returncode == 0
    log.rename(log.parent / "moved")
    assert "is it elsewhere (--wal-dir)?" in utl.fails(1, "verify", home)[0]


def test_another_members_log_does_not_fit(utl, apart, fixtures):
    home, _ = apart
    other = fixtures / "3.6.14/single/data/m0.etcd/member/wal"
    done = utl("verify", home, "--wal-dir", other)
    assert done.returncode == 1 and "FAULT agreement" in done.stdout


def test_commands_that_read_the_db_alone_take_the_flag_too(utl, apart, tmp_path):
    home, log = apart
    of_file = utl("hashkv", home / "member/snap/db").stdout
    assert of_file and utl("hashkv", home).stdout == of_file
    assert utl("hashkv", home, "--wal-dir", log).stdout == of_file
    assert "no log under" in utl.fails(1, "hashkv", home, "--wal-dir", tmp_path / "none")[0]
    done = utl("salvage", home, "--wal-dir", log, "--output", tmp_path / "saved.db")
    assert done.returncode == 0 and (tmp_path / "saved.db").exists()
    listing = json.loads(utl("inspect", "snap", home, "--wal-dir", log, "-w", "json").stdout)
    with_log = listing["files"]
    assert with_log and all(one.get("record") != "unknown" for one in with_log)


def test_the_flag_goes_with_a_data_directory_only(utl, apart):
    home, log = apart
    assert "--wal-dir" in utl.fails(1, "verify", home / "member/snap/db", "--wal-dir", log)[0]
    assert "--wal-dir" in utl.fails(1, "inspect", "wal", log, "--wal-dir", log)[0]
