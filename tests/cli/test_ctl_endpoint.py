# tests/cli/test_ctl_endpoint.py: endpoint health, status and hashkv against real etcd.
import json
import re
import signal
import time

import pytest

from at_terminal import at_terminal
from cluster import Member, free_ports
from running import Running, eventually
from wrong_server import WrongServer, silent

NOBODY = "127.0.0.1:1"


def masked(text):
    return re.sub(r"\d[\d.]*(ms|µs|s)\b", "TOOK", text)


@pytest.mark.parametrize("how", ["simple", "json", "fields"])
@pytest.mark.parametrize("what", ["health", "status", "hashkv"])
def test_it_prints_as_etcdctl(ctl, cluster, what, how):
    done = ctl("--endpoints", cluster.endpoint, "endpoint", what, "-w", how)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert masked(done.stdout) == masked(cluster.etcdctl("endpoint", what, "-w", how))


@pytest.mark.parametrize("what", ["health", "status", "hashkv"])
def test_the_rows_are_in_the_order_of_the_endpoints(ctl, cluster_of_three, what):
    endpoints = [member.endpoint for member in reversed(cluster_of_three.members)]
    for order in endpoints, endpoints[1:] + endpoints[:1]:
        done = ctl("--endpoints", ",".join(order), "endpoint", what, "-w", "json")
        assert done.returncode == 0, done
        key = "endpoint" if what == "health" else "Endpoint"
        assert [row[key] for row in json.loads(done.stdout)] == order
    done = ctl("--endpoints", endpoints[0], "endpoint", what, "--cluster", "-w", "json")
    members = json.loads(cluster_of_three.etcdctl("member", "list", "-w", "json"))["members"]
    assert [row[key] for row in json.loads(done.stdout)] == \
        [member["clientURLs"][0] for member in members]


def test_one_that_is_down_holds_nobody_up(ctl, cluster):
    endpoints = ",".join([NOBODY, cluster.endpoint, "127.0.0.1:2", "127.0.0.1:3"])
    began = time.monotonic()
    done = ctl("--endpoints", endpoints, "--command-timeout=1s", "endpoint", "health")
    assert time.monotonic() - began < 2.5, "they were asked one after the other"
    assert done.returncode == 1
    assert masked(done.stdout) == \
        f"{cluster.endpoint} is healthy: successfully committed proposal: took = TOOK\n"
    lines = done.stderr.splitlines()
    assert lines[0].startswith(
        f"{NOBODY} is unhealthy: failed to commit proposal: context deadline exceeded")
    assert "connection refused" in lines[0]
    assert lines[1].startswith("127.0.0.1:2 is") and lines[2].startswith("127.0.0.1:3 is")
    assert lines[3:] == ["Error: unhealthy cluster"]


def test_health_in_json_has_etcdctl_s_words(ctl, cluster):
    done = ctl("--endpoints", f"{NOBODY},{cluster.endpoint}", "--command-timeout=1s", "endpoint",
               "health", "-w", "json")
    assert done.returncode == 1
    down, up = json.loads(done.stdout)
    assert (down["health"], down["error"]) == (False, "context deadline exceeded")
    assert up["health"] is True and "error" not in up
    assert "connection refused" in done.stderr


@pytest.mark.parametrize("what,of", [("status", "status"), ("hashkv", "hash")])
def test_what_answers_is_printed_and_the_rest_is_told_under_etcd_s_name(etcdctl, cluster, what, of):
    ctl = etcdctl
    done = ctl("--endpoints", f"{NOBODY},{cluster.endpoint}", "--command-timeout=500ms",
               "endpoint", what)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{cluster.endpoint}, ") and done.stdout.count("\n") == 1
    assert done.stderr.startswith(
        f"Failed to get the {of} of endpoint {NOBODY} (context deadline exceeded")
    nothing = ctl("--endpoints", NOBODY, "--command-timeout=300ms", "endpoint", what, "-w", "json")
    assert (nothing.returncode, nothing.stdout) == (1, "null\n")


