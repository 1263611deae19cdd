# tests/cli/test_ctl_bad_streams.py: signals, and a server that goes away, in every long command.
import json
import random
import select
import signal
import subprocess
import time

import pytest

from conftest import Program
from relay import Relay
from running import Running, eventually

SLOW = 1_000_000  # bytes a second


@pytest.fixture(scope="module")
def filled(shared_cluster):
    """About 2 MB that don't compress, in /big/. Each test has keys of its own beside them."""
    before = json.loads(shared_cluster.etcdctl("get", "x", "-w", "json"))["header"]["revision"]
    shared_cluster.put_noise("/big/", 8, 250_000)
    shared_cluster.first_big = before + 1
    return shared_cluster


class Long:
    """A long command and how one sees that it is at work."""

    def __init__(self, words, begun, codes, rate=0, said=()):
        self.words, self.begun, self.codes, self.rate, self.said = words, begun, codes, rate, said


INT, TERM = signal.SIGINT, signal.SIGTERM
DIES = {INT: -INT, TERM: -TERM}
ENDS = {INT: 0, TERM: 0}
TAKES = {count: lambda at, count=count: at.running.take(count) for count in (1, 2, 3)}
INTERRUPTED = ("Error: interrupted",)

LONG = {
    "watch": Long(["watch", "/{n}/w", "--rev={first}"], TAKES[3], DIES),
    "lock": Long(["lock", "/{n}/lock"], TAKES[2], ENDS),
    "elect": Long(["elect", "/{n}/elect", "me"], TAKES[2], ENDS),
    "elect -l": Long(["elect", "-l", "/{n}/led"], TAKES[2], ENDS),
    "keep-alive": Long(["lease", "keep-alive", "{lease}"], TAKES[1], DIES),
    "snapshot": Long(["snapshot", "save", "{folder}/s.db"],
                     lambda at: eventually(lambda: at.relay.passed > 300_000), DIES, SLOW,
                     INTERRUPTED),
    "get": Long(["get", "/big/", "--prefix"],
                lambda at: eventually(lambda: at.relay.passed > 300_000), DIES, SLOW, INTERRUPTED),
    "make-mirror": Long(["make-mirror", "{endpoint}", "--prefix=/{n}/w", "--dest-prefix=/{n}/to"],
                        lambda at: eventually(lambda: at.cluster.keys(f"/{at.n}/to")), DIES),
    "check perf": Long(["check", "perf", "--prefix=/{n}/check/"],
                       lambda at: eventually(lambda: at.cluster.keys(f"/{at.n}/check/")), None),
    "check datascale": Long(
        ["check", "datascale", "--load=l", "--prefix=/{n}/check/"],
        lambda at: eventually(lambda: at.cluster.keys(f"/{at.n}/check/")), {INT: 1, TERM: 1},
        said=("Error: interrupted; the keys are deleted",)),
}


class Started:
    """The command at work, after a line of its own."""

    def __init__(self, program, name, cluster, folder, *flags):
        self.cluster, self.n = cluster, random.randrange(1 << 60)
        long = LONG[name]
        lease = ""
        if "{lease}" in long.words:
            lease = cluster.etcdctl("lease", "grant", "60").split()[1]
        put = json.loads(cluster.etcdctl("put", f"/{self.n}/w", "v", "-w", "json"))
        if name == "elect -l":
            cluster.etcdctl("put", f"/{self.n}/led/1", "p")
        self.relay = Relay(cluster.endpoint, long.rate)
        folder.mkdir()
        words = [word.format(n=self.n, first=put["header"]["revision"], folder=folder,
                             lease=lease, endpoint=cluster.endpoint) for word in long.words]
        self.running = Running(program, "--endpoints", self.relay.endpoint, *flags, *words)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.running.__exit__()
        self.relay.close()

    def left(self):
        """The keys that only live as long as the command."""
        return [key for key in self.cluster.keys(f"/{self.n}/")
                if key.split("/")[2] in ("lock", "elect", "check")]


@pytest.mark.parametrize("sent", [INT, TERM], ids=["INT", "TERM"])
@pytest.mark.parametrize("name", LONG)
def test_a_signal_ends_it_and_leaves_nothing(ctl, filled, tmp_path, name, sent):
    long = LONG[name]
    with Started(ctl, name, filled, tmp_path / "ours") as ours:
        long.begun(ours)
        ours.running.process.send_signal(sent)
        code = ours.running.end(40)
        assert long.codes is None or code == long.codes[sent]
        assert tuple(ours.running.errors) == long.said
        assert ours.left() == [] and list((tmp_path / "ours").iterdir()) == []
    if long.codes is None or name == "check datascale":
        return  # etcdctl leaves its keys there when SIGTERM comes
    with Started(Program(filled.etcdctl_path), name, filled, tmp_path / "theirs") as theirs:
        long.begun(theirs)
        assert theirs.running.stop(sent) == code




