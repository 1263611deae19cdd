# tests/cli/test_runbook_tls_cluster.py: a cluster of three with TLS: installed, backed up and
# restored, by the lines of an operators' guide.
import os
import re
import time

import pytest

from runbook_etcd import ADDRESSES, ENVIRONMENT, tls_world
from runbook_host import BOTH, cells

SAVE = """
ETCDCTL_API=3 etcdctl snapshot save /backup/etcd-snapshot-$(date +%Y%m%d-%H%M%S).db \\
--endpoints=https://127.0.0.1:2379 \\
--cacert=/etc/etcd/pki/ca.pem \\
--cert=/etc/etcd/pki/etcd.pem \\
--key=/etc/etcd/pki/etcd-key.pem
"""
STATUS = "ETCDCTL_API=3 etcdctl snapshot status /backup/etcd-snapshot-*.db --write-out=table\n"
CRON = ('/usr/local/bin/etcdctl snapshot save /backup/etcd-$(date +%Y%m%d).db '
        '--endpoints=https://127.0.0.1:2379 --cacert=/etc/etcd/pki/ca.pem '
        '--cert=/etc/etcd/pki/etcd.pem --key=/etc/etcd/pki/etcd-key.pem '
        '&& find /backup/ -name "etcd-*.db" -mtime +7 -delete')
DAY = 86400


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = tls_world(tmp_path_factory)
    yield world
    world.close()


@pytest.fixture
def one(world):
    """The first machine, where nothing is exported."""
    world.use("cairn")
    for file in world[0].path("/backup").iterdir():
        file.unlink()
    world[0].setup = ""
    return world[0]


@pytest.fixture
def operator(one):
    """The first machine with the exported environment."""
    one.setup = ENVIRONMENT
    return one


@BOTH
def test_versions_are_told(world, one, tools):
    world.use(tools)
    done = one.ok("etcdctl version")
    assert re.fullmatch(r"etcdctl version: 3\.\d+\.\d+\nAPI version: 3\.7\n", done.out)
    assert done.err == ""
    assert re.match(r"etcd Version: 3\.7\.\d+\n(.*\n){3}$", one.ok("etcd --version").out)


@BOTH
def test_the_new_cluster_is_healthy_and_complete(world, operator, tools):
    world.use(tools)
    done = operator.ok("etcdctl endpoint health")
    assert done.err == ""
    assert sorted(re.sub(r"= [\d.]+ms$", "= T", line) for line in done.lines) == [
        f"https://{address}:2379 is healthy: successfully committed proposal: took = T"
        for address in ADDRESSES.values()]
    status = cells(operator.ok("etcdctl endpoint status --write-out=table").out)
    assert [row["ENDPOINT"] for row in status] == [
        f"https://{address}:2379" for address in ADDRESSES.values()]
    assert sorted(row["IS LEADER"] for row in status) == ["false", "false", "true"]
    members = cells(operator.ok("etcdctl member list --write-out=table").out)
    assert sorted(row["NAME"] for row in members) == list(ADDRESSES)
    assert {row["STATUS"] for row in members} == {"started"}
    assert {row["IS LEARNER"] for row in members} == {"false"}
    # What etcd says about the variable is silence with ours.
    if tools == "cairn":
        assert operator.ok("etcdctl member list").all_err == ""
        done = operator.run("ETCDCTL_API=2 etcdctl member list")
        assert done.code != 0 and done.all_err.startswith("Error: ") and "ETCDCTL_API" in done.err


@BOTH
def test_a_client_without_a_certificate_is_refused(world, one, tools):
    world.use(tools)
    line = "etcdctl member list --endpoints=https://127.0.0.1:2379 --command-timeout=1s "
    done = one.run(line + "--cacert=/etc/etcd/pki/ca.pem")
    assert done.code == 1 and done.out == "" and "Error: " in done.err, done
    done = one.run(line + "--cacert=/etc/etcd/pki/ca.pem --cert=/etc/etcd/pki/etcd.pem "
                   "--key=/etc/etcd/pki/etcd-key.pem")
    assert done.code == 0 and len(done.lines) == 3, done


@BOTH
def test_a_snapshot_is_saved(world, one, tools):
    world.use(tools)
    one.ok(ENVIRONMENT + "etcdctl put some key")
    done = one.ok(SAVE)
    [file] = one.path("/backup").iterdir()
    assert re.fullmatch(r"etcd-snapshot-\d{8}-\d{6}\.db", file.name)
    assert done.lines[0] == f"Snapshot saved at /backup/{file.name}", done
    assert [line[:17] for line in done.lines[1:]] in ([], ["Server version 3."])
    assert file.stat().st_mode & 0o777 == 0o600 and "Error" not in done.err
    [row] = cells(one.ok(f"etcdutl snapshot status /backup/{file.name} --write-out=table").out)
    assert int(row["REVISION"]) >= 1


