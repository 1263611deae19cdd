# tests/cli/test_ctl_kv.py: get, put, del, txn and compaction against a real etcd, as far as the
# agreement test (tests/interop) doesn't compare them: pages, questions, refusals.
import base64
import json
import os
import random
import string
import subprocess
import sys
import time

import pytest

from at_terminal import at_terminal
from cluster import Cluster
from conftest import PEERS
from wrong_server import WrongServer, silent


def fill(ctl, cluster, count, value="v"):
    """Keys k000000 … in transactions of a hundred."""
    for first in range(0, count, 100):
        puts = "".join(f"put k{i:06} {value}{i}\n" for i in range(first, min(first + 100, count)))
        done = subprocess.run([ctl.path, "txn"], input=f"\n{puts}\n\n", text=True,
                              env=dict(os.environ, **cluster.env), stdout=subprocess.PIPE)
        assert done.returncode == 0, done


def on_terminal(ctl, cluster, answer, *words):
    """At a terminal, with the answer to a question that is to come; (exit code, what it showed)."""
    done = at_terminal([ctl.path, *words], [("[y/N]", answer)] if answer else [], cluster.env)
    return done.returncode, done.text


def test_a_range_in_pages_is_the_range(ctl, cluster):
    fill(ctl, cluster, 2300)
    keys = [f"k{i:06}" for i in range(2300)]
    simple = ctl("get", "k", "--prefix", "--keys-only", env=cluster.env)
    assert simple.stdout.split() == keys
    whole = json.loads(ctl("get", "k", "--prefix", "-w", "json", env=cluster.env).stdout)
    assert [base64.b64decode(kv["key"]).decode() for kv in whole["kvs"]] == keys
    assert whole["count"] == 2300 and "more" not in whole
    # A limit is one request, and so is an order that the server must make.
    limited = json.loads(ctl("get", "k", "--prefix", "--limit=700", "-w", "json",
                             env=cluster.env).stdout)
    assert len(limited["kvs"]) == 700 and limited["more"] and limited["count"] == 2300
    down = ctl("get", "k", "--prefix", "--keys-only", "--order=descend", env=cluster.env)
    assert down.stdout.split() == keys[::-1]
    streamed = ctl("get", "k", "--prefix", "--keys-only", "--stream", env=cluster.env)
    assert streamed.stdout == simple.stdout


@pytest.mark.parametrize("more", [
    ["--order=descend"], ["--sort-by=value", "--order=ascend"],
    ["--sort-by=modify", "--order=DESCEND"],
    ["--sort-by=version", "--order=ascend", "--limit=77"],
    ["--min-mod-rev=1", "--max-mod-rev={last}"], ["--min-create-rev={last}", "--keys-only"],
    ["--order=descend", "--keys-only"], ["--order=descend", "--rev={last}"],
    ["--order=descend", "--consistency=s"], ["--limit=300"],
])
def test_every_order_and_filter_prints_as_etcdctl(ctl, cluster, more):
    fill(ctl, cluster, 400)
    last = json.loads(cluster.etcdctl("get", "x", "-w", "json"))["header"]["revision"]
    for key in "k000003", "k000001", "k000003":
        cluster.etcdctl("put", key, "x" * 30_000)
    more = [word.format(last=last) for word in more]
    for how in "simple", "json", "fields":
        words = ["get", "k", "--prefix", *more, "-w", how]
        assert ctl(*words, env=cluster.env).stdout == cluster.etcdctl(*words), words


