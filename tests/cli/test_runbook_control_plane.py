# tests/cli/test_runbook_control_plane.py: the etcd of a single control plane, by the lines of an
# operators' guide: keys are listed, a full db is made to serve again, everything is restored.
import os
import re

import pytest

from conftest import BUILD, PEERS
from runbook_etcd import KUBERNETES, certificates, place
from runbook_host import BOTH, World, cells

UNIT = """[Service]
Type=notify
User=etcd
ExecStart=/usr/local/bin/etcd --name=master --data-dir=/var/lib/etcd \\
  --listen-client-urls=https://127.0.0.1:2379 --advertise-client-urls=https://127.0.0.1:2379 \\
  --listen-peer-urls=https://127.0.0.1:2380 --initial-advertise-peer-urls=https://127.0.0.1:2380 \\
  --initial-cluster=master=https://127.0.0.1:2380 --quota-backend-bytes=4194304 \\
  --cert-file=/etc/kubernetes/pki/etcd/server.crt --key-file=/etc/kubernetes/pki/etcd/server.key \\
  --trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt \\
  --peer-cert-file=/etc/kubernetes/pki/etcd/server.crt \\
  --peer-key-file=/etc/kubernetes/pki/etcd/server.key \\
  --peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
"""
FLAGS = """\\
  --endpoints=https://127.0.0.1:2379 \\
  --cacert=/etc/kubernetes/pki/etcd/ca.crt \\
  --cert=/etc/kubernetes/pki/etcd/server.crt \\
  --key=/etc/kubernetes/pki/etcd/server.key"""
ENVIRONMENT = """
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One machine with the server of a control plane: TLS, and a db of 4 MiB at most."""
    world = World(tmp_path_factory.mktemp("world"), BUILD, PEERS, ["master"])
    try:
        pki = certificates(tmp_path_factory.mktemp("pki"), [])
        place(world[0], pki, KUBERNETES)
        world[0].put("/etc/systemd/system/etcd.service", UNIT)
        world[0].ok("systemctl enable --now etcd")
        yield world
    finally:
        world.close()


@pytest.fixture
def master(world):
    world.use("cairn")
    world[0].setup = ENVIRONMENT
    return world[0]


@BOTH
def test_keys_are_listed_with_a_certificate_for_clients(world, master, tools):
    world.use(tools)
    pods = [f"/registry/pods/default/{name}" for name in ("a", "b", "c")]
    master.ok("\n".join(f"etcdctl put {key} spec" for key in [*reversed(pods), "/registry/x"]))
    master.setup = ""
    done = master.ok("""
ETCDCTL_API=3 etcdctl \\
  --endpoints=https://127.0.0.1:2379 \\
  --cacert=/etc/kubernetes/pki/etcd/ca.crt \\
  --cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt \\
  --key=/etc/kubernetes/pki/etcd/healthcheck-client.key \\
  get /registry/pods --prefix --keys-only
""")
    assert done.out == "".join(f"{key}\n\n" for key in pods) and done.err == ""


@BOTH
def test_a_full_db_serves_again(world, master, tools):
    world.use(tools)
    done = master.run("""
head -c 1000000 /dev/zero | tr '\\0' x >value
for i in 1 2 3 4 5 6 7 8 9; do etcdctl put filler <value; done
""")
    assert done.code == 1 and \
        done.err == "Error: etcdserver: mvcc: database space exceeded\n", done

    done = master.ok("etcdctl compact $(etcdctl endpoint status --write-out=json | "
                     "jq '.[0].Status.header.revision')")
    assert re.match(r"compacted revision \d+\n", done.out)
    told = [done.all_err]
    done = master.ok("etcdctl defrag --endpoints=https://127.0.0.1:2379")
    assert done.lines[0].startswith("Finished defragmenting etcd member[https://127.0.0.1:2379].")
    told.append(done.all_err)
    if tools == "cairn":
        assert all("NOSPACE" in text and "alarm disarm" in text for text in told), told
    # Room there is, but the alarm is on.
    done = master.run("etcdctl put a b")
    assert done.code == 1 and "database space exceeded" in done.err
    done = master.run("etcdctl endpoint health")
    assert done.code == 1 and "NOSPACE" in done.out + done.err, done

    done = master.ok("etcdctl alarm disarm --endpoints=https://127.0.0.1:2379")
    assert re.fullmatch(r"memberID:\d+ +alarm:NOSPACE ?\n", done.out), done
    assert master.ok("etcdctl put a b").out == "OK\n"
    master.ok("etcdctl endpoint health")


# Not with real 3.7, whose etcdctl neither checks nor restores.
def test_everything_is_restored(master):
    master.ok("etcdctl put kept yes")
    master.setup = ""
    master.put("/etc/kubernetes/manifests/kube-apiserver.yaml", "kind: Pod\n")
    done = master.ok("""
ETCDCTL_API=3 etcdctl snapshot save \\
  /backup/etcd-snapshot-$(date +%Y%m%d).db """ + FLAGS + """
ln -s /backup/etcd-snapshot-$(date +%Y%m%d).db /backup/etcd-snapshot.db
etcdctl snapshot status /backup/etcd-snapshot.db --write-out=table
mv /etc/kubernetes/manifests/kube-apiserver.yaml /tmp/
""")
    assert done.lines[0].startswith("Snapshot saved at /backup/etcd-snapshot-20")
    assert len(cells(done.out)) == 1
    master.ok(ENVIRONMENT + "etcdctl put kept no")

    done = master.ok("""
ETCDCTL_API=3 etcdctl snapshot restore /backup/etcd-snapshot.db \\
  --data-dir=/var/lib/etcd-restored \\
  --name=master \\
  --initial-cluster=master=https://127.0.0.1:2380 \\
  --initial-cluster-token=etcd-cluster-1 \\
  --initial-advertise-peer-urls=https://127.0.0.1:2380
mv /tmp/kube-apiserver.yaml /etc/kubernetes/manifests/
""")
    assert done.err.startswith("Deprecated: Use `etcdutl snapshot restore` instead.\n\n")
    assert "Error" not in done.err
    assert os.listdir(master.path("/etc/kubernetes/manifests")) == ["kube-apiserver.yaml"]
    master.ok("systemctl stop etcd; mv /var/lib/etcd /var/lib/etcd-old\n"
              "mv /var/lib/etcd-restored /var/lib/etcd; chown -R etcd:etcd /var/lib/etcd\n"
              "systemctl start etcd")
    master.setup = ENVIRONMENT
    assert master.ok("etcdctl get kept").out == "kept\nyes\n"
    [line] = master.ok("etcdctl member list").lines
    assert line.split(", ")[1:4] == ["started", "master", "https://127.0.0.1:2380"]
