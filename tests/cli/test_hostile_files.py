# tests/cli/test_hostile_files.py: files made to cost work end soon, with bounded output.
import struct

PAGE = 1024


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & (2**64 - 1)
    return value


def meta(page, pages, txid):
    fields = struct.pack("<IIIIQQQQQ", 0xED0CDAED, 2, PAGE, 0, 3, 0, 2, pages, txid)
    return struct.pack("<QHHI", page, 4, 0, 0) + fields + struct.pack("<Q", fnv(fields))


def test_attack_12_sparse_bbolt_check(utl, tmp_path):
    pages = (1 << 40) // PAGE
    path = tmp_path / "sparse.db"
    with open(path, "wb") as file:
        file.truncate(pages * PAGE)
        empty = [struct.pack("<QHHI", 2, 0x10, 0, 0), struct.pack("<QHHI", 3, 2, 0, 0)]
        for page, data in enumerate([meta(0, pages, 10), meta(1, pages, 9), *empty]):
            file.seek(page * PAGE)
            file.write(data)
    done = utl("bbolt", "check", path)
    lines = done.stdout.splitlines()
    assert done.returncode == 1 and len(lines) == 22, done
    assert lines[0] == "page 4: unreachable unfreed"
    assert lines[-2] == f"... and {pages - 24} more: unreachable unfreed"
    assert lines[-1] == f"{pages - 4} errors found"
