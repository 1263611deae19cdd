# tests/cli/test_ctl_refusals.py: what one endpoint refuses goes to the next, what comes too
# early is sent again, and what can't be sent is an error.
import threading
import time

import pytest

from cluster import Cluster, Member, free_ports
from running import Running, eventually
from scripted_server import ScriptedServer, field
from wrong_server import WrongServer, closing

LEARNER = "etcdserver: rpc not supported for learner"


@pytest.fixture(scope="module")
def with_learner(tmp_path_factory, peers):
    """A voter, and the endpoint of a learner."""
    cluster = Cluster(peers, tmp_path_factory.mktemp("learner") / "c", 1)
    client, peer = free_ports(2)
    member = Member(peers / "etcd", "l", cluster.root, client, peer)
    words = ["member", "add", "l", "--learner", f"--peer-urls={member.peer_url}"]
    eventually(lambda: cluster.etcdctl(*words, check=False).returncode == 0)
    member.flags += ["--initial-cluster-state", "existing"]
    member.start(f"{cluster.initial},l={member.peer_url}")
    status = ["endpoint", "status", f"--endpoints={member.endpoint}"]
    eventually(lambda: " true, " in cluster.etcdctl(*status, check=False).stdout)
    cluster.members.append(member)
    yield cluster, member
    cluster.close()


def lines_of_commands():
    return ["put k v", "get k", "get k --consistency=s", "del nothing", "member list", "user list",
            "alarm list", "auth status", "lease grant 9", "lease list", "lock l true",
            "compact 1", "get '' --prefix"]


def test_case_04_learner_endpoint(ctl, with_learner):
    cluster, learner = with_learner
    for order in ([learner.endpoint, cluster.endpoint], [cluster.endpoint, learner.endpoint]):
        for line in lines_of_commands():
            done = ctl("--endpoints", ",".join(order), *line.replace("''", "").split(" "))
            assert LEARNER not in done.stderr, (order, done)
            if not line.startswith("compact"):
                assert done.returncode == 0, (order, line, done)


def test_a_learner_among_the_endpoints_of_streams(ctl, with_learner):
    cluster, learner = with_learner
    endpoints = f"--endpoints={learner.endpoint},{cluster.endpoint}"
    lease = cluster.etcdctl("lease", "grant", "60", f"--endpoints={cluster.endpoint}").split()[1]
    kept = ctl("lease", "keep-alive", "--once", lease, endpoints)
    assert kept.returncode == 0 and lease in kept.stdout, kept
    with Running(ctl, "watch", "w", endpoints) as running:
        def seen():
            cluster.etcdctl("put", "w", "x", f"--endpoints={cluster.endpoint}")
            return not running.lines.empty()
        eventually(seen)
        assert running.take(3) == ["PUT", "w", "x"]


def test_only_learners_refuse_at_once_in_the_servers_words(ctl, with_learner):
    _, learner = with_learner
    began = time.monotonic()
    assert ctl.fails(1, "put", "k", "v", f"--endpoints={learner.endpoint}") == [f"Error: {LEARNER}"]
    twice = f"--endpoints={learner.endpoint},{learner.endpoint}"
    assert ctl.fails(1, "put", "k", "v", twice) == [f"Error: {LEARNER}"]
    lines = ctl.fails(1, "put", "k", "v", f"--endpoints={learner.endpoint},127.0.0.1:1")
    assert lines == ["Error: context deadline exceeded (127.0.0.1:1: connection refused; "
                     f"{learner.endpoint}: {LEARNER})"]
    assert time.monotonic() - began < 3


def test_changes_of_users_do_not_fail_others_writes(ctl, new_cluster):
    """`revision of auth store is old` is given to a write while users change."""
    cluster = new_cluster
    for words in ("user add root:r", "user grant-role root root", "auth enable"):
        cluster.etcdctl(*words.split())
    over = threading.Event()

    def change():
        while not over.is_set():
            for words in ("user add x:x", "user delete x"):
                ctl(*words.split(), "--user=root:r", f"--endpoints={cluster.endpoint}")
    changes = threading.Thread(target=change)
    changes.start()
    try:
        for number in range(60):
            done = ctl("put", "k", str(number), "--user=root:r", f"--endpoints={cluster.endpoint}")
            assert (done.returncode, done.stdout) == (0, "OK\n"), (number, done)
    finally:
        over.set()
        changes.join()


@pytest.mark.parametrize("token", ["ey\r", "e\ny", "\x7f", "\x01", "\u00e9", "a\tb"])
def test_attack_08_a_token_that_cannot_be_sent(ctl, token):
    for words in (["get", "k"], ["watch", "k"], ["endpoint", "status"], ["snapshot", "save", "x"]):
        done = ctl(*words, f"--auth-jwt-token={token}")
        assert done.returncode == 1, done
        assert "the token of --auth-jwt-token can't be sent: its byte" in done.stderr, done
        assert token not in done.stderr


@pytest.mark.parametrize("token", [b"a\nb", b"\xc3\xa9", b"\x00", b"a\r", b"\x7f"])
def test_attack_08_a_token_of_a_hostile_server(ctl, token):
    with ScriptedServer(lambda call: ([field(2, token)], (0, ""))) as server:
        lines = ctl.fails(2, "get", "k", "--user=a:b", f"--endpoints={server.endpoint}")
        assert lines[0].startswith("Error: the token that the server gave can't be sent"), lines


