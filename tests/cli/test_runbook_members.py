# tests/cli/test_runbook_members.py: members come and go in a cluster of three with TLS, by the
# lines of operators' guides. The cluster was not restored: to a restored one a member takes 7 s.
import re

import pytest

from running import eventually
from runbook_etcd import ADDRESSES, ENVIRONMENT, configure, tls_world
from runbook_host import BOTH, cells

FOURTH = {"etcd-member-4": "10.0.1.13"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Three members and a fourth machine."""
    world = tls_world(tmp_path_factory, FOURTH)
    yield world
    world.close()


@pytest.fixture
def operator(world):
    """The first machine with the exported environment."""
    world.use("cairn")
    world[0].setup = ENVIRONMENT
    return world[0]


def learners(lines):
    return [line.rsplit(", ", 1)[1] for line in lines]


def start_fourth(machine):
    machine.empty("/var/lib/etcd")
    configure(machine, machine.name, FOURTH[machine.name], {**ADDRESSES, **FOURTH},
              state="existing")
    machine.ok("systemctl start etcd")


def remove_fourth(operator, fourth):
    """By the id in the list; its process ends by itself."""
    [row] = [line for line in operator.ok("etcdctl member list").lines if fourth.name in line]
    member = row.split(",")[0]
    done = operator.ok(f"etcdctl member remove {member}\netcdctl member list")
    assert re.fullmatch(rf"Member +{member} removed from cluster +[0-9a-f]+", done.lines[0])
    assert len(done.lines) == 4 and fourth.name not in "".join(done.lines)
    eventually(lambda: fourth.run("systemctl is-active etcd").code == 3, 60)


@BOTH
def test_a_fourth_member_joins_and_leaves(world, operator, tools):
    world.use(tools)
    done = operator.add_member("""
etcdctl member add etcd-member-4 \\
--peer-urls=https://10.0.1.13:2380
""")
    assert re.fullmatch(r"Member +[0-9a-f]+ added to cluster +[0-9a-f]+", done.lines[0])
    start_fourth(world[3])
    listed = operator.ok("etcdctl member list").lines
    assert sorted(line.split(", ")[2] for line in listed) == [*ADDRESSES, *FOURTH]
    assert {line.split(", ")[1] for line in listed} == {"started"}
    assert learners(listed) == ["false"] * 4
    remove_fourth(operator, world[3])


def test_a_learner_is_promoted(world, operator):
    done = operator.add_member("etcdctl member add etcd-member-4 --learner "
                               "--peer-urls=https://10.0.1.13:2380")
    learner = done.out.split()[1]
    assert f"Member {learner:>16} added as learner to cluster " in done.out
    start_fourth(world[3])
    assert sorted(learners(operator.ok("etcdctl member list").lines)) == ["false"] * 3 + ["true"]
    eventually(lambda: operator.run(f"etcdctl member promote {learner}").code == 0, 60)
    assert learners(operator.ok("etcdctl member list").lines) == ["false"] * 4
    remove_fourth(operator, world[3])


@BOTH
def test_a_lost_member_is_replaced(world, operator, tools):
    world.use(tools)
    operator.setup = ENVIRONMENT.replace("https://10.0.0.11:2379,", "")
    members = [line.split(", ") for line in operator.ok("etcdctl member list").lines]
    [(lost, name)] = [(row[0], row[2]) for row in members if row[3] == "https://10.0.0.11:2380"]
    # When it was the leader, the first try may wait for an election that is over.
    operator.ok("systemctl kill etcd\n"
                "until etcdctl put during loss --command-timeout=2s; do sleep 0.1; done")
    done = operator.ok("etcdctl member list")
    assert f"{lost}, started, {name}, https://10.0.0.11:2380, https://10.0.0.11:2379, false" in \
        done.lines

    done = operator.ok(f"etcdctl member remove {lost}")
    assert re.fullmatch(rf"Member +{lost} removed from cluster +[0-9a-f]+\n", done.out)
    operator.ok("etcdctl put during removal")
    done = operator.add_member("etcdctl member add etcd-1-new --peer-urls=https://10.0.0.11:2380")
    first, empty, *exports = done.lines
    assert re.fullmatch(r"Member +[0-9a-f]+ added to cluster +[0-9a-f]+", first) and empty == ""
    settings = dict(line.split("=", 1) for line in exports)
    assert sorted(settings.pop("ETCD_INITIAL_CLUSTER").strip('"').split(",")) == [
        "etcd-1-new=https://10.0.0.11:2380", "etcd-2=https://10.0.0.12:2380",
        "etcd-3=https://10.0.0.13:2380"]
    assert settings == {
        "ETCD_NAME": '"etcd-1-new"', "ETCD_INITIAL_CLUSTER_STATE": '"existing"',
        "ETCD_INITIAL_ADVERTISE_PEER_URLS": '"https://10.0.0.11:2380"'}
    operator.ok("etcdctl put during addition")

    operator.empty("/var/lib/etcd")
    others = {"etcd-1-new": "10.0.0.11",
              **{name: ADDRESSES[name] for name in ("etcd-2", "etcd-3")}}
    configure(operator, "etcd-1-new", "10.0.0.11", others, state="existing", local=True)
    operator.ok("systemctl start etcd")
    operator.setup = ENVIRONMENT

    def caught_up():
        rows = cells(operator.ok("etcdctl endpoint status --write-out=table").out)
        return len({row["RAFT APPLIED INDEX"] for row in rows}) == 1
    eventually(caught_up, 60)
    assert operator.ok("export ETCDCTL_ENDPOINTS=https://10.0.0.11:2379\n"
                       "etcdctl get during --consistency=s").out == "during\naddition\n"