def test_500_values_of_1_4_mb_take_tens_of_megabytes(ctl, tmp_path):
    # 60 of them do as well: all at once they would take 250 MB.
    with Cluster(PEERS, tmp_path / "cluster", 1) as cluster:
        value = "".join(random.Random(1).choices(string.ascii_letters, k=1_400_000))
        for number in range(60):
            cluster.etcdctl("put", f"big/x{number:03}", input=value)
        # Small ones before them, so that the server sends as many large ones at once.
        for first in range(0, 2000, 100):
            cluster.etcdctl("txn", input="\n" + "".join(
                f"put big/{number:05}s v\n" for number in range(first, first + 100)) + "\n\n")
        for more in [], ["-w", "json"], ["--order=descend"], ["--limit=50"], ["--min-mod-rev=1"]:
            done = subprocess.run(
                [sys.executable, "-c", PEAK, ctl.path, "--endpoints", cluster.endpoint, "get",
                 "big/", "--prefix", *more], text=True, capture_output=True, timeout=60)
            length, peak_kb = map(int, done.stdout.split())
            assert more == ["--limit=50"] or length > 60 * len(value), done
            assert peak_kb < 100_000, more


# Prints how much the program wrote, and the most that it held, in kB.
PEAK = """
import resource, subprocess, sys
program = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
length = 0
while block := program.stdout.read(1 << 20):
    length += len(block)
assert program.wait() == 0
print(length, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_a_server_with_few_operations_in_a_transaction(ctl, tmp_path):
    with Cluster(PEERS, tmp_path / "cluster", 1, ["--max-txn-ops=3"]) as cluster:
        for number in range(40):
            cluster.etcdctl("put", f"k{number:02}", number)
        words = ["get", "k", "--prefix", "--order=descend"]
        assert ctl(*words, env=cluster.env).stdout == cluster.etcdctl(*words) != ""


def test_pages_are_of_one_revision(ctl, cluster):
    fill(ctl, cluster, 1200)
    before = json.loads(ctl("get", "x", "-w", "json", env=cluster.env).stdout)["header"]["revision"]
    fill(ctl, cluster, 1200, "w")
    old = ctl("get", "k", "--prefix", f"--rev={before}", env=cluster.env).stdout.split()
    assert old[1::2] == [f"v{i}" for i in range(1200)]


def test_del_says_how_many_and_asks_on_a_terminal(ctl, cluster):
    fill(ctl, cluster, 20)
    dry = ctl("del", "k", "--prefix", "--dry-run", env=cluster.env)
    assert dry.stdout == "would delete 20 keys\n"
    code, shown = on_terminal(ctl, cluster, "n", "del", "k", "--prefix")
    assert code == 1 and "Delete 20 keys? [y/N]" in shown and "nothing was changed" in shown
    code, shown = on_terminal(ctl, cluster, "y", "del", "k00000", "k00001", "--range")
    assert code == 0 and "[y/N]" in shown
    code, shown = on_terminal(ctl, cluster, "", "del", "k000011")
    assert code == 0 and "[y/N]" not in shown  # a single key
    code, shown = on_terminal(ctl, cluster, "", "del", "k", "--prefix", "--yes")
    assert code == 0 and "[y/N]" not in shown
    code, shown = on_terminal(ctl, cluster, "", "del", "k", "--prefix")
    assert code == 0 and shown == "0\n"  # there is nothing to ask about
    ctl("put", "k", "v", env=cluster.env)
    code, shown = on_terminal(ctl, cluster, "", "del", "k", "--prefix")
    assert code == 0 and shown == "1\n"


def test_del_of_a_range_without_range_waits(ctl, cluster):
    started = time.monotonic()
    done = ctl("del", "a", "b", env=cluster.env)
    assert done.returncode == 0 and done.stdout == "0\n"
    assert time.monotonic() - started > 1.9 and "Warning: Keys between" in done.stderr


@pytest.mark.parametrize("words", [("get", "a", "-w", "yaml"), ("put", "a", "b", "-w", "table"),
                                   ("del", "a", "-w", "table")])
def test_a_format_is_refused_before_anything_is_sent(ctl, cluster, words):
    ctl("put", "a", "old", env=cluster.env)
    assert ctl(*words, env=cluster.env).returncode == 4
    assert ctl("get", "a", env=cluster.env).stdout == "a\nold\n"


def test_a_dead_endpoint_costs_no_time(ctl, cluster):
    endpoint = cluster.env["ETCDCTL_ENDPOINTS"]
    both = {"ETCDCTL_ENDPOINTS": f"127.0.0.1:1,{endpoint}"}
    started = time.monotonic()
    for _ in range(5):
        assert ctl("put", "a", "b", env=both).stdout == "OK\n"
    assert time.monotonic() - started < 2


def test_an_unreachable_cluster_is_told_with_the_reason(ctl):
    lines = ctl.fails(1, "get", "a", "--command-timeout=300ms", "--endpoints=127.0.0.1:1")
    assert lines == ["Error: context deadline exceeded (127.0.0.1:1: connection refused)"]
    lines = ctl.fails(128, "get", "a", "--endpoints=127.0.0.1:x")
    assert "bad endpoint" in lines[0]
    lines = ctl.fails(2, "get", "a", "--endpoints=")
    assert lines == ["Error: etcdclient: no available endpoints"]


def test_endpoints_may_be_repeated_and_need_no_port(ctl, cluster):
    endpoint = cluster.env["ETCDCTL_ENDPOINTS"]
    done = ctl("put", "a", "b", "--endpoints=127.0.0.1:1", f"--endpoints={endpoint}")
    assert done.stdout == "OK\n"


def test_ctrl_c_ends_a_call_that_waits(ctl):
    with WrongServer(silent) as server:
        waiting = subprocess.Popen([ctl.path, "get", "a", f"--endpoints={server.endpoint}"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.5)
        waiting.send_signal(2)
        waiting.communicate(timeout=2)
        assert waiting.returncode == -2


def test_debug_shows_the_flags_and_no_password(ctl, cluster):
    done = ctl("get", "nosuch", "--debug", "--user=root:secret", env=cluster.env)
    lines = done.stderr.splitlines()
    assert f"ETCDCTL_ENDPOINTS=[{cluster.endpoint}]" in lines
    assert "ETCDCTL_COMMAND_TIMEOUT=5s" in lines and "ETCDCTL_DEBUG=true" in lines
    assert "ETCDCTL_WRITE_OUT=simple" in lines and "secret" not in done.stderr
    done = ctl("get", "nosuch", "--debug", "--auth-jwt-token=secret", env=cluster.env)
    assert "ETCDCTL_AUTH_JWT_TOKEN=***" in done.stderr.splitlines()
    assert "secret" not in done.stderr


def test_errors_in_json(ctl):
    for code, words in [(1, ["get", "a", "--endpoints=127.0.0.1:1", "--command-timeout=100ms"]),
                        (128, ["get"]), (1, ["get", "--nosuch"]), (4, ["get", "a", "-w", "yaml"])]:
        for asked in "--json-errors", "--json-errors=TRUE":
            done = ctl(*words, asked)
            told = json.loads(done.stderr)
            assert done.returncode == code == told["exitCode"] and told["error"], done


@pytest.mark.parametrize("code, words", [
    (1, ["get", "a", "--endpoints=127.0.0.1:1", "--command-timeout=100ms"]),
    (128, ["get"]), (1, ["get", "--nosuch"]), (1, ["nosuch"]), (4, ["get", "a", "-w", "yaml"])])
def test_errors_in_json_because_of_the_environment(ctl, code, words):
    for value in "true", "1":
        done = ctl(*words, env={"ETCDCTL_JSON_ERRORS": value})
        told = json.loads(done.stderr)
        assert done.returncode == code == told["exitCode"] and told["error"], done
    for value in "false", "", "nonsense":
        done = ctl(*words, env={"ETCDCTL_JSON_ERRORS": value})
        assert done.returncode == code and "\nError: " in "\n" + done.stderr, done
    done = ctl(*words, "--json-errors=false", env={"ETCDCTL_JSON_ERRORS": "true"})
    assert done.returncode == code and "\nError: " in "\n" + done.stderr, done
