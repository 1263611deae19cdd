# tests/cli/test_bad_places.py: inputs and destinations that can't be used, and wrong arguments.
"""The same expectations as in test_bad_input.py: one clear error, nothing changed, nothing left."""

import contextlib
import fcntl
import os
import resource
import shutil
import subprocess
import tempfile
import time

import pytest

from conftest import Program
from damage import VERSIONS, Image, copy_member
from trial import Tally, Trial, fingerprint

NOBODY = 65534


@pytest.fixture(scope="module")
def table(told):
    table = Tally("told: inputs and destinations that can't be used, wrong arguments")
    told.append(table)
    return table


@pytest.fixture(params=VERSIONS)
def place(request, utl, fixtures, table, tmp_path):
    yield Place(utl, fixtures / request.param / "single", table, tmp_path)


class Place:
    """Copies of a version's snapshot and data directory, and runs on them that must fail."""

    def __init__(self, utl, files, table, root):
        self.table, self.trial, self.files = table, Trial(utl, root), files
        self.move(self.trial.inputs)

    def move(self, inputs):
        self.snapshot = os.path.join(inputs, "file.db")
        self.home = os.path.join(inputs, "m.etcd")
        self.db = os.path.join(self.home, "member/snap/db")
        self.fill()

    def fill(self):
        """Whole inputs, again."""
        shutil.rmtree(self.home, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.snapshot)
        shutil.copy(self.files / "snapshot.db", self.snapshot)
        copy_member(self.files / "data/m0.etcd", self.home)

    def fails(self, row, *words, names=(), code=1, flags=(), **how):
        known = len(self.table.bad)
        done = self.trial(self.table, row, [*words, *flags], names=names, **how)
        assert done.code == code, str(done)
        assert not self.table.bad[known:]
        return done.err

    def on_file(self, row, path, **how):
        """Each command that takes a file, on `path`."""
        said = []
        for words in (["snapshot", "status"], ["hashkv"], ["verify"],
                      ["snapshot", "restore", "--data-dir", "new"],
                      ["snapshot", "restore", "--skip-hash-check", "--data-dir", "new"]):
            said.append(self.fails(row, *words, path, names=[path], **how))
        return said

    def on_member(self, row, commands=("verify", "defrag", "migrate"), **how):
        """Each command that takes a data directory, on the member's."""
        words = {"verify": ["verify"], "defrag": ["defrag", "--data-dir"],
                 "migrate": ["migrate", "--target-version", self.target(), "--data-dir"]}
        return [self.fails(row, *words[command], self.home, names=[self.home], **how)
                for command in commands]

    def target(self):
        """A version that the db does not have already."""
        return "3.5" if self.files.parent.name > "3.6" else "3.6"


def test_an_input_that_is_not_there(place):
    place.on_file("absent", os.path.join(place.trial.inputs, "nosuch.db"))
    link = os.path.join(place.trial.inputs, "loop.db")
    os.symlink(link, link)
    place.on_file("absent", link)
    os.remove(place.db)
    place.on_member("absent")
    shutil.rmtree(place.home)
    place.on_member("absent")


def test_a_directory_in_a_files_place(place):
    folder = os.path.join(place.trial.inputs, "folder.db")
    os.mkdir(folder)
    place.on_file("directory for a file", folder)
    os.remove(place.db)
    os.mkdir(place.db)
    place.on_member("directory for a file")
    place.fill()
    for path in place.files.glob("data/m0.etcd/member/wal/*.wal"):
        segment = os.path.join(place.home, "member/wal", path.name)
        os.remove(segment)
        os.mkdir(segment)
    place.on_member("directory for a file", ["verify", "migrate"])


def test_a_file_in_a_directorys_place(place):
    for name in ("member/wal", "member/snap", "member"):
        shutil.rmtree(os.path.join(place.home, name))
        Image(b"x", 1).write(os.path.join(place.home, name))
        place.on_member("file for a directory",
                        ["verify", "migrate"] if name == "member/wal"
                        else ["verify", "defrag", "migrate"])
        os.remove(os.path.join(place.home, name))
        place.fill()


