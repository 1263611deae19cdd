# tests/cli/test_inspect_keys.py: `inspect keys`: what real etcd answers for the same file.
import base64
import json
import os
import random
import re
import subprocess

import pytest

import gateway
import kubernetes_tree
from damage import copy_member

SEED = int(os.environ.get("CAIRN_SEED", random.randrange(2 ** 32)))


def raw(utl, *words):
    """stdout as bytes."""
    done = subprocess.run([utl.path, *map(str, words)], stdin=subprocess.DEVNULL, timeout=60,
                          capture_output=True)
    assert done.returncode == 0, done
    return done.stdout


def rows(utl, *words):
    """-w json: {key: fields}, in the order of the lines."""
    return {base64.b64decode(row["key"]): row
            for row in map(json.loads, raw(utl, "inspect", "keys", *words, "-w", "json")
                           .splitlines())}


def without_objects(row):
    return {name: value for name, value in row.items() if name != "kubernetes"}


def test_every_fixture_holds_what_its_server_answered(utl, fixture):
    answers = json.loads((fixture / "answers.json").read_text())
    taken_at = answers["snapshot_status"]["revision"]
    expected = [kv for kv in answers["all"]["kvs"] if kv["mod_revision"] <= taken_at]
    assert len(expected) > 50
    found = rows(utl, fixture / "snapshot.db")
    assert [without_objects(row) for row in found.values()] == expected


def test_of_a_data_directory_too(utl, fixture, tmp_path):
    answers = json.loads((fixture / "answers.json").read_text())
    for home in sorted((fixture / "data").glob("*.etcd")):
        copy_member(home, tmp_path / home.name)
        found = rows(utl, tmp_path / home.name)
        assert found == rows(utl, tmp_path / home.name / "member/snap/db")
        # The last changes may only stand in the log.
        last = max(row["mod_revision"] for row in found.values())
        assert [without_objects(row) for row in found.values()] == [
            kv for kv in answers["all"]["kvs"] if kv["mod_revision"] <= last]


@pytest.fixture(scope="module")
def busy(shared_cluster, tmp_path_factory):
    """A server with a past, and its snapshot: (cluster, snapshot, {revision: pairs})."""
    print(f"CAIRN_SEED={SEED}")
    rng = random.Random(SEED)
    cluster = shared_cluster
    lease = cluster.etcdctl("lease", "grant", "9000").split()[1]
    names = [rng.choice([b"/a/", b"/b/", b"", b"\xff"]) + rng.randbytes(rng.randrange(1, 9))
             for _ in range(40)] + [f"/text/{i}".encode() for i in range(30)]
    past = {}
    for step in range(160):
        name = rng.choice(names)
        if rng.random() < 0.3:
            gateway.delete(cluster, name)
        else:
            value = rng.choice([b"", b"line\nline\n", b"x" * 20_000, rng.randbytes(300),
                                "Grüße 你好\t".encode()])
            gateway.put(cluster, name, value, int(lease, 16) if rng.random() < 0.2 else 0)
        if step % 20 == 10:
            past[gateway.revision(cluster)] = gateway.pairs(cluster)
        if step == 60:
            cluster.etcdctl("compact", gateway.revision(cluster), "--physical")
    past[gateway.revision(cluster)] = gateway.pairs(cluster)
    snapshot = tmp_path_factory.mktemp("busy") / "busy.db"
    cluster.etcdctl("snapshot", "save", snapshot)
    return cluster, snapshot, past


def compacted_at(utl, snapshot):
    return json.loads(raw(utl, "hashkv", snapshot, "-w", "json"))["compactRevision"]


