# tests/cli/test_ctl_lock.py: cairnctl lock and elect on real etcd, alone and beside etcdctl.
import signal

import pytest

from conftest import Program
from relay import Relay
from running import Running, eventually


def lock(program, cluster, *words, **how):
    return Running(program, "--endpoints", cluster.endpoints, "lock", *words, **how)


def elect(program, cluster, *words):
    return Running(program, "--endpoints", cluster.endpoints, "elect", *words)


@pytest.mark.parametrize("words, error", [
    (["lock"], "lock takes a lock name argument and an optional command to execute"),
    (["elect"], "elect takes one election name argument and an optional proposal argument"),
    (["elect", "e"], "no proposal argument but -l not set"),
    (["elect", "-l", "e", "p"], "proposal given but -l is set"),
])
def test_arguments(ctl, words, error):
    assert ctl.fails(128, "--endpoints=127.0.0.1:1", *words) == [f"Error: {error}"]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_is_had_until_the_signal(ctl, cluster, sent):
    with lock(ctl, cluster, "l") as running:
        key = running.line()
        assert running.line() == ""
        assert cluster.keys("l") == [key]
        assert running.stop(sent) == 0
        assert running.errors == []
        assert cluster.keys("l") == []


@pytest.mark.parametrize("command, code, error", [
    (["sh", "-c", "exit 0"], 0, None),
    (["sh", "-c", "exit 7"], 7, "exit status 7"),
    (["sh", "-c", "kill -9 $$"], 255, "signal: killed"),
    (["nosuchprogram"], 1, 'exec: "nosuchprogram": executable file not found in $PATH'),
    (["./nosuch"], 1, "fork/exec ./nosuch: no such file or directory"),
    (["/tmp"], 1, "fork/exec /tmp: permission denied"),
])
def test_the_commands_exit_code_is_given_back(ctl, cluster, command, code, error):
    done = ctl("--endpoints", cluster.endpoint, "lock", "l", "--", *command)
    assert done.returncode == code
    assert done.stderr == (f"Error: {error}\n" if error else "")
    assert cluster.keys("l") == []


def test_the_commands_environment_and_streams(ctl, cluster):
    script = 'echo "$ETCD_LOCK_KEY $ETCD_LOCK_REV"; cat; echo oops >&2'
    done = ctl("--endpoints", cluster.endpoint, "lock", "l", "--", "sh", "-c", script,
               env={"ETCD_LOCK_KEY": "outer"})
    assert done.stderr == "oops\n"
    key, revision = done.stdout.split()
    assert key.startswith("l/") and int(revision) > 0


def test_a_command_dies_of_a_broken_pipe_as_it_would_alone(ctl, cluster):
    done = ctl("--endpoints", cluster.endpoint, "lock", "l", "--", "sh", "-c",
               "(sleep 0.3; yes; echo $? >&2) | head -1")
    assert done.stdout == "y\n"
    assert done.stderr.splitlines()[-1] == "141"


@pytest.mark.parametrize("first, second", [("ctl", "ctl"), ("ctl", "peer"), ("peer", "ctl")])
def test_one_after_the_other(ctl, cluster, first, second):
    programs = {"ctl": ctl, "peer": Program(cluster.etcdctl_path)}
    with lock(programs[first], cluster, "l") as holder:
        holder.take(2)
        with lock(programs[second], cluster, "l") as waiter:
            eventually(lambda: len(cluster.keys("l")) == 2)
            assert waiter.lines.empty()
            assert holder.stop() == 0
            assert waiter.line() in cluster.keys("l")
            assert waiter.stop() == 0


def test_who_waits_gives_its_place_up_at_a_signal(ctl, cluster):
    with lock(ctl, cluster, "l") as holder:
        holder.take(2)
        with lock(ctl, cluster, "l") as waiter:
            eventually(lambda: len(cluster.keys("l")) == 2)
            assert waiter.stop() == 1
            assert waiter.errors == ["Error: context canceled"]
        assert len(cluster.keys("l")) == 1


