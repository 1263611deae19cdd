# tests/cli/test_interrupt.py: Ctrl-C in long work leaves nothing half-made; what progress shows.
import fcntl
import os
import pty
import re
import signal
import subprocess
import time

import pytest

import big_db
from damage import copy_member
from trial import fingerprint


def start(utl, words, cwd, **how):
    how.setdefault("stderr", subprocess.PIPE)
    return subprocess.Popen([utl.path, *map(str, words)], stdin=subprocess.DEVNULL, cwd=cwd,
                            stdout=subprocess.PIPE, **how)


def wait_until(condition, what):
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.01)


def catches(process, with_signal):
    """Whether it has begun to look for the signal: before, it dies of it without a word."""
    with open(f"/proc/{process.pid}/status") as status:
        caught = int(re.search(r"^SigCgt:\s*([0-9a-f]+)", status.read(), re.M)[1], 16)
    return caught >> (with_signal - 1) & 1


def interrupted(process, with_signal):
    wait_until(lambda: catches(process, with_signal), "signals are not caught")
    process.send_signal(with_signal)
    out, err = process.communicate(timeout=30)
    assert process.returncode == -with_signal, (process.returncode, out, err)
    assert out == b""
    assert err.decode() == "Error: interrupted\n"


@pytest.fixture
def big_member(tmp_path):
    folder = tmp_path / "in/m.etcd/member/snap"
    folder.mkdir(parents=True)
    big_db.write(folder / "db")
    return tmp_path / "in/m.etcd"


def written(folder):
    """Bytes of all files below `folder`."""
    return sum(os.path.getsize(os.path.join(place, name))
               for place, _, files in os.walk(folder) for name in files)


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("flags", [["--data-dir", "new"], ["--data-dir", "here"],
                                   ["--data-dir", "new", "--wal-dir", "log"]])
def test_an_interrupted_restore_leaves_nothing(utl, tmp_path, flags, with_signal):
    snapshot = tmp_path / "in/file.db"
    snapshot.parent.mkdir()
    big_db.write(snapshot, digest=bytes(32))
    out = tmp_path / "out"
    (out / "here").mkdir(parents=True)
    before = fingerprint(tmp_path)
    process = start(utl, ["snapshot", "restore", *flags, snapshot], out)
    wait_until(lambda: written(out) > 0, "restore wrote nothing")
    interrupted(process, with_signal)
    assert fingerprint(tmp_path) == before


def test_an_interrupted_defrag_leaves_the_old_file(utl, big_member, tmp_path):
    before, folder = fingerprint(tmp_path), big_member / "member/snap"
    process = start(utl, ["defrag", "--data-dir", big_member], tmp_path)
    wait_until(lambda: len(os.listdir(folder)) > 1, "defrag began nothing")
    interrupted(process, signal.SIGINT)
    assert fingerprint(tmp_path) == before


@pytest.mark.parametrize("words", [["snapshot", "status"], ["verify"],
                                   ["inspect", "space"]])
def test_interrupted_reading_says_nothing(utl, big_member, tmp_path, words):
    before = fingerprint(tmp_path)
    process = start(utl, [*words, big_member / "member/snap/db"], tmp_path)
    wait_until(lambda: progressed(process), f"{words} read nothing")
    interrupted(process, signal.SIGINT)
    assert fingerprint(tmp_path) == before


# Commands that read all pages of a file, with the rest of their command lines.
READERS = [
    ["snapshot", "status"], ["snapshot", "restore", "--skip-hash-check", "--data-dir", "new/a"],
    ["verify"], ["salvage", "--output", "new.db"], ["inspect", "pages"], ["inspect", "space"],
    ["bbolt", "check"]]


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_a_signal_ends_a_command_at_once(utl, tmp_path, words, with_signal):
    """Each has work for many seconds; the signal comes a moment after its start."""
    folder = tmp_path / "in"
    folder.mkdir()
    big_db.write(folder / "file.db", values=160)
    before = fingerprint(tmp_path)
    process = start(utl, [*words, folder / "file.db"], tmp_path)
    wait_until(lambda: catches(process, with_signal), "signals are not caught")
    time.sleep(0.3)
    sent = time.monotonic()
    process.send_signal(with_signal)
    out, err = process.communicate(timeout=60)
    took = time.monotonic() - sent
    assert (process.returncode, out, err) == (-with_signal, b"", b"Error: interrupted\n")
    assert fingerprint(tmp_path) == before
    assert took < 1  # a fifth of a second on a machine that has nothing else to do


