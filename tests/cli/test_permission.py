# tests/cli/test_permission.py: files that this user may not read or change: the error says so, and
# nothing is judged.
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from conftest import Program
from damage import copy_member

NOBODY = 65534
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another user")
ADVICE = "(run as root or as the server's user)"


class Shut:
    """Root's copies of a whole member and of a snapshot, and the programs run by nobody."""

    def __init__(self, root, utl, ctl, files):
        self.root, self.files = root, files
        self.utl = Program(shutil.copy(utl.path, root))
        self.ctl = Program(shutil.copy(ctl.path, root))
        copy_member(files / "data/m0.etcd", root / "m.etcd")
        shutil.copy(files / "snapshot.db", root / "snapshot.db")
        self.home, self.snapshot = root / "m.etcd", root / "snapshot.db"
        for folder, folders, names in os.walk(self.home):
            for name in folders:
                os.chmod(os.path.join(folder, name), 0o755)
            for name in names:
                os.chmod(os.path.join(folder, name), 0o644)
        os.chmod(self.home, 0o755)
        (root / "out").mkdir()
        os.chown(root / "out", NOBODY, NOBODY)

    def fails(self, *words):
        lines = self.utl.fails(1, *words, user=NOBODY, group=NOBODY, extra_groups=[],
                               cwd=self.root / "out")
        assert os.listdir(self.root / "out") == []
        return lines


@pytest.fixture
def shut(utl, ctl, fixtures):
    # pytest's own folders are closed to others.
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)
        yield Shut(Path(root), utl, ctl, fixtures / "3.7.1/single")


def of_member(home):
    """Commands on a data directory."""
    return [["verify", home], ["inspect", "wal", home], ["inspect", "snap", home],
            ["inspect", "keys", home], ["inspect", "members", home], ["inspect", "auth", home],
            ["inspect", "leases", home], ["inspect", "buckets", home], ["inspect", "pages", home],
            ["inspect", "space", home], ["hashkv", home], ["diff", home, home],
            ["snapshot", "extract", home, "--prefix", ""], ["salvage", home, "--output", "new"],
            ["salvage", "wal", home, "--output", "new"], ["defrag", "--data-dir", home],
            ["migrate", "--data-dir", home, "--target-version", "3.6"],
            ["backup", "--data-dir", home, "--backup-dir", "new"],
            ["check", "v2store", "--data-dir", home]]


def denied(lines):
    assert len(lines) == 1 and "permission denied" in lines[0], lines
    assert lines[0].endswith(ADVICE), lines
    assert "damage" not in lines[0] and "no data directory" not in lines[0], lines


@pytest.mark.parametrize("part", ["", "member"])
def test_case_07_verify_unreadable(shut, part):
    """A data directory that may not be entered, for every command."""
    os.chmod(shut.home / part, 0o700)
    for words in of_member(shut.home):
        denied(shut.fails(*words))


@pytest.mark.parametrize("part", ["member/wal", "member/snap", "member/snap/db", "segment", "snap"])
def test_parts_that_may_not_be_read_give_no_verdict(shut, part):
    if part == "segment":
        path = next((shut.home / "member/wal").glob("*.wal"))
    elif part == "snap":
        path = next((shut.home / "member/snap").glob("*.snap"))
    else:
        path = shut.home / part
    os.chmod(path, 0o700 if path.is_dir() else 0o600)
    lines = shut.fails("verify", shut.home)
    denied(lines)
    assert str(path) in lines[0]
    assert str(path.parent) in shut.fails("verify", shut.home / "member")[0]


def test_a_file_that_may_not_be_read(shut):
    path = shut.snapshot
    os.chmod(path, 0o600)
    for words in (["snapshot", "status", path], ["snapshot", "restore", path, "--data-dir", "new"],
                  ["verify", path], ["hashkv", path], ["salvage", path, "--output", "new"],
                  ["bbolt", "check", path], ["inspect", "keys", path], ["diff", path, path],
                  ["snapshot", "extract", path, "--prefix", ""]):
        lines = shut.fails(*words)
        denied(lines)
        assert f"open {path}: permission denied" in lines[0]


def test_a_place_that_may_not_be_written(shut):
    os.chown(shut.root / "out", 0, 0)
    for words in (["snapshot", "restore", shut.snapshot, "--data-dir", "new"],
                  ["salvage", shut.snapshot, "--output", "new"]):
        denied(shut.fails(*words))
    for words in (["defrag", "--data-dir", shut.home],
                  ["migrate", "--data-dir", shut.home, "--target-version", "3.6"]):
        denied(shut.fails(*words))


def test_a_client_key_that_may_not_be_read(shut):
    for flag in ("--cacert", "--cert", "--key"):
        path = shut.root / "secret.pem"
        path.write_text("x")
        os.chmod(path, 0o600)
        both = ["--cert", path, "--key", path] if flag != "--cacert" else [flag, path]
        lines = shut.ctl.fails(128, *both, "--endpoints", "https://127.0.0.1:1", "get", "a",
                               user=NOBODY, group=NOBODY, extra_groups=[])
        assert lines == [f"Error: open {path}: permission denied "
                         "(run as root, or as the user that it belongs to)"]


def test_by_etcds_name_the_error_is_etcds(shut, etcdutl):
    os.chmod(shut.snapshot, 0o600)
    program = Program(shutil.copy(etcdutl.path, shut.root / "etcdutl"))
    lines = program.fails(1, "hashkv", shut.snapshot, user=NOBODY, group=NOBODY, extra_groups=[])
    assert lines == [f"Error: open {shut.snapshot}: permission denied"]
