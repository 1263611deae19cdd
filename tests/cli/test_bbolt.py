# tests/cli/test_bbolt.py: `bbolt check` and `bbolt surgery`, against bbolt's own command.
import os
import shutil
import struct

import pytest

from bolt_map import NOT_STORED, Map, with_field
from conftest import Program


@pytest.fixture
def bbolt(peers):
    """bbolt 1.5's own command."""
    return Program(peers / "bbolt")


@pytest.fixture(params=["3.4.23/single", "3.7.1/auth"])
def db(request, fixtures, tmp_path):
    """A copy of a fixture's snapshot, without its digest."""
    path = tmp_path / "in.db"
    data = (fixtures / request.param / "snapshot.db").read_bytes()
    path.write_bytes(data[:-32])
    return path


def page_size(path):
    return Map(path.read_bytes(), path.stat().st_size).page_size


def both(utl, bbolt, path, *words):
    """Runs the surgery with both programs; what each said and wrote."""
    ours, theirs = path.parent / "ours.db", path.parent / "theirs.db"
    for output in (ours, theirs):
        output.unlink(missing_ok=True)
    before = path.read_bytes()
    mine = utl("bbolt", "surgery", *words, path, "--output", ours)
    real = bbolt("surgery", *words, path, "--output", theirs)
    assert path.read_bytes() == before
    assert (mine.returncode, real.returncode) == (0, 0), (mine, real)
    said = real.stdout.replace("./bbolt surgery", "cairnutl bbolt surgery")
    assert mine.stdout == said and mine.stderr == ""
    return ours.read_bytes(), theirs.read_bytes()


def pages_of(utl, path, bucket="key", kind="leaf"):
    lines = utl("inspect", "pages", path).stdout.splitlines()[2:]
    rows = [line.split() for line in lines]
    return [int(row[0]) for row in rows if row[1] == kind and bucket in row]


def test_a_whole_file_is_ok(utl, bbolt, fixture, tmp_path):
    path = tmp_path / "in.db"
    shutil.copy(fixture / "snapshot.db", path)
    ours, theirs = utl("bbolt", "check", path), bbolt("check", path)
    assert (ours.returncode, ours.stdout, ours.stderr) == (0, "OK\n", "")
    assert (theirs.returncode, theirs.stdout) == (0, "OK\n")


def test_the_first_older_state_is_what_bbolt_makes(utl, bbolt, db):
    ours, theirs = both(utl, bbolt, db, "revert-meta-page")
    assert ours == theirs != db.read_bytes()


def test_a_page_is_copied_as_bbolt_copies_it(utl, bbolt, db):
    leaves = pages_of(utl, db)
    ours, theirs = both(utl, bbolt, db, "copy-page", f"--from-page={leaves[3]}",
                        f"--to-page={leaves[0]}")
    assert ours == theirs != db.read_bytes()


@pytest.mark.parametrize("kind", ["leaf", "branch"])
def test_a_page_is_cleared_as_bbolt_clears_it(utl, bbolt, db, kind):
    page = pages_of(utl, db, kind=kind)[0]
    ours, theirs = both(utl, bbolt, db, "clear-page", f"--pageId={page}")
    assert ours == theirs != db.read_bytes()


def test_elements_are_cleared_as_bbolt_clears_them(utl, bbolt, db):
    rows = [line.split() for line in utl("inspect", "pages", db).stdout.splitlines()[2:]]
    leaf = max((row for row in rows if row[1] == "leaf" and "key" in row),
               key=lambda row: int(row[2]))
    page, count = int(leaf[0]), int(leaf[2])
    assert count > 3
    for first, end in ((0, 1), (1, 3), (0, count - 1), (0, -1)):
        ours, theirs = both(utl, bbolt, db, "clear-page-elements", f"--pageId={page}",
                            f"--from-index={first}", f"--to-index={end}")
        assert ours == theirs != db.read_bytes(), (first, end)
    # Where bbolt leaves a gap in the page, ours has none: the same elements, another place.
    ours, theirs = both(utl, bbolt, db, "clear-page-elements", f"--pageId={page}",
                        "--from-index=1", "--to-index=-1")
    size = page_size(db)
    assert ours != theirs
    assert [ours[at] == theirs[at] for at in range(len(ours))
            if not page * size <= at < (page + 1) * size].count(False) == 0
    for content in (ours, theirs):
        path = db.parent / "one.db"
        path.write_bytes(content)
        assert bbolt("check", path).stdout == "OK\n"
        said = bbolt("page-item", path, page, 0).stdout
        assert said == bbolt("page-item", db, page, 0).stdout != ""
    (db.parent / "one.db").write_bytes(ours)
    assert utl("bbolt", "check", db.parent / "one.db").stdout == "OK\n"


