# tests/cli/test_hostile_files.py: files made to cost work end soon, with bounded output.
import os
import resource
import shutil
import struct
import subprocess

import pytest

from big_db import meta
from bolt_map import NOT_STORED

PAGE = 1024


def test_attack_12_sparse_bbolt_check(utl, tmp_path):
    pages = (1 << 40) // PAGE
    path = tmp_path / "sparse.db"
    with open(path, "wb") as file:
        file.truncate(pages * PAGE)
        empty = [struct.pack("<QHHI", 2, 0x10, 0, 0), struct.pack("<QHHI", 3, 2, 0, 0)]
        for page, data in enumerate([meta(0, 10, pages, PAGE), meta(1, 9, pages, PAGE), *empty]):
            file.seek(page * PAGE)
            file.write(data)
    done = utl("bbolt", "check", path)
    lines = done.stdout.splitlines()
    assert done.returncode == 1 and len(lines) == 22, done
    assert lines[0] == "page 4: unreachable unfreed"
    assert lines[-2] == f"... and {pages - 24} more: unreachable unfreed"
    assert lines[-1] == f"{pages - 4} errors found"


def bucket(root):
    return struct.pack("<QQ", root, 0)


def leaf(page, key, value, flags, overflow=0):
    return (struct.pack("<QHHI", page, 2, 1, overflow)
            + struct.pack("<IIII", flags, 16, len(key), len(value)) + key + value)


def branch(page, children):
    head, data = b"", b""
    for at, (key, child) in enumerate(children):
        head += struct.pack("<IIQ", 16 * (len(children) - at) + len(data), len(key), child)
        data += key
    return struct.pack("<QHHI", page, 1, len(children), 0) + head + data


def write(path, pages, count):
    """`pages` by number; all of them hang below page 2, the root bucket. No stored freelist."""
    metas = {number: meta(number, 10 - number, count, PAGE, root=2, freelist=NOT_STORED)
             for number in (0, 1)}
    with open(path, "wb") as file:
        for page, data in {**metas, **pages}.items():
            assert len(data) <= PAGE
            file.seek(page * PAGE)
            file.write(data)
        file.truncate(count * PAGE)


def overlapping(path, filled=False):
    """Every leaf says that it runs to the end of the file; with `filled`, that its value does."""
    count, fan = 20_000, 30
    leaves = range(1000, count)
    level = [(b"%07d" % page, page) for page in leaves]
    pages = {}
    for key, page in level:
        value = (count - page) * PAGE - 32 - len(key)
        pages[page] = struct.pack("<QHHI", page, 2, int(filled), count - 1 - page)
        if filled:
            pages[page] += struct.pack("<IIII", 0, 16, len(key), value) + key
    number = 3
    while len(level) > 1:
        upper = []
        for at in range(0, len(level), fan):
            pages[number] = branch(number, level[at:at + fan])
            upper.append((level[at][0], number))
            number += 1
        level = upper
    assert number <= leaves[0]
    pages[2] = leaf(2, b"key", bucket(level[0][1]), 1)
    write(path, pages, count)


def overlapping_values(path):
    overlapping(path, filled=True)


def nested(path):
    """A bucket in a bucket in a bucket …"""
    pages = {page: leaf(page, b"key", bucket(page + 1), 1) for page in range(2, 20_000)}
    pages[20_000] = leaf(20_000, b"key", b"v", 0)
    write(path, pages, 20_001)


def deep(path):
    """A branch below a branch below a branch …"""
    pages = {page: branch(page, [(b"key", page + 1)]) for page in range(3, 20_000)}
    pages[2] = leaf(2, b"key", bucket(3), 1)
    pages[20_000] = leaf(20_000, b"key", b"v", 0)
    write(path, pages, 20_001)


def loop(path):
    pages = {page: branch(page, [(b"a", page + 1), (b"b", page + 1)]) for page in range(3, 40)}
    pages[2] = leaf(2, b"key", bucket(3), 1)
    pages[40] = branch(40, [(b"a", 3)])
    write(path, pages, 41)


def fan(path):
    """Each branch twice to the same page below: two to the power of its height of ways."""
    pages = {page: branch(page, [(b"a", page + 1), (b"b", page + 1)]) for page in range(3, 63)}
    pages[2] = leaf(2, b"key", bucket(3), 1)
    pages[63] = leaf(63, b"key", b"v", 0)
    write(path, pages, 64)


def sparse(path):
    write(path, {2: leaf(2, b"key", bucket(3), 1), 3: leaf(3, b"", b"", 0)}, (1 << 38) // PAGE)


def limited(words, cwd):
    """Exit code and output within 20 s and 4 GB of addresses."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    done = subprocess.run([str(word) for word in words], cwd=cwd, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20,
                          preexec_fn=limit)
    return done.returncode, done.stdout


@pytest.mark.parametrize("make", [overlapping, overlapping_values, nested, deep, loop, fan,
                                  sparse],
                         ids=["attack_06_overflow_quadratic", "overlapping_values",
                              "attack_07_nested", "attack_07_deep", "loop", "fan",
                              "attack_12_sparse"])
def test_made_files_cost_no_command_much(utl, tmp_path, make):
    """Each ends by itself, none is killed by a limit, and none writes more than the file holds."""
    path = tmp_path / "made.db"
    make(path)
    home = tmp_path / "home"
    (home / "member/snap").mkdir(parents=True)
    (home / "member/wal").mkdir()
    os.symlink(path, home / "member/snap/db")
    before = path.stat()
    for words in (["snapshot", "status", path], ["verify", path], ["hashkv", path],
                  ["bbolt", "check", path], ["inspect", "space", path],
                  ["inspect", "keys", path, "--limit", "10"], ["inspect", "buckets", path],
                  ["diff", path, path], ["snapshot", "extract", path, "--prefix", ""],
                  ["salvage", path, "--output", tmp_path / "saved.db"],
                  ["snapshot", "restore", path, "--skip-hash-check", "--data-dir",
                   tmp_path / "restored"],
                  ["inspect", "pages", path], ["inspect", "leases", path],
                  ["recover", "plan", home],
                  ["bbolt", "surgery", "revert-meta-page", path, "--output", tmp_path / "saved.db"],
                  ["bbolt", "surgery", "freelist", "rebuild", path, "--output",
                   tmp_path / "saved.db"],
                  ["defrag", "--data-dir", home]):
        if make is sparse and "rebuild" in words:
            continue  # what it writes is as long: the number of every page
        code, output = limited([utl.path, *words], tmp_path)
        assert code >= 0 and code not in (134, 137, 139), (words, code, output[-300:])
        assert len(output) < 200_000, (words, len(output))
        for left in "saved.db", "restored":
            shutil.rmtree(tmp_path / left, ignore_errors=True)
            (tmp_path / left).unlink(missing_ok=True)
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
