# tests/cli/test_recover_plan.py: `recover plan`: which source it takes, what it says is lost, and
# its commands as they stand, run on real etcd.
import fcntl
import json
import os
import re
import shlex
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from damage import copy_member
from trial import fingerprint
from wal_map import Map


@pytest.fixture
def trio(fixtures, tmp_path):
    """Copies of the three directories of a real cluster that was killed, and a snapshot of it."""
    base = fixtures / "3.7.1/cluster"
    for name in ("m0", "m1", "m2"):
        copy_member(base / f"data/{name}.etcd", tmp_path / f"{name}.etcd")
    shutil.copy(base / "snapshot.db", tmp_path / "snapshot.db")
    return tmp_path


@pytest.fixture
def plan(utl):
    """plan(PATH…): the plan as JSON; nothing of what it read has changed. `lost` are the members
    that are said to be gone."""
    def run(*paths, code=0, lost=()):
        before = [fingerprint(path) for path in paths if path.is_dir()]
        gone = [word for name in lost for word in ("--lost", name)]
        done = utl("recover", "plan", *paths, *gone, "-w", "json")
        assert done.returncode == code, done
        assert [fingerprint(path) for path in paths if path.is_dir()] == before
        return json.loads(done.stdout)
    return run


def commands(said):
    return [step["command"] for step in said["steps"]]


def break_db(path):
    """Something writes over the key bucket's pages."""
    content = bytearray(path.read_bytes())
    for at in range(8 * 4096, 60 * 4096, 4096):
        content[at + 40:at + 400] = bytes(360)
    path.write_bytes(content)


def wal_of(home):
    return sorted((home / "member/wal").glob("*.wal"))[-1]


def test_a_quorum_only_has_to_be_started(plan, trio):
    said = plan(trio / "m0.etcd", trio / "m1.etcd", trio / "m2.etcd", trio / "snapshot.db")
    assert said["way"] == "start"
    assert [one["use"] for one in said["sources"]] == ["start"] * 3 + ["restore"]
    assert len({one["hash"] for one in said["sources"]}) == 1
    assert len({one["hash_revision"] for one in said["sources"]}) == 1
    assert [shlex.split(line)[:5] for line in commands(said)] == [
        ["etcd", "--name", f"m{i}", "--data-dir", str(trio / f"m{i}.etcd")] for i in range(3)]
    assert said["headline"].startswith("3 of 3 members can be started")
    assert said["lost"][0].startswith("nothing: ")


def test_two_of_three_are_a_quorum_and_the_third_is_added_anew(plan, trio):
    break_db(trio / "m1.etcd/member/snap/db")
    said = plan(trio / "m0.etcd", trio / "m1.etcd", trio / "m2.etcd")
    assert said["way"] == "start"
    assert [one["name"] for one in said["sources"] if one["use"] == "start"] == ["m0", "m2"]
    damaged = said["sources"][-1]
    assert (damaged["use"], damaged["health"]) == ("salvage", "damaged") and damaged["faults"]
    lines = commands(said)
    assert [line.split()[0] for line in lines] == ["etcd", "etcd", "cairnctl", "cairnctl", "etcd"]
    assert f"member remove {damaged['member_id']}" in lines[2]
    assert "member add m1 --peer-urls" in lines[3]
    assert "--initial-cluster-state existing" in lines[4]


def test_one_of_three_goes_on_alone_once_the_others_are_said_to_be_lost(plan, trio):
    said = plan(trio / "snapshot.db", trio / "m1.etcd")
    assert said["way"] == "majority"
    assert [line.split()[0] for line in commands(said)] == ["etcd"]
    assert not any("--force-new-cluster" in line for line in commands(said))
    again = next(note for note in said["notes"] if "lost for good" in note)
    assert f"--lost m0 --lost m2 {trio}/m1.etcd {trio}/snapshot.db" in again
    said = plan(trio / "snapshot.db", trio / "m1.etcd", lost=["m0", "m2"])
    assert said["way"] == "force-new-cluster"
    assert said["sources"][0]["name"] == "m1"
    lines = commands(said)
    assert lines[0] == f"mkdir -p recovered && cp -a {trio}/m1.etcd recovered/m1"
    assert "--force-new-cluster" in lines[1] and "--force-new-cluster" not in lines[2]
    assert [line.split()[0] for line in lines[3:]] == ["cairnctl", "etcd"] * 2
    assert any("End every other member" in note for note in said["notes"])
    assert any("a majority without m1" in lost for lost in said["lost"])


