# tests/cli/test_restore_cluster.py: `snapshot restore --cluster`: all members of a new cluster from
# one command, and what it refuses.
import json
import os
import re
import shlex
import signal
import subprocess
import time

import pytest

import big_db
from trial import fingerprint

MEMBERS = """\
members:
  - name: m1
    peer-urls: [https://10.0.0.1:2380]
  - name: m2
    peer-urls: [https://10.0.0.2:2380, https://10.0.1.2:2380]
    data-dir: two
  - {name: m3, peer-urls: "https://10.0.0.3:2380"}
"""
CLUSTER = ("m1=https://10.0.0.1:2380,m2=https://10.0.0.2:2380,m2=https://10.0.1.2:2380,"
           "m3=https://10.0.0.3:2380")
DIRS = ["m1", "m3", "two"]


@pytest.fixture
def members(tmp_path):
    path = tmp_path / "members.yaml"
    path.write_text(MEMBERS)
    return path


@pytest.fixture
def restore(utl, members, tmp_path):
    """restore(FILE, flags…): into tmp_path/out."""
    def run(path, *flags):
        return utl("snapshot", "restore", path, "--cluster", members, "--output", tmp_path / "out",
                   *flags)
    return run


def status(utl, path):
    return json.loads(utl("snapshot", "status", path, "-w", "json").stdout)


def test_every_fixture_becomes_three_whole_members(utl, fixture, restore, tmp_path):
    path = fixture / "snapshot.db"
    done = restore(path, "--initial-cluster-token", "t-1", "-w", "json")
    assert done.returncode == 0, done
    said = json.loads(done.stdout)
    assert (said["token"], said["dry_run"]) == ("t-1", False)
    assert said["revision"] == said["snapshot_revision"] == status(utl, path)["revision"]
    assert [one["name"] for one in said["members"]] == ["m1", "m2", "m3"]
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == DIRS
    hashes = set()
    for one in said["members"]:
        assert one["data_dir"] == str(tmp_path / "out" / ("two" if one["name"] == "m2"
                                                          else one["name"]))
        verified = utl("verify", one["data_dir"])
        assert verified.returncode == 0, verified.stdout
        assert f"member {one['id']} of cluster {said['cluster_id']}" in verified.stdout
        hashes.add(utl("hashkv", one["data_dir"] + "/member/snap/db").stdout)
    assert hashes == {utl("hashkv", path).stdout}


def test_ids_are_those_of_single_restores(utl, restore, fixtures, tmp_path):
    path = fixtures / "3.7.1/cluster/snapshot.db"
    done = restore(path, "--initial-cluster-token", "t-1", "-w", "json")
    said = json.loads(done.stdout)
    alone = utl("snapshot", "restore", path, "--name", "m2", "--initial-cluster", CLUSTER,
                "--initial-advertise-peer-urls", "https://10.0.0.2:2380,https://10.0.1.2:2380",
                "--initial-cluster-token", "t-1", "--data-dir", tmp_path / "alone")
    assert f"member {said['members'][1]['id']} (m2) of 3 in cluster {said['cluster_id']}" in \
        alone.stderr


def test_flags_to_start_each_member_stand_on_stderr(restore, fixtures, tmp_path):
    done = restore(fixtures / "3.7.1/single/snapshot.db", "--initial-cluster-token=it's new")
    lines = [line for line in done.stderr.splitlines() if line.startswith("  etcd ")]
    assert len(lines) == 3
    words = shlex.split(lines[1])
    assert words == ["etcd", "--name", "m2", "--data-dir", str(tmp_path / "out/two"),
                     "--initial-advertise-peer-urls",
                     "https://10.0.0.2:2380,https://10.0.1.2:2380", "--initial-cluster", CLUSTER,
                     "--initial-cluster-token", "it's new"]


