# tests/cli/test_inspect_pages.py: `inspect pages`: the list of all pages, and pages taken apart.
import base64
import json
import struct

import pytest

from bolt_map import NOT_STORED, Map, with_field


def listed(utl, path, code=0):
    done = utl("inspect", "pages", path, "-w", "json")
    assert done.returncode == code, done
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_page_is_listed_once_up_to_the_high_water_mark(utl, fixture):
    path = fixture / "snapshot.db"
    pages = listed(utl, path)
    known = Map(path.read_bytes(), path.stat().st_size)
    following = 0
    for page in pages:
        assert page["id"] == following and "fault" not in page
        following += page.get("overflow", 0) + 1
    assert following == known.high_water
    assert [page["type"] for page in pages[:2]] == ["meta", "meta"]
    assert {page.get("bucket") for page in pages if page["type"] == "free"} == {None}
    plain = utl("inspect", "pages", path).stdout.splitlines()
    assert plain[0].split() == ["ID", "TYPE", "ITEMS", "OVRFLW", "BUCKET"]
    assert len(plain) == len(pages) + 2
    assert utl("inspect", "pages", path, "-w", "table").stdout.count("\n") == len(pages) + 4


def test_items_are_the_elements_of_the_page(utl, fixtures):
    path = fixtures / "3.7.1/single/snapshot.db"
    data = path.read_bytes()
    size = Map(data, len(data)).page_size
    for page in listed(utl, path):
        if page["type"] in ("leaf", "branch"):
            number, _flags, count, overflow = struct.unpack_from("<QHHI", data, page["id"] * size)
            assert (page["id"], page["items"], page["overflow"]) == (number, count, overflow)


def test_a_page_is_taken_apart(utl, fixtures):
    path = fixtures / "3.7.1/single/snapshot.db"
    pages = listed(utl, path)
    branch = next(page for page in pages if page["type"] == "branch")
    done = utl("inspect", "pages", path, 0, branch["id"], "-w", "json")
    meta, detail = (json.loads(line) for line in done.stdout.splitlines())
    assert meta["meta"]["valid"] and meta["meta"]["freelist"] == NOT_STORED
    assert len(detail["elements"]) == branch["items"]
    leaf = json.loads(utl("inspect", "pages", path, detail["elements"][0]["page"], "--values",
                          "-w", "json").stdout)
    first = leaf["elements"][0]
    assert len(base64.b64decode(first["value"])) == first["valueSize"]
    assert base64.b64decode(first["key"]) >= base64.b64decode(detail["elements"][0]["key"])
    plain = utl("inspect", "pages", path, leaf["id"]).stdout.splitlines()
    assert plain[0] == f"page {leaf['id']} at offset {leaf['offset']}: leaf, {leaf['size']} " \
        f"bytes, {leaf['count']} items, overflow {leaf['overflow']}"
    assert len(plain) == leaf["count"] + 1
    table = utl("inspect", "pages", path, leaf["id"], "-w", "table").stdout
    assert table.count("\n") == leaf["count"] + 5


def test_broken_pages_are_told_and_shown_as_far_as_they_go(utl, fixtures, tmp_path):
    data = bytearray((fixtures / "3.6.14/single/snapshot.db").read_bytes())
    path = tmp_path / "broken.db"
    path.write_bytes(data)
    size = Map(bytes(data), len(data)).page_size
    leaves = [page["id"] for page in listed(utl, path)
              if page["type"] == "leaf" and page["items"] > 2 and page.get("bucket") == "key"]
    value_size = leaves[0] * size + 16 + 12
    struct.pack_into("<I", data, value_size, 10 ** 6)
    struct.pack_into("<Q", data, leaves[1] * size, 4000)
    path.write_bytes(data)
    done = utl("inspect", "pages", path, "-w", "json")
    assert done.returncode == 1
    faults = {page["id"]: page["fault"] for page in map(json.loads, done.stdout.splitlines())
              if "fault" in page}
    assert faults == {leaves[0]: "element 0: key or value leaves the page",
                      leaves[1]: "header says page 4000"}
    for leaf, fault in faults.items():
        assert f"{path}: page {leaf} (offset {leaf * size}): {fault}" in done.stderr
    marked = [line for line in utl("inspect", "pages", path).stdout.splitlines() if "!" in line]
    assert len(marked) == 2
    one = utl("inspect", "pages", path, leaves[0], "-w", "json")
    elements = json.loads(one.stdout)["elements"]
    assert one.returncode == 1
    assert elements[0]["fault"] == "key or value leaves the page" and len(elements) > 2
    assert all("fault" not in element for element in elements[1:])


@pytest.mark.parametrize("page", [0, 1])
def test_a_broken_meta_is_told_and_the_other_one_is_used(utl, fixtures, tmp_path, page):
    data = bytearray((fixtures / "3.7.1/auth/snapshot.db").read_bytes())
    size = Map(bytes(data), len(data)).page_size
    data[page * size + 30] ^= 1
    path = tmp_path / "broken.db"
    path.write_bytes(data)
    pages = listed(utl, path, code=1)
    assert pages[page]["fault"] == "meta checksum mismatch"
    assert sum("fault" in one for one in pages) == 1


def test_without_any_meta_single_pages_are_shown(utl, fixtures, tmp_path):
    source = fixtures / "3.7.1/auth/snapshot.db"
    data = bytearray(source.read_bytes())
    size = Map(bytes(data), len(data)).page_size
    data[:2 * size] = bytes(2 * size)
    path = tmp_path / "broken.db"
    path.write_bytes(data)
    assert "invalid database" in utl.fails(1, "inspect", "pages", path)[0]
    whole = utl("inspect", "pages", source, 5, "-w", "json")
    assert whole.returncode == 0
    assert utl("inspect", "pages", path, 5, "-w", "json").stdout == whole.stdout
    zeros = utl("inspect", "pages", path, 0, "-w", "json")
    assert zeros.returncode == 1 and "invalid type: unknown<00>" in \
        json.loads(zeros.stdout)["faults"]


def test_a_file_cut_short_is_listed_as_far_as_it_goes(utl, fixtures, tmp_path):
    source = fixtures / "3.7.1/cluster/snapshot.db"
    data = source.read_bytes()
    size = Map(data, len(data)).page_size
    path = tmp_path / "cut.db"
    path.write_bytes(data[:30 * size])
    done = utl("inspect", "pages", path, "-w", "json")
    assert done.returncode == 1 and len(done.stdout.splitlines()) <= 30
    assert f"offset {30 * size}: the file is cut short: 30 pages of" in done.stderr
    assert "lies beyond the end of the file" in \
        utl("inspect", "pages", path, 30).stderr


def test_fields_of_a_meta_are_shown_as_they_stand(utl, fixtures, tmp_path):
    data = (fixtures / "3.7.1/cluster/snapshot.db").read_bytes()
    size = Map(data, len(data)).page_size
    path = tmp_path / "changed.db"
    path.write_bytes(with_field(data, size, 1, "root", 2 ** 40))
    done = utl("inspect", "pages", path, 1, "-w", "json")
    meta = json.loads(done.stdout)
    assert done.returncode == 1 and meta["meta"]["root"] == 2 ** 40
    assert meta["faults"] == [f"root page {2 ** 40} is out of bounds"]


def test_wrong_words_are_told(utl, fixtures):
    path = fixtures / "3.7.1/single/snapshot.db"
    assert '"x" is not a page number' in utl.fails(128, "inspect", "pages", path, "x")[0]
    done = utl("inspect", "pages", path, 10 ** 9)
    assert done.returncode == 1 and "lies beyond the end of the file" in done.stderr