REFUSED = "context deadline exceeded (127.0.0.1:1: connection refused)"


@pytest.mark.parametrize("what, name, of", [("status", "Status", "status"),
                                            ("hashkv", "HashKV", "hash")])
def test_one_that_doesn_t_answer_has_a_row_in_every_format(ctl, cluster, what, name, of):
    def rows(how):
        done = ctl("--endpoints", f"{NOBODY},{cluster.endpoint}", "--command-timeout=300ms",
                   "endpoint", what, "-w", how)
        assert done.returncode == 1
        assert done.stderr.splitlines()[0] == \
            f"Failed to get the {of} of endpoint {NOBODY} ({REFUSED})"
        return done.stdout
    down, up = json.loads(rows("json"))
    assert down == {"Endpoint": NOBODY, name: None, "Error": REFUSED}
    assert up["Endpoint"] == cluster.endpoint and up[name]["header"] and "Error" not in up
    assert rows("fields").startswith(f'"Endpoint" : "{NOBODY}"\n"Error" : "{REFUSED}"\n\n')
    lines = rows("simple").splitlines()
    assert lines[1].startswith(f"{cluster.endpoint}, ")
    cells = lines[0].split(", ")
    assert cells[0] == NOBODY and len(cells) == lines[1].count(", ") + 1
    assert [cell for cell in cells[1:] if cell] == ([REFUSED] if what == "status" else [])
    table = rows("table").splitlines()
    assert f" {NOBODY} |" in table[3] and f" {cluster.endpoint} |" in table[4]
    assert (REFUSED in table[3]) == (what == "status")


def test_a_learner_and_a_dead_endpoint_have_rows(ctl, new_cluster, tmp_path):
    client, peer = free_ports(2)
    learner = Member(new_cluster.members[0].binary, "learner", tmp_path, client, peer)
    new_cluster.etcdctl("member", "add", "learner", "--learner", "--peer-urls", learner.peer_url)
    try:
        learner.start(f"{new_cluster.initial},learner={learner.peer_url}")
        # It is no leader, and so not healthy by its own word.
        learner.flags += ["--initial-cluster-state", "existing"]
        learner.stop()
        learner.start(f"{new_cluster.initial},learner={learner.peer_url}")
        endpoints = f"{learner.endpoint},{NOBODY},{new_cluster.endpoint}"

        def ask(what, how):
            return ctl("--endpoints", endpoints, "--command-timeout=1s", "endpoint", what, "-w",
                       how)
        eventually(lambda: json.loads(ask("status", "json").stdout)[0]["Status"])
        status = json.loads(ask("status", "json").stdout)
        assert [row["Endpoint"] for row in status] == endpoints.split(",")
        assert status[0]["Status"]["isLearner"] and status[1]["Status"] is None
        for how in "simple", "fields", "table":
            for what in "status", "health":
                done = ask(what, how)
                assert done.returncode == 1
                shown = done.stdout + (done.stderr if (what, how) == ("health", "simple") else "")
                assert all(endpoint in shown for endpoint in endpoints.split(",")), done
        health = json.loads(ask("health", "json").stdout)
        assert [row["health"] for row in health] == [False, False, True]
        assert "learner" in health[0]["error"]
    finally:
        learner.stop()


@pytest.mark.parametrize("columns", [80, 40, 200])
def test_a_table_is_folded_to_the_terminal_s_width(ctl, etcdctl, cluster, columns):
    def shown(program, *words):
        return at_terminal(["sh", "-c", f"stty cols {columns}; exec \"$@\"", "sh", program.path,
                            "--endpoints", cluster.endpoint, *words, "-w", "table"],
                           env={"LC_ALL": "C.UTF-8"}).text
    for words in (["endpoint", "status"], ["member", "list"], ["endpoint", "health"]):
        text = shown(ctl, *words)
        assert max(map(len, text.splitlines())) <= columns, text
        assert cluster.endpoint in text or columns < 80
    for title in "STORAGE", "PERCENTAGE", "APPLIED", "ERRORS", "DOWNGRADE":
        assert title in shown(ctl, "endpoint", "status")
    # Scripts at a pseudo-terminal read etcdctl's table.
    assert len(shown(etcdctl, "endpoint", "status").splitlines()) == 5
    piped = ctl("--endpoints", cluster.endpoint, "endpoint", "status", "-w", "table").stdout
    assert len(piped.splitlines()) == 5