def test_a_token_is_made_and_told_when_none_is_given(restore, fixtures, tmp_path):
    path = fixtures / "3.7.1/single/snapshot.db"
    tokens = set()
    for _ in range(2):
        done = restore(path, "--dry-run", "-w", "json")
        token = json.loads(done.stdout)["token"]
        assert re.fullmatch(r"cairn-restore-20\d{6}-\d{6}-[0-9a-f]{8}", token)
        assert done.stderr.startswith(f"no token was given: the new cluster's is {token} (another")
        tokens.add(token)
    assert len(tokens) == 2


def test_the_file_may_have_the_token_and_the_flag_must_not_differ(utl, restore, members, fixtures):
    path = fixtures / "3.7.1/single/snapshot.db"
    members.write_text("token: of-file\n" + MEMBERS)
    same = restore(path, "--dry-run", "--initial-cluster-token", "of-file", "-w", "json")
    assert json.loads(same.stdout)["token"] == "of-file"
    differ = restore(path, "--dry-run", "--initial-cluster-token", "other")
    assert (differ.returncode, differ.stdout) == (128, "")
    assert '"other"' in differ.stderr and '"of-file"' in differ.stderr


def test_a_dry_run_says_all_and_writes_nothing(utl, restore, fixtures, tmp_path):
    path = fixtures / "3.7.1/single/snapshot.db"
    before = fingerprint(tmp_path)
    done = restore(path, "--dry-run", "--initial-cluster-token", "t-1")
    assert done.returncode == 0, done
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"cluster [0-9a-f]+, token t-1, revision \d+", lines[0])
    assert re.fullmatch(r"[0-9a-f]+, m2, https://10.0.0.2:2380,https://10.0.1.2:2380, "
                        rf"{tmp_path}/out/two, \d+ MB", lines[2])
    assert "nothing was written" in done.stderr
    table = restore(path, "--dry-run", "--initial-cluster-token", "t-1", "-w", "table").stdout
    assert all(word in table for word in ("TOKEN", "SNAPSHOT REVISION", "PEER URLS", "t-1",
                                          f"{tmp_path}/out/m3"))
    assert fingerprint(tmp_path) == before


def test_a_dry_run_finds_damage(restore, fixtures, tmp_path):
    path = tmp_path / "file.db"
    content = bytearray((fixtures / "3.7.1/auth/snapshot.db").read_bytes())
    content[100_000] ^= 1
    path.write_bytes(content)
    for flags in ([], ["--dry-run"]):
        done = restore(path, *flags)
        assert (done.returncode, done.stdout) == (1, "")
        assert re.search(r"^Error: expected sha256 \[.*got.*file\.db is damaged", done.stderr, re.M)
        assert not (tmp_path / "out").exists()


def test_kubernetes_bumps_and_marks_and_says_why(utl, restore, fixtures, tmp_path):
    path = fixtures / "3.7.1/single/snapshot.db"
    revision = status(utl, path)["revision"]
    done = restore(path, "--kubernetes", "-w", "json")
    assert json.loads(done.stdout)["revision"] == revision + 1_000_000_000
    assert re.search(rf"^--kubernetes: the revision went up by 1000000000, to "
                     rf"{revision + 1_000_000_000}, .*list anew", done.stderr, re.M)
    alone = utl("snapshot", "restore", path, "--data-dir", tmp_path / "alone", "--kubernetes")
    assert alone.returncode == 0 and "--kubernetes: the revision went up" in alone.stderr
    for home in ("out/m1", "out/two", "alone"):
        said = json.loads(utl("hashkv", tmp_path / home / "member/snap/db", "-w", "json").stdout)
        assert said["hashRevision"] == said["compactRevision"] == revision + 1_000_000_000


def test_the_old_clusters_token_is_refused(utl, restore, fixtures, tmp_path):
    first = restore(fixtures / "3.7.1/single/snapshot.db", "--initial-cluster-token", "t-1")
    assert first.returncode == 0, first
    os.rename(tmp_path / "out", tmp_path / "old")
    again = [tmp_path / "old/two/member/snap/db", "--skip-hash-check"]
    for flags in ([], ["--dry-run"]):
        done = restore(*again, "--initial-cluster-token", "t-1", *flags)
        assert (done.returncode, done.stdout) == (1, "")
        assert 'Error: token "t-1" and these URLs make the cluster that ' in done.stderr
        assert "--allow-same-cluster" in done.stderr
        assert not (tmp_path / "out").exists()
    assert restore(*again, "--dry-run", "--initial-cluster-token", "t-2").returncode == 0
    assert restore(*again, "--initial-cluster-token", "t-1",
                   "--allow-same-cluster").returncode == 0