def test_older_revisions_are_as_they_were(utl, busy):
    _, snapshot, past = busy
    compacted = compacted_at(utl, snapshot)
    assert min(past) < compacted < max(past)
    for revision, expected in past.items():
        if revision < compacted:
            line = utl.fails(1, "inspect", "keys", snapshot, "--rev", revision)[0]
            assert line == (f"Error: mvcc: required revision has been compacted: revision "
                            f"{revision} of {snapshot}, which can answer for revisions "
                            f"{compacted} to {max(past)}")
            continue
        found = rows(utl, snapshot, "--rev", revision)
        assert {key: {"value": base64.b64decode(row.get("value", "")),
                      "lease": row.get("lease", 0), "mod": row["mod_revision"],
                      "create": row["create_revision"], "version": row["version"]}
                for key, row in found.items()} == expected
        assert list(found) == sorted(expected)
    line = utl.fails(1, "inspect", "keys", snapshot, "--rev", max(past) + 1)[0]
    assert line.startswith("Error: mvcc: required revision is a future revision: ")


def test_raw_is_byte_for_byte_what_etcdctl_get_prints(utl, busy):
    cluster, snapshot, past = busy
    for revision in [rev for rev in past if rev >= compacted_at(utl, snapshot)]:
        for prefix in ("", "/a/", "/text/1"):
            theirs = subprocess.run(
                [cluster.etcdctl_path, "--endpoints", cluster.endpoint, "get", prefix, "--prefix",
                 f"--rev={revision}"], capture_output=True, check=True).stdout
            assert raw(utl, "inspect", "keys", snapshot, prefix, "--rev", revision,
                       "--raw") == theirs


def test_prefixes_in_every_place(utl, busy, tmp_path):
    _, snapshot, past = busy
    now = past[max(past)]

    def with_any(*prefixes):
        return sorted(key for key in now if key.startswith(prefixes))

    assert list(rows(utl, snapshot, "/a/")) == with_any(b"/a/")
    assert list(rows(utl, snapshot, "--prefix", "/a/", "--prefix=/b/", "/text/2")) == with_any(
        b"/a/", b"/b/", b"/text/2")
    assert list(rows(utl, snapshot, "--prefix", "")) == sorted(now)
    assert rows(utl, snapshot, "no such key") == {}
    # A comma is a letter like others.
    assert rows(utl, snapshot, "--prefix", "/a/,/b/") == {}


def test_keys_only_is_a_line_a_key(utl, busy):
    _, snapshot, past = busy
    text = sorted(key for key in past[max(past)] if key.startswith(b"/text/"))
    assert raw(utl, "inspect", "keys", snapshot, "/text/", "--keys-only").split(b"\n") == [
        *text, b""]
    bare = rows(utl, snapshot, "/text/", "--keys-only")
    assert list(bare) == text and not any("value" in row for row in bare.values())


def test_limit_says_what_it_left_out(utl, busy):
    _, snapshot, past = busy
    keys = sorted(past[max(past)])
    for form in ([], ["--keys-only"], ["-w", "json"], ["-w", "table"]):
        done = utl("inspect", "keys", snapshot, "--limit", 3, *form)
        assert (done.returncode, done.stderr) == (
            0, f"3 of {len(keys)} keys at revision {max(past)}: --limit left the others out\n")
    assert list(rows(utl, snapshot, "--limit", 3)) == keys[:3]
    assert utl("inspect", "keys", snapshot, "--limit", len(keys)).stderr == ""


def test_bytes_that_are_no_text_are_quoted(utl, new_cluster, tmp_path):
    cases = {b"/plain": b"a\tb\nc", b"/nul\0": b"\0", b"/esc": b"\x1b[31mred", b"/bad": b"\xff\xfe",
             b"/utf8/\xc3\xbc": "ü".encode(), b"/empty": b"", b"/quote": b'say "hi"'}
    for key, value in cases.items():
        gateway.put(new_cluster, key, value)
    snapshot = tmp_path / "s.db"
    new_cluster.etcdctl("snapshot", "save", snapshot)
    assert raw(utl, "inspect", "keys", snapshot).decode() == (
        '/bad\n"\\xff\\xfe"\n/empty\n\n/esc\n"\\x1b[31mred"\n"/nul\\x00"\n"\\x00"\n'
        '/plain\na\tb\nc\n/quote\nsay "hi"\n/utf8/ü\nü\n')
    assert raw(utl, "inspect", "keys", snapshot, "--raw") == b"".join(
        key + b"\n" + cases[key] + b"\n" for key in sorted(cases))


