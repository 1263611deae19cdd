# tests/cli/test_inspect_snap.py: `inspect snap`: files, records in the log, broken ones, formats.
import json


def listing(utl, path, code=0):
    done = utl("inspect", "snap", path, "-w", "json")
    assert done.returncode == code, done
    return json.loads(done.stdout)


def test_each_file_with_its_members(utl, fixture):
    home = fixture / "data/m0.etcd"
    everything = json.loads((fixture / "answers.json").read_text())
    told = listing(utl, home)
    names = sorted((path.name for path in (home / "member/snap").glob("*.snap")), reverse=True)
    assert [one["name"] for one in told["files"]] == names
    ids = sorted(member["ID"] for member in everything["members"]["members"])
    starts = []
    for one in told["files"]:
        path = home / "member/snap" / one["name"]
        assert one["name"] == f"{one['term']:016x}-{one['index']:016x}.snap"
        assert (one["ok"], one["size"], one["record"]) == (True, path.stat().st_size, "committed")
        assert sorted(one["voters"] + one["learners"]) == ids
        assert sorted(member["ID"] for member in one["members"]) == ids
        assert one["has_v2_keys"] is False
        starts.append(one["starts_from"])
    assert starts == [True] + [False] * (len(starts) - 1)
    assert [one["what"] for one in told["others"] if one["name"] == "db"] == ["the db"]


def test_text_and_table_say_the_same(utl, fixtures):
    home = fixtures / "3.6.14/cluster/data/m0.etcd"
    told = listing(utl, home)
    done = utl("inspect", "snap", home)
    assert (done.returncode, done.stderr) == (0, "")
    table = utl("inspect", "snap", home, "-w", "table").stdout
    for one in told["files"]:
        assert f"{one['name']} term {one['term']} index {one['index']}, " in done.stdout
        assert one["name"] in table
        for member in one["members"]:
            assert f"  member {member['ID']:x} {member['name']} " in done.stdout
    assert done.stdout.count("starts from it") == 1


def test_a_directory_of_files_and_one_file(utl, fixtures):
    home = fixtures / "3.7.1/single/data/m0.etcd"
    inside = listing(utl, home / "member/snap")
    assert {one["record"] for one in inside["files"]} == {"unknown"}
    first = inside["files"][0]
    one = listing(utl, home / "member/snap" / first["name"])
    assert one["files"] == [first] and one["others"] == []


def test_a_broken_file_is_told_and_an_error(utl, member):
    home = member("3.5.33")
    whole = listing(utl, home)
    newest = home / "member/snap" / whole["files"][0]["name"]
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(content)
    (home / "member/snap/tmp123").write_bytes(b"x")
    told = listing(utl, home, 1)
    assert told["files"][0]["ok"] is False
    assert "crc mismatch" in told["files"][0]["problem"]
    assert [one["starts_from"] for one in told["files"]][:2] == [False, True]
    assert {"name": "tmp123", "size": 1, "what": "left by a receive that did not end"} in told[
        "others"]
    done = utl("inspect", "snap", home)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {newest}: ")


def test_a_file_under_the_name_of_another_is_told(utl, member):
    """Servers look at the content, and would start from it."""
    home = member("3.4.23")
    snaps = home / "member/snap"
    oldest = sorted(snaps.glob("*.snap"))[0]
    (snaps / "0000000000000007-0000000000000999.snap").write_bytes(oldest.read_bytes())
    told = listing(utl, home, 1)
    assert told["files"][0]["record"] == "committed" and told["files"][0]["starts_from"] is True
    assert "its name says term 7" in told["files"][0]["problem"]


def test_what_holds_no_snap_files(utl, tmp_path, fixtures):
    assert "missing" in utl.fails(1, "inspect", "snap", tmp_path / "missing")[0]
    assert utl("inspect", "snap", fixtures / "3.7.1/single/snapshot.db").returncode == 1