def test_a_pipe_is_not_waited_for(place):
    path = os.path.join(place.trial.inputs, "pipe.db")
    os.mkfifo(path)
    for error in place.on_file("a pipe", path):
        assert "pipe" in error


def give(root, user):
    if os.geteuid() != 0:
        return
    for folder, folders, files in os.walk(root):
        for name in ["", *folders, *files]:
            os.chown(os.path.join(folder, name), user, user)


@pytest.fixture
def nobody(place):
    """How to run as a user for whom permissions count, who owns the trial's folders."""
    if os.geteuid() != 0:
        yield {}
        return
    # pytest's own folders and the program's may be closed to others.
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)
        program = Program(shutil.copy(place.trial.program.path, root))
        place.trial = Trial(program, os.path.join(root, "trial"))
        place.move(place.trial.inputs)
        give(os.path.join(root, "trial"), NOBODY)
        yield {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def test_an_input_that_may_not_be_read(place, nobody):
    os.chmod(place.snapshot, 0)
    for error in place.on_file("unreadable", place.snapshot, **nobody):
        assert "permission denied" in error
    os.chmod(place.db, 0)
    place.on_member("unreadable", **nobody)
    place.fill()
    os.chmod(place.home, 0)
    place.on_member("unreadable", **nobody)
    os.chmod(place.home, 0o700)


def test_a_member_that_may_not_be_changed(place, nobody):
    give(place.trial.inputs, 0)
    protect(place.home, 0o555, 0o444)
    for error in place.on_member("member read-only", ["defrag", "migrate"], **nobody):
        assert "permission denied" in error
    done = place.trial(place.table, "member read-only", ["verify", place.home], **nobody)
    protect(place.home, 0o755, 0o644)
    assert done.code == 0, str(done)


def protect(root, folder_mode, file_mode):
    for folder, _, files in os.walk(root):
        os.chmod(folder, folder_mode)
        for name in files:
            os.chmod(os.path.join(folder, name), file_mode)


@contextlib.contextmanager
def flock(path, how):
    with open(path, "rb") as file:
        fcntl.flock(file, how | fcntl.LOCK_NB)
        yield


def test_an_input_that_another_process_has_locked(place):
    began = time.monotonic()
    with flock(place.snapshot, fcntl.LOCK_EX), flock(place.db, fcntl.LOCK_EX):
        for error in place.on_file("locked", place.snapshot, flags=["--timeout", "100ms"]):
            assert "in use by another process" in error
        for error in place.on_member("locked", flags=["--timeout", "100ms"]):
            assert "in use by another process" in error
    assert time.monotonic() - began < 60
    with flock(place.snapshot, fcntl.LOCK_SH), flock(place.db, fcntl.LOCK_SH):
        for words in (["snapshot", "status", place.snapshot], ["hashkv", place.snapshot],
                      ["verify", place.snapshot], ["verify", place.home]):
            done = place.trial(place.table, "locked", words)
            assert done.code == 0, str(done)
        place.on_member("locked", ["defrag", "migrate"], flags=["--timeout=100ms"])


RESTORE = ["snapshot", "restore", "--data-dir"]


def test_a_destination_that_is_taken(place):
    """The destinations lie among the inputs, so that a change of theirs is seen."""
    row, home = "destination taken", place.home
    assert "not empty" in place.fails(row, *RESTORE, home, place.snapshot, names=[home])
    place.fails(row, *RESTORE, place.snapshot, place.snapshot, names=[place.snapshot])
    place.fails(row, *RESTORE, place.snapshot + "/new", place.snapshot, names=[place.snapshot])
    place.fails(row, *RESTORE, "new", "--wal-dir", home, place.snapshot, names=[home])
    place.fails(row, *RESTORE, "new", "--wal-dir", place.snapshot + "/wal", place.snapshot,
                names=[place.snapshot])
    place.fails(row, *RESTORE, "new", "--wal-dir", "new", place.snapshot, names=["new"])
    place.fails(row, *RESTORE, "/proc/new", place.snapshot, names=["/proc/new"])


def limits(*sizes):
    """How to run with files limited to a size: the write that goes beyond fails with EFBIG."""
    for size in sizes:
        yield {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))}


