# tests/cli/test_ctl_lease.py: cairnctl lease on real etcd.
import signal

import pytest

from running import Running


def grant(cluster, seconds):
    return cluster.etcdctl("lease", "grant", seconds).split()[1]


@pytest.mark.parametrize("code, words, error", [
    (128, ["grant"], "lease grant command needs TTL argument"),
    (128, ["grant", "x"], 'bad TTL (strconv.ParseInt: parsing "x": invalid syntax)'),
    (128, ["revoke", "zz"],
     'bad lease ID arg (strconv.ParseInt: parsing "zz": invalid syntax), expecting ID in Hex'),
    (128, ["keep-alive"], "lease keep-alive command needs lease ID as argument"),
    (4, ["list", "-w", "table"], "table not supported as output format"),
    (1, ["grant", "9000000001"], "failed to grant lease (etcdserver: too large lease TTL)"),
    (1, ["revoke", "1234"], "failed to revoke lease (etcdserver: requested lease not found)"),
    (1, ["keep-alive", "--once", "1234"], "etcdserver: requested lease not found"),
])
def test_errors(ctl, cluster, code, words, error):
    assert ctl.fails(code, "--endpoints", cluster.endpoint, "lease", *words)[0] == f"Error: {error}"


@pytest.mark.parametrize("how", ["simple", "json", "fields", "protobuf"])
def test_it_prints_as_etcdctl(ctl, cluster, how):
    lease = grant(cluster, 1000)
    cluster.etcdctl("put", "k", "v", "--lease", lease)
    for words in (["list"], ["timetolive", "1234"], ["timetolive", "1234", "--keys"],
                  ["keep-alive", "--once", lease], ["keep-alive", "1234"]):
        done = ctl("--endpoints", cluster.endpoint, "lease", *words, "-w", how)
        gone = "1234" in words
        assert (done.returncode, done.stderr) == (1 if gone else 0, ""), done
        assert done.stdout == cluster.etcdctl("lease", *words, "-w", how), words


@pytest.mark.parametrize("words", [["timetolive", "1234"], ["keep-alive", "1234"],
                                   ["keep-alive", "--once", "1234"]])
def test_a_lease_that_is_gone_is_told_by_the_exit_code(ctl, etcdctl, cluster, words):
    ours = ctl("--endpoints", cluster.endpoint, "lease", *words)
    theirs = cluster.etcdctl("lease", *words, check=False)
    assert ours.returncode == 1 and ours.stdout == theirs.stdout
    done = etcdctl("--endpoints", cluster.endpoint, "lease", *words)
    assert (done.returncode, done.stdout) == (theirs.returncode, theirs.stdout)


@pytest.mark.parametrize("name", ["ctl", "etcdctl"])
@pytest.mark.parametrize("words", [["keep-alive", "1234"], ["keep-alive", "--once", "1234"],
                                   ["timetolive", "1234"], ["timetolive", "1234", "--keys"]])
def test_case_18_keep_alive_unreachable(request, name, words):
    lines = request.getfixturevalue(name).fails(
        2, "--endpoints=127.0.0.1:1", "--command-timeout=500ms", "lease", *words)
    assert lines == ["Error: context deadline exceeded (127.0.0.1:1: connection refused)"]


def test_keep_alive_whose_server_goes_away_doesn_t_call_the_lease_expired(ctl, new_cluster):
    lease = grant(new_cluster, 2)
    with Running(ctl, "--endpoints", new_cluster.endpoint, "lease", "keep-alive", lease) as running:
        running.take(1)
        new_cluster.members[0].stop()
        assert running.end() == 2
        assert all("keepalived" in line for line in running.rest())
        assert running.errors[0].startswith(
            f"Error: lease {lease} could not be renewed for its 2 s, so that it may have expired: ")
        assert "connection refused" in running.errors[0]


def test_a_lease_and_its_keys(ctl, cluster):
    granted = ctl("--endpoints", cluster.endpoint, "lease", "grant", "100").stdout.split()
    assert granted[2:] == ["granted", "with", "TTL(100s)"]
    lease = granted[1]
    cluster.etcdctl("put", "k", "v", "--lease", lease)
    told = ctl("--endpoints", cluster.endpoint, "lease", "timetolive", lease, "--keys").stdout
    assert told.startswith(f"lease {lease} granted with TTL(100s), remaining(")
    assert told.endswith("s), attached keys([k])\n")
    revoked = ctl("--endpoints", cluster.endpoint, "lease", "revoke", lease)
    assert revoked.stdout == f"lease {lease} revoked\n"
    assert cluster.etcdctl("get", "k") == ""


def test_keep_alive_until_it_is_revoked(ctl, cluster):
    lease = grant(cluster, 2)
    with Running(ctl, "--endpoints", cluster.endpoint, "lease", "keep-alive", lease) as running:
        # Longer than the lease would live.
        assert running.take(5) == [f"lease {lease} keepalived with TTL(2)"] * 5
        cluster.etcdctl("lease", "revoke", lease)
        assert running.end() == 1
        assert running.rest()[-1] == f"lease {lease} expired or revoked."


def test_keep_alive_ends_by_the_signal(ctl, cluster):
    lease = grant(cluster, 60)
    with Running(ctl, "--endpoints", cluster.endpoint, "lease", "keep-alive", lease) as running:
        running.take(1)
        assert running.stop() == -signal.SIGINT
        assert running.errors == []


def test_keep_alive_goes_on_when_a_member_goes(ctl, cluster_of_three):
    lease = grant(cluster_of_three, 6)
    with Running(ctl, "--endpoints", cluster_of_three.endpoints, "lease", "keep-alive",
                 lease) as running:
        running.take(1)
        cluster_of_three.members[0].stop()
        running.take(3)


def test_with_a_command_timeout_nothing_waits_for_ever(ctl):
    lines = ctl.fails(2, "--endpoints=127.0.0.1:1", "--command-timeout=300ms", "lease", "list")
    assert lines[0].startswith("Error: context deadline exceeded (127.0.0.1:1: ")
