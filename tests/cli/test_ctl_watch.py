# tests/cli/test_ctl_watch.py: cairnctl watch on real etcd: events, commands, broken connections.
import json
import os
import signal
import subprocess
import time

import pytest

from running import Running, eventually


def revision(cluster):
    return json.loads(cluster.etcdctl("get", "x", "-w", "json"))["header"]["revision"]


def watch(ctl, cluster, *words, **how):
    """From now on, whenever it connects."""
    return Running(ctl, "--endpoints", cluster.endpoints, "watch", "--rev",
                   revision(cluster) + 1, *words, **how)


@pytest.mark.parametrize("how", ["simple", "json", "fields", "protobuf"])
def test_it_prints_as_etcdctl(ctl, cluster, how):
    start = revision(cluster) + 1
    cluster.etcdctl("put", "w/1", "a \"q\"")
    cluster.etcdctl("put", "w/1", "b")
    cluster.etcdctl("del", "w/1")
    words = ["watch", "w/", "--prefix", "--rev", start, "--prev-kv", "-w", how]
    peer = subprocess.run(["timeout", "1", cluster.etcdctl_path, "--endpoints", cluster.endpoint,
                           *map(str, words)], capture_output=True)
    ours = subprocess.run(["timeout", "1", ctl.path, "--endpoints", cluster.endpoint,
                           *map(str, words)], capture_output=True)
    assert ours.stdout == peer.stdout and peer.stdout
    assert ours.returncode == peer.returncode == 124 and ours.stderr == b""


@pytest.mark.parametrize("words, env, error", [
    ([], {}, "bad number of arguments"),
    (["foo", "--"], {}, "bad number of arguments (found separator --, but no commands)"),
    (["foo", "bar", "--prefix"], {}, "`range_end` and `--prefix` are mutually exclusive"),
    (["foo"], {"ETCDCTL_WATCH_KEY": "a"},
     "bad number of arguments (found conflicting environment key)"),
    (["foo"], {"ETCDCTL_WATCH_RANGE_END": "a"},
     'ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END="a"'),
])
def test_arguments_are_checked_before_anything_is_sent(ctl, words, env, error):
    assert ctl.fails(128, "--endpoints", "127.0.0.1:1", "watch", *words, env=env) == [
        f"Error: {error}"]


def test_it_goes_on_behind_the_last_event_at_another_endpoint(ctl, cluster_of_three):
    cluster = cluster_of_three
    with watch(ctl, cluster, "k") as running:
        for number in range(6):
            cluster.etcdctl("put", "k", number)
            assert running.take(3) == ["PUT", "k", str(number)]
            # The one it talks to is the first that answers: each is stopped once.
            down = number % 3
            cluster.members[down].stop()
            up = ",".join(one.endpoint for one in cluster.members if one.process)
            # A write while they elect would be in doubt.
            eventually(lambda: cluster.etcdctl(
                "--endpoints", up, "get", "k", check=False).returncode == 0)
            cluster.etcdctl("--endpoints", up, "put", "k", f"while {down} is down")
            assert running.take(3) == ["PUT", "k", f"while {down} is down"]
            cluster.restart(down)
        assert running.stop() == -signal.SIGINT
        assert running.rest() == []


def test_it_goes_on_when_the_only_server_comes_back(ctl, new_cluster):
    with watch(ctl, new_cluster, "k") as running:
        new_cluster.etcdctl("put", "k", "1")
        assert running.take(3) == ["PUT", "k", "1"]
        new_cluster.members[0].stop()
        new_cluster.restart(0)
        new_cluster.etcdctl("put", "k", "2")
        assert running.take(3) == ["PUT", "k", "2"]
        assert running.stop(signal.SIGTERM) == -signal.SIGTERM
        assert running.rest() == [] and running.errors == []


def test_a_compacted_revision_ends_it(ctl, cluster):
    cluster.etcdctl("put", "k", "1")
    cluster.etcdctl("compact", revision(cluster))
    done = ctl("--endpoints", cluster.endpoint, "watch", "k", "--rev=1", "-w", "json")
    assert done.returncode == 5
    assert json.loads(done.stdout)["Canceled"] is True
    assert done.stderr.splitlines() == [
        "watch was canceled (etcdserver: mvcc: required revision has been compacted)",
        "Error: watch is canceled by the server"]


