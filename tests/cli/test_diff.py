# tests/cli/test_diff.py: `diff` of two snapshots of a real cluster, and of what fixtures hold.
import base64
import json
import os
import re

import pytest


def save(cluster, path):
    cluster.etcdctl("snapshot", "save", path)
    return path


def at(path, seconds):
    """The file's time of writing."""
    os.utime(path, (1_700_000_000 + seconds,) * 2)


@pytest.fixture
def pair(cluster, tmp_path):
    """Two snapshots of one cluster, an hour apart, and what happened in between."""
    for name in ("stays", "goes", "changes", "same"):
        cluster.etcdctl("put", f"/registry/pods/default/{name}", "value")
    cluster.etcdctl("put", "/registry/events/old", "x" * 100)
    cluster.etcdctl("put", "plain", "1")
    before = save(cluster, tmp_path / "a.db")
    for round in range(5):
        cluster.etcdctl("put", "/registry/pods/default/changes", f"longer value {round}")
    cluster.etcdctl("put", "/registry/pods/default/same", "value")
    cluster.etcdctl("del", "/registry/pods/default/goes")
    cluster.etcdctl("put", "/registry/pods/kube-system/new", "value")
    cluster.etcdctl("put", "/registry/events/passing", "value")
    cluster.etcdctl("del", "/registry/events/passing")
    cluster.etcdctl("put", "plain", "2")
    after = save(cluster, tmp_path / "b.db")
    at(before, 0)
    at(after, 3600)
    return before, after


def test_the_document_tells_all_that_changed(utl, pair):
    said = json.loads(utl("diff", *pair, "-w", "json").stdout)
    assert said["sameCluster"] and said["elapsedSeconds"] == 3600
    assert said["after"]["revision"] - said["before"]["revision"] == 11
    assert said["before"]["path"] == str(pair[0])
    new = len("/registry/pods/kube-system/new" + "value")
    gone = len("/registry/pods/default/goes" + "value")
    pods = {"added": 1, "removed": 1, "modified": 2, "cameAndWent": 0, "writes": 8,
            "bytes": len("longer value 4") - len("value") + new - gone}
    events = {"added": 0, "removed": 0, "modified": 0, "cameAndWent": 1, "writes": 2, "bytes": 0}
    plain = {"added": 0, "removed": 0, "modified": 1, "cameAndWent": 0, "writes": 1, "bytes": 0}
    assert said["prefixes"] == [{"prefix": "/registry/pods/", **pods},
                                {"prefix": "/registry/events/", **events},
                                {"prefix": "", **plain}]
    assert said["total"] == {name: pods[name] + events[name] + plain[name] for name in pods}
    assert said["perSecond"]["writes"] == pytest.approx(11 / 3600, rel=1e-4)
    assert said["perSecond"]["revisions"] == pytest.approx(11 / 3600, rel=1e-4)
    assert said["perSecond"]["bytes"] == pytest.approx(pods["bytes"] / 3600, rel=1e-4)


def test_the_plain_form_and_the_table_say_the_same(utl, pair):
    lines = utl("diff", *pair).stdout.splitlines()
    assert re.fullmatch(r"revision \d+ -> \d+: \+11 in 1h0m0s, 0\.00306/s", lines[0])
    assert lines[1] == "keys: 1 added, 1 removed, 3 modified, 1 came and went"
    assert lines[2] == "writes: 11, 0.00306/s"
    assert lines[3] == "bytes of keys and values: +12 B, +0 B/s"
    assert lines[4] == ("/registry/pods/: 1 added, 1 removed, 2 modified, 0 came and went, "
                        "8 writes, +12 B")
    assert lines[6].startswith("(no slash): ")
    table = utl("diff", *pair, "-w", "table").stdout.splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if "|" in line]
    assert cells[0] == ["PREFIX", "ADDED", "REMOVED", "MODIFIED", "CAME AND WENT", "WRITES",
                        "WRITES/S", "BYTES"]
    assert cells[1] == ["/registry/pods/", "1", "1", "2", "0", "8", "0.00222", "+12 B"]
    assert cells[-1] == ["all", "1", "1", "3", "1", "11", "0.00306", "+12 B"]


def test_each_key_that_changed(utl, pair):
    out = utl("diff", *pair, "--keys", "--depth", "0").stdout
    keys = out.split("\n\n")[0].splitlines()
    plain = [re.sub(r"revision \d+( -> \d+)?", "revision R", line) for line in keys]
    assert plain == [
        "~ /registry/pods/default/changes revision R, 5 -> 14 bytes, 5 writes",
        "- /registry/pods/default/goes revision R, 5 bytes, 1 write",
        "~ /registry/pods/default/same revision R, 5 -> 5 bytes, 1 write, same value",
        "+ /registry/pods/kube-system/new revision R, 5 bytes, 1 write",
        "~ plain revision R, 1 -> 1 bytes, 1 write"]
    assert out.split("\n\n")[1].startswith("revision ")
    rows = [json.loads(line) for line in
            utl("diff", *pair, "--keys", "-w", "json").stdout.splitlines()]
    assert [row["change"] for row in rows] == ["modified", "removed", "modified", "added",
                                               "modified"]
    assert base64.b64decode(rows[1]["key"]) == b"/registry/pods/default/goes"
    assert "afterRevision" not in rows[1] and rows[1]["beforeBytes"] == 5
    assert rows[2]["sameValue"] is True