def changes(utl, snapshot, *words):
    return [json.loads(line) for line in raw(utl, "inspect", "keys", snapshot, "--history", "-w",
                                             "json", *words).splitlines()]


def test_history_is_every_record_of_the_key_bucket(utl, busy, peers):
    """Entry by entry what etcd-dump-db tells of the bucket."""
    cluster, snapshot, past = busy
    found = changes(utl, snapshot)
    order = [(row["revision"], row["sub"]) for row in found]
    assert order == sorted(set(order))
    # Replayed, the records are the keys.
    state = {}
    for row in found:
        if row["type"] == "DELETE":
            # A compaction at this very revision leaves the deletion without its put.
            state.pop(row["key"], None)
        else:
            state[row["key"]] = base64.b64decode(row.get("value", ""))
            assert row["mod_revision"] == row["revision"]
    assert {base64.b64decode(key): value for key, value in state.items()} == {
        key: row["value"] for key, row in past[max(past)].items()}

    dumped = subprocess.run([peers / "etcd-dump-db", "iterate-bucket", snapshot, "key", "--decode"],
                            capture_output=True, check=True).stdout.decode(errors="replace")
    theirs = [tuple(map(int, groups)) for groups in re.findall(
        r"rev=\{Revision:\{Main:(\d+) Sub:(\d+)\}.*created (\d+) \| mod (\d+) \| ver (\d+)\]",
        dumped)]
    assert theirs == [(row["revision"], row["sub"], row.get("create_revision", 0),
                       row.get("mod_revision", 0), row.get("version", 0))
                      for row in reversed(found)]