def test_of_two_copies_of_a_member_the_newer_counts(plan, trio):
    """A directory and an older copy of it are one member, not a quorum."""
    shutil.copytree(trio / "m1.etcd", trio / "old")
    content = bytearray(wal_of(trio / "old").read_bytes())
    end = len(content.rstrip(b"\0"))
    wal_of(trio / "old").write_bytes(content[:end - 2])
    said = plan(trio / "old", trio / "m1.etcd")
    assert said["way"] == "majority"
    assert [one["path"] for one in said["sources"]] == [str(trio / "m1.etcd"), str(trio / "old")]


def test_a_torn_last_write_is_nothing_to_mend(plan, utl, trio):
    log = wal_of(trio / "m1.etcd")
    content = log.read_bytes()
    last = Map(content).begins[-1]
    end = last + 8 + (content[last] + 7) // 8 * 8
    assert content[last + 1:last + 7] == bytes(6)  # it is short
    with open(log, "r+b") as file:
        file.seek(end)
        file.write((4096).to_bytes(8, "little") + b"the begin of a record")
    assert "the last write was torn" in utl("verify", trio / "m1.etcd").stdout
    said = plan(trio / "m1.etcd")
    assert (said["way"], said["sources"][0]["use"]) == ("majority", "start")
    assert said["sources"][0]["faults"] == []


def test_with_a_damaged_log_the_db_is_restored(plan, trio):
    log = wal_of(trio / "m1.etcd")
    with open(log, "r+b") as file:
        file.seek(300)
        file.write(b"damage")
    said = plan(trio / "m1.etcd", trio / "snapshot.db")
    assert said["way"] == "majority"
    assert said["headline"].startswith(
        "while a majority of m0, m1 and m2 answers, m1 is replaced (`member remove`, `member add`, "
        "start), and nothing is lost")
    assert [re.sub(".* member ", "member ", line).split()[:2] for line in commands(said)] == [
        ["member", "remove"], ["member", "add"], ["etcd", "--name"]]
    said = plan(trio / "m1.etcd", trio / "snapshot.db", lost=["m0", "m2"])
    assert said["way"] == "restore"
    assert said["sources"][0]["use"] == "restore" and said["sources"][0]["health"] == "damaged"
    lines = commands(said)
    assert lines[0].startswith("printf '%s\\n' 'initial-cluster: m0=http://127.0.0.1:")
    assert lines[1] == (f"cairnutl snapshot restore {trio}/m1.etcd/member/snap/db "
                        "--skip-hash-check --cluster members.yaml --output recovered")
    assert [line.split()[4] for line in lines[2:]] == [f"recovered/m{i}" for i in range(3)]


def test_a_snapshot_is_taken_before_a_damaged_directory(plan, trio):
    break_db(trio / "m1.etcd/member/snap/db")
    said = plan(trio / "m1.etcd", trio / "snapshot.db", lost=["m0", "m2"])
    assert said["way"] == "restore"
    assert f"snapshot restore {trio}/snapshot.db --cluster" in commands(said)[1]
    newer = next(one for one in said["sources"] if one["use"] == "salvage")
    older = said["sources"][0]
    assert newer["consistent_index"] > older["consistent_index"]
    assert any(f"entries {older['consistent_index'] + 1} to {newer['consistent_index']}" in lost
               and "salvage" in lost for lost in said["lost"])


