# tests/cli/test_ctl_make_mirror.py: cairnctl make-mirror between two real etcds.
import json
import os
import signal
import time

import pytest

from cluster import Cluster
from conftest import PEERS
from running import Running, eventually


@pytest.fixture(scope="module")
def shared_destination(tmp_path_factory):
    cluster = Cluster(PEERS, tmp_path_factory.mktemp("destination"), 1)
    yield cluster
    cluster.close()


@pytest.fixture
def destination(shared_destination):
    shared_destination.clear()
    return shared_destination


def mirror(ctl, cluster, destination, *words):
    return Running(ctl, "--endpoints", cluster.endpoint, "make-mirror", destination.endpoint,
                   *words)


def pairs(cluster):
    words = cluster.etcdctl("get", "", "--prefix").split("\n")
    return dict(zip(words[::2], words[1::2]))


@pytest.mark.parametrize("words, renamed", [
    ([], lambda key: key),
    (["--prefix", "m/"], lambda key: key if key.startswith("m/") else None),
    (["--prefix", "m/", "--dest-prefix", "n/"],
     lambda key: "n/" + key[2:] if key.startswith("m/") else None),
    (["--prefix", "m/", "--no-dest-prefix"],
     lambda key: key[2:] if key.startswith("m/") else None),
    (["--dest-prefix", "all/"], lambda key: "all/" + key),
    (["--max-txn-ops", "1"], lambda key: key),
])
def test_what_is_there_and_what_changes(ctl, cluster, destination, words, renamed):
    def arrived():
        wanted = {renamed(k): v for k, v in pairs(cluster).items() if renamed(k)}
        return pairs(destination) == wanted
    for number in range(5):
        cluster.etcdctl("put", f"m/{number}", number)
    cluster.etcdctl("put", "other", "x")
    with mirror(ctl, cluster, destination, *words) as running:
        eventually(arrived)
        cluster.etcdctl("del", "m/1")
        cluster.etcdctl("put", "m/1", "again")
        cluster.etcdctl("del", "m/2")
        cluster.etcdctl("put", "later", "y")
        cluster.etcdctl("txn", input="\nput m/7 7\nput m/8 8\ndel m/3\n\n\n")
        eventually(arrived)
        assert running.stop() == -signal.SIGINT
        assert (running.rest(), running.errors) == ([], [])


def test_from_a_revision_on_with_the_same_keys(ctl, cluster, destination):
    cluster.etcdctl("put", "m/old", "1")
    revision = cluster.etcdctl("put", "m/new", "2", "-w", "json").split('"revision":')[1]
    start = revision.split(",")[0]
    with mirror(ctl, cluster, destination, "--prefix=m/", f"--rev={start}"):
        eventually(lambda: pairs(destination) == {"m/new": "2"})


def test_more_keys_than_a_page(ctl, cluster, destination):
    for part in range(24):
        lines = "".join(f"put k/{part:03}/{n:03} v\n" for n in range(100))
        cluster.etcdctl("txn", input=f"\n{lines}\n\n")
    with mirror(ctl, cluster, destination):
        eventually(lambda: len(pairs(destination)) == 2400, seconds=60)


def test_both_sides_come_back(ctl, tmp_path):
    sides = [Cluster(PEERS, tmp_path / name, 1) for name in ("from", "to")]
    try:
        source, target = sides
        with mirror(ctl, source, target):
            source.etcdctl("put", "a", "1")
            eventually(lambda: pairs(target).get("a") == "1")
            for cluster in target, source:
                cluster.members[0].stop()
                if cluster is target:
                    source.etcdctl("put", "a", "while it is away")
                cluster.restart(0)
                source.etcdctl("put", "b", str(cluster is target))
                eventually(lambda: pairs(source) == pairs(target))
    finally:
        for side in sides:
            side.close()


def test_a_compacted_revision(ctl, cluster, destination):
    cluster.etcdctl("put", "a", "1")
    revision = cluster.etcdctl("put", "a", "2", "-w", "json").split('"revision":')[1].split(",")[0]
    cluster.etcdctl("compact", revision)
    assert ctl.fails(1, "--endpoints", cluster.endpoint, "make-mirror", destination.endpoint,
                     "--rev=2") == [
        "Error: etcdserver: mvcc: required revision has been compacted"]


@pytest.mark.parametrize("words, error", [
    ([], "make-mirror takes one destination argument"),
    (["d", "--dest-prefix=a", "--no-dest-prefix"],
     "`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one"),
])
def test_arguments(ctl, words, error):
    assert ctl.fails(128, "--endpoints=127.0.0.1:1", "make-mirror", *words) == [f"Error: {error}"]


def revision(cluster):
    return json.loads(cluster.etcdctl("get", "x", "-w", "json"))["header"]["revision"]