def test_a_file_that_cannot_grow_further(place):
    """As on a full disk, by the limit on file sizes; this needs no rights."""
    size = os.path.getsize(place.snapshot)
    for how in limits(0, 1000, 4096, size // 2, size - 32, size, 30_000_000, 63_999_999):
        error = place.fails("destination full", *RESTORE, "new", place.snapshot, **how)
        assert "file too large" in error
        assert "file too large" in place.fails(
            "destination full", *RESTORE, "new", "--wal-dir", "log", place.snapshot, **how)
    for how in limits(0, 1000, 4096, 100_000):
        assert "file too large" in place.fails(
            "destination full", "defrag", "--data-dir", place.home, names=[place.home], **how)


def test_a_full_disk(place):
    """A small tmpfs where mounting is allowed: there as root, else in a user's own namespace."""
    # Where / is no mount (in a chroot) its propagation can't be changed.
    private = ["unshare", *(["-m"] if os.geteuid() == 0 else ["-rm"]), "--propagation", "unchanged"]
    script = 'mount --make-rprivate / 2>/dev/null; mount -t tmpfs -o size=$1 tmpfs "$2" && ' \
             'shift 2 && "$@"; code=$?; find disk -mindepth 1 >&2; exit $code'
    for size in ("64k", "300k", "1m"):
        for flags in ([], ["--wal-dir", "disk/log"], ["--skip-hash-check"]):
            known = fingerprint(place.trial.inputs)
            disk = os.path.join(place.trial.out, "disk")
            os.mkdir(disk)
            words = [place.trial.program.path, *RESTORE, "disk/new", *flags, place.snapshot]
            done = subprocess.run([*private, "sh", "-c", script, "sh", size, disk, *words],
                                  cwd=place.trial.out, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, timeout=120)
            os.rmdir(disk)
            if "mount:" in done.stderr or "unshare:" in done.stderr:
                # Not allowed here; the limit on file sizes was tried above all the same.
                place.table.notes.append(f"told: no tmpfs here: {done.stderr.strip()[:80]}")
                return
            row = "destination full"
            place.table.add(row, "tried")
            assert done.returncode == 1, done
            lines = done.stderr.splitlines()
            assert len(lines) == 1 and lines[0].startswith("Error: "), done
            assert "room" in lines[0] or "no space left" in lines[0], done
            assert fingerprint(place.trial.inputs) == known
            place.table.add(row, "clear errors")


def test_results_that_cannot_be_written(place):
    row = "stdout full"
    for words in (["snapshot", "status", place.snapshot], ["hashkv", place.snapshot],
                  ["verify", place.snapshot], ["verify", "-w", "json", place.home]):
        with open("/dev/full", "w") as full:
            error = place.fails(row, *words, stdout=full)
        assert error == "Error: write /dev/stdout: no space left on device\n"


def test_a_destination_that_may_not_be_written(place, nobody):
    row, folder = "destination read-only", os.path.join(place.trial.inputs, "shut")
    os.mkdir(folder, 0o555)
    give(folder, 0)
    for path in (folder, folder + "/new", folder + "/deep/new"):
        error = place.fails(row, *RESTORE, path, place.snapshot, names=["/shut"], **nobody)
        assert "permission denied" in error
        place.fails(row, *RESTORE, "new", "--wal-dir", folder + "/wal", place.snapshot,
                    names=["/shut"], **nobody)


URLS = ["localhost:2380", "http://localhost", "ftp://localhost:2380", "http://", "://x", "",
        "http://localhost:2380/path", "http://localhost:x", "http://[::1", "http://%zz:1", ",",
        "http://\x01:2380", "unix://"]


@pytest.mark.parametrize("url", URLS)
def test_a_malformed_url(utl, fixtures, table, tmp_path, url):
    place = Place(utl, fixtures / "3.7.1/single", table, tmp_path)
    place.fails("malformed URL", *RESTORE, "new", "--initial-advertise-peer-urls", url,
                place.snapshot)
    place.fails("malformed URL", *RESTORE, "new", "--initial-cluster", f"default={url}",
                place.snapshot)


@pytest.mark.parametrize("words, code, said", [
    (["snapshot", "restore", "--name", "m9", "--initial-cluster", "m1=http://localhost:2380"], 1,
     "m9"),
    (["snapshot", "restore", "--initial-cluster", ""], 1, ""),
    (["snapshot", "restore", "--initial-cluster", "default"], 1, ""),
    (["snapshot", "restore", "--initial-advertise-peer-urls", "http://localhost:1"], 1,
     "localhost:1"),
    (["snapshot", "restore", "--bump-revision", "5"], 128, "--mark-compacted"),
    (["snapshot", "restore", "--mark-compacted"], 128, "--mark-compacted"),
    (["snapshot", "restore", "--mark-compacted", "--bump-revision", "9223372036854775807"], 1,
     "9223372036854775807"),
    (["snapshot", "restore", "--mark-compacted", "--bump-revision", "18446744073709551615"], 1,
     "18446744073709551615"),
    (["hashkv", "--rev", "99999999"], 1, "future revision"),
    (["hashkv", "--rev", "1"], 1, "compacted"),
    (["hashkv", "-w", "protobuf"], 4, "protobuf not supported"),
    (["snapshot", "status", "-w", "yaml"], 4, "unsupported output format"),
    (["verify", "-w", "table"], 4, "table not supported"),
])
def test_arguments_that_make_no_sense_of_a_file(utl, fixtures, table, tmp_path, words, code, said):
    place = Place(utl, fixtures / "3.7.1/single", table, tmp_path)
    assert said in place.fails("wrong arguments", *words, place.snapshot, code=code)


@pytest.mark.parametrize("version, code", [
    ("3.3", 128), ("2.3", 128), ("3", 128), ("", 128), ("3.6.1", 128), ("newest", 128),
    ("3.-6", 128), ("3.99999999999999999999", 128), ("3.8", 1), ("4.0", 1), ("3.99", 1)])
def test_a_version_that_there_is_not(utl, fixtures, table, tmp_path, version, code):
    place = Place(utl, fixtures / "3.7.1/single", table, tmp_path)
    place.fails("unknown version", "migrate", "--data-dir", place.home, "--target-version",
                version, code=code)


@pytest.mark.parametrize("words, code", [
    (["snapshot", "status"], 128), (["snapshot", "restore"], 128),
    (["snapshot", "restore", "a", "b"], 128), (["hashkv"], 1), (["hashkv", "a", "b"], 1),
    (["verify"], 1), (["verify", "a", "b"], 1), (["defrag"], 1), (["migrate"], 1),
    (["migrate", "--data-dir", "d"], 1), (["snapshot", "save", "f"], 1), (["nosuch"], 1),
    (["verify", "--deep", "f"], 1), (["hashkv", "--rev", "x", "f"], 1),
    (["snapshot", "restore", "--bump-revision", "-1", "f"], 1),
    (["snapshot", "status", "--timeout", "5", "f"], 1),
    (["snapshot", "status", "--progress", "loud", "f"], 1),
])
def test_a_command_line_that_is_wrong(utl, table, words, code):
    """These print the usage after the error, or a hint, as etcdutl does."""
    lines = utl.fails(code, *words)
    table.add("wrong command line", "tried")
    table.add("wrong command line", "clear errors")
    assert lines[0].startswith("Error: ") and len(lines[0]) > 12