def test_of_two_snapshots_the_newer_is_taken(plan, utl, trio):
    """The second is made of a member's db, which is newer."""
    shutil.copy(trio / "m1.etcd/member/snap/db", trio / "newer.db")
    said = plan(trio / "snapshot.db", trio / "newer.db")
    assert [one["path"] for one in said["sources"]] == [str(trio / "newer.db"),
                                                        str(trio / "snapshot.db")]
    assert "--skip-hash-check" in commands(said)[1]
    assert any("all that was written after revision" in lost for lost in said["lost"])


def test_when_all_is_damaged_it_is_salvaged(plan, trio):
    break_db(trio / "snapshot.db")
    said = plan(trio / "snapshot.db")
    assert said["way"] == "salvage"
    lines = commands(said)
    assert lines[0] == f"cairnutl salvage {trio}/snapshot.db --output recovered.db"
    assert any(line.startswith("cairnutl snapshot restore recovered.db --skip-hash-check")
               for line in lines)


def test_a_member_with_other_keys_is_left_out(plan, trio):
    """A byte of a value differs: the file is whole, its history isn't the cluster's."""
    db = trio / "m2.etcd/member/snap/db"
    content = db.read_bytes()
    assert b"created" in content
    db.write_bytes(content.replace(b"created", b"creaded"))
    said = plan(trio / "m0.etcd", trio / "m1.etcd", trio / "m2.etcd")
    assert said["way"] == "start"
    other = next(one for one in said["sources"] if one["path"].endswith("m2.etcd"))
    assert other["diverged"] and "its keys are not the cluster's" in other["faults"][0]
    lines = commands(said)
    assert [line.split()[0] for line in lines] == ["etcd", "etcd", "cairnctl", "cairnctl", "etcd"]
    assert any("m2.etcd holds other keys than the majority" in note for note in said["notes"])


def test_two_that_differ_are_told_and_not_judged(plan, trio):
    db = trio / "m2.etcd/member/snap/db"
    db.write_bytes(db.read_bytes().replace(b"created", b"creaded"))
    said = plan(trio / "m1.etcd", trio / "m2.etcd")
    assert any("none has the majority" in note for note in said["notes"])
    assert not any(one["diverged"] for one in said["sources"])
    assert said["way"] == "compare" and "do not start them together" in said["headline"]
    assert [line.split()[:2] for line in commands(said)] == [["cairnutl", "diff"]]


def test_paths_of_several_clusters(plan, trio, fixtures):
    other = fixtures / "3.6.14/single/snapshot.db"
    said = plan(other, trio / "m0.etcd", trio / "m1.etcd")
    assert said["way"] == "start"
    assert said["sources"][-1]["path"] == str(other)
    assert any(note.startswith("the paths are of more than one cluster") and str(other) in note
               for note in said["notes"])
    assert not any(str(other) in line for line in commands(said))


def test_what_a_server_has_open_is_read_and_not_waited_for(utl, trio):
    with open(trio / "m1.etcd/member/snap/db", "rb") as db:
        fcntl.flock(db, fcntl.LOCK_EX)
        begin = time.monotonic()
        done = utl("recover", "plan", trio / "m1.etcd", "-w", "json", "--timeout=0")
        assert time.monotonic() - begin < 5
    said = json.loads(done.stdout)
    assert said["sources"][0]["in_use"] and said["sources"][0]["revision"] > 1
    assert any("in use by a server" in note for note in said["notes"])


def test_nothing_usable_is_an_error(utl, plan, tmp_path):
    (tmp_path / "notes").write_text("no db" * 3000)
    (tmp_path / "empty").mkdir()
    said = plan(tmp_path / "notes", code=1)
    assert said["way"] == "none" and said["steps"] == []
    assert {one["health"] for one in said["sources"]} == {"unusable"}
    assert [one["kind"] for one in said["sources"]] == ["db file"]
    assert all(one["faults"] for one in said["sources"])
    done = utl("recover", "plan", tmp_path / "notes")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: none of the paths can be started, restored or salvaged")
    assert utl.fails(1, "recover", "plan", tmp_path / "notes", tmp_path / "empty")[0].startswith(
        f"Error: {tmp_path}/empty: no data directory")
    assert utl("recover", "plan").returncode == 1