@pytest.mark.parametrize("again", ["etcdserver: revision of auth store is old",
                                   "etcdserver: invalid auth token",
                                   "etcdserver: user name is empty"])
def test_another_token_is_fetched_and_the_write_repeated(ctl, again):
    seen = []

    def answer(call):
        seen.append(call)
        if call in (0, 2):
            return [field(2, b"token")], (0, "")
        return ([], (3, again)) if call == 1 else ([b""], (0, ""))
    with ScriptedServer(answer) as server:
        done = ctl("put", "k", "v", "--user=a:b", f"--endpoints={server.endpoint}")
        assert (done.returncode, done.stdout, seen) == (0, "OK\n", [0, 1, 2, 3]), done


@pytest.mark.parametrize("code,text,times", [
    (14, "etcdserver: no leader", 2), (14, "etcdserver: leader changed", 2),
    (14, "etcdserver: request timed out", 1), (14, "etcdserver: server stopped", 1),
    (8, "etcdserver: too many requests", 1), (9, LEARNER, 1),
    (3, "etcdserver: revision of auth store is old", 2)])
def test_a_write_is_repeated_only_when_it_was_surely_not_taken(ctl, code, text, times):
    seen = []

    def answer(call):
        seen.append(call)
        return ([], (code, text)) if call == 0 else ([b""], (0, ""))
    with ScriptedServer(answer) as server:
        done = ctl("put", "k", "v", f"--endpoints={server.endpoint}")
        # A second one would have succeeded.
        assert len(seen) >= times and (done.returncode == 0) == (times == 2), done
        assert times == 2 or text in done.stderr


def test_what_one_endpoint_refuses_another_answers(ctl, cluster):
    for code, text in ((8, "etcdserver: too many requests"), (9, LEARNER)):
        with ScriptedServer(lambda call: ([], (code, text))) as server:  # noqa: B023
            for order in (server.endpoint, cluster.endpoint), (cluster.endpoint, server.endpoint):
                done = ctl("put", "k", "v", f"--endpoints={','.join(order)}")
                assert (done.returncode, done.stderr) == (0, ""), done


def test_refused_connections_are_told_at_once(ctl, etcdctl):
    one, two = free_ports(2)
    for endpoints in (f"127.0.0.1:{one}", f"127.0.0.1:{one},127.0.0.1:{two}", "unix:nosuch"):
        for words in (["get", "k"], ["put", "k", "v"], ["member", "list"],
                      ["snapshot", "save", "s"], ["lease", "list", "--command-timeout=9s"],
                      ["endpoint", "health"], ["get", "", "--prefix"], ["--user=a:b", "get", "k"]):
            if "," in endpoints and "snapshot" in words:
                continue
            began = time.monotonic()
            done = ctl("--endpoints", endpoints, *words)
            assert done.returncode != 0 and time.monotonic() - began < 1.5, done
            why = "no such socket" if "unix" in endpoints else "connection refused"
            assert f"context deadline exceeded ({endpoints.split(',')[0]}: {why}" in done.stderr
    # etcdctl waits for a server that is about to start, and so does who is called so.
    began = time.monotonic()
    done = etcdctl(f"--endpoints=127.0.0.1:{one}", "get", "k", "--command-timeout=700ms")
    assert done.returncode == 1 and time.monotonic() - began > 0.6, done
    # One that doesn't refuse is waited for.
    began = time.monotonic()
    with ScriptedServer(lambda call: ([], None)) as server:
        ctl.fails(1, "get", "k", "--command-timeout=700ms",
                  f"--endpoints=127.0.0.1:{one},{server.endpoint}")
    assert time.monotonic() - began > 0.6


def test_a_snapshot_that_stalls_ends(ctl, tmp_path):
    """The connection is well, the stream is silent."""
    part = field(3, b"x" * 100)
    with ScriptedServer(lambda call: ([part], None)) as server:
        endpoint = f"--endpoints={server.endpoint}"
        limited = ctl("snapshot", "save", "s.db", endpoint, "--command-timeout=500ms", cwd=tmp_path)
        assert limited.returncode == 5 and "context deadline exceeded" in limited.stderr, limited
        began = time.monotonic()
        done = ctl("snapshot", "save", "s.db", endpoint, cwd=tmp_path)
        assert done.returncode == 5 and 9 < time.monotonic() - began < 20, done
        assert f"{server.endpoint}: the snapshot has stalled: nothing came for 10s" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_ended_a_connection_is_looked_at(ctl, cluster):
    """`wants TLS` and `speaks no TLS` are said only where they are true."""
    lines = ctl.fails(1, "get", "k", f"--endpoints=https://{cluster.endpoint}",
                      "--command-timeout=700ms")
    assert "the server speaks no TLS there" in lines[0], lines
    with WrongServer(closing) as server:
        for scheme in "http", "https":
            lines = ctl.fails(1, "get", "k", f"--endpoints={scheme}://{server.endpoint}",
                              "--command-timeout=700ms")
            assert "the server ended the connection" in lines[0] and "TLS" not in lines[0], lines
