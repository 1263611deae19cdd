# tests/cli/test_inspect_space.py: `inspect space` against a count of every byte made without it.
import json
import re
import struct

import pytest

import big_db
from bolt_map import BRANCH, BUCKET, NOT_STORED
from damage import copy_member

PARTS = ["liveBytes", "historyBytes", "tombstoneBytes", "otherBytes", "overheadBytes", "slackBytes",
         "freeBytes", "tailBytes", "digestBytes"]
ROW = ["liveKeys", "liveBytes", "historyRecords", "historyBytes", "tombstones", "tombstoneBytes"]


class Account:
    """The parts of a whole db file, and the records of its key bucket."""

    def __init__(self, path):
        self.data = path.read_bytes()
        self.parts = dict.fromkeys(PARTS, 0)
        self.records = []  # (revision key, user key, bytes)
        end = len(self.data)
        if end % 512 == 32:
            self.parts["digestBytes"] = 32
            end -= 32
        self.page_size = struct.unpack_from("<I", self.data, 24)[0]
        metas = [struct.unpack_from("<IIIIQQQQQQ", self.data, at + 16)
                 for at in (0, self.page_size)]
        meta = max(metas, key=lambda one: one[8])
        self.parts["overheadBytes"] += 2 * (16 + 64)
        self.parts["slackBytes"] += 2 * (self.page_size - 16 - 64)
        used = 2 * self.page_size
        if meta[6] != NOT_STORED:
            at = meta[6] * self.page_size
            count, overflow = struct.unpack_from("<HI", self.data, at + 10)
            size = 16 + 8 * count
            self.parts["overheadBytes"] += size
            self.parts["slackBytes"] += (overflow + 1) * self.page_size - size
            used += (overflow + 1) * self.page_size
        self.used = used
        self.tree(meta[4], None)
        high_water = meta[7] * self.page_size
        self.parts["freeBytes"] = high_water - self.used
        self.parts["tailBytes"] = end - high_water
        self.rows = self.classify()
        for name in ("live", "history", "tombstone"):
            self.parts[name + "Bytes"] = sum(row[name + "Bytes"] for row in self.rows.values())

    def tree(self, page, bucket):
        at = page * self.page_size
        overflow = struct.unpack_from("<I", self.data, at + 12)[0]
        size = (overflow + 1) * self.page_size
        self.used += size
        self.elements(at, size, bucket)

    def elements(self, base, size, bucket):
        flags, count = struct.unpack_from("<HH", self.data, base + 8)
        if bucket == b"key" and flags != BRANCH:
            self.leaf = base // self.page_size
        self.parts["overheadBytes"] += 16
        size -= 16
        for at in range(base + 16, base + 16 + 16 * count, 16):
            if flags == BRANCH:
                position, key_size, child = struct.unpack_from("<IIQ", self.data, at)
                self.parts["overheadBytes"] += 16 + key_size
                size -= 16 + key_size
                self.tree(child, bucket)
                continue
            kind, position, key_size, value_size = struct.unpack_from("<IIII", self.data, at)
            size -= 16 + key_size + value_size
            key = self.data[at + position:at + position + key_size]
            value = at + position + key_size
            if kind == BUCKET:
                self.parts["overheadBytes"] += 16 + key_size + 16
                root = struct.unpack_from("<Q", self.data, value)[0]
                if root == 0:
                    self.elements(value + 16, value_size - 16, key)
                else:
                    self.tree(root, key)
            elif bucket == b"key":
                self.record(key, self.data[value:value + value_size])
            else:
                self.parts["otherBytes"] += 16 + key_size + value_size
        self.parts["slackBytes"] += size

    def record(self, revision, value):
        # KeyValue.key is field 1, which etcd writes first.
        assert value[:1] == b"\x0a" and value[1] < 0x80
        self.records.append((revision, value[2:2 + value[1]], 16 + len(revision) + len(value)))

    def classify(self):
        """Rows by user key."""
        newest = {key: revision for revision, key, _ in sorted(self.records)}
        rows = {}
        for revision, key, size in self.records:
            row = rows.setdefault(key, dict.fromkeys(ROW, 0))
            if len(revision) == 18:
                row["tombstones"] += 1
                row["tombstoneBytes"] += size
            elif newest[key] == revision:
                row["liveKeys"] += 1
                row["liveBytes"] += size
            else:
                row["historyRecords"] += 1
                row["historyBytes"] += size
        return rows