def test_the_text_is_a_script_and_the_table_has_every_source(utl, trio):
    paths = [trio / "m1.etcd", trio / "snapshot.db", "--lost", "m0", "--lost", "m2"]
    text = utl("recover", "plan", *paths).stdout
    assert subprocess.run(["sh", "-n"], input=text, text=True).returncode == 0
    words = {line.split()[0] for line in text.splitlines()}
    assert words == {"#", "mkdir", "etcd", "cairnctl"}
    table = utl("recover", "plan", *paths, "-w", "table").stdout
    assert "KEEPS TO" in table and all(str(path) in table for path in paths[:2])


@pytest.mark.parametrize("version", ["3.4.23", "3.5.33", "3.6.14", "3.7.1"])
def test_directories_of_every_release(plan, fixtures, version):
    data = fixtures / version / "cluster/data"
    said = plan(data / "m0.etcd", data / "m1.etcd", data / "m2.etcd")
    assert said["way"] == "start" and len(said["steps"]) == 3
    assert any(f"{version[:3]}.0" in note for note in said["notes"])
    assert plan(data / "m0.etcd")["way"] == "majority"
    assert plan(data / "m0.etcd", lost=["m1", "m2"])["way"] == "force-new-cluster"


class Shell:
    """Runs a plan's lines as they stand, in a folder. A line that starts etcd runs on, until the
    next one for its directory."""

    def __init__(self, folder, peers, build):
        self.folder, self.servers = folder, {}
        self.env = dict(os.environ, PATH=":".join([
            str(peers), str(build / "tools/utl"), str(build / "tools/ctl"), os.environ["PATH"]]))

    def run(self, line):
        words = shlex.split(line)
        if words[0] != "etcd":
            self.wait_healthy()
            until = time.monotonic() + 30
            while True:
                done = subprocess.run(line, shell=True, cwd=self.folder, env=self.env, text=True,
                                      capture_output=True, timeout=60)
                # etcd wants members to have been connected for five seconds.
                if "unhealthy cluster" not in done.stderr or time.monotonic() > until:
                    break
                time.sleep(0.2)
            # What `salvage` wrote is not all that was in the file, and it says so by its code.
            assert done.returncode == (7 if words[:2] == ["cairnutl", "salvage"] else 0), \
                (line, done)
            return
        home = words[words.index("--data-dir") + 1]
        if home in self.servers:
            self.wait_healthy()
            self.end(home)
        log = open(self.folder / f"server-{len(self.servers)}.log", "ab")
        process = subprocess.Popen(f"exec {line}", shell=True, cwd=self.folder, env=self.env,
                                   stdout=log, stderr=log)
        self.servers[home] = (process, words[words.index("--listen-client-urls") + 1], log.name)

    def wait_healthy(self):
        for process, url, log in self.servers.values():
            until = time.monotonic() + 40
            while True:
                try:
                    with urllib.request.urlopen(f"{url}/health", timeout=1):
                        break
                except OSError:
                    assert process.poll() is None and time.monotonic() < until, \
                        open(log).read()[-3000:]
                    time.sleep(0.05)

    def end(self, home):
        process = self.servers.pop(home)[0]
        process.terminate()
        process.wait(20)

    def close(self):
        for home in list(self.servers):
            self.end(home)


@pytest.fixture
def shell(tmp_path, peers, utl):
    (tmp_path / "work").mkdir()
    shell = Shell(tmp_path / "work", peers, Path(utl.path).parent.parent.parent)
    yield shell
    shell.close()


