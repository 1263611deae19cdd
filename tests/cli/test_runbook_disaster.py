# tests/cli/test_runbook_disaster.py: three members with TLS after a year of work: compacted,
# defragmented, and restored after a disaster, by the lines of operators' guides.
import re
from pathlib import Path

import pytest

from conftest import BUILD, PEERS
from running import eventually
from runbook_etcd import KUBERNETES, PKI, certificates, configure, place
from runbook_host import BOTH, World, cells

HERE = Path(__file__).resolve().parent
NAMES = [f"etcd-member-{number}" for number in (1, 2, 3)]
ADDRESSES = ["10.0.1.10", "10.0.1.11", "10.0.1.12"]
MEMBERS = dict(zip(NAMES, ADDRESSES))
URLS = [f"https://{address}:2379" for address in ADDRESSES]
# Without a flag, 127.0.0.1:2379 is asked: by TLS, as there are certificates.
CERTIFICATES = """
export ETCDCTL_API=3
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key
"""
ENDPOINTS = f"export ETCDCTL_ENDPOINTS={','.join(URLS)}\n"
REVISIONS = 11000
FIRST_TOKEN = "etcd-cluster-before"


def restore(number, token, folder="/var/lib/etcd-restored"):
    """The guide's lines for one of the members."""
    return f"""
etcdutl snapshot restore /backup/etcd-snapshot.db \\
--data-dir={folder} \\
--name={NAMES[number]} \\
--initial-cluster="etcd-member-1=https://10.0.1.10:2380,\\
etcd-member-2=https://10.0.1.11:2380,\\
etcd-member-3=https://10.0.1.12:2380" \\
--initial-cluster-token={token} \\
--initial-advertise-peer-urls=https://{ADDRESSES[number]}:2380
"""


def fill(machine):
    """/backup/etcd-snapshot.db with many revisions."""
    machine.put("/srv/many_puts.py", (HERE / "many_puts.py").read_text())
    machine.serve("etcd --data-dir /tmp/filled")
    eventually(lambda: machine.run("etcdctl endpoint health --command-timeout=1s").code == 0, 60)
    machine.ok(f"python3 /srv/many_puts.py 2379 {REVISIONS}\n"
               "etcdctl snapshot save /backup/etcd-snapshot.db\n"
               "systemctl stop etcd; rm -r /tmp/filled")
    return machine.path("/backup/etcd-snapshot.db").read_bytes()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Three members with 11,000 revisions."""
    world = World(tmp_path_factory.mktemp("world"), BUILD, PEERS, NAMES, ADDRESSES)
    try:
        pki = certificates(tmp_path_factory.mktemp("pki"), ADDRESSES)
        snapshot = fill(world[0])
        for number, machine in enumerate(world.machines):
            place(machine, pki, {**PKI, **KUBERNETES})
            machine.path("/backup/etcd-snapshot.db").write_bytes(snapshot)
            configure(machine, NAMES[number], ADDRESSES[number], MEMBERS, local=number == 0)
            machine.ok("rmdir /var/lib/etcd\n" + restore(number, FIRST_TOKEN, "/var/lib/etcd") +
                       "chown -R etcd:etcd /var/lib/etcd")
        world.on_all("systemctl start etcd")
        [world.first_cluster] = world[0].ok(
            CERTIFICATES + "etcdctl endpoint status -w json | jq '.[].Status.header.cluster_id'"
        ).lines
        yield world
    finally:
        world.close()


@pytest.fixture
def operator(world):
    """The first machine, its certificates exported."""
    world.use("cairn")
    world[0].setup = CERTIFICATES
    return world[0]


def sizes(machine):
    """The db size of each member."""
    return [int(line) for line in machine.ok(
        ENDPOINTS + "etcdctl endpoint status -w json | jq '.[].Status.dbSize'").lines]


def is_one_revision_on(machine):
    """So that the same compaction may be asked for again."""
    machine.ok("etcdctl put one more")


def compacted(done, before):
    """The lines of defrag, when the compaction was the one that was asked for."""
    revision, first, *rest = done.lines
    assert re.fullmatch(r"\d+", revision)
    assert first == f"compacted revision {int(revision) - before}", done
    return [re.sub(r"took .*", "took T", line) for line in rest]


@BOTH
def test_one_member_is_compacted_and_defragmented(world, operator, tools):
    world.use(tools)
    is_one_revision_on(operator)
    before = sizes(operator)
    done = operator.ok("""
rev=$(etcdctl endpoint status --write-out="json" | jq '.[0].Status.header.revision')
echo $rev
etcdctl compact $((rev - 10000))
etcdctl defrag --endpoints=https://10.0.1.10:2379
""")
    assert compacted(done, 10000) == [
        "Finished defragmenting etcd member[https://10.0.1.10:2379]. took T"]
    assert sizes(operator)[0] <= before[0]


@BOTH
def test_the_cluster_is_compacted_and_defragmented(world, operator, tools):
    world.use(tools)
    is_one_revision_on(operator)
    before = sizes(operator)
    done = operator.ok(ENDPOINTS + """
rev=$(etcdctl endpoint status --write-out=json | jq '.[0].Status.header.revision')
echo $rev
etcdctl compact $((rev - 1000))
etcdctl defrag --cluster
""")
    assert sorted(compacted(done, 1000)) == [
        f"Finished defragmenting etcd member[{url}]. took T" for url in URLS]
    assert all(new <= old for new, old in zip(sizes(operator), before))


@BOTH
def test_everything_old_is_compacted(world, operator, tools):
    world.use(tools)
    is_one_revision_on(operator)
    done = operator.ok("""
