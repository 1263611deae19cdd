# tests/cli/test_ctl_bad_cluster.py: members that are down, and servers that are none.
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import wrong_server
from cluster import Cluster
from conftest import PEERS
from running import eventually
from wrong_server import WrongServer

SHORT = ["--command-timeout=1s", "--dial-timeout=1s"]


def in_parallel(run, lines):
    """run(*words) of each line, all at once; the finished runs by line."""
    with ThreadPoolExecutor(len(lines)) as pool:
        return dict(zip(lines, pool.map(lambda line: run(*line.split()), lines)))


@pytest.fixture(scope="module")
def two_of_three(tmp_path_factory):
    """Three members; the last is down."""
    cluster = Cluster(PEERS, tmp_path_factory.mktemp("three") / "c", 3)
    cluster.etcdctl("put", "k", "v")
    cluster.members[2].stop()
    # If it led, another one has to be elected.
    eventually(lambda: cluster.etcdctl("put", "k", "v", check=False).returncode == 0)
    yield cluster
    cluster.close()


@pytest.mark.parametrize("first", [2, 0, 1])
def test_one_of_three_that_is_down_is_not_noticed(ctl, two_of_three, first):
    order = two_of_three.members[first:] + two_of_three.members[:first]
    endpoints = ",".join(member.endpoint for member in order)

    def run(*words):
        began = time.monotonic()
        done = ctl("--endpoints", endpoints, *words)
        # The dial timeout is 2 s, that of the command 5 s: it waited for neither.
        assert time.monotonic() - began < 1.8, words
        return done
    done = in_parallel(run, ["put k v", "get k", "get k --consistency=s", "member list", "del no",
                             "lease grant 9", "alarm list", "user list", "lock l true"])
    for words, one in done.items():
        assert (one.returncode, one.stderr) == (0, ""), words
    assert done["get k"].stdout == "k\nv\n"
    assert done["member list"].stdout.count("\n") == 3


@pytest.fixture
def one_of_three(two_of_three):
    """Two are down: there is no quorum."""
    two_of_three.members[1].stop()
    yield two_of_three
    two_of_three.restart(1)
    eventually(lambda: two_of_three.etcdctl("put", "k", "v", check=False).returncode == 0)


def test_without_a_quorum_each_command_says_so_in_time(ctl, one_of_three):
    up, *down = [member.endpoint for member in one_of_three.members]

    def run(*words):
        began = time.monotonic()
        done = ctl("--endpoints", one_of_three.endpoints, *SHORT, *words)
        return done, time.monotonic() - began

    def peer(*words):
        return one_of_three.etcdctl(*SHORT, *words, check=False)
    # Who asks right after the quorum is gone may meet the old leader.
    late = f"context deadline exceeded ({up}: connected, but no answer)"
    leaderless = (f"(no leader: 1 of 3 endpoints answers, without a quorum of the members; get "
                  f"--consistency=s still reads; {down[0]}: connection refused; {down[1]}: "
                  "connection refused)")
    # etcdctl waits for the last two without end.
    said = {"put k v": late, "get k": late, "del k": late, "member list": late, "compact 1": late,
            "lease grant 10": f"failed to grant lease ({late})", "user list": late,
            "lock l true": late}
    theirs = in_parallel(peer, [words for words in said if words not in ("user list",
                                                                         "lock l true")])
    for words, (done, took) in in_parallel(run, list(said)).items():
        # The server has the deadline too, and may meet it first.
        error = done.stderr.replace("check before you repeat it; ", "")
        error = error.replace("it is not known whether the request took effect: ", "")
        error = error.replace("etcdserver: request timed out", "context deadline exceeded")
        error = error.replace(leaderless, late.removeprefix("context deadline exceeded "))
        assert (done.returncode, done.stdout, error) == (1, "", f"Error: {said[words]}\n")
        assert 0.9 < took < 8, words
        assert theirs.get(words, done).returncode == 1
    for words in "get k --consistency=s", "member list --consistency=s":
        done, took = run(*words.split())
        assert (done.returncode, done.stderr) == (0, "") and took < 1
        assert done.stdout == peer(*words.split()).stdout != ""
    health, _ = run("endpoint", "health")
    assert (health.returncode, health.stdout) == (1, "")
    alone = (f"no leader: {up} answers, without a quorum of the members; get --consistency=s still "
             "reads")
    assert health.stderr.replace(alone, f"{up}: connected, but no answer").splitlines() == [
        f"{up} is unhealthy: failed to commit proposal: {late}",
        *(f"{one} is unhealthy: failed to commit proposal: context deadline exceeded "
          f"({one}: connection refused)" for one in down), "Error: unhealthy cluster"]
    status, _ = run("endpoint", "status")
    assert status.returncode == 1 and status.stdout.startswith(f"{up}, ")
    assert "etcdserver: no leader" in status.stdout


CLOSED = "the server ended the connection: is it an etcd?"
NO_GRPC = "what answers there speaks no gRPC: no etcd, or another of its ports"


@pytest.mark.parametrize("what,why", [
    (wrong_server.http1, NO_GRPC), (wrong_server.greeting, NO_GRPC),
    (wrong_server.closing, CLOSED), (wrong_server.silent, "no answer")])
def test_a_server_that_is_no_etcd(ctl, peers, what, why, tmp_path):
    def run(*words):
        return ctl("--endpoints", server.endpoint, *SHORT, *words, cwd=tmp_path)
    codes = {"get k": 1, "put k v": 1, "snapshot save s.db": 5, "lease list": 2, "lock l true": 1,
             "endpoint health": 1, "--user=a:b get k": 2}
    with WrongServer(what) as server:
        reason = f"context deadline exceeded ({server.endpoint}: {why})"
        for words, done in in_parallel(run, list(codes)).items():
            assert (done.returncode, done.stdout) == (codes[words], ""), words
            lines = done.stderr.splitlines()
            assert lines[-1] == f"Error: {reason}" or words == "endpoint health" and \
                lines[0].endswith(reason)
        assert list(tmp_path.iterdir()) == []
        theirs = subprocess.run([peers / "etcdctl", "--endpoints", server.endpoint, *SHORT, "get",
                                 "k"], stderr=subprocess.DEVNULL, timeout=60)
        assert theirs.returncode == codes["get k"]


@pytest.mark.parametrize("endpoint", ["nosuch.invalid:2379", "nosuch.invalid",
                                      "http://nosuch.invalid:1,nosuch.invalid:2"])
def test_a_name_that_nobody_knows(ctl, endpoint):
    # Without a name server it can't be known that there is no such host.
    whys = ["; ".join(f"{one}: {why}" for one in endpoint.split(","))
            for why in ("no such host", "the name can't be looked up")]
    assert ctl.fails(1, "--endpoints", endpoint, *SHORT, "get", "k") in [
        [f"Error: context deadline exceeded ({why})"] for why in whys]


def test_a_domain_without_records(ctl):
    lines = ctl.fails(1, "--discovery-srv=nosuch.invalid", *SHORT, "get", "k")
    assert lines[0].startswith("Error: dns lookup errors: lookup _etcd-client")