@pytest.mark.parametrize("program", ["ctl", "etcdctl"])
@pytest.mark.parametrize("words", [
    ["--prefix=app/"], [], ["--prefix=app/", "--dest-prefix=app/copy/"], ["--dest-prefix=copy/"],
    ["--no-dest-prefix"], ["--prefix=app/", "--rev=1"],
])
def test_case_08_mirror_onto_itself(request, cluster, program, words):
    cluster.etcdctl("put", "app/k", "1")
    before = revision(cluster)
    port = cluster.endpoint.split(":")[1]
    for destination in cluster.endpoint, f"localhost:{port}", f"http://127.0.0.1:{port}":
        lines = request.getfixturevalue(program).fails(
            128, "--endpoints", cluster.endpoint, "make-mirror", destination, *words)
        assert "source and destination are one cluster (" in lines[0], lines
        assert "nothing was written" in lines[0]
    assert revision(cluster) == before


def test_another_member_of_the_source_is_the_source(ctl, cluster_of_three):
    cluster_of_three.etcdctl("put", "a", "1")
    for member in cluster_of_three.members[1:]:
        lines = ctl.fails(128, "--endpoints", cluster_of_three.endpoint, "make-mirror",
                          member.endpoint)
        assert "source and destination are one cluster (" in lines[0], lines


@pytest.mark.parametrize("words, copy", [(["--prefix=a/", "--dest-prefix=b/"], "b/k"),
                                         (["--prefix=a/", "--no-dest-prefix"], "k")])
def test_keys_may_be_copied_within_a_cluster(ctl, cluster, words, copy):
    cluster.etcdctl("put", "a/k", "1")
    with mirror(ctl, cluster, cluster, *words) as running:
        eventually(lambda: pairs(cluster).get(copy) == "1")
        assert running.stop() == -signal.SIGINT
    assert pairs(cluster) == {"a/k": "1", copy: "1"}


def test_clusters_that_were_begun_alike_are_two(ctl, tmp_path):
    url = "http://127.0.0.1:2380"  # nobody connects to the peer of a single member
    ids = ["--initial-advertise-peer-urls", url, "--initial-cluster", f"m0={url}"]
    sides = [Cluster(PEERS, tmp_path / name, 1, ids) for name in ("from", "to")]
    try:
        source, target = sides
        one, two = [json.loads(side.etcdctl("get", "x", "-w", "json"))["header"]["cluster_id"]
                    for side in sides]
        assert one == two
        source.etcdctl("put", "a", "1")
        with mirror(ctl, source, target):
            eventually(lambda: pairs(target) == {"a": "1"})
    finally:
        for side in sides:
            side.close()


def test_a_destination_that_does_not_answer_is_told(ctl, cluster):
    began = time.monotonic()
    assert ctl.fails(2, "--endpoints", cluster.endpoint, "make-mirror", "127.0.0.1:1") == [
        "Error: the destination does not answer: context deadline exceeded "
        "(127.0.0.1:1: connection refused)"]
    assert time.monotonic() - began < 4


def test_a_destination_that_goes_away_is_told_and_waited_for(ctl, cluster, new_cluster):
    with mirror(ctl, cluster, new_cluster, "--dial-timeout=500ms") as running:
        cluster.etcdctl("put", "a", "1")
        eventually(lambda: pairs(new_cluster) == {"a": "1"})
        new_cluster.members[0].stop()
        cluster.etcdctl("put", "a", "2")
        eventually(lambda: running.errors)
        new_cluster.restart(0)
        eventually(lambda: pairs(new_cluster) == {"a": "2"})
        eventually(lambda: len(running.errors) == 2)
        assert running.errors[0].startswith("the destination does not answer, still trying: ")
        assert running.errors[1] == "the destination answers again"


def test_debug_shows_what_grpc_says_of_both_connections(ctl, destination):
    words = ["--endpoints=127.0.0.1:1", "--command-timeout=300ms", "make-mirror", "127.0.0.1:2"]
    env = {"GRPC_VERBOSITY": "info"}
    loud = ctl(*words, "--dest-user=root:x", "--dial-timeout=300ms", "--debug", env=env)
    assert "subchannel" in loud.stderr and "127.0.0.1:2" in loud.stderr, loud  # the destination's
    quiet = ctl(*words, "--dest-user=root:x", "--dial-timeout=300ms", env=env)
    assert "subchannel" not in quiet.stderr and loud.returncode == quiet.returncode == 2
    words[-1] = destination.endpoint
    with Running(ctl, *words, "--debug", env=dict(os.environ, **env)) as running:
        eventually(lambda: any("subchannel" in line and "127.0.0.1:1," in line
                               for line in running.errors))