@pytest.mark.parametrize("name", [name for name in LONG if name not in ("snapshot", "get")])
def test_ctrl_c_ends_it_when_the_server_is_gone(ctl, filled, tmp_path, name):
    long = LONG[name]
    # Without the flag a lock is given back for as long as any command may take, not for ever.
    flags = ["--command-timeout=2s"] if name != "lock" else []
    with Started(ctl, name, filled, tmp_path / "ours", *flags) as ours:
        long.begun(ours)
        ours.relay.close()
        ours.running.process.send_signal(INT)
        code = ours.running.end(40)
        if name in ("lock", "elect"):
            # What can't be given back goes with its lease.
            assert code in (0, 1)
            assert code == 0 or "connection refused" in ours.running.errors[-1]
        elif name.startswith("check"):
            assert code == 1
            told = "\n".join([*ours.running.rest(), *ours.running.errors])
            assert "connection refused" in told
        else:
            assert (code, ours.running.errors) == (long.codes[INT], [])


@pytest.mark.parametrize("sent", [INT, TERM], ids=["INT", "TERM"])
@pytest.mark.parametrize("words", [["get", "/big/", "--prefix"], ["watch", "/big/", "--prefix"]],
                         ids=["get", "watch"])
def test_a_signal_ends_it_when_nobody_reads_its_output(ctl, filled, words, sent):
    if words[0] == "watch":
        words = [*words, f"--rev={filled.first_big}"]
    stalled = subprocess.Popen([ctl.path, "--endpoints", filled.endpoint, *words],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    try:
        # A full pipe.
        eventually(lambda: select.select([stalled.stdout], [], [], 0)[0])
        time.sleep(0.3)
        stalled.send_signal(sent)
        began = time.monotonic()
        assert stalled.wait(timeout=10) == -sent
        assert time.monotonic() - began < 1
    finally:
        stalled.kill()
        stalled.wait()
        stalled.stdout.close()


def test_a_lease_that_can_t_be_renewed_is_told(ctl, filled, tmp_path):
    lease = filled.etcdctl("lease", "grant", "2").split()[1]
    with Relay(filled.endpoint) as relay, \
            Running(ctl, "--endpoints", relay.endpoint, "lease", "keep-alive", lease) as running:
        running.take(1)
        relay.close()
        assert running.end() == 2
        assert running.errors[-1].startswith(f"Error: lease {lease} could not be renewed")


def test_a_lock_that_can_t_be_renewed_is_lost(ctl, filled):
    with Relay(filled.endpoint) as relay, \
            Running(ctl, "--endpoints", relay.endpoint, "--command-timeout=1s", "lock", "l",
                    "--ttl=1") as running:
        running.take(2)
        relay.close()
        assert running.end() == 1
        assert running.errors == ["Error: session expired"]


def test_a_range_that_breaks_off_is_an_error(ctl, filled):
    with Relay(filled.endpoint, SLOW) as relay, \
            Running(ctl, "--endpoints", relay.endpoint, "--command-timeout=1s", "get", "/big/",
                    "--prefix") as running:
        eventually(lambda: relay.passed > 300_000)
        relay.close()
        assert running.end() == 1
        assert running.errors == [f"Error: context deadline exceeded ({relay.endpoint}: "
                                  "connection refused)"]


@pytest.mark.parametrize("name", ["watch", "elect -l", "make-mirror"])
def test_it_waits_for_a_server_that_is_stopped(ctl, new_cluster, tmp_path, name):
    with Started(ctl, name, new_cluster, tmp_path / "ours") as ours:
        LONG[name].begun(ours)
        new_cluster.members[0].stop()
        new_cluster.restart(0)
        what = {"elect -l": "led/1"}.get(name, "w")
        new_cluster.etcdctl("put", f"/{ours.n}/{what}", "again")
        if name == "make-mirror":
            eventually(lambda: "again" in new_cluster.etcdctl("get", f"/{ours.n}/to"))
        else:
            eventually(lambda: "again" in ours.running.rest())
        assert ours.running.errors == []