SLOW_SYNC = """
#include <unistd.h>
int fdatasync(int fd) {
  for (int i = 0; i < 300; ++i) usleep(100000);
  return fsync(fd);
}
"""


@pytest.mark.parametrize("words", [
    ["snapshot", "restore", "--data-dir", "new/a"],
    ["snapshot", "extract", "--prefix=", "--output", "keys.json"],
    ["salvage", "--output", "new.db"],
    ["bbolt", "surgery", "freelist", "abandon", "--output", "new.db"]], ids=" ".join)
def test_a_signal_ends_a_command_that_waits_for_a_disk(utl, fixtures, tmp_path, words):
    library = tmp_path / "slow_sync.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-o", library, "-"], check=True,
                   input=SLOW_SYNC.encode())
    before = fingerprint(tmp_path)
    process = start(utl, [*words, fixtures / "3.7.1/single/snapshot.db"], tmp_path,
                    env={**os.environ, "LD_PRELOAD": str(library)})
    wait_until(lambda: fingerprint(tmp_path) != before, "nothing was begun")
    sent = time.monotonic()
    interrupted(process, signal.SIGTERM)
    assert time.monotonic() - sent < 10
    assert fingerprint(tmp_path) == before


def progressed(process):
    """Whether it has begun to read (16 MB and more)."""
    with open(f"/proc/{process.pid}/io") as counters:
        return int(re.search(r"^rchar: (\d+)", counters.read(), re.M)[1]) > 16 << 20


@pytest.mark.parametrize("words", [["defrag"], ["migrate", "--target-version", "3.6"]])
def test_waiting_for_a_lock_can_be_interrupted(utl, fixtures, tmp_path, words):
    home = tmp_path / "m.etcd"
    copy_member(fixtures / "3.7.1/single/data/m0.etcd", home)
    before = fingerprint(tmp_path)
    with open(home / "member/snap/db", "rb") as db:
        fcntl.flock(db, fcntl.LOCK_EX)
        process = start(utl, [*words, "--data-dir", home, "--timeout=0"], tmp_path)
        wait_until(lambda: open_files(process) > 3, "no file was opened")
        interrupted(process, signal.SIGINT)
    assert fingerprint(tmp_path) == before


def open_files(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def test_progress_as_plain_lines_or_none(utl, fixtures):
    path = fixtures / "3.7.1/single/snapshot.db"
    quiet = utl("verify", path)
    assert quiet.stderr == "" == utl("verify", path, "--progress=none").stderr
    plain = utl("verify", path, "--progress=plain")
    assert plain.stdout == quiet.stdout
    assert re.fullmatch(r"hashing: [^\n]* in \d+\.\ds\nchecking pages: [^\n]*\n"
                        r"checking keys: [^\n]*\n", plain.stderr.replace("hashing: 0 B in 0.0s\n",
                                                                         "", 1)), plain.stderr


def test_a_terminal_sees_a_bar_that_goes_away(utl, tmp_path):
    path = tmp_path / "file.db"
    big_db.write(path, values=32)
    controller, terminal = pty.openpty()
    process = start(utl, ["verify", path], "/", stderr=terminal)
    os.close(terminal)
    seen = b""
    while True:
        try:
            chunk = os.read(controller, 65536)
        except OSError:  # the last writer has closed it
            break
        if not chunk:
            break
        seen += chunk
    process.communicate(timeout=60)
    os.close(controller)
    assert re.search(rb"checking pages +\d+% \[=*>? *\] [\d.]+ [kMG]?B of 2.1 GB", seen), seen
    assert seen.rstrip().endswith(b"\r\x1b[K") or b"Error:" in seen.split(b"\r\x1b[K")[-1]
