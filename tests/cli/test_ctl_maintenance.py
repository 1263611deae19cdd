# tests/cli/test_ctl_maintenance.py: alarm, defrag, move-leader, downgrade, options and the
# deprecated commands on files, against real etcd.
import json
import re
import subprocess

import pytest

from cluster import Cluster
from conftest import PEERS

NOBODY = "127.0.0.1:1"


@pytest.fixture
def full_cluster(tmp_path):
    """One member whose quota is used up."""
    cluster = Cluster(PEERS, tmp_path / "cluster", 1, ["--quota-backend-bytes=200000"])
    while cluster.etcdctl("put", "k", "v" * 50000, check=False).returncode == 0:
        pass
    yield cluster
    cluster.close()


def test_an_alarm_is_shown_until_it_is_disarmed(ctl, full_cluster):
    def run(*words):
        return ctl("--endpoints", full_cluster.endpoint, *words)
    member = json.loads(full_cluster.etcdctl("member", "list", "-w", "json"))["members"][0]["ID"]
    line = f"memberID:{member:x} alarm:NOSPACE\n"
    health = run("endpoint", "health")
    assert (health.returncode, health.stdout) == (1, "")
    assert health.stderr == f"{full_cluster.endpoint} is unhealthy: failed to commit proposal: " \
                            f"Active Alarm(s): NOSPACE \n{STEPS}Error: unhealthy cluster\n"
    health = json.loads(run("endpoint", "health", "-w", "json").stdout)
    assert health[0]["error"] == "Active Alarm(s): NOSPACE "
    listed = run("alarm", "list")
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, line, "")
    for how in "json", "fields":
        assert run("alarm", "list", "-w", how).stdout == \
            full_cluster.etcdctl("alarm", "list", "-w", how)
    # Space alone doesn't end it, and that is said.
    defrag = run("defrag")
    assert defrag.returncode == 0
    assert re.fullmatch(r"Finished defragmenting etcd member\[\S+\]\. took \S+s\n", defrag.stdout)
    assert f"alarm NOSPACE of member {member:x} is still on" in defrag.stderr
    disarmed = run("alarm", "disarm")
    assert (disarmed.returncode, disarmed.stdout) == (0, line)
    assert run("alarm", "list").stdout == ""
    assert run("defrag").stderr == ""


STEPS = ("Make space: `cairnctl compaction REVISION`, `cairnctl defrag --cluster`, then\n"
         "`cairnctl alarm disarm`; or give servers a larger --quota-backend-bytes.\n")


def test_a_refusal_for_want_of_space_names_the_steps(ctl, etcdctl, full_cluster):
    error = "etcdserver: mvcc: database space exceeded"
    endpoint = ["--endpoints", full_cluster.endpoint]
    txn = dict(input="\nput a b\n\n\n", text=True, capture_output=True, timeout=30)
    assert max(map(len, STEPS.splitlines())) < 80
    for words in ["put", "a", "b"], ["lease", "grant", "10"]:
        done = ctl(*endpoint, *words)
        assert done.returncode == 1 and error in done.stderr.splitlines()[0], done
        assert done.stderr.endswith("\n" + STEPS), done
        theirs = full_cluster.etcdctl(*words, check=False)
        done = etcdctl(*endpoint, *words)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1) and error in theirs.stderr
        told = json.loads(ctl("--json-errors", *endpoint, *words).stderr)
        assert error in told["error"] and "alarm disarm" in told["error"]
    done = subprocess.run([ctl.path, *endpoint, "txn"], **txn)
    assert done.stderr == f"Error: {error}\n{STEPS}", done


def test_alarms_under_etcd_s_name_are_etcdctl_s(etcdctl, full_cluster):
    for words in ["alarm", "list"], ["alarm", "disarm"]:
        # Go's protobuf puts one blank or two between them, by the program's build.
        theirs = full_cluster.etcdctl("alarm", "list").replace("  ", " ")
        assert etcdctl("--endpoints", full_cluster.endpoint, *words).stdout == theirs != ""


def test_disarm_in_json_is_as_etcdctl_s(ctl, full_cluster):
    first = ctl("--endpoints", full_cluster.endpoint, "alarm", "disarm", "-w", "json")
    while full_cluster.etcdctl("put", "k", "v" * 50000, check=False).returncode == 0:
        pass
    assert first.stdout == full_cluster.etcdctl("alarm", "disarm", "-w", "json")
    assert ctl("--endpoints", full_cluster.endpoint, "alarm", "disarm", "-w", "json").stdout == \
        full_cluster.etcdctl("alarm", "disarm", "-w", "json")


@pytest.mark.parametrize("what", ["list", "disarm"])
def test_alarm_takes_no_arguments(ctl, what):
    assert ctl.fails(128, "alarm", what, "x") == \
        [f"Error: alarm {what} command accepts no arguments"]


def test_defrag_goes_on_after_a_failure(ctl, cluster_of_three):
    down = cluster_of_three.members[1]
    down.stop()
    done = ctl("--endpoints", cluster_of_three.endpoint, "--command-timeout=2s", "defrag",
               "--cluster")
    assert done.returncode == 1
    assert done.stdout.count("Finished defragmenting etcd member[http://") == 2
    assert done.stderr.startswith(f"Failed to defragment etcd member[http://{down.endpoint}]. took")
    assert done.stderr.count("\n") == 1


