# tests/cli/test_inspect_leases.py: `inspect leases` against what the servers answered.
import base64
import json

from bolt_map import Map


def test_leases_and_their_keys_are_what_the_servers_had(utl, fixture):
    answers = json.loads((fixture / "answers.json").read_text())
    said = json.loads(utl("inspect", "leases", fixture / "snapshot.db", "--all-keys",
                          "-w", "json").stdout)["leases"]
    ids = sorted(int(line, 16) for line in answers["leases"].splitlines()[1:] if line.strip())
    assert [lease["ID"] for lease in said] == ids
    expected = {}
    for kv in answers["all"]["kvs"]:
        if kv.get("lease") and not base64.b64decode(kv["key"]).startswith(b"/late/"):
            expected.setdefault(kv["lease"], []).append(base64.b64decode(kv["key"]))
    for lease in said:
        keys = [base64.b64decode(key) for key in lease["keys"]]
        assert lease["known"] and lease["TTL"] > 0
        assert keys == sorted(expected.get(lease["ID"], []))
        assert lease["keyCount"] == len(keys)


def test_only_some_keys_are_named_unless_all_are_wanted(utl, fixtures):
    path = fixtures / "3.7.1/single/snapshot.db"
    whole = json.loads(utl("inspect", "leases", path, "--all-keys", "-w", "json").stdout)["leases"]
    assert any(lease["keyCount"] > 3 for lease in whole)
    for count, flags in ((3, []), (1, ["--keys", 1]), (0, ["--keys", 0])):
        some = json.loads(utl("inspect", "leases", path, *flags, "-w", "json").stdout)["leases"]
        for few, all_of_them in zip(some, whole, strict=True):
            assert few["keys"] == all_of_them["keys"][:count]
            assert few["keyCount"] == all_of_them["keyCount"]
    plain = utl("inspect", "leases", path).stdout.splitlines()
    assert len(plain) == len(whole)
    for line, lease in zip(plain, whole, strict=True):
        assert line.startswith(f"{lease['ID']:016x}, ttl {lease['TTL']} s, "
                               f"{lease['keyCount']} keys: ")
        assert line.endswith(f" and {lease['keyCount'] - 3} more")
    assert utl("inspect", "leases", path, "-w", "table").stdout.count("\n") == len(whole) + 4


def test_a_damaged_file_is_told(utl, fixtures, tmp_path):
    source = fixtures / "3.7.1/single/snapshot.db"
    data = bytearray(source.read_bytes())
    size = Map(bytes(data), len(data)).page_size
    pages = map(json.loads, utl("inspect", "pages", source, "-w", "json").stdout.splitlines())
    leaf = next(page["id"] for page in pages
                if page.get("bucket") == "key" and page["type"] == "leaf")
    data[leaf * size] ^= 1
    path = tmp_path / "broken.db"
    path.write_bytes(data)
    done = utl("inspect", "leases", path)
    assert done.returncode == 1 and f"page {leaf} (offset {leaf * size}): " in done.stderr
    whole = utl("inspect", "leases", source)
    assert len(done.stdout.splitlines()) == len(whole.stdout.splitlines())


def test_what_is_no_db_is_refused(utl, fixtures, tmp_path):
    assert "no such file" in utl.fails(1, "inspect", "leases", tmp_path / "none")[0]
    assert "holds no db" in utl.fails(1, "inspect", "leases",
                                      fixtures / "3.7.1/single/data/m0.etcd/member/wal")[0]
