# tests/cli/test_snapshot_restore.py: the member that `snapshot restore` makes, and its refusals.
import json
import re
import shutil

import pytest

THREE = "m1=http://10.0.0.1:2380,m2=http://10.0.0.2:2380,m3=http://10.0.0.3:2380"


def restore(utl, path, target, *flags, **how):
    return utl("snapshot", "restore", path, "--data-dir", target, *flags, **how)


def status(utl, path):
    return json.loads(utl("snapshot", "status", path, "-w", "json").stdout)


def test_every_fixture_becomes_a_whole_member(utl, fixture, tmp_path):
    path, home = fixture / "snapshot.db", tmp_path / "new.etcd"
    done = restore(utl, path, home)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith(f"Restored {path} to {home}: member 8e9e05c52164694d (default) ")
    assert sorted(str(one.relative_to(home)) for one in home.rglob("*") if one.is_file()) == [
        "member/snap/0000000000000001-0000000000000001.snap", "member/snap/db",
        "member/wal/0000000000000000-0000000000000000.wal"]
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "member/snap/db").stat().st_mode & 0o777 == 0o600
    verified = utl("verify", home)
    assert verified.returncode == 0, verified.stdout
    before, after = status(utl, path), status(utl, home / "member/snap/db")
    for name in ("revision", "totalKey", "version"):
        assert before[name] == after[name]
    assert utl("hashkv", path).stdout == utl("hashkv", home / "member/snap/db").stdout


def test_members_of_one_cluster_agree_on_its_id(utl, fixtures, tmp_path):
    path = fixtures / "3.6.14/cluster/snapshot.db"
    told = {}
    for number in (1, 2, 3):
        done = restore(utl, path, tmp_path / f"m{number}", "--name", f"m{number}",
                       "--initial-cluster", THREE, "--initial-advertise-peer-urls",
                       f"http://10.0.0.{number}:2380", "--initial-cluster-token", "token-1")
        assert done.returncode == 0, done
        told[number] = re.search(r"member (\w+) \(m\d\) of 3 in cluster (\w+)", done.stderr)
    assert len({one[1] for one in told.values()}) == 3
    assert len({one[2] for one in told.values()}) == 1
    other = restore(utl, path, tmp_path / "other", "--name", "m1", "--initial-cluster", THREE,
                    "--initial-advertise-peer-urls", "http://10.0.0.1:2380",
                    "--initial-cluster-token=token-2")
    assert told[1][2] not in other.stderr


def test_blanks_after_commas_are_passed_over(utl, fixtures, tmp_path):
    """A YAML scalar over several lines leaves a space behind each comma."""
    done = restore(utl, fixtures / "3.7.1/single/snapshot.db", tmp_path / "new", "--name", "m1",
                   "--initial-cluster", THREE.replace(",", ", "),
                   "--initial-advertise-peer-urls", " http://10.0.0.1:2380 ")
    assert done.returncode == 0, done


def test_the_guides_line_with_the_flag_before_the_command(etcdutl, fixtures, tmp_path):
    """`etcdutl --data-dir D snapshot restore F`: any flag of the command in any place."""
    path = fixtures / "3.5.33/single/snapshot.db"
    done = etcdutl("--data-dir", tmp_path / "new", "snapshot", "restore", path, "--name=master",
                   "--initial-cluster=master=https://127.0.0.1:2380",
                   "--initial-advertise-peer-urls=https://127.0.0.1:2380")
    assert done.returncode == 0, done
    again = etcdutl.fails(1, "--data-dir", tmp_path / "new", "snapshot", "restore", path)
    assert again == [f'Error: data-dir "{tmp_path}/new" not empty or could not be read: '
                     "it holds member"]


def test_a_copied_db_is_refused_with_the_way_on_and_taken_with_the_flag(utl, member, tmp_path):
    db = member("3.7.1") / "member/snap/db"
    line = utl.fails(1, "snapshot", "restore", db, "--data-dir", tmp_path / "new")[0]
    assert line.startswith("Error: snapshot missing hash but --skip-hash-check=false")
    assert str(db) in line and "--skip-hash-check" in line.split(":", 2)[2]
    done = restore(utl, db, tmp_path / "new", "--skip-hash-check")
    assert done.returncode == 0, done
    assert status(utl, tmp_path / "new/member/snap/db")["revision"] == status(utl, db)["revision"]
    assert utl("verify", tmp_path / "new").returncode == 0


def test_a_wrong_digest_is_told_with_both_sums(utl, fixtures, tmp_path):
    path = tmp_path / "file.db"
    content = bytearray((fixtures / "3.7.1/auth/snapshot.db").read_bytes())
    content[100_000] ^= 1
    path.write_bytes(content)
    line = utl.fails(1, "snapshot", "restore", path, "--data-dir", tmp_path / "new")[0]
    assert re.match(r"Error: expected sha256 \[(\d+ ?){32}\], got \[(\d+ ?){32}\]", line)
    assert str(path) in line
    assert not (tmp_path / "new").exists()


def test_a_bumped_revision_counts_as_compacted(utl, fixtures, tmp_path):
    path, home = fixtures / "3.6.14/single/snapshot.db", tmp_path / "new"
    revision = status(utl, path)["revision"]
    done = restore(utl, path, home, "--bump-revision", "1000000", "--mark-compacted")
    assert done.returncode == 0 and f"revision {revision + 1000000}" in done.stderr
    said = json.loads(utl("hashkv", home / "member/snap/db", "-w", "json").stdout)
    assert said["hashRevision"] == said["compactRevision"] == revision + 1000000
    assert utl("verify", home).returncode == 0


@pytest.mark.parametrize("flags", [["--bump-revision", "5"], ["--mark-compacted"]])
def test_bump_and_mark_go_together(etcdutl, fixtures, tmp_path, flags):
    assert etcdutl.fails(128, "snapshot", "restore", fixtures / "3.7.1/single/snapshot.db",
                         "--data-dir", tmp_path / "new", *flags) == \
        ["Error: --mark-compacted required if --revision-bump > 0"]


def test_the_directory_is_named_after_the_member_by_default(utl, fixtures, tmp_path):
    done = utl("snapshot", "restore", fixtures / "3.7.1/single/snapshot.db", cwd=tmp_path)
    assert done.returncode == 0 and (tmp_path / "default.etcd/member/snap/db").exists()


def test_an_empty_directory_and_what_a_killed_restore_left_are_taken(utl, fixtures, tmp_path):
    home = tmp_path / "mounted"
    left = home / "member.part-0123456789abcdef/member/snap"
    left.mkdir(parents=True)
    (left / "db").write_bytes(b"half")
    (tmp_path / "new.part-0123456789abcdef").mkdir()
    for target in (home, tmp_path / "new"):
        assert restore(utl, fixtures / "3.7.1/single/snapshot.db", target).returncode == 0
        assert utl("verify", target).returncode == 0
        assert [one.name for one in target.iterdir()] == ["member"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["mounted", "new"]


def test_the_log_may_lie_elsewhere(utl, fixtures, tmp_path):
    home, log = tmp_path / "new", tmp_path / "disk/wal"
    done = restore(utl, fixtures / "3.7.1/single/snapshot.db", home, "--wal-dir", log,
                   "--initial-memory-map-size", "1")
    assert done.returncode == 0, done
    assert [one.name for one in log.iterdir()] == ["0000000000000000-0000000000000000.wal"]
    assert not list(home.rglob("*.wal"))
    (home / "member/wal").rmdir() if (home / "member/wal").exists() else None
    shutil.move(log, home / "member/wal")
    assert utl("verify", home).returncode == 0