# Not with real 3.7: its etcdctl has no `snapshot status`, and 3.5's takes one file only.
def test_snapshots_are_checked_by_etcdctl(one):
    one.ok(SAVE)
    done = one.ok(STATUS)
    assert done.err == "Deprecated: Use `etcdutl snapshot status` instead.\n\n"
    [row] = cells(done.out)
    assert list(row) == ["HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE", "VERSION"]
    one.ok("cp /backup/etcd-snapshot-*.db /backup/etcd-snapshot-20260101-000000.db")
    done = one.ok(STATUS)
    assert [other["HASH"] for other in cells(done.out)] == [row["HASH"]] * 2


# Not with real 3.7, which ends on a flag that repeats a variable.
def test_a_flag_wins_over_the_exported_variable(operator):
    done = operator.ok(SAVE)
    assert "Snapshot saved at /backup/etcd-snapshot-" in done.out
    assert done.err == (
        "notice: --cacert, --cert, --endpoints, --key are used, ETCDCTL_CACERT, ETCDCTL_CERT, "
        "ETCDCTL_ENDPOINTS, ETCDCTL_KEY of the environment are not\n")


def as_cron(machine):
    """cron's environment, its shell, no terminal, as user etcd."""
    return machine.run(CRON, user="etcd", shell=("/bin/sh",), env={
        "HOME": "/var/lib/etcd", "LOGNAME": "etcd", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"})


def old_backups(machine):
    """Backups of 9 and of 2 days ago."""
    machine.empty("/backup", 0o755)
    for days in (9, 2):
        name = f"/backup/etcd-{days}-days.db"
        machine.put(name, "old")
        os.utime(machine.path(name), (time.time() - days * DAY,) * 2)


def backups(machine):
    return sorted(os.listdir(machine.path("/backup")))


@BOTH
def test_cron_saves_and_deletes_what_is_old(world, one, tools):
    world.use(tools)
    old_backups(one)
    before = time.strftime("etcd-%Y%m%d.db", time.gmtime())
    done = as_cron(one)
    assert done.code == 0, done
    new = [name for name in backups(one) if name != "etcd-2-days.db"]
    assert new in ([before], [time.strftime("etcd-%Y%m%d.db", time.gmtime())]), done
    assert len(backups(one)) == 2 and one.path(f"/backup/{new[0]}").stat().st_uid == 2379
    one.ok(f"etcdutl snapshot status /backup/{new[0]}")


RESTORE = """
ETCDCTL_API=3 etcdutl snapshot restore /backup/etcd-snapshot.db \\
--name {name} \\
--initial-cluster "etcd-1=https://10.0.0.11:2380,etcd-2=https://10.0.0.12:2380,\
etcd-3=https://10.0.0.13:2380" \\
--initial-cluster-token etcd-cluster-prod-01 \\
--initial-advertise-peer-urls https://{address}:2380 \\
--data-dir /var/lib/etcd-restored
"""
SWAP = """
sudo mv /var/lib/etcd /var/lib/etcd-old
sudo mv /var/lib/etcd-restored /var/lib/etcd
sudo chown -R etcd:etcd /var/lib/etcd
"""


@BOTH
def test_all_members_are_restored(world, operator, tools):
    world.use(tools)
    operator.ok("etcdctl put before snapshot")
    operator.ok("unset ${!ETCDCTL_*}\n" + SAVE)
    saved = operator.ok("etcdctl get '' --prefix -w json | jq -c '.kvs'").out
    operator.ok("mv /backup/etcd-snapshot-*.db /backup/etcd-snapshot.db\n"
                "etcdctl put after snapshot\netcdctl put before changed")
    snapshot = operator.path("/backup/etcd-snapshot.db").read_bytes()
    for machine in world.machines:
        machine.ok("sudo systemctl stop etcd")
    for machine in world.machines:
        machine.path("/backup/etcd-snapshot.db").write_bytes(snapshot)
        machine.ok("rm -rf /var/lib/etcd-old")
        done = machine.ok(RESTORE.format(name=machine.name, address=ADDRESSES[machine.name]))
        assert "Error" not in done.err
        assert sorted(os.listdir(machine.path("/var/lib/etcd-restored/member"))) == ["snap", "wal"]
        machine.ok(SWAP)
    world.on_all("sudo systemctl start etcd")

    assert len(operator.ok("etcdctl endpoint health").lines) == 3
    members = operator.ok("etcdctl member list").lines
    assert [line.split(", ")[1:3] for line in members] == [
        ["started", line.split(", ")[2]] for line in members]
    assert sorted(line.split(", ")[2] for line in members) == list(ADDRESSES)
    # Keys, values and their revisions.
    assert operator.ok("etcdctl get '' --prefix -w json | jq -c '.kvs'").out == saved
    clusters = operator.ok("etcdctl endpoint status -w json | jq '.[].Status.header.cluster_id'")
    assert len(clusters.lines) == 3 and len(set(clusters.lines)) == 1


# Not with real 3.7, which waits for the server without an end and leaves a part file.
def test_cron_deletes_nothing_when_there_is_no_server(one):
    old_backups(one)
    one.ok("systemctl stop etcd")
    try:
        done = as_cron(one)
    finally:
        one.ok("systemctl start etcd")
    assert done.code != 0 and done.err.startswith("Error: context deadline exceeded"), done
    assert backups(one) == ["etcd-2-days.db", "etcd-9-days.db"]
