# tests/cli/runbook_etcd.py: real etcd as the runbooks set it up: a file of settings, a unit,
# certificates.
import os
import shutil

from certificates import authority, leaf
from conftest import BUILD, PEERS
from runbook_host import ETCD, World

# The cluster of the first guide, and what its operators export.
ADDRESSES = {"etcd-1": "10.0.0.11", "etcd-2": "10.0.0.12", "etcd-3": "10.0.0.13"}
ENVIRONMENT = """
export ETCDCTL_API=3
export ETCDCTL_ENDPOINTS=https://10.0.0.11:2379,https://10.0.0.12:2379,https://10.0.0.13:2379
export ETCDCTL_CACERT=/etc/etcd/pki/ca.pem
export ETCDCTL_CERT=/etc/etcd/pki/etcd.pem
export ETCDCTL_KEY=/etc/etcd/pki/etcd-key.pem
"""
UNIT = """[Unit]
Description=etcd
After=network-online.target

[Service]
Type=notify
User=etcd
ExecStart=/usr/local/bin/etcd \\
  --config-file=/etc/etcd/etcd.conf.yml
Restart=on-failure
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
"""


def certificates(folder, addresses):
    """ca, etcd (server and client use, all addresses), client (client use alone)."""
    authority(folder, "ca")
    leaf(folder, "etcd", ",".join(f"IP:{address}" for address in ("127.0.0.1", *addresses)))
    leaf(folder, "client", use="clientAuth")
    return folder


def place(machine, folder, names):
    """Copies certificate files, etcd's and of mode 0600; names: where -> which."""
    for path, source in names.items():
        target = machine.path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / source, target)
        target.chmod(0o600)
        os.chown(target, ETCD, ETCD)


PKI = {"/etc/etcd/pki/ca.pem": "ca.pem", "/etc/etcd/pki/etcd.pem": "etcd.pem",
       "/etc/etcd/pki/etcd-key.pem": "etcd.key"}
KUBERNETES = {"/etc/kubernetes/pki/etcd/ca.crt": "ca.pem",
              "/etc/kubernetes/pki/etcd/server.crt": "etcd.pem",
              "/etc/kubernetes/pki/etcd/server.key": "etcd.key",
              "/etc/kubernetes/pki/etcd/healthcheck-client.crt": "client.pem",
              "/etc/kubernetes/pki/etcd/healthcheck-client.key": "client.key"}
TLS = {"cert-file": "/etc/etcd/pki/etcd.pem", "key-file": "/etc/etcd/pki/etcd-key.pem",
       "client-cert-auth": "true", "trusted-ca-file": "/etc/etcd/pki/ca.pem"}


def configure(machine, name, address, others, state="new", token="etcd-cluster-prod-01",
              local=False):
    """/etc/etcd/etcd.conf.yml and the unit. others: the initial cluster, name -> address; local:
    127.0.0.1, which the machines share, is this one's."""
    clients = f"https://{address}:2379" + (",https://127.0.0.1:2379" if local else "")
    cluster = ",".join(f"{one}=https://{where}:2380" for one, where in others.items())
    settings = {
        "name": name, "data-dir": "/var/lib/etcd",
        "listen-peer-urls": f"https://{address}:2380", "listen-client-urls": clients,
        "initial-advertise-peer-urls": f"https://{address}:2380",
        "advertise-client-urls": f"https://{address}:2379", "initial-cluster": cluster,
        "initial-cluster-token": token, "initial-cluster-state": state,
    }
    lines = [f"{key}: {value}" for key, value in settings.items()]
    for part in ("client-transport-security", "peer-transport-security"):
        lines += [f"{part}:", *[f"  {key}: {value}" for key, value in TLS.items()]]
    machine.put("/etc/etcd/etcd.conf.yml", "\n".join(lines) + "\n")
    machine.put("/etc/systemd/system/etcd.service", UNIT)


def tls_world(factory, more=()):
    """Machines etcd-1, etcd-2, etcd-3 with a healthy cluster, and further ones (name -> address).
    The third starts when the two others serve."""
    addresses = [*ADDRESSES.values(), *dict(more).values()]
    world = World(factory.mktemp("world"), BUILD, PEERS, [*ADDRESSES, *dict(more)], addresses)
    try:
        pki = certificates(factory.mktemp("pki"), addresses)
        for machine in world.machines:
            place(machine, pki, PKI)
            if machine.name in ADDRESSES:
                configure(machine, machine.name, ADDRESSES[machine.name], ADDRESSES,
                          local=machine.name == "etcd-1")
        enable = "sudo systemctl daemon-reload\nsudo systemctl enable --now etcd"
        world.on_all(enable, world.machines[:2])
        world.on_all(enable, world.machines[2:3])
        return world
    except BaseException:
        world.close()
        raise
