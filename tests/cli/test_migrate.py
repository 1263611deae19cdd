# tests/cli/test_migrate.py: `migrate` up and down, what it refuses, and that only the db changes.
import json
import re

import pytest

from cluster import serves_on
from damage import FULL
from trial import fingerprint


def version_of(utl, home):
    db = home / "member/snap/db"
    return json.loads(utl("snapshot", "status", db, "-w", "json").stdout)["version"]


def migrate(utl, home, version, *flags):
    return utl("migrate", "--data-dir", home, "--target-version", version, *flags)


def test_down_and_up_again_keeps_everything_else(utl, member):
    home = member("3.7.1")
    hashes = utl("hashkv", home / "member/snap/db").stdout
    others = {path: print for path, print in fingerprint(home).items() if not path.endswith("/db")}
    seen = []
    for target in ("3.6", "3.5", "3.6", "3.7"):
        done = migrate(utl, home, target)
        assert (done.returncode, done.stdout) == (0, ""), done
        first, *warnings = done.stderr.splitlines()
        assert re.fullmatch(rf"updated storage version: 3\.\d -> {target}", first)
        # A server refuses a db whose cluster version is above its own, whatever its storage says.
        assert len(warnings) == (target != "3.7")
        assert all("cluster version 3.7" in line for line in warnings)
        seen.append(version_of(utl, home))
        assert utl("verify", home).returncode == 0
    assert seen == ["3.6.0", "", "3.6.0", "3.7.0"]
    assert utl("hashkv", home / "member/snap/db").stdout == hashes
    assert {path: print for path, print in fingerprint(home).items()
            if not path.endswith("/db")} == others


@pytest.mark.parametrize("version, target, serves", [
    ("3.7.1", "3.5", True), ("3.6.14", "3.5", True), ("3.7.1", "3.6", False)])
def test_case_16_migrate_false_warning(utl, fixtures, peers, tmp_path, version, target, serves):
    """A restored directory: etcd 3.5 looks for the cluster version in its .snap file and log, which
    have none, and starts; 3.6 finds it in the db, and refuses."""
    home = tmp_path / "m.etcd"
    restored = utl("snapshot", "restore", fixtures / version / "single/snapshot.db",
                   "--data-dir", home)
    assert restored.returncode == 0, restored
    done = migrate(utl, home, target)
    assert done.returncode == 0, done
    assert ("refuses to start" in done.stderr) == (not serves), done
    release = {"3.5": "3.5.33", "3.6": "3.6.16"}[target]
    etcd = peers.parent / release / "etcd"
    if FULL or etcd.exists():  # the short form of the tests does not build it
        assert serves_on(etcd, home, tmp_path / "log") == serves


@pytest.mark.parametrize("version", ["3.7.1", "3.6.14"])
def test_a_member_that_ran_is_still_warned_of(utl, member, version):
    """The version stands in its .snap file too: etcd 3.5 panics."""
    done = migrate(utl, member(version), "3.5")
    assert f"cluster version {version[:3]}, which etcd 3.5 refuses" in done.stderr


def test_several_steps_are_told(utl, member):
    done = migrate(utl, member("3.5.33"), "3.7")
    assert done.stderr == "updated storage version: 3.5 -> 3.6 -> 3.7\n"


@pytest.mark.parametrize("version, same", [("3.7.1", "3.7"), ("3.6.14", "3.6"), ("3.5.33", "3.5")])
def test_the_same_version_changes_nothing(utl, member, version, same):
    home = member(version)
    before = fingerprint(home)
    done = migrate(utl, home, same)
    assert (done.returncode, done.stderr) == (0, f"storage version up-to-date: {same}\n")
    assert fingerprint(home) == before


def test_versions_that_make_no_sense(etcdutl, member):
    home = member("3.7.1")
    before = fingerprint(home)
    words = ["migrate", "--data-dir", home, "--target-version"]
    assert etcdutl.fails(1, *words, "3.8") == [
        'Error: cannot create migration plan: version "3.8.0" is not supported']
    assert etcdutl.fails(128, *words, "newest") == [
        'Error: wrong target version format, expected "X.Y", got "newest"',
        "It is one of 3.4, 3.5, 3.6, 3.7."]
    assert fingerprint(home) == before
    forced = migrate(etcdutl, home, "3.8", "--force")
    assert forced.returncode == 0
    assert "warning: forced although" in forced.stderr
    assert version_of(etcdutl, home) == "3.8.0"
