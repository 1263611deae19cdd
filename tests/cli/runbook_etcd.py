# tests/cli/runbook_etcd.py: real etcd as the runbooks set it up: a file of settings, a unit,
# certificates.
import os
import shutil

from certificates import authority, leaf
from runbook_host import ETCD

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
