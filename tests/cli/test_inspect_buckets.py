# tests/cli/test_inspect_buckets.py: `inspect buckets`: the list, the pairs of one, one value.
import base64
import json

import pytest

from bolt_map import Map

NAMES = ["alarm", "auth", "authRoles", "authUsers", "cluster", "key", "lease", "members",
         "members_removed", "meta"]


def lines_of(done):
    assert (done.returncode, done.stderr) == (0, ""), done
    return [json.loads(line) for line in done.stdout.splitlines()]


def text(field):
    return base64.b64decode(field).decode()


def test_the_buckets_of_every_fixture_are_listed_and_counted(utl, fixture):
    path = fixture / "snapshot.db"
    said = json.loads(utl("inspect", "buckets", path, "-w", "json").stdout)
    names = [bucket["name"] for bucket in said["buckets"]]
    assert [name for name in NAMES if name in names] == names and {"key", "meta"} <= set(names)
    for bucket in said["buckets"]:
        pairs = lines_of(utl("inspect", "buckets", path, bucket["name"], "-w", "json"))
        assert len(pairs) == bucket["keys"], bucket
    plain = utl("inspect", "buckets", path).stdout.splitlines()
    assert [line.split()[0] for line in plain] == names + ["hash"]
    assert plain[-1] == f"hash {said['hash']}"
    table = utl("inspect", "buckets", path, "-w", "table").stdout
    assert all(f" {name} |" in table for name in names)


def test_the_records_are_what_the_servers_answered(utl, fixtures, answers):
    """The last record of each key that isn't deleted, decoded: the keys that the server listed."""
    path = fixtures / "3.7.1/single/snapshot.db"
    live = {}
    for record in lines_of(utl("inspect", "buckets", path, "key", "-w", "json")):
        kv = record["kv"]
        if record["tombstone"]:
            live.pop(kv["key"], None)
        else:
            assert kv["mod_revision"] == record["revision"]
            live[kv["key"]] = kv
    said = {kv["key"]: kv for kv in answers("3.7.1", "single")["all"]["kvs"]
            if not text(kv["key"]).startswith("/late/")}
    assert live.keys() == said.keys()
    for key, kv in said.items():
        for field in ("create_revision", "mod_revision", "version", "lease"):
            assert live[key][field] == kv.get(field, 0)
        assert live[key]["value"] == kv.get("value", "")