def test_a_part_of_the_history(utl, busy):
    _, snapshot, past = busy
    found = changes(utl, snapshot)
    middle = found[len(found) // 2]["revision"]
    assert changes(utl, snapshot, "--from-rev", middle) == [
        row for row in found if row["revision"] >= middle]
    assert changes(utl, snapshot, "--rev", middle) == [
        row for row in found if row["revision"] <= middle]
    text = [row for row in found if base64.b64decode(row["key"]).startswith(b"/text/")]
    assert changes(utl, snapshot, "/text/") == text
    assert changes(utl, snapshot, "/text/", "--limit", 5) == text[:5]
    lines = raw(utl, "inspect", "keys", snapshot, "/text/", "--history",
                "--keys-only").decode().splitlines()
    assert lines == [f"{row['revision']}.{row['sub']} {row['type']} "
                     f"{base64.b64decode(row['key']).decode()}" for row in text]
    done = utl("inspect", "keys", snapshot, "/text/", "--history", "-w", "table")
    assert len(done.stdout.splitlines()) == len(text) + 4
    assert "was compacted at revision" in done.stderr
    assert "was compacted" not in utl("inspect", "keys", snapshot, "--history", "--from-rev",
                                      max(past)).stderr


def test_history_of_a_key_reads_as_it_happened(utl, new_cluster, tmp_path):
    new_cluster.etcdctl("put", "a", "one")
    new_cluster.etcdctl("put", "a", "two")
    new_cluster.etcdctl("del", "a")
    new_cluster.etcdctl("put", "a", "three")
    snapshot = tmp_path / "s.db"
    new_cluster.etcdctl("snapshot", "save", snapshot)
    done = utl("inspect", "keys", snapshot, "a", "--history")
    assert (done.stdout, done.stderr) == (
        "2.0 PUT a\none\n3.0 PUT a\ntwo\n4.0 DELETE a\n5.0 PUT a\nthree\n", "")


def test_kubernetes_objects_are_named(utl, new_cluster, tmp_path):
    objects = kubernetes_tree.tree(["shop"], pods=1)
    for key, value in objects.items():
        gateway.put(new_cluster, key, value)
    snapshot = tmp_path / "s.db"
    new_cluster.etcdctl("snapshot", "save", snapshot)

    def size(key):
        return len(objects[key])

    lines = utl("inspect", "keys", snapshot).stdout.splitlines()
    shown = dict(zip(lines, lines[1:]))
    secret, pod = b"/registry/secrets/shop/token", b"/registry/pods/shop/web-0"
    assert shown[secret.decode()] == f"encrypted by aescbc, key1 ({size(secret)} bytes)"
    assert shown[pod.decode()] == f"Pod v1 shop/web-0 ({size(pod)} bytes)"
    assert shown["/registry/minions/node-1"].startswith("Node v1 node-1 (")
    # What is text is shown.
    assert json.loads(shown["/registry/example.com/widgets/shop/one"])["kind"] == "Widget"

    found = rows(utl, snapshot)
    assert found[pod]["kubernetes"] == {
        "form": "protobuf", "resource": "pods", "apiVersion": "v1", "kind": "Pod",
        "namespace": "shop", "name": "web-0"}
    assert found[secret]["kubernetes"] == {"form": "encrypted", "resource": "secrets",
                                           "provider": "aescbc", "keyName": "key1"}
    assert found[b"/registry/example.com/widgets/shop/one"]["kubernetes"] == {
        "form": "json", "group": "example.com", "resource": "widgets",
        "apiVersion": "example.com/v1", "kind": "Widget", "namespace": "shop", "name": "one"}
    table = utl("inspect", "keys", snapshot, "/registry/pods/", "-w", "table").stdout
    assert f"Pod v1 shop/web-0 ({size(pod)} bytes)" in table


def test_a_table_has_a_row_a_key(utl, fixtures):
    lines = utl("inspect", "keys", fixtures / "3.7.1/single/snapshot.db", "/late/", "-w",
                "table").stdout.splitlines()
    assert [cell.strip() for cell in lines[1].split("|")[1:-1]] == [
        "KEY", "CREATE REVISION", "MOD REVISION", "VERSION", "LEASE", "SIZE", "OBJECT"]


def test_mistakes(utl, fixtures, tmp_path):
    snapshot = fixtures / "3.7.1/single/snapshot.db"
    assert "--from-rev is for --history" in utl.fails(128, "inspect", "keys", snapshot,
                                                      "--from-rev", 3)[0]
    assert "not negative" in utl.fails(128, "inspect", "keys", snapshot, "--rev=-1")[0]
    assert str(tmp_path / "none") in utl.fails(1, "inspect", "keys", tmp_path / "none")[0]
    utl.fails(1, "inspect", "keys", tmp_path)
    utl.fails(1, "inspect", "keys")
    utl.fails(4, "inspect", "keys", snapshot, "-w", "protobuf")
    assert "future revision" in utl.fails(1, "inspect", "keys", snapshot, "--history", "--rev",
                                          10 ** 9)[0]


def test_a_damaged_page_is_named_and_nothing_is_guessed(utl, fixtures, tmp_path):
    snapshot = fixtures / "3.7.1/single/snapshot.db"
    whole, answer = snapshot.read_bytes(), raw(utl, "inspect", "keys", snapshot)
    broken, named = tmp_path / "broken.db", 0
    for page in {match.start() // 4096 for match in re.finditer(b"/registry/", whole)}:
        at = page * 4096
        broken.write_bytes(whole[:at] + bytes(4096) + whole[at + 4096:])
        done = utl("inspect", "keys", broken)
        if done.returncode == 0:  # a page that is free, or a record's later part
            assert done.stdout.encode() == answer
            continue
        # The page, or the one that it continues.
        place = re.search(re.escape(str(broken)) + r": page (\d+)[: ]", done.stderr)
        assert done.stdout == "" and place and 0 <= page - int(place[1]) < 8, done
        named += 1
    assert named > 3
