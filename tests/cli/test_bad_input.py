# tests/cli/test_bad_input.py: damaged files get a clear error, stay as they are, and leave nothing.
"""Each fixture file is cut, flipped, zeroed and replaced; every command that takes it is run on
every broken form. A sample by default, the whole space with CAIRN_FULL=1; CAIRN_SEED repeats the
random places. What must never be: a crash, an unclear message, a changed input, something left
after, or damage that a digest or the file's structure gives away and yet was accepted."""

import os
import random

import pytest

import damage
import wal_map
from bolt_map import FOUND
from damage import FULL, SEED, VERSIONS, Image
from trial import Tally, in_parallel
from wal_map import KINDS_FOUND


@pytest.fixture(scope="module")
def tables(told):
    runs = Tally(f"told: damaged files, CAIRN_SEED={SEED}{' CAIRN_FULL=1' if FULL else ''}")
    bits = Tally("told: a flipped bit of a log or a db without digest, by the byte's use: verify")
    told.extend([runs, bits])
    return runs, bits


def chosen(fixtures, version, kind):
    """The files of this version and kind, with a generator of places for each."""
    files = damage.fixture_files(fixtures, version, kind)
    if not FULL:
        files = [random.Random(f"{SEED}{version}{kind}").choice(files)]
    for directory, path in files:
        yield directory, path, random.Random(f"{SEED}{path.relative_to(fixtures)}")


class FileCommands:
    """What is run on one broken db file or snapshot that lies by itself."""

    def __init__(self, tables, image, has_digest, label):
        self.runs, self.bits = tables
        self.has_digest, self.label = has_digest, label
        self.map = damage.map_of(image)
        self.whole = image

    def __call__(self, trial, broken):
        row = f"{'snapshot' if self.has_digest else 'db'}, {broken.kind}"
        path = os.path.join(trial.inputs, "file.db")
        broken.image.write(path)
        case = f"{self.label}, {broken.name}"

        def go(*words):
            done = trial(self.runs, row, [*words, path], names=[path], case=case)
            if not broken.image.same_as(path):
                self.runs.add(row, "inputs changed", case)
            return done

        go("snapshot", "status")
        go("hashkv")
        go("inspect", "space")
        go("diff", path)  # with itself
        restored = go("snapshot", "restore", "--data-dir", "new")
        go("snapshot", "restore", "--skip-hash-check", "--data-dir", "new")
        verified = go("verify")
        if verified.code == 1 and path not in verified.out and "FAULT" in verified.out:
            self.runs.add(row, "unclear", f"verdicts do not name the file: {case}")
        if restored.code == 0:
            self.runs.add(row, "lies", f"restore took it: {case}")
        # Without its last 32 bytes a snapshot is a whole db file.
        if self.has_digest and verified.code == 0 and broken.image.size != self.whole.size - 32:
            self.runs.add(row, "lies", f"verify took it: {case}")
        if not self.has_digest and broken.bit is not None:
            judge_bit(self, row, self.map.kind(broken.bit), verified, case)


def judge_bit(commands, row, kind, verified, case):
    """A bit of which nothing depends, or a user's value, can't be found; the others must be."""
    commands.bits.note(kind, "found" if verified.code else "accepted")
    if verified.code == 0 and kind in FOUND | KINDS_FOUND:
        commands.runs.add(row, "lies", f"verify did not find a bit of a {kind}: {case}")


class MemberCommands:
    """What is run on a data directory with one broken file."""

    def __init__(self, tables, directory, path, kind, label):
        self.runs, self.bits = tables
        self.directory, self.file, self.kind, self.label = directory, path, kind, label
        self.db = Image.of(directory / "member/snap/db")
        self.map = wal_map.Map(Image.of(path).data) if kind == "wal" else None

    def __call__(self, trial, broken):
        row = f"{self.kind} of a member, {broken.kind}"
        home = os.path.join(trial.inputs, "m.etcd")
        if not os.path.isdir(home):
            damage.copy_member(self.directory, home)
        path = os.path.join(home, self.file.relative_to(self.directory))
        db = os.path.join(home, "member/snap/db")
        broken.image.write(path)
        case = f"{self.label}, {broken.name}"
        verified = trial(self.runs, row, ["verify", home], names=[home], case=case)
        if verified.code == 1 and path not in verified.out + verified.err:
            # A log that does not go on, or an older one, is a fault of the whole folder.
            if os.path.dirname(path) not in verified.out + verified.err:
                self.runs.add(row, "unclear", f"verify does not name the file: {case}: "
                              f"{verified.out}")
        if self.kind == "snap" and verified.code == 0:
            self.runs.add(row, "lies", f"verify took it: {case}")
        if self.map is not None and broken.bit is not None:
            judge_bit(self, row, self.map.kind(broken.bit), verified, case)
        commands = [["migrate", "--target-version", "3.5"], ["migrate", "--target-version", "3.7"]]
        if self.kind == "db":
            commands.append(["defrag"])
        if self.kind == "snap":
            commands = []  # those don't read .snap files
        for words in (["backup", "--backup-dir", "new"], ["check", "v2store"]):
            trial(self.runs, row, [*words, "--data-dir", home], names=[home], case=case)
        for words in commands:
            done = trial(self.runs, row, [*words, "--data-dir", home], names=[home], changes=[db],
                         case=case)
            if done.code == 0:
                (broken.image if self.kind == "db" else self.db).write(db)
        if not broken.image.same_as(path):
            self.runs.add(row, "inputs changed", case)


def test_the_whole_files_are_taken(utl, fixtures):
    """What is asserted of broken files would mean little if whole ones were refused as well."""
    for version in VERSIONS:
        for kind in ("snapshot", "db"):
            for directory, path in damage.fixture_files(fixtures, version, kind):
                done = utl("verify", directory or path)
                assert done.returncode == 0, done


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["snapshot", "db", "wal", "snap"])
def test_damaged_bytes(utl, fixtures, tables, tmp_path, version, kind):
    known = len(tables[0].bad)
    for number, (directory, path, rng) in enumerate(chosen(fixtures, version, kind)):
        image = Image.of(path)
        label = str(path.relative_to(fixtures))
        make = damage.of_stream if kind in ("wal", "snap") else damage.of_db
        broken = damage.some(one for one in make(image, rng)
                             if (one.image.data, one.image.size) != (image.data, image.size))
        if directory is not None:
            in_parallel(utl, tmp_path / f"member{number}",
                        MemberCommands(tables, directory, path, kind, label), broken)
        if kind in ("snapshot", "db"):
            in_parallel(utl, tmp_path / f"file{number}",
                        FileCommands(tables, image, kind == "snapshot", label), broken)
    bad = tables[0].bad[known:]
    assert not bad, f"{len(bad)} bad, CAIRN_SEED={SEED}:\n" + "\n".join(bad[:20])