def test_directions_limits_and_single_values_agree(utl, fixtures):
    path = fixtures / "3.6.14/auth/snapshot.db"
    everything = lines_of(utl("inspect", "buckets", path, "key", "-w", "json"))
    backwards = lines_of(utl("inspect", "buckets", path, "key", "--reverse", "-w", "json"))
    assert backwards == everything[::-1]
    last = lines_of(utl("inspect", "buckets", path, "key", "--reverse", "--limit", 3, "-w", "json"))
    assert last == backwards[:3]
    assert lines_of(utl("inspect", "buckets", path, "key", "--limit", 2, "-w", "json")) == \
        everything[:2]
    raw = lines_of(utl("inspect", "buckets", path, "key", "--raw", "-w", "json"))
    assert len(raw) == len(everything)
    for place in (0, len(raw) // 2, len(raw) - 1):
        key = base64.b64decode(raw[place]["key"])
        one = lines_of(utl("inspect", "buckets", path, "key", key.hex(), "--key-format", "hex",
                           "--raw", "-w", "json"))
        assert one == [raw[place]]
        record = everything[place]
        name = f"{record['revision']}.{record['sub']}" + ("t" if record["tombstone"] else "")
        assert lines_of(utl("inspect", "buckets", path, "key", name, "--key-format", "revision",
                            "-w", "json")) == [record]


def test_values_are_shown_as_what_they_are(utl, fixtures):
    path = fixtures / "3.7.1/auth/snapshot.db"

    def value(bucket, key, *flags):
        done = utl("inspect", "buckets", path, bucket, key, *flags)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout
    assert value("meta", "storageVersion") == '"3.7.0"\n'
    assert value("meta", "storageVersion", "--raw") == "3.7.0"
    assert value("auth", "authEnabled") == "true\n"
    assert value("auth", "authRevision").strip().isdigit()
    assert value("authUsers", "bob") == "roles writer\n"
    assert value("authRoles", "writer") == 'readwrite "/registry/pods/" (prefix)\n'
    assert json.loads(value("meta", "term", "-w", "json")) == {"key": "term", "value": 2}
    assert "readwrite" in value("authRoles", "writer", "-w", "table")


def test_passwords_are_only_shown_raw(utl, fixtures):
    path = fixtures / "3.7.1/auth/snapshot.db"
    for how in ([], ["-w", "json"], ["-w", "table"]):
        assert "$2a$" not in utl("inspect", "buckets", path, "authUsers", *how).stdout
    assert "$2a$" in utl("inspect", "buckets", path, "authUsers", "--raw").stdout


def test_a_data_directory_is_taken_for_its_db(utl, fixtures):
    directory = fixtures / "3.5.33/single/data/m0.etcd"
    assert utl("inspect", "buckets", directory).stdout == \
        utl("inspect", "buckets", directory / "member/snap/db").stdout != ""


def leaf_of_key_bucket(utl, path):
    pages = [json.loads(line) for line in
             utl("inspect", "pages", path, "-w", "json").stdout.splitlines()]
    leaves = [page for page in pages if page.get("bucket") == "key" and page["type"] == "leaf"]
    return leaves[len(leaves) // 2]


@pytest.mark.parametrize("version", ["3.4.23", "3.7.1"])
def test_what_a_broken_page_held_is_missing_and_the_rest_is_shown(utl, fixtures, tmp_path, version):
    source = fixtures / version / "single/snapshot.db"
    before = lines_of(utl("inspect", "buckets", source, "key", "-w", "json"))
    leaf = leaf_of_key_bucket(utl, source)
    data = bytearray(source.read_bytes())
    size = Map(bytes(data), len(data)).page_size
    data[leaf["id"] * size:(leaf["id"] + 1) * size] = bytes(size)
    path = tmp_path / "broken.db"
    path.write_bytes(data)
    for flags in ([], ["--reverse"]):
        done = utl("inspect", "buckets", path, "key", "-w", "json", *flags)
        assert done.returncode == 1
        shown = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(shown) == len(before) - leaf["items"]
        assert all(record in before for record in shown)
        place = f"{path}: page {leaf['id']} (offset {leaf['id'] * size}): header says page 0"
        assert place in done.stderr.splitlines(), done.stderr
        assert "1 problem, what could be read is shown" in done.stderr
    listed = utl("inspect", "buckets", path, "-w", "json")
    assert listed.returncode == 1 and "hash" not in json.loads(listed.stdout)
    # A value on another page is found all the same, and one on this page is not made up.
    good = shown[0]
    assert utl("inspect", "buckets", path, "key", f"{good['revision']}.{good['sub']}" +
               ("t" if good["tombstone"] else ""), "--key-format", "revision").returncode == 0
    lost = [record for record in before if record not in shown][0]
    error = utl.fails(1, "inspect", "buckets", path, "key", f"{lost['revision']}.{lost['sub']}" +
                      ("t" if lost["tombstone"] else ""), "--key-format", "revision")
    assert f"page {leaf['id']}" in error[0]
    assert path.read_bytes() == data


def test_wrong_words_are_told(utl, fixtures, tmp_path):
    path = fixtures / "3.7.1/single/snapshot.db"
    assert 'has no bucket "keys"' in utl.fails(1, "inspect", "buckets", path, "keys")[0]
    assert 'has no bucket "keys"' in utl.fails(1, "inspect", "buckets", path, "keys", "a")[0]
    assert 'bucket meta has no key "a"' in utl.fails(1, "inspect", "buckets", path, "meta", "a")[0]
    for bad in ("4", "x.1", "4.", "4.1x", "-1.0"):
        error = utl.fails(128, "inspect", "buckets", "--key-format", "revision", "--", path, "key",
                          bad)[0]
        assert "is not a revision" in error
    assert "hexadecimal" in utl.fails(128, "inspect", "buckets", path, "key", "abc",
                                      "--key-format", "hex")[0]
    noise = tmp_path / "noise"
    noise.write_bytes(b"x" * 9000)
    assert "no etcd database" in utl.fails(1, "inspect", "buckets", noise)[0]