def test_a_command_runs_for_each_event(ctl, cluster):
    script = 'echo "$ETCD_WATCH_EVENT_TYPE $ETCD_WATCH_KEY $ETCD_WATCH_VALUE"; cat'
    with watch(ctl, cluster, "k", "--", "sh", "-c", script) as running:
        # One by one: events that come in one answer are printed before the first command runs.
        cluster.etcdctl("put", "k", 'a "q"')
        assert running.take(4) == ["PUT", "k", 'a "q"', '"PUT" "k" "a \\"q\\""']
        cluster.etcdctl("del", "k")
        assert running.take(4) == ["DELETE", "k", "", '"DELETE" "k" ""']


@pytest.mark.parametrize("size", [130_000, 200_000, 1_000_000])
def test_case_21_watch_exec_big_value(ctl, cluster, size):
    script = 'echo "$ETCD_WATCH_KEY ${ETCD_WATCH_VALUE-none} ${ETCD_WATCH_VALUE_BYTES-none}"; wc -c'
    env = dict(os.environ, ETCD_WATCH_VALUE="of the parent", ETCD_WATCH_VALUE_BYTES="7")
    env.pop("ETCD_WATCH_VALUE_BYTES")
    with watch(ctl, cluster, "k", "--", "sh", "-c", script, env=env) as running:
        cluster.etcdctl("put", "k", input="x" * size)
        assert [len(line) for line in running.take(3)] == [3, 1, size]
        told = running.take(2)
        if told[0].endswith(" none"):  # it fits
            assert told == [f'"k" "{"x" * size}" none', "0"] and size < 131_072
        else:
            assert told == [f'"k" none {size}', str(size)]
        cluster.etcdctl("put", "k", "small")
        assert running.take(5)[3:] == ['"k" "small" none', "0"]
        # Quoted it takes four times as much.
        cluster.etcdctl("put", "k", input="\x01" * 50_000)
        running.take(3)
        assert running.take(2) == ['"k" none 50000', "50000"]
        cluster.etcdctl("del", "k")
        assert running.take(5)[3:] == ['"k" "" none', "0"]


def test_a_command_gets_a_large_key_s_value(ctl, cluster):
    script = 'echo "${ETCD_WATCH_KEY-none} $ETCD_WATCH_VALUE_BYTES"; cat'
    with watch(ctl, cluster, "k", "--prefix", "--", "sh", "-c", script) as running:
        cluster.etcdctl("txn", input="\nput k" + "x" * 200_000 + " v\n\n\n")
        running.take(3)
        assert running.line() == "none 1"


@pytest.mark.parametrize("command, why", [
    (["false", "x"], "exit status 1"),
    (["nosuchprogram", "x"], 'exec: "nosuchprogram": executable file not found in $PATH'),
    (["sh", "-c", "kill -9 $$"], "signal: killed"),
])
def test_a_failing_command_ends_it(ctl, cluster, command, why):
    with watch(ctl, cluster, "k", "--", *command) as running:
        cluster.etcdctl("put", "k", "v")
        assert running.end() == 1
        quoted = " ".join(f'"{word}"' for word in command)
        assert running.errors == [f"command [{quoted}] error ({why})"]


def test_keys_of_the_environment(ctl, cluster):
    env = dict(os.environ, ETCDCTL_WATCH_KEY="k1", ETCDCTL_WATCH_RANGE_END="k3")
    with watch(ctl, cluster, "--", "echo", "ran", env=env) as running:
        cluster.etcdctl("put", "k2", "v")
        assert running.take(4) == ["PUT", "k2", "v", "ran"]


def test_interactive(ctl, cluster):
    with Running(ctl, "--endpoints", cluster.endpoint, "watch", "-i",
                 stdin=subprocess.PIPE) as running:
        say = running.process.stdin
        start = revision(cluster) + 1
        say.write(f"nonsense\n\nwatch\nwatch a b --prefix\nwatch k1 --rev {start}\n"
                  f"watch k --prefix --rev={start} -- echo 'two words'\n")
        say.flush()
        cluster.etcdctl("put", "k1", "v")
        lines = running.take(7)
        assert sorted(lines) == sorted(["PUT", "k1", "v"] * 2 + ["two words"])
        # Only asked for when all is told.
        time.sleep(0.3)
        say.write("progress\n")
        say.flush()
        assert running.take(2) == [f"progress notify: {start}"] * 2
        say.close()
        assert running.end() == 3
        assert running.errors == [
            "Invalid command nonsense (only support watch)",
            "Invalid command:  (watch and progress supported)",
            "Invalid command watch (command type or key is not provided)",
            "Invalid command watch a b --prefix "
            "(`range_end` and `--prefix` are mutually exclusive)",
            "Error: error reading watch request line: EOF"]