def ask(cluster, member, *words):
    """What real etcdctl says through this member alone."""
    done = subprocess.run([cluster.etcdctl_path, "--endpoints", member.endpoint,
                           *map(str, words)], text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done
    return done.stdout


def check_all_serve(cluster):
    """All three are members, and each has the data itself."""
    members = json.loads(ask(cluster, cluster.members[0], "member", "list", "-w", "json"))
    assert sorted(one["name"] for one in members["members"]) == ["m0", "m1", "m2"]
    for member in cluster.members:
        assert ask(cluster, member, "get", "/key/7", "--print-value-only",
                   "--consistency=s") == "value 7\n"


@pytest.mark.parametrize("lost", [[], ["m0"], ["m0", "m2"]])
def test_the_commands_bring_the_members_back(utl, plan, cluster_of_three, shell, lost):
    """All directories, a quorum, one: killed servers, the plan's lines as they stand, all keys."""
    cluster = cluster_of_three
    for i in range(20):
        cluster.etcdctl("put", f"/key/{i}", f"value {i}")
    keys = cluster.keys("/")
    for member in cluster.members:
        member.stop()
    left = [member for member in cluster.members if member.name not in lost]
    said = plan(*[member.data for member in left], lost=lost)
    assert said["way"] == ("force-new-cluster" if len(lost) == 2 else "start")
    for line in commands(said):
        shell.run(line)
    shell.wait_healthy()
    served = ask(cluster, left[0], "get", "/", "--prefix", "--keys-only").split()
    # A follower that is cut off may not know yet that the last writes were committed: then the plan
    # says how many entries of its log it gives up.
    told = [int(match[1]) for match in map(re.compile(r"(\d+) log entries").match, said["lost"])
            if match]
    assert set(served) <= set(keys) and len(keys) == 20
    assert len(keys) - len(served) <= sum(told)
    check_all_serve(cluster)


@pytest.mark.parametrize("damage", ["snapshot", "db", "log", "one of three"])
def test_the_commands_bring_a_cluster_back_from_what_is_left(utl, plan, cluster_of_three, shell,
                                                             tmp_path, damage):
    cluster = cluster_of_three
    for i in range(20):
        cluster.etcdctl("put", f"/key/{i}", f"value {i}")
    snapshot = tmp_path / "backup's.db"
    ask(cluster, cluster.members[0], "snapshot", "save", snapshot)
    cluster.etcdctl("put", "/late", "late")
    for member in cluster.members:
        member.stop()
    home = cluster.members[1].data
    expected = [21]
    if damage == "snapshot":
        expected, paths = [20], [snapshot]
    elif damage == "db":
        expected, paths = [20], [home, snapshot]
        (home / "member/snap/db").write_bytes(b"")
    elif damage == "log":
        paths = [home, snapshot]
        with open(wal_of(home), "r+b") as file:
            file.seek(200)
            file.write(b"damage")
        # What was in the log only can't be had: the db has what was committed to it.
        expected = [20, 21]
    else:
        paths = [member.data for member in cluster.members]
        (home / "member/snap/db").unlink()
    said = plan(*paths, lost=["m0", "m2"] if damage in ("db", "log") else [])
    assert said["way"] == ("start" if damage == "one of three" else "restore")
    for line in commands(said):
        shell.run(line)
    shell.wait_healthy()
    check_all_serve(cluster)
    keys = ask(cluster, cluster.members[2], "get", "/", "--prefix", "--keys-only").split()
    assert len(keys) in expected


def test_the_commands_save_what_a_damaged_snapshot_still_holds(plan, cluster_of_three, shell,
                                                              tmp_path):
    cluster = cluster_of_three
    cluster.put_noise("/key/", 60, 2000)
    values = {key: ask(cluster, cluster.members[0], "get", key, "--print-value-only")
              for key in cluster.keys("/key/")}
    snapshot = tmp_path / "backup.db"
    ask(cluster, cluster.members[0], "snapshot", "save", snapshot)
    for member in cluster.members:
        member.stop()
    content = bytearray(snapshot.read_bytes())
    at = content.find(b"/key/30") // 4096 * 4096
    content[at:at + 4096] = bytes(4096)
    snapshot.write_bytes(content)
    said = plan(snapshot)
    assert said["way"] == "salvage"
    for line in commands(said):
        shell.run(line)
    shell.wait_healthy()
    served = ask(cluster, cluster.members[1], "get", "/key/", "--prefix", "--keys-only").split()
    assert 40 <= len(served) < 60
    for key in served:
        assert ask(cluster, cluster.members[2], "get", key, "--print-value-only") == values[key]
