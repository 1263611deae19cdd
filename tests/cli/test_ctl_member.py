# tests/cli/test_ctl_member.py: the member commands against real etcd.
import json

import pytest

from at_terminal import at_terminal


def ids(cluster):
    return [f"{member['ID']:x}" for member in
            json.loads(cluster.etcdctl("member", "list", "-w", "json"))["members"]]


@pytest.mark.parametrize("more", [[], ["--hex"], ["--consistency=s"]])
@pytest.mark.parametrize("how", ["simple", "json", "fields", "protobuf"])
def test_list_prints_as_etcdctl(ctl, cluster, how, more):
    words = ["-w", how, *more]
    done = ctl("--endpoints", cluster.endpoint, "member", "list", *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == cluster.etcdctl("member", "list", *words)


def test_a_learner_comes_moves_and_goes(ctl, new_cluster):
    def run(*words):
        return ctl("--endpoints", new_cluster.endpoint, "member", *words)
    peer = new_cluster.members[0].peer_url
    done = run("add", "m9", "--learner", "--peer-urls=http://127.0.0.1:9,http://127.0.0.1:10")
    assert done.returncode == 0, done
    learner = next(id for id in ids(new_cluster) if id in done.stdout)
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"Member {learner:>16} added as learner to cluster ")
    assert lines[1:3] == ["", 'ETCD_NAME="m9"']
    cluster = lines[3].removeprefix('ETCD_INITIAL_CLUSTER="').removesuffix('"').split(",")
    assert sorted(cluster) == sorted(["m9=http://127.0.0.1:9", "m9=http://127.0.0.1:10",
                                      f"m0={peer}"])
    assert lines[4:] == [
        'ETCD_INITIAL_ADVERTISE_PEER_URLS="http://127.0.0.1:9,http://127.0.0.1:10"',
        'ETCD_INITIAL_CLUSTER_STATE="existing"']

    done = run("update", learner, "--peer-urls=http://127.0.0.1:11", "-w", "json")
    assert {"ID": int(learner, 16), "peerURLs": ["http://127.0.0.1:11"], "isLearner": True} in \
        json.loads(done.stdout)["members"]
    done = run("promote", learner)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: etcdserver: can only promote a learner member which is in sync " \
                          "with leader\n"
    done = run("remove", learner, "--dry-run")
    assert done.stdout == f"would remove learner {learner}: it has no vote\n"
    assert len(ids(new_cluster)) == 2
    done = run("remove", learner)
    assert done.stdout.startswith(f"Member {learner:>16} removed from cluster ")
    assert len(ids(new_cluster)) == 1


@pytest.mark.parametrize("code,message,words", [
    (128, "member name not provided", ["add"]),
    (128, "member peer urls not provided", ["add", "n2"]),
    (128, "too many arguments, did you mean --peer-urls=http://a:1", ["add", "n2", "http://a:1"]),
    (1, "URL scheme must be http, https, unix, or unixs: foo", ["add", "n2", "--peer-urls=foo"]),
    (128, "member ID is not provided", ["remove"]),
    (128, "member ID is not provided", ["remove", ""]),
    (1, "etcdserver: member not found", ["remove", "1234"]),
    (1, "etcdserver: member not found", ["remove", "1234", "--dry-run"]),
    (128, "member ID is not provided", ["update"]),
    (128, "member peer urls not provided", ["update", "1234"]),
    (1, "etcdserver: member not found", ["update", "1234", "--peer-urls=http://a:1"]),
    (128, "member ID is not provided", ["promote", "1", "2"]),
    (1, "etcdserver: member not found", ["promote", "1234"]),
    (4, 'unknown consistency flag "q"', ["list", "--consistency=q"]),
    (4, "table not supported as output format", ["add", "n2", "--peer-urls=http://a:1", "-w",
                                                 "table"]),
])
def test_errors(ctl, cluster, code, message, words):
    assert ctl.fails(code, "--endpoints", cluster.endpoint, "member", *words)[0] == \
        f"Error: {message}"
    assert len(ids(cluster)) == 1


@pytest.mark.parametrize("words", [["member", "remove", "zz"], ["member", "promote", "m0"],
                                   ["member", "update", "m0", "--peer-urls=http://a:1"]])
def test_under_etcd_s_name_a_member_is_an_id(etcdctl, words):
    assert etcdctl.fails(128, "--endpoints=127.0.0.1:1", *words) == [
        f'Error: bad member ID arg (strconv.ParseUint: parsing "{words[2]}": invalid syntax), '
        "expecting ID in Hex"]


def test_members_by_name(ctl, new_cluster):
    def run(*words):
        return ctl("--endpoints", new_cluster.endpoint, *words)
    (first,) = ids(new_cluster)
    for number, port in enumerate((9, 10)):
        new_cluster.etcdctl("member", "add", "any", "--learner" if number == 0 else "--learner",
                            f"--peer-urls=http://127.0.0.1:{port}", check=False)
    learner = next(one for one in ids(new_cluster) if one != first)
    # A member that was not started has no name.
    lines = ctl.fails(128, "--endpoints", new_cluster.endpoint, "member", "remove", "any")
    assert lines[0].startswith('Error: no member is called "any": expecting a name or an ID in Hex')
    assert first in lines[0] and learner in lines[0] and '"m0"' in lines[0]
    done = run("member", "update", "m0", f"--peer-urls={new_cluster.members[0].peer_url}")
    assert done.stdout.startswith(f"Member {first:>16} updated in cluster "), done
    done = run("move-leader", "m0")
    assert done.stdout == f"Leadership transferred from {first} to {first}\n"
    done = run("member", "promote", "m0")
    assert (done.returncode, done.stderr) == \
        (1, "Error: etcdserver: can only promote a learner member\n")
    done = run("member", "remove", "m0", "--dry-run")
    assert first in done.stdout and "(m0)" in done.stdout
    ctl.fails(128, "--endpoints", new_cluster.endpoint, "move-leader", "nosuch")
    done = run("member", "remove", learner)
    assert done.returncode == 0 and ids(new_cluster) == [first]


def test_removal_that_would_lose_the_quorum(ctl, cluster_of_three):
    # Two of three are up: without one of them, one of two is left.
    all_ids = {name: id for id, name in (
        (line.split(", ")[0], line.split(", ")[2])
        for line in cluster_of_three.etcdctl("member", "list").splitlines())}
    words = ["--endpoints", cluster_of_three.endpoints, "member", "remove"]
    whole = ctl(*words, all_ids["m1"], "--dry-run")
    assert "2 of the 2 voters that stay answer, 2 are needed: the cluster keeps" in whole.stdout
    cluster_of_three.members[2].stop()
    risky = ctl(*words, all_ids["m1"], "--dry-run")
    assert risky.stdout == f"would remove member {all_ids['m1']} (m1): 1 of the 2 voters that " \
                           "stay answer, 2 are needed: the cluster would lose its quorum\n"
    asked = at_terminal([ctl.path, *words, all_ids["m1"]],
                        [("Remove it all the same? [y/N] ", "n")])
    assert asked.returncode == 1
    assert "would lose its quorum" in asked.text
    assert "not confirmed: nothing was changed" in asked.text
    assert len(ids(cluster_of_three)) == 3
    # The one that is down may go without a question.
    gone = at_terminal([ctl.path, *words, all_ids["m2"]])
    assert gone.returncode == 0, gone.text
    assert "[y/N]" not in gone.text
    assert len(ids(cluster_of_three)) == 2