def test_interactive_ends_when_nothing_is_typed(ctl, cluster):
    # The input may end before the stream is open, or while it is being opened.
    for _ in range(8):
        done = ctl("--endpoints", cluster.endpoint, "watch", "-i")
        assert (done.returncode, done.stdout, done.stderr) == (
            3, "", "Error: error reading watch request line: EOF\n")


def test_interactive_ends_with_a_failing_command_while_nothing_is_typed(ctl, cluster):
    with Running(ctl, "--endpoints", cluster.endpoint, "watch", "-i",
                 stdin=subprocess.PIPE) as running:
        running.process.stdin.write(f"watch k --rev {revision(cluster) + 1} -- false\n")
        running.process.stdin.flush()
        cluster.etcdctl("put", "k", "v")
        assert running.end() == 1


@pytest.mark.parametrize("words", [["watch", "k"], ["watch", "-i"]])
def test_ctrl_c_ends_it_without_a_word(ctl, cluster, words):
    with Running(ctl, "--endpoints", cluster.endpoint, *words, stdin=subprocess.PIPE) as running:
        time.sleep(0.3)
        assert running.stop() == -signal.SIGINT
        assert (running.rest(), running.errors) == ([], [])


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_while_its_command_runs(ctl, cluster, sent):
    with watch(ctl, cluster, "k", "--", "sh", "-c", "echo begun; exec sleep 5") as running:
        cluster.etcdctl("put", "k", "v")
        assert running.take(4) == ["PUT", "k", "v", "begun"]
        began = time.monotonic()
        running.process.send_signal(sent)
        assert running.process.wait(timeout=10) == -sent
        assert time.monotonic() - began < 1


def test_it_says_that_no_server_answers_and_goes_on(ctl, new_cluster):
    new_cluster.etcdctl("put", "k", "1")
    new_cluster.members[0].stop()
    with Running(ctl, "--endpoints", new_cluster.endpoint, "--dial-timeout=300ms", "watch", "k",
                 "--rev=1") as running:
        eventually(lambda: running.errors)
        assert running.errors[0].startswith("no server answers yet, still trying: ")
        new_cluster.restart(0)
        assert running.take(3) == ["PUT", "k", "1"]


def test_who_may_not_watch_is_told(ctl, new_cluster):
    for words in (["user", "add", "root:r"], ["user", "grant-role", "root", "root"],
                  ["user", "add", "u:p"], ["auth", "enable"]):
        new_cluster.etcdctl(*words)
    done = ctl("--endpoints", new_cluster.endpoint, "--user=u:p", "watch", "k")
    assert done.returncode == 5
    assert done.stderr.splitlines() == [
        "watch was canceled (rpc error: code = PermissionDenied desc = etcdserver: permission "
        "denied)", "Error: watch is canceled by the server"]


def test_an_idle_connection_is_left_in_peace(ctl, cluster):
    # A server ends a connection that pings too often, and gRPC says so on stderr.
    with Running(ctl, "--endpoints", cluster.endpoint, "watch", "-i",
                 stdin=subprocess.PIPE) as running:
        time.sleep(11)
        assert running.stop() == -signal.SIGINT
        assert running.errors == []


def test_a_token_that_the_server_forgot_is_fetched_again(ctl, new_cluster):
    for words in (["user", "add", "root:r"], ["user", "grant-role", "root", "root"],
                  ["auth", "enable"]):
        new_cluster.etcdctl(*words)
    with Running(ctl, "--endpoints", new_cluster.endpoint, "--user=root:r", "watch", "k",
                 "--rev=1") as running:
        new_cluster.etcdctl("--user=root:r", "put", "k", "1")
        assert running.take(3) == ["PUT", "k", "1"]
        for value in "2", "3":
            # Its tokens are in its memory alone.
            new_cluster.members[0].stop()
            new_cluster.restart(0)
            new_cluster.etcdctl("--user=root:r", "put", "k", value)
            assert running.take(3) == ["PUT", "k", value]
        assert running.errors == []