def test_defrag_of_a_directory_runs_the_offline_one(ctl, member):
    data = member("3.6.14")
    db = data / "member/snap/db"
    done = ctl("defrag", "--data-dir", data, "--endpoints", NOBODY)
    assert (done.returncode, done.stdout) == (0, "")
    lines = done.stderr.splitlines()
    assert lines[:2] == ["Use `etcdutl defrag` instead. The --data-dir is going to be "
                         "decomissioned in v3.6.", ""]
    assert lines[2].startswith(f"Defragmented {db}: ")
    failed = ctl("defrag", "--data-dir", data / "nothing")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "Error: Failed to defragment etcd data[" in failed.stderr


def test_leadership_moves_there_and_back(ctl, cluster_of_three):
    def leader():
        return next(f"{row['Status']['leader']:x}" for row in json.loads(
            cluster_of_three.etcdctl("endpoint", "status", "-w", "json")))
    before = leader()
    by_id = {line.split(", ")[0]: line.split(", ")[4].removeprefix("http://")
             for line in cluster_of_three.etcdctl("member", "list").splitlines()}
    other = next(id for id in by_id if id != before)
    words = ["--endpoints", cluster_of_three.endpoints, "move-leader"]
    done = ctl(*words, other)
    assert (done.returncode, done.stdout, done.stderr) == \
        (0, f"Leadership transferred from {before} to {other}\n", "")
    assert leader() == other
    followers = ",".join(by_id[id] for id in by_id if id != other)
    assert ctl.fails(128, "--endpoints", followers, "move-leader", before) == \
        [f"Error: no leader endpoint given at [{followers.replace(',', ' ')}]"]
    # An endpoint that is down is no reason to stop, or to wait.
    with_nobody = ctl("--endpoints", f"{NOBODY},{cluster_of_three.endpoints}", "move-leader",
                      before, "-w", "json")
    assert with_nobody.returncode == 0, with_nobody
    assert with_nobody.stdout == "{}\n"
    assert leader() == before
    assert ctl.fails(1, *words, "1234") == ["Error: etcdserver: bad leader transferee"]


def test_move_leader_s_arguments(ctl, etcdctl):
    assert ctl.fails(128, "move-leader") == ["Error: move-leader command needs 1 argument"]
    assert etcdctl.fails(128, "move-leader", "xyz") == \
        ['Error: strconv.ParseUint: parsing "xyz": invalid syntax']
    ctl.fails(1, "--endpoints", NOBODY, "--command-timeout=500ms", "move-leader", "1")


def test_downgrade(ctl, new_cluster):
    def run(*words):
        done = ctl("--endpoints", new_cluster.endpoint, "downgrade", *words)
        return done.returncode, done.stdout, done.stderr
    assert run("validate", "3.6") == (0, "Downgrade validate success, cluster version 3.7\n", "")
    assert run("enable", "3.6") == (0, "Downgrade enable success, cluster version 3.7\n", "")
    status = ctl("--endpoints", new_cluster.endpoint, "endpoint", "status", "-w", "json")
    assert json.loads(status.stdout)[0]["Status"]["downgradeInfo"] == \
        {"enabled": True, "targetVersion": "3.6.0"}
    assert run("enable", "3.6", "-w", "json") == \
        (1, "", "Error: etcdserver: cluster has a downgrade job in progress\n")
    assert run("cancel") == (0, "Downgrade cancel success, cluster version 3.7\n", "")
    for what in "validate", "enable":
        assert run(what) == (128, "", "Error: TARGET_VERSION not provided\n")
        assert run(what, "3.6", "3.5") == (128, "", "Error: too many arguments\n")
        assert run(what, "") == (128, "", "Error: target version not provided\n")
        code, out, err = run(what, "3.2")
        assert (code, out, err) == (1, "", "Error: etcdserver: invalid downgrade target version\n")


NOTICE = "Deprecated: Use `etcdutl snapshot {}` instead."


@pytest.mark.parametrize("how", ["simple", "json", "fields", "table"])
def test_snapshot_status_is_cairnutl_s_behind_a_notice(ctl, utl, fixtures, how):
    snapshot = fixtures / "3.6.14/single/snapshot.db"
    done = ctl("snapshot", "status", snapshot, "-w", how)
    assert done.stdout == utl("snapshot", "status", snapshot, "-w", how).stdout != ""
    assert (done.returncode, done.stderr) == (0, NOTICE.format("status") + "\n\n")


def test_snapshot_restore_is_cairnutl_s_behind_a_notice(ctl, fixtures, tmp_path):
    snapshot, data = fixtures / "3.6.14/single/snapshot.db", tmp_path / "restored"
    done = ctl("--data-dir", data, "snapshot", "restore", snapshot)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith(NOTICE.format("restore") + "\n\nRestored ")
    assert (data / "member/snap/db").exists() and (data / "member/wal").exists()
    again = ctl("snapshot", "restore", snapshot, "--data-dir", data)
    assert again.returncode == 1
    assert "not empty or could not be read" in again.stderr


def test_options_lists_the_global_flags(ctl, etcdctl, cluster):
    done = ctl("options")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The following options can be passed to any command:\n\n")
    def names(text):
        return set(re.findall(r"--([a-z-]+)", "\n".join(
            line[:35] for line in text.splitlines()[2:])))
    assert names(cluster.etcdctl("options")) <= names(done.stdout)
