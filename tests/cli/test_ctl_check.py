# tests/cli/test_ctl_check.py: cairnctl check on real etcd.
import re

import pytest

from running import Running, eventually


@pytest.mark.parametrize("what", ["perf", "datascale"])
def test_an_unknown_load_is_refused_before_anything_is_sent(ctl, what):
    assert ctl.fails(4, "--endpoints=127.0.0.1:1", "check", what, "--load=bad") == [
        "Error: unknown load option bad"]


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