def test_a_freelist_is_rebuilt_and_abandoned_as_bbolt_does(utl, bbolt, db):
    ours, theirs = both(utl, bbolt, db, "freelist", "rebuild")
    assert ours == theirs != db.read_bytes()
    rebuilt = db.parent / "rebuilt.db"
    rebuilt.write_bytes(ours)
    assert bbolt("check", rebuilt).stdout == utl("bbolt", "check", rebuilt).stdout == "OK\n"
    assert "already has freelist" in utl.fails(
        1, "bbolt", "surgery", "freelist", "rebuild", rebuilt, "--output", db.parent / "again")[0]
    ours, theirs = both(utl, bbolt, rebuilt, "freelist", "abandon")
    assert ours == theirs
    assert Map(ours, len(ours)).high_water == Map(db.read_bytes(), db.stat().st_size).high_water
    # A page that goes over others' heads is told while a freelist is stored.
    leaves = pages_of(utl, rebuilt)
    ours, theirs = both(utl, bbolt, rebuilt, "copy-page", f"--from-page={leaves[3]}",
                        f"--to-page={leaves[0]}")
    assert ours == theirs


def test_metas_are_judged_and_changed_as_bbolt_does(utl, bbolt, db):
    for fields in ("root:7", "root:7,freelist:3,pgid:90", "pgid:50"):
        for page in (0, 1):
            ours, theirs = both(utl, bbolt, db, "meta", "update", "--fields", fields,
                                f"--meta-page={page}")
            assert ours == theirs != db.read_bytes()
    data = db.read_bytes()
    size = page_size(db)
    flipped = bytearray(data)
    flipped[size + 16 + 20] ^= 1
    for changed in (data, bytes(flipped), with_field(data, size, 0, "version", 3),
                    with_field(data, size, 1, "magic", 5)):
        db.write_bytes(changed)
        ours, theirs = (program(*words, "surgery", "meta", "validate", db)
                        for program, words in ((utl, ["bbolt"]), (bbolt, [])))
        assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)


def test_faults_are_told_in_bbolts_words(utl, bbolt, db):
    """Of kinds that bbolt survives: it panics on a fault in a file without a stored freelist."""
    size = page_size(db)
    whole = db.read_bytes()
    leaves = pages_of(utl, db)

    def compare(data):
        db.write_bytes(data)
        ours, theirs = utl("bbolt", "check", db), bbolt("check", db)
        assert (ours.returncode, theirs.returncode) == (1, 1)
        assert sorted(ours.stdout.splitlines()) == sorted(theirs.stdout.splitlines())
        return ours.stdout

    # A freelist that misses a page, has one twice, and one that is in use.
    db.write_bytes(whole)
    rebuilt = db.parent / "rebuilt.db"
    assert utl("bbolt", "surgery", "freelist", "rebuild", db, "--output", rebuilt).returncode == 0
    stored = bytearray(rebuilt.read_bytes())
    leaf = next(page for page in leaves
                if struct.unpack_from("<H", stored, page * size + 10)[0] > 2)
    at = max((struct.unpack_from("<IIIIQQQQQQ", stored, page * size + 16) for page in (0, 1)),
             key=lambda meta: meta[8])[6] * size + 16
    assert at // size != NOT_STORED
    for value, what in ((struct.unpack_from("<Q", stored, at + 8)[0], "already freed"),
                        (leaf, "reachable freed")):
        data = bytearray(stored)
        struct.pack_into("<Q", data, at, value)
        said = compare(data)
        assert what in said and "unreachable unfreed" in said

    # The second key of a page becomes smaller than the first.
    data = bytearray(stored)
    element = leaf * size + 16 + 16
    position, length = struct.unpack_from("<II", data, element + 4)
    assert length in (17, 18)
    data[element + position:element + position + 8] = bytes(8)
    assert "needs to be > (found <) than previous element" in compare(data)