def test_an_output_that_holds_something_else_is_taken(utl, restore, fixtures, tmp_path):
    path = fixtures / "3.7.1/single/snapshot.db"
    (tmp_path / "out/two").mkdir(parents=True)
    (tmp_path / "out/notes").write_text("mine")
    assert restore(path).returncode == 0
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == sorted([*DIRS, "notes"])
    assert utl("verify", tmp_path / "out/two").returncode == 0
    before = fingerprint(tmp_path)
    done = restore(path)
    assert done.returncode == 1
    assert f'Error: data-dir "{tmp_path}/out/m1" not empty' in done.stderr
    assert fingerprint(tmp_path) == before


def test_what_a_killed_restore_left_goes(utl, restore, fixtures, tmp_path):
    left = tmp_path / "out.part-0123456789abcdef"
    (left / "m1/member/snap").mkdir(parents=True)
    (left / "m1/member/snap/db").write_bytes(b"half")
    assert restore(fixtures / "3.7.1/single/snapshot.db").returncode == 0
    assert not left.exists()
    assert utl("verify", tmp_path / "out/m1").returncode == 0


@pytest.mark.parametrize("flags", [
    ["--name", "m1"], ["--data-dir", "x"], ["--wal-dir", "x"],
    ["--initial-cluster", "a=http://a:1"], ["--initial-advertise-peer-urls", "http://a:1"],
    ["--bump-revision", "5"],
    ["--mark-compacted"], ["--kubernetes", "--bump-revision", "5", "--mark-compacted"]])
def test_flags_that_make_no_sense_with_a_cluster(restore, fixtures, tmp_path, flags):
    done = restore(fixtures / "3.7.1/single/snapshot.db", *flags)
    assert (done.returncode, done.stdout) == (128, "") and done.stderr.startswith("Error: --")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("flags", [["--output", "x"], ["--dry-run"], ["--allow-same-cluster"],
                                   ["--cluster", "members.yaml"]])
def test_flags_that_go_together(utl, members, fixtures, tmp_path, flags):
    line = utl.fails(128, "snapshot", "restore", fixtures / "3.7.1/single/snapshot.db", *flags,
                     cwd=tmp_path)[0]
    assert flags[0] in line


def test_a_faulty_members_file_is_told_with_the_place(utl, restore, members, fixtures, tmp_path):
    path = fixtures / "3.7.1/single/snapshot.db"
    members.write_text(MEMBERS.replace("data-dir", "datadir"))
    assert restore(path).stderr == \
        f'Error: {members}: line 6, column 5: unknown key "datadir" (did you mean "data-dir"?)\n'
    members.write_text("members: [\n")
    assert restore(path).stderr.startswith(f"Error: {members}: line ")
    members.unlink()
    assert restore(path).stderr == f"Error: open {members}: no such file or directory\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("there", [False, True])
def test_an_interrupted_restore_leaves_nothing(utl, members, tmp_path, there):
    snapshot = tmp_path / "file.db"
    big_db.write(snapshot, digest=bytes(32))
    out = tmp_path / "out"
    if there:
        out.mkdir()
    before = fingerprint(tmp_path)
    process = subprocess.Popen(
        [utl.path, "snapshot", "restore", snapshot, "--cluster", members, "--output", out],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 30
    while not list(tmp_path.rglob("member/snap/db")):
        assert time.monotonic() < until, "restore wrote nothing"
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (-signal.SIGINT, b"")
    assert err.decode().splitlines()[-1] == "Error: interrupted"
    assert fingerprint(tmp_path) == before