def files(fixture):
    return [fixture / "snapshot.db", *sorted(fixture.glob("data/*/member/snap/db"))]


def inspect(utl, path, *flags):
    done = utl("inspect", "space", path, "-w", "json", *flags)
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def prefix_of(key, depth):
    text = key.decode()
    begin = "/" if text.startswith("/") else ""
    names = text[len(begin):].split("/")
    return begin + "".join(name + "/" for name in names[:-1][:depth])


def test_every_byte_of_every_fixture_is_where_a_second_count_finds_it(utl, fixture):
    for path in files(fixture):
        account = Account(path)
        said = inspect(utl, path)
        assert {part: said[part] for part in PARTS} == account.parts, path
        assert sum(said[part] for part in PARTS) == said["fileBytes"] == path.stat().st_size
        for name in ("liveKeys", "historyRecords", "tombstones"):
            assert said[name] == sum(row[name] for row in account.rows.values())
        assert said["compactionFrees"] == said["historyBytes"] + said["tombstoneBytes"]


def test_live_keys_are_the_servers(utl, fixture):
    everything = json.loads((fixture / "answers.json").read_text())
    assert inspect(utl, fixture / "data/m0.etcd")["liveKeys"] == everything["all"]["count"]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_rows_by_prefix_are_a_second_counts(utl, fixture, depth):
    path = fixture / "snapshot.db"
    expected = {}
    for key, row in Account(path).rows.items():
        into = expected.setdefault(prefix_of(key, depth), dict.fromkeys(ROW, 0))
        for name, value in row.items():
            into[name] += value
    said = inspect(utl, path, "--depth", depth)["prefixes"]
    assert {row["prefix"]: {name: row[name] for name in ROW} for row in said} == expected
    sizes = [row["liveBytes"] + row["historyBytes"] + row["tombstoneBytes"] for row in said]
    assert sizes == sorted(sizes, reverse=True)


def test_defragmentation_frees_what_was_said(utl, fixture, tmp_path):
    home = tmp_path / "m.etcd"
    copy_member(fixture / "data/m0.etcd", home)
    before = inspect(utl, home)
    assert utl("defrag", "--data-dir", home).returncode == 0
    freed = before["fileBytes"] - (home / "member/snap/db").stat().st_size
    said = before["defragmentationFrees"]
    # Some pages more or less, as it goes by leaves in another order than their keys'.
    assert abs(freed - said) <= 6 * before["pageSize"], (freed, said)
    assert said <= before["defragmentationFreesAfterCompaction"] \
        <= said + before["compactionFrees"] + 3 * before["pageSize"]
    after = inspect(utl, home)
    assert (after["freeBytes"], after["tailBytes"]) == (0, 0)
    assert after["defragmentationFrees"] <= before["pageSize"]
    for name in ("liveBytes", "historyBytes", "tombstoneBytes", "otherBytes"):
        assert after[name] == before[name]


def test_compaction_frees_what_was_said(utl, ctl, new_cluster, tmp_path):
    """A real etcd, asked before and after a compaction."""
    def run(*words):
        done = ctl("--endpoints", new_cluster.endpoints, *words)
        assert done.returncode == 0, done
        return done

    for name in ("default/web", "default/db", "kube-system/dns"):
        for size in (100, 2000):
            run("put", "/registry/pods/" + name, "x" * size)
    run("put", "/registry/minions/n1", "node")
    run("put", "/registry/cilium.io/ciliumnodes/n1", "{}")
    run("put", "compact_rev_key", "1")
    run("del", "/registry/pods/default/db")
    run("snapshot", "save", tmp_path / "before.db")
    before = inspect(utl, tmp_path / "before.db", "--namespaces")
    pods = {row["namespace"]: row for row in before["resources"] if row["resource"] == "pods"}
    assert [pods[name][count] for name in ("default", "kube-system")
            for count in ("liveKeys", "historyRecords", "tombstones")] == [1, 3, 1, 1, 1, 0]
    assert {row["resource"] for row in before["resources"]} == \
        {"pods", "minions", "ciliumnodes.cilium.io"}
    assert {row["namespace"]: row["liveKeys"] for row in before["namespaces"]} == \
        {"default": 1, "kube-system": 1, "": 2}
    assert before["notKubernetes"]["liveKeys"] == 1

    # One more change, as a compaction leaves a tombstone that stands at its revision.
    revision = json.loads(run("put", "compact_rev_key", "1", "-w", "json").stdout)
    revision = revision["header"]["revision"]
    run("compaction", "--physical", revision)
    run("snapshot", "save", tmp_path / "after.db")
    after = inspect(utl, tmp_path / "after.db")
    assert (after["historyRecords"], after["tombstones"]) == (0, 0)
    assert after["compactionFrees"] == 0
    assert after["liveKeys"] == before["liveKeys"]
    assert abs(after["liveBytes"] - before["liveBytes"]) < 10

    shown = utl("inspect", "space", tmp_path / "before.db", "--namespaces").stdout
    assert re.search(r"^ .* pods  kube-system$", shown, re.M)
    assert re.search(r"^ .* \(other keys\)  -$", shown, re.M)