@pytest.fixture
def quiet():
    """An endpoint that takes connections, and says nothing."""
    with WrongServer(silent) as server:
        yield server.endpoint


@pytest.mark.parametrize("what", ["health", "status", "hashkv"])
def test_a_line_doesn_t_wait_for_the_endpoints_behind_it(ctl, cluster, quiet, what):
    endpoints = ",".join([cluster.endpoint, f"http://{cluster.endpoint}", quiet])
    with Running(ctl, "--endpoints", endpoints, "--command-timeout=30s", "endpoint", what) as asked:
        assert [line.removeprefix("http://").split(",")[0].split(" ")[0]
                for line in asked.take(2)] == [cluster.endpoint] * 2
        assert asked.process.poll() is None, "the last one has half a minute"
        assert asked.stop() == -signal.SIGINT
        assert asked.rest() == []


@pytest.mark.parametrize("what", ["health", "status", "hashkv"])
def test_a_line_waits_for_the_endpoints_before_it(ctl, cluster, quiet, what):
    endpoints = f"{quiet},{cluster.endpoint}"
    with Running(ctl, "--endpoints", endpoints, "--command-timeout=30s", "endpoint", what) as asked:
        time.sleep(1)
        assert asked.process.poll() is None and asked.rest() == []
        assert asked.stop() == -signal.SIGINT
        assert asked.rest() == []


def test_hashkv_at_a_revision(ctl, cluster):
    for value in "abc":
        cluster.etcdctl("put", "k", value)
    revision = json.loads(cluster.etcdctl("endpoint", "status", "-w", "json")
                          )[0]["Status"]["header"]["revision"]
    for at in revision - 1, revision:
        words = ["endpoint", "hashkv", f"--rev={at}", "-w", "json"]
        assert ctl("--endpoints", cluster.endpoint, *words).stdout == cluster.etcdctl(*words)
    done = ctl("--endpoints", cluster.endpoint, "endpoint", "hashkv", "--rev=99999")
    assert (done.returncode, done.stdout) == (1, f"{cluster.endpoint}, , \n")
    assert done.stderr.splitlines()[-1] == \
        "Error: etcdserver: mvcc: required revision is a future revision"


def test_without_a_quorum_the_members_are_still_shown(ctl, cluster_of_three):
    for member in cluster_of_three.members[1:]:
        member.stop()
    up = cluster_of_three.members[0].endpoint
    done = ctl("--endpoints", up, "--command-timeout=1s", "endpoint", "status", "--cluster")
    assert done.returncode == 1
    rows = done.stdout.splitlines()
    assert len(rows) == 3 and sum(row.startswith(f"http://{up}, ") for row in rows) == 1
    assert "The member list is what one member knows" in done.stderr
    assert done.stderr.count("Failed to get the status of endpoint") == 2


@pytest.mark.parametrize("what", ["health", "status", "hashkv"])
def test_a_cluster_that_can_t_be_asked_for_its_members(ctl, what):
    ctl.fails(1, "--endpoints", NOBODY, "--command-timeout=300ms", "endpoint", what, "--cluster")


@pytest.mark.parametrize("what", ["health", "status", "hashkv"])
@pytest.mark.parametrize("how", ["protobuf", "yaml"])
def test_formats_are_refused_before_anything_is_sent(ctl, what, how):
    began = time.monotonic()
    ctl.fails(4, "--endpoints", NOBODY, "endpoint", what, "-w", how)
    assert time.monotonic() - began < 1
