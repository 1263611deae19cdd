# tests/cli/test_ctl_snapshot_save.py: snapshot save to places that are no use, and broken streams.
import os
import socket
import stat
import subprocess

import pytest

from relay import Relay
from running import Running, eventually


@pytest.fixture
def filled(cluster):
    """About 3 MB that don't compress."""
    cluster.put_noise("big", 3, 1_000_000)
    return cluster


@pytest.fixture
def place(tmp_path):
    """place(options): a small file system of its own."""
    made = []

    def mount(options):
        folder = tmp_path / f"disk{len(made)}"
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "cairn-test", folder], check=True)
        made.append(folder)
        return folder
    yield mount
    for folder in made:
        subprocess.run(["umount", folder], check=True)


def below(folder):
    return sorted(name for _, folders, files in os.walk(folder) for name in folders + files)


def test_it_is_whole_and_private(ctl, utl, filled, tmp_path):
    path = tmp_path / "s.db"
    path.write_text("an older one")
    done = ctl("snapshot", "save", path, env=filled.env)
    assert (done.returncode, done.stdout, done.stderr) == (
        0, f"Snapshot saved at {path}\nServer version 3.7.0\n", "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert utl("verify", path).returncode == 0
    assert below(tmp_path) == ["s.db"]


def test_a_full_disk_leaves_what_was_there(ctl, filled, place):
    disk = place("size=1m")
    (disk / "s.db").write_text("the last good one")
    for _ in range(2):
        assert ctl.fails(5, "snapshot", "save", disk / "s.db", env=filled.env) == [
            f"Error: write {disk}/s.db: no space left on device (make room there, or write "
            "to another file system)"]
        assert below(disk) == ["s.db"] and (disk / "s.db").read_text() == "the last good one"
    peer = filled.etcdctl("snapshot", "save", disk / "peer.db", check=False)
    assert peer.returncode == 5


def test_a_limit_on_file_sizes_is_told(ctl, filled, tmp_path):
    done = subprocess.run(["bash", "-c", 'ulimit -f 1000; exec "$0" snapshot save s.db', ctl.path],
                          cwd=tmp_path, env=dict(os.environ, **filled.env), capture_output=True,
                          text=True, timeout=60)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == (
        "Error: write s.db: file too large (ulimit -f, or the file system, allows no larger "
        "file)\n")
    assert below(tmp_path) == []


def test_places_that_are_no_use_are_refused(ctl, cluster, place, tmp_path):
    read_only = place("ro")
    work = tmp_path / "work"
    (work / "folder").mkdir(parents=True)
    (work / "plain").write_text("")
    os.mkfifo(work / "fifo")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(work / "socket"))
    before = below(work)
    for path, why in [
            (read_only / "s.db", "s.db: read-only file system"),
            ("nosuch/s.db", "s.db: no such file or directory"),
            ("plain/s.db", "not a directory"), ("folder", "folder (is a directory)"),
            ("fifo", "no process reads it"), ("socket", "socket (is not a regular file)"),
            ("n" * 300, "file name too long")]:
        lines = ctl.fails(5, "snapshot", "save", path, env=cluster.env, cwd=work)
        assert len(lines) == 1 and why in lines[0], (path, lines)
        assert below(work) == before and below(read_only) == []


def test_a_stream_that_breaks_leaves_nothing(ctl, filled, tmp_path):
    with Relay(filled.endpoint, rate=1_000_000) as relay:
        with Running(ctl, "--endpoints", relay.endpoint, "snapshot", "save", tmp_path / "s.db",
                     "--progress=none") as running:
            eventually(lambda: relay.passed > 300_000)
            assert [name.startswith("s.db.part-") for name in below(tmp_path)] == [True]
            relay.close()
            assert running.end() == 5
            assert running.rest() == []
            assert len(running.errors) == 1 and running.errors[0].startswith("Error: "), \
                running.errors
    assert below(tmp_path) == []


def test_a_stream_to_stdout_that_breaks_is_an_error(ctl, filled, tmp_path):
    with Relay(filled.endpoint, rate=1_000_000) as relay:
        with open(tmp_path / "s.db", "wb") as out:
            process = subprocess.Popen(
                [ctl.path, "--endpoints", relay.endpoint, "snapshot", "save", "-"], stdout=out,
                stderr=subprocess.PIPE, text=True)
            eventually(lambda: relay.passed > 300_000)
            relay.close()
            _, errors = process.communicate(timeout=30)
    assert process.returncode == 5 and errors.startswith("Error: ") and errors.count("\n") == 1
