# tests/cli/test_ctl_check.py: cairnctl check on real etcd.
import re
import signal

import pytest

from cluster import Cluster
from conftest import PEERS
from half_deaf import HalfDeaf
from running import Running, eventually


@pytest.mark.parametrize("what", ["perf", "datascale"])
def test_an_unknown_load_is_refused_before_anything_is_sent(ctl, what):
    assert ctl.fails(4, "--endpoints=127.0.0.1:1", "check", what, "--load=bad") == [
        "Error: unknown load option bad", "It is one of s, m, l, xl, small, medium, large, xLarge."]


@pytest.mark.parametrize("what, hint", [
    ("perf", "prefix \"p/\" has keys. Delete with 'cairnctl del --prefix p/' first"),
    ("datascale", 'prefix "p/" has keys. Delete with cairnctl del --prefix p/ first'),
])
def test_keys_of_others_are_left_alone(ctl, cluster, what, hint):
    cluster.etcdctl("put", "p/1", "v")
    assert ctl.fails(3, "--endpoints", cluster.endpoint, "check", what, "--prefix=p/") == [
        f"Error: {hint}"]
    assert cluster.etcdctl("get", "p/1", "--print-value-only") == "v\n"


def test_datascale(ctl, cluster):
    done = ctl("--endpoints", cluster.endpoint, "check", "datascale", "--auto-compact",
               "--auto-defrag")
    assert (done.returncode, done.stderr) == (0, ""), done
    lines = [re.sub(r"\d+\.\d\d MB|revision \d+", "N", line) for line in done.stdout.splitlines()]
    assert lines == [
        "Start data scale check for work load [10000 key-value pairs, 1024 bytes per key-value, "
        "50 concurrent clients].", "Compacting with N", "Compacted with N",
        f'Defragmenting "{cluster.endpoint}"', f'Defragmented "{cluster.endpoint}"',
        "PASS: Approximate system memory used : N."]
    assert cluster.etcdctl("get", "", "--prefix", "--count-only", "-w", "fields").endswith(
        '"Count" : 0\n')


def test_ctrl_c_leaves_no_keys(ctl, cluster):
    with Running(ctl, "--endpoints", cluster.endpoint, "check", "perf") as running:
        eventually(lambda: cluster.etcdctl("get", "", "--prefix", "--limit=1", "--keys-only"))
        running.stop()
        assert any(line.startswith("PASS: Slowest request") for line in running.rest())
    assert cluster.etcdctl("get", "", "--prefix", "--keys-only") == ""


def test_datascale_reads_metrics_over_tls(ctl, tmp_path):
    cluster = Cluster(PEERS, tmp_path / "tls", 1, flags=["--auto-tls"], scheme="https")
    try:
        done = ctl("--endpoints", cluster.endpoint, "--insecure-skip-tls-verify", "check",
                   "datascale")
    finally:
        cluster.close()
    assert (done.returncode, done.stderr) == (0, ""), done
    assert done.stdout.splitlines()[-1].startswith("PASS: Approximate system memory used : "), done


def test_datascale_waits_for_metrics_no_longer_than_for_other_answers(ctl, cluster):
    with HalfDeaf(cluster.endpoint) as server:
        done = ctl("--endpoints", server.endpoint, "--command-timeout=1s", "check", "datascale")
        assert server.asked.is_set()
    assert done.returncode == 1, done
    assert done.stdout == (
        f"fetch error: {server.endpoint}: context deadline exceeded\n"
        "FAIL: Could not read process_resident_memory_bytes before the put operations.\n")


def test_ctrl_c_ends_the_wait_for_metrics(ctl, cluster):
    with HalfDeaf(cluster.endpoint) as server, \
            Running(ctl, "--endpoints", server.endpoint, "--command-timeout=1m", "check",
                    "datascale") as running:
        assert server.asked.wait(20)
        assert running.stop() == -signal.SIGINT
        assert running.rest() == []