def test_a_signal_before_the_answer_leaves_no_place_behind(ctl, cluster):
    """The key is there, but the program doesn't know it yet: answers come slowly."""
    with Relay(cluster.endpoint, rate=150) as slow:
        with Running(ctl, "--endpoints", slow.endpoint, "lock", "l") as waiter:
            eventually(lambda: len(cluster.keys("l")) == 1)
            assert waiter.stop() == 1
        assert cluster.keys("l") == []


def test_signals_don_t_take_the_lock_from_a_running_command(ctl, cluster, tmp_path):
    go = tmp_path / "go"
    script = f"echo started; while [ ! -e {go} ]; do sleep 0.05; done; exit 3"
    with lock(ctl, cluster, "l", "--ttl=2", "--", "sh", "-c", script) as running:
        assert running.line() == "started"
        for sent in signal.SIGINT, signal.SIGTERM, signal.SIGINT:
            running.process.send_signal(sent)
        with lock(ctl, cluster, "l", "--", "echo", "mine") as waiter:
            # Longer than the lease would live if nobody renewed it.
            with pytest.raises(Exception):
                waiter.line(seconds=5)
            go.touch()
            assert running.end() == 3
            assert waiter.line() == "mine"


def test_the_lease_goes_and_the_lock_with_it(ctl, cluster):
    with lock(ctl, cluster, "l", "--ttl=2") as running:
        running.take(2)
        lease = cluster.etcdctl("lease", "list").split()[-1]
        cluster.etcdctl("lease", "revoke", lease)
        assert running.end() == 1
        assert running.errors == ["Error: session expired"]


def test_it_is_kept_when_a_member_goes(ctl, cluster_of_three):
    cluster = cluster_of_three
    with lock(ctl, cluster, "l", "--ttl=5") as holder, lock(ctl, cluster, "l") as waiter:
        one, other = (holder, waiter)
        eventually(lambda: not holder.lines.empty() or not waiter.lines.empty())
        if holder.lines.empty():
            one, other = waiter, holder
        one.take(2)
        cluster.members[0].stop()
        with pytest.raises(Exception):
            other.line(seconds=7)
        assert one.stop() == 0
        other.take(2)
        assert other.stop() == 0


def test_elections(ctl, cluster):
    with elect(ctl, cluster, "-l", "e") as observer:
        with elect(ctl, cluster, "e", "one") as first:
            key = first.line()
            assert first.line() == "one"
            assert observer.take(2) == [key, "one"]
            with elect(Program(cluster.etcdctl_path), cluster, "e", "two") as second:
                eventually(lambda: len(cluster.keys("e")) == 2)
                # A new proposal of who leads.
                lease = key.split("/")[1].rjust(16, "0")
                cluster.etcdctl("put", key, "again", "--lease", lease)
                assert observer.take(2) == [key, "again"]
                assert first.stop() == 0
                next_key = second.line()
                assert second.line() == "two"
                assert observer.take(2) == [next_key, "two"]
                with elect(ctl, cluster, "e", "three") as third:
                    eventually(lambda: len(cluster.keys("e")) == 2)
                    assert third.stop() == 1
                    assert third.errors == ["Error: context canceled"]
                assert second.stop() == 0
        assert cluster.keys("e") == []
        assert observer.stop() == 0
        assert observer.errors == []


@pytest.mark.parametrize("how", ["json", "fields"])
def test_formats(ctl, cluster, how):
    with elect(ctl, cluster, "e", "p", "-w", how) as running:
        eventually(lambda: cluster.keys("e"))
        assert running.stop() == 0
        text = "\n".join(running.rest())
        assert text.startswith('{"header"' if how == "json" else '"ClusterID"')


def test_a_table_is_refused_before_the_lock_is_taken(ctl, cluster):
    assert ctl.fails(4, "--endpoints", cluster.endpoint, "lock", "l", "-w", "table") == [
        "Error: table not supported as output format"]
    done = ctl("--endpoints", cluster.endpoint, "lock", "l", "echo", "ran",
               env={"ETCDCTL_WRITE_OUT": "table"})
    assert (done.returncode, done.stdout) == (0, "ran\n")