REV=$(etcdctl endpoint status --write-out=json | jq '.[0].Status.header.revision')
echo $REV
etcdctl compact $REV
etcdctl defrag --endpoints=https://127.0.0.1:2379
""")
    assert compacted(done, 0) == [
        "Finished defragmenting etcd member[https://127.0.0.1:2379]. took T"]


# Not with real etcd, which takes the number for a flag.
def test_a_negative_revision_is_named(operator):
    done = operator.run("etcdctl compact $((5 - 10))")
    assert done.code != 0 and done.err == "Error: revision must be positive, got -5\n"


@BOTH
def test_followers_are_defragmented_before_the_leader(world, operator, tools):
    world.use(tools)
    done = operator.ok(f"""
all={','.join(URLS)}
status=$(etcdctl endpoint status --endpoints=$all -w json)
leader=$(jq -r '.[] | select(.Status.leader == .Status.header.member_id) | .Endpoint' <<<$status)
others=$(jq -r '.[] | select(.Status.leader != .Status.header.member_id) | .Endpoint' <<<$status)
for url in $others; do etcdctl defrag --endpoints=$url; done
next=$(etcdctl endpoint status --endpoints=${{others%%[[:space:]]*}} | cut -d, -f2)
etcdctl move-leader $next --endpoints=$leader
etcdctl defrag --endpoints=$leader
etcdctl endpoint status --endpoints=$leader --write-out=table
""")
    lines = done.lines
    assert sum(line.startswith("Finished defragmenting etcd member[") for line in lines) == 3
    assert lines[2].startswith("Leadership transferred from ")
    assert [row["IS LEADER"] for row in cells(done.out)] == ["false"]


@BOTH
def test_a_stopped_member_is_defragmented(world, operator, tools):
    world.use(tools)
    third = world[2]
    third.ok("systemctl stop etcd")
    done = third.ok("etcdutl defrag --data-dir=/var/lib/etcd")
    assert "Error" not in done.err
    # etcd's leaves root's file.
    third.ok(("chown -R etcd:etcd /var/lib/etcd\n" if tools == "real" else "") +
             "systemctl start etcd")
    assert len(operator.ok(ENDPOINTS + "etcdctl endpoint health").lines) == 3


SAVE = """
ETCDCTL_API=3 etcdctl snapshot save /backup/etcd-snapshot.db \\
--endpoints=https://127.0.0.1:2379 \\
--cacert=/etc/kubernetes/pki/etcd/ca.crt \\
--cert=/etc/kubernetes/pki/etcd/server.crt \\
--key=/etc/kubernetes/pki/etcd/server.key
"""


@pytest.mark.parametrize("tools,order", [
    ("real", "together"), ("cairn", "together"), ("cairn", "one at a time")])
def test_a_disaster_is_undone(world, operator, tools, order):
    world.use(tools)
    three = world.machines
    operator.setup = ""
    operator.ok(CERTIFICATES + f"etcdctl put state '{tools} {order}'")
    operator.ok("rm /backup/etcd-snapshot.db\n" + SAVE)
    snapshot = operator.path("/backup/etcd-snapshot.db").read_bytes()
    if tools == "cairn":  # 3.7's etcdctl has no `snapshot status`
        done = operator.ok("etcdctl snapshot status /backup/etcd-snapshot.db --write-out=table")
        assert len(cells(done.out)) == 1
    operator.setup = CERTIFICATES
    operator.ok("etcdctl put state lost")
    revision = operator.ok("etcdctl put state 'lost too' -w json | jq .header.revision").out.strip()

    for machine in three:
        machine.ok("systemctl stop etcd")
    for number, machine in enumerate(three):
        machine.path("/backup/etcd-snapshot.db").write_bytes(snapshot)
        machine.ok(restore(number, "etcd-cluster-restored") +
                   "rm -rf /var/lib/etcd-old; mv /var/lib/etcd /var/lib/etcd-old\n"
                   "mv /var/lib/etcd-restored /var/lib/etcd\n"
                   "chown -R etcd:etcd /var/lib/etcd")
    if order == "together":
        world.on_all("systemctl start etcd")
    else:  # the first has nobody to agree with yet
        three[0].ok("systemctl start etcd --no-block")
        three[1].ok("systemctl start etcd")
        three[2].ok("systemctl start etcd")
        eventually(lambda: operator.run("etcdctl endpoint health").code == 0, 60)

    operator.setup += ENDPOINTS
    assert len(operator.ok("etcdctl endpoint health").lines) == 3
    members = [line.split(", ") for line in operator.ok("etcdctl member list").lines]
    assert sorted(row[2] for row in members) == NAMES
    assert {row[1] for row in members} == {"started"}
    assert operator.ok("etcdctl get state").out == f"state\n{tools} {order}\n"
    done = operator.run(f"etcdctl get state --rev={revision}")
    assert done.code == 1
    assert done.err == "Error: etcdserver: mvcc: required revision is a future revision\n"
    ids = operator.ok("etcdctl endpoint status -w json | jq '.[].Status.header.cluster_id'").lines
    assert len(ids) == 3 and len(set(ids)) == 1
    assert ids[0] != world.first_cluster  # whose token was another


# Not with real etcd, which waits for the lock without an end.
def test_the_files_of_a_running_member_are_refused(world, operator):
    done = world[2].run("etcdutl defrag --data-dir=/var/lib/etcd")
    assert done.code == 1 and done.out == "" and done.err.startswith("Error: "), done
    operator.ok("etcdctl endpoint health --endpoints=https://10.0.1.12:2379")