def test_the_other_way_round(utl, pair):
    done = utl("diff", pair[1], pair[0], "-w", "json")
    assert done.stderr == f"note: {pair[0]} is the older one of the two\n"
    said = json.loads(done.stdout)
    assert said["total"]["added"] == 1 and said["total"]["removed"] == 1
    assert said["total"]["writes"] == 11 and "elapsedSeconds" not in said


def test_prefixes_depth_limit_and_time(utl, pair):
    done = utl("diff", *pair, "--prefix", "/registry/pods/default/", "--prefix", "plain",
               "--depth", "3", "--elapsed", "10s", "-w", "json")
    said = json.loads(done.stdout)
    assert [row["prefix"] for row in said["prefixes"]] == ["/registry/pods/default/", ""]
    assert said["elapsedSeconds"] == 10
    assert said["perSecond"]["writes"] == pytest.approx(0.8)
    done = utl("diff", *pair, "--limit", "1", "-w", "json")
    assert done.stderr == "note: 2 more prefixes are left out (--limit 0 shows all)\n"
    assert len(json.loads(done.stdout)["prefixes"]) == 1
    assert utl("diff", *pair, "--limit", "0").stderr == ""


def test_exit_codes(utl, pair):
    a, b = pair
    assert utl("diff", a, b).returncode == 0
    assert utl("diff", a, b, "--exit-code").returncode == 1
    assert utl("diff", a, b, "--exit-code").stderr == ""
    assert utl("diff", a, a, "--exit-code").returncode == 0
    assert utl("diff", a, b, "--exit-code", "--prefix", "/registry/events/").returncode == 0
    assert utl.fails(128, "diff", a, b, "--keys", "-w", "table") == [
        "Error: --keys prints lines, or with -w json JSON lines, and no table"]
    utl.fails(128, "diff", a, b, "--depth=-1")
    utl.fails(1, "diff", a, b, "--limit=-1")
    utl.fails(128, "diff", a, b, "--elapsed", "0s")
    utl.fails(1, "diff", a, b, "--elapsed", "soon")
    assert utl.fails(1, "diff", a)[0] == "Error: accepts 2 arg(s), received 1"


def test_nothing_changed(utl, fixtures):
    path = fixtures / "3.7.1/single/snapshot.db"
    lines = utl("diff", path, path).stdout.splitlines()
    assert lines[1:] == ["keys: 0 added, 0 removed, 0 modified", "writes: 0",
                         "bytes of keys and values: +0 B"]


def test_what_was_written_behind_the_snapshot(utl, fixture):
    """Of every release: the member's directory is ahead of its snapshot by the keys of /late/."""
    done = utl("diff", fixture / "snapshot.db", fixture / "data/m0.etcd", "--keys", "-w", "json")
    assert done.returncode == 0, done
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    said = json.loads((fixture / "answers.json").read_text())
    late = {kv["key"]: kv for kv in said["all"]["kvs"]
            if base64.b64decode(kv["key"]).startswith(b"/late/")}
    assert {row["key"] for row in rows} == set(late) and len(late) == 20
    for row in rows:
        kv = late[row["key"]]
        assert row["change"] == "added"
        assert row["afterRevision"] == kv["mod_revision"]
        assert row["afterBytes"] == len(base64.b64decode(kv["value"]))
        assert row["writes"] == kv["version"]


def test_two_clusters(utl, fixtures):
    """The fixtures hold the same keys, but for what their releases' clocks and ids put there."""
    done = utl("diff", fixtures / "3.6.14/single/snapshot.db", fixtures / "3.7.1/auth/snapshot.db",
               "-w", "json")
    said = json.loads(done.stdout)
    assert not said["sameCluster"] and "writes" not in said["total"]
    assert done.stderr.startswith("note: the files are not of one cluster")
    assert said["disagreement"] in done.stderr


def test_a_restored_member_is_of_the_same_history(utl, fixtures, tmp_path):
    path = fixtures / "3.7.1/single/snapshot.db"
    assert utl("snapshot", "restore", path, "--data-dir", tmp_path / "r", "--bump-revision",
               "1000", "--mark-compacted").returncode == 0
    said = json.loads(utl("diff", path, tmp_path / "r", "-w", "json").stdout)
    assert said["sameCluster"]
    assert said["after"]["revision"] - said["before"]["revision"] == 1000
    assert said["total"] == {"added": 0, "removed": 0, "modified": 0, "cameAndWent": 0,
                             "writes": 0, "bytes": 0}


def test_files_that_are_none(utl, fixtures, tmp_path):
    path = fixtures / "3.7.1/single/snapshot.db"
    assert "no such file" in utl.fails(1, "diff", path, tmp_path / "missing.db")[0]
    (tmp_path / "text").write_text("no db\n" * 2000)
    assert str(tmp_path / "text") in utl.fails(1, "diff", tmp_path / "text", path)[0]
    (tmp_path / "empty").mkdir()
    assert str(tmp_path / "empty") in utl.fails(1, "diff", path, tmp_path / "empty")[0]
