# tests/cli/cluster.py: real etcd servers that a test talks to.
import os
import random
import shutil
import socket
import string
import subprocess
import time
import urllib.request


def free_ports(count):
    """Ports that are free now, below those that the kernel gives away by itself."""
    found = []
    while len(found) < count:
        port = random.randint(12000, 31999)
        if port in found:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
    return found


class Member:
    """One etcd on loopback; `start` may follow `stop`, on the same files and ports."""

    def __init__(self, binary, name, root, client_port, peer_port, flags=(), scheme="http"):
        self.binary, self.name, self.data = str(binary), name, root / f"{name}.etcd"
        self.endpoint, self.scheme = f"127.0.0.1:{client_port}", scheme
        self.health = f"http://{self.endpoint}/health"
        self.peer_url = f"http://127.0.0.1:{peer_port}"
        self.log_path = root / f"{name}.log"
        self.flags, self.process = list(flags), None
        if scheme == "https":
            # Health without certificates.
            self.endpoint = f"https://{self.endpoint}"
            metrics = f"http://127.0.0.1:{free_ports(1)[0]}"
            self.health = f"{metrics}/health"
            self.flags += ["--listen-metrics-urls", metrics]

    def start(self, initial_cluster):
        url = self.endpoint if self.scheme == "https" else f"http://{self.endpoint}"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "--name", self.name, "--data-dir", str(self.data),
                 "--listen-client-urls", url, "--advertise-client-urls", url,
                 "--listen-peer-urls", self.peer_url,
                 "--initial-advertise-peer-urls", self.peer_url,
                 "--initial-cluster", initial_cluster, "--unsafe-no-fsync", *self.flags],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def wait_healthy(self, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.health, timeout=1):
                    return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"etcd does not serve:\n{self.log_path.read_text()[-4000:]}")

    def stop(self):
        """As a power cut: nothing is handed over."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def serves_on(program, home, log, *flags):
    """Whether real etcd, a release of it, serves on this directory of one member."""
    url, peer = (f"http://127.0.0.1:{port}" for port in free_ports(2))
    with open(log, "wb") as out:
        server = subprocess.Popen(
            [program, *flags, "--data-dir", home, "--listen-client-urls", url,
             "--advertise-client-urls", url, "--listen-peer-urls", peer], stdout=out, stderr=out)
    try:
        for _ in range(200):
            if server.poll() is not None:
                return False
            if b"ready to serve client requests" in log.read_bytes():
                return True
            time.sleep(0.05)
        raise AssertionError(log.read_text()[-2000:])
    finally:
        server.kill()
        server.wait()


class Cluster:
    """Members of one cluster, their data in `root`. `etcdctl(...)` is the real one."""

    def __init__(self, peers, root, size, flags=(), scheme="http"):
        self.root, self.etcdctl_path = root, peers / "etcdctl"
        root.mkdir(parents=True, exist_ok=True)
        ports = free_ports(2 * size)
        self.members = [Member(peers / "etcd", f"m{i}", root, ports[2 * i], ports[2 * i + 1], flags,
                               scheme) for i in range(size)]
        self.initial = ",".join(f"{m.name}={m.peer_url}" for m in self.members)
        for member in self.members:
            member.start(self.initial)
        for member in self.members:
            member.wait_healthy()

    @property
    def endpoint(self):
        return self.members[0].endpoint

    @property
    def env(self):
        """What points a program to the first member."""
        return {"ETCDCTL_ENDPOINTS": self.endpoint}

    @property
    def endpoints(self):
        return ",".join(member.endpoint for member in self.members)

    def restart(self, number):
        self.members[number].start(self.initial)
        self.members[number].wait_healthy()

    def etcdctl(self, *words, env=None, check=True, input=None, timeout=60):
        """stdout of real etcdctl; with check=False the finished process."""
        done = subprocess.run(
            [str(self.etcdctl_path), "--endpoints", self.endpoints, *map(str, words)],
            input=input, text=True, capture_output=True, timeout=timeout, errors="replace",
            env=dict(os.environ, **(env or {})))
        if not check:
            return done
        assert done.returncode == 0, done
        return done.stdout

    def keys(self, prefix):
        return self.etcdctl("get", prefix, "--prefix", "--keys-only").split()

    def put_noise(self, prefix, count, size):
        """PREFIX0, PREFIX1 …, each with `size` letters that don't compress."""
        noise = random.Random(1)
        for number in range(count):
            self.etcdctl("put", f"{prefix}{number}",
                         input="".join(noise.choices(string.ascii_letters, k=size)))

    def clear(self):
        """No keys and no leases."""
        self.etcdctl("del", "", "--prefix")
        for line in self.etcdctl("lease", "list").splitlines()[1:]:
            self.etcdctl("lease", "revoke", line, check=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for member in self.members:
            member.stop()
        shutil.rmtree(self.root, ignore_errors=True)