def test_the_forms_hold_the_same_numbers(utl, fixtures):
    path = fixtures / "3.6.14/single/snapshot.db"
    said = inspect(utl, path)
    simple = utl("inspect", "space", path, "--bytes", "--limit", "0").stdout
    table = utl("inspect", "space", path, "--bytes", "--limit", "0", "-w", "table").stdout
    for text in (simple, table):
        assert re.search(rf"\bfile\b\W+{said['fileBytes']}\b", text)
        for name, part in (("live", "liveBytes"), ("history", "historyBytes"),
                           ("free pages", "freeBytes"), ("tail", "tailBytes")):
            assert re.search(rf"^\W*{name}\W+{said[part]}\b", text, re.M), (name, text)
        assert f"compaction would free about {said['compactionFrees']} " in text
        assert f"defragmentation would free about {said['defragmentationFrees']} now" in text
        for row in said["prefixes"]:
            line = next(line for line in text.splitlines()
                        if (row["prefix"] or '""') in line.replace("|", " ").split())
            assert {str(row["liveBytes"]), str(row["historyBytes"]),
                    str(row["liveKeys"])} <= set(line.replace("|", " ").split())
    assert "kB" in utl("inspect", "space", path).stdout


def test_the_limit_says_what_it_hides(utl, fixtures):
    path = fixtures / "3.7.1/single/snapshot.db"
    everything = inspect(utl, path, "--depth", "9")["prefixes"]
    assert len(everything) > 1
    assert inspect(utl, path, "--depth", "9", "--limit", "1")["prefixes"] == everything[:1]
    rest = sum(row[name] for row in everything[1:]
               for name in ("liveBytes", "historyBytes", "tombstoneBytes"))
    shown = utl("inspect", "space", path, "--depth", "9", "--limit", "1", "--bytes").stdout
    assert f"\nand {len(everything) - 1} more with {rest} (--limit 0 shows all)\n" in shown
    assert "prefix" not in utl("inspect", "space", path, "--depth", "0").stdout


def test_a_data_directory_its_db_and_a_snapshot_are_taken(utl, fixtures):
    home = fixtures / "3.7.1/single/data/m0.etcd"
    whole = inspect(utl, home)
    assert whole["path"] == str(home / "member/snap/db")
    assert whole == inspect(utl, home / "member/snap/db") == inspect(utl, f"{home}/member/")


def test_errors_are_one_clear_line(utl, fixtures, tmp_path):
    whole = fixtures / "3.7.1/single/snapshot.db"
    assert utl.fails(128, "inspect", "space", whole, "--depth", "-1")
    assert "none.db" in utl.fails(1, "inspect", "space", tmp_path / "none.db")[0]
    (tmp_path / "other").mkdir()
    assert "is not a data directory" in utl.fails(1, "inspect", "space", tmp_path / "other")[0]
    assert "holds no db" in utl.fails(
        1, "inspect", "space", fixtures / "3.7.1/single/data/m0.etcd/member/wal")[0]
    broken = tmp_path / "broken.db"
    content = bytearray(whole.read_bytes())
    account = Account(whole)
    content[account.leaf * account.page_size + 8] = 1
    broken.write_bytes(content)
    line = utl.fails(1, "inspect", "space", broken)[0]
    assert str(broken) in line and f"page {account.leaf}" in line
    assert broken.read_bytes() == content


def test_gigabytes_that_hold_no_keys_take_no_memory(utl, tmp_path):
    big_db.write(tmp_path / "big.db", values=4, digest=bytes(32))
    said = inspect(utl, tmp_path / "big.db")
    assert said["otherBytes"] == 4 * (16 + 8 + big_db.VALUE)
    assert sum(said[part] for part in PARTS) == (tmp_path / "big.db").stat().st_size