def test_a_check_can_begin_at_a_page(utl, bbolt, db):
    branch, leaf = pages_of(utl, db, kind="branch")[0], pages_of(utl, db)[0]
    for page in (branch, leaf, 1):
        ours, theirs = (program(*words, "check", db, f"--from-page={page}")
                        for program, words in ((utl, ["bbolt"]), (bbolt, [])))
        assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)


def test_a_file_that_bbolt_panics_on_is_judged(utl, db):
    size = page_size(db)
    leaf = pages_of(utl, db)[0]
    data = bytearray(db.read_bytes())
    data[leaf * size:(leaf + 1) * size] = bytes(size)
    db.write_bytes(data)
    done = utl("bbolt", "check", db)
    assert done.returncode == 1
    assert done.stdout == f"page {leaf}: header says page 0\n1 errors found\n"
    db.write_bytes(bytes(8 * size))
    assert "invalid database" in utl.fails(1, "bbolt", "check", db)[0]


def test_an_output_that_exists_is_left_alone(utl, db):
    output = db.parent / "out.db"
    output.write_text("mine")
    for words in (["revert-meta-page"], ["freelist", "abandon"], ["clear-page", "--pageId=5"]):
        error = utl.fails(1, "bbolt", "surgery", *words, db, "--output", output)[0]
        assert f'output file "{output}" already exists' in error or "can't clear" in error
        assert output.read_text() == "mine"
    assert 'required flag(s) "output" not set' in utl.fails(
        1, "bbolt", "surgery", "revert-meta-page", db)[0]
    assert sorted(os.listdir(db.parent)) == ["in.db", "out.db"]


def test_a_broken_meta_is_not_made_the_one_that_counts(utl, db):
    data = bytearray(db.read_bytes())
    size = page_size(db)
    txids = [struct.unpack_from("<Q", data, page * size + 16 + 48)[0] for page in (0, 1)]
    older = txids.index(min(txids))
    data[older * size + 16 + 20] ^= 1
    db.write_bytes(data)
    output = db.parent / "out.db"
    error = utl.fails(1, "bbolt", "surgery", "revert-meta-page", db, "--output", output)[0]
    assert f"meta page {older}, which would remain, isn't valid" in error
    assert not output.exists()


def test_what_makes_no_sense_is_refused_before_anything_is_written(utl, db):
    output = db.parent / "out.db"
    for words, code, text in (
            (["copy-page", "--from-page=5", "--to-page=5"], 128, "have the same value: 5"),
            (["copy-page", "--from-page=5", "--to-page=99999"], 1, "would leave the file"),
            (["copy-page", "--from-page=99999", "--to-page=5"], 1, "beyond the end of the file"),
            (["clear-page", "--pageId=1"], 128, "the pageId must be at least 2, but got 1"),
            (["clear-page-elements", "--pageId=2", "--from-index=0", "--to-index=0"], 1,
             "is equal to the end index"),
            (["clear-page-elements", "--pageId=2", "--from-index=99", "--to-index=-1"], 1,
             "the start index (99) is out of range"),
            (["meta", "update", "--meta-page=2"], 128, "invalid meta page id: 2"),
            (["meta", "update", "--fields=txid:1"], 128, "isn't allowed to be updated"),
            (["meta", "update", "--fields=root"], 128, "invalid key-value pair: root"),
            (["meta", "update", "--fields=root:x"], 128, 'invalid value "x" for field "root"')):
        error = utl.fails(code, "bbolt", "surgery", *words, db, "--output", output)[0]
        assert text in error, (words, error)
        assert os.listdir(db.parent) == ["in.db"]


def test_a_snapshots_copy_says_that_its_digest_is_stale(utl, fixtures, tmp_path):
    done = utl("bbolt", "surgery", "freelist", "abandon", fixtures / "3.7.1/single/snapshot.db",
               "--output", tmp_path / "out.db")
    assert done.returncode == 0 and "--skip-hash-check" in done.stderr
    restored = utl("snapshot", "restore", tmp_path / "out.db", "--skip-hash-check", "--data-dir",
                   tmp_path / "data")
    assert restored.returncode == 0, restored


def test_what_a_killed_run_left_is_replaced(utl, db):
    part = db.parent / "out.db.part-0123456789abcdef"
    part.write_text("left by a run that was killed")
    done = utl("bbolt", "surgery", "revert-meta-page", db, "--output", db.parent / "out.db")
    assert done.returncode == 0 and not part.exists()
