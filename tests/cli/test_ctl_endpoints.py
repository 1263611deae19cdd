# tests/cli/test_ctl_endpoints.py: endpoints as people write them, and Unix sockets.
import subprocess

import pytest

from certificates import authority, leaf
from cluster import free_ports
from running import eventually


def test_case_09_an_endpoint_without_a_host_is_this_machine(ctl, cluster):
    port = cluster.endpoint.split(":")[1]
    for endpoint in (f":{port}", f"http://:{port}"):
        done = ctl("endpoint", "status", f"--endpoints={endpoint}")
        assert done.returncode == 0 and done.stdout.startswith(f"{endpoint}, "), done


def test_case_15_a_bad_endpoint_is_named_with_what_is_wrong(ctl, cluster):
    here = cluster.endpoint
    port = here.split(":")[1]
    for endpoint, why in ((f"[{here}]", "[ ] stand around"), (f"{here} 127.0.0.1:1", "by commas"),
                          (f"{here};{here}", "by commas"), (f"::1:{port}", "in brackets"),
                          (f"http:/{here}", "must follow"), (f"u:secret@{here}", "--user"),
                          ("256.0.0.1:1", "IPv4"), (f"tcp://{here}", "scheme")):
        lines = ctl.fails(128, "get", "a", f"--endpoints={endpoint}")
        assert lines[0].startswith("Error: bad endpoint ") and why in lines[0], lines
        assert "secret" not in lines[0]


def test_forms_that_etcdctl_takes(ctl, cluster):
    cluster.etcdctl("put", "k", "v")
    here = cluster.endpoint
    port = here.split(":")[1]
    forms = [f"http://u:p@{here}", f"HTTP://{here}", f'"{here}"', f'"{here}","{here}"', f" {here}",
             f"[127.0.0.1]:{port}", f"http://{here}/path?x#y", f"0.0.0.0:{port}",
             f"LocalHost:{port}", f"127.0.0.1:0{port}", f",{here},,"]
    for form in forms:
        words = ["get", "k", f"--endpoints={form}", "--command-timeout=2s"]
        assert ctl(*words).stdout == "k\nv\n", form
        theirs = subprocess.run([cluster.etcdctl_path, *words], capture_output=True, text=True,
                                timeout=60)
        assert theirs.stdout == "k\nv\n", (form, theirs)
    assert ctl("get", "k", env={"ETCDCTL_ENDPOINTS": f'"{here}"'}).stdout == "k\nv\n"
    assert ctl("get", "k", f"--endpoints='{here}'").stdout == "k\nv\n"


@pytest.fixture(scope="module")
def sockets(tmp_path_factory, peers):
    """An etcd on Unix sockets, a plain one and one with TLS: their folder and ports."""
    folder = tmp_path_factory.mktemp("sockets")
    authority(folder, "ca")
    leaf(folder, "server", "DNS:localhost")
    plain, secure, peer = free_ports(3)
    with open(folder / "log", "w", encoding="utf8") as log:
        process = subprocess.Popen(
            [peers / "etcd", "--name", "m", "--data-dir", "m.etcd", "--unsafe-no-fsync",
             "--listen-client-urls", f"unix://localhost:{plain},unixs://localhost:{secure}",
             "--advertise-client-urls", f"unix://localhost:{plain}",
             "--listen-peer-urls", f"http://127.0.0.1:{peer}",
             "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
             "--initial-cluster", f"m=http://127.0.0.1:{peer}",
             "--cert-file", "server.pem", "--key-file", "server.key"],
            cwd=folder, stdout=log, stderr=log)
    yield folder, plain, secure
    process.kill()
    process.wait()


def test_unix_sockets_connect(ctl, sockets, peers):
    folder, plain, secure = sockets
    words = ["put", "k", "v", "--command-timeout=5s"]
    eventually(lambda: ctl(*words, f"--endpoints=unix:localhost:{plain}",
                           cwd=folder).returncode == 0)
    path = f"localhost:{plain}"
    (folder / "a b").symlink_to(folder / path)
    for endpoint in (f"unix:{path}", f"unix://{path}", f"unix:{folder}/{path}",
                     f"unix://{folder}/{path}", f"unix:{path},unix://{path},unix:{folder}/{path}",
                     "unix:a b"):
        done = ctl("get", "k", f"--endpoints={endpoint}", cwd=folder)
        assert (done.returncode, done.stdout) == (0, "k\nv\n"), (endpoint, done)
    tls = [f"--cacert={folder}/ca.pem"]
    path = f"localhost:{secure}"
    # As with etcdctl, certificate options alone mean TLS.
    for endpoint in (f"unixs:{path}", f"unixs://{path}", f"unixs://{folder}/{path}",
                     f"unix://{path}", f"unixs:{path},unixs://{path},unixs:{folder}/{path}"):
        for program in (ctl.path, peers / "etcdctl"):
            done = subprocess.run([program, "get", "k", f"--endpoints={endpoint}", *tls],
                                  cwd=folder, capture_output=True, text=True, timeout=60)
            assert (done.returncode, done.stdout) == (0, "k\nv\n"), (program, endpoint, done)
    # The socket's name is what the certificate must name.
    (folder / "other:1").symlink_to(folder / path)
    lines = ctl.fails(1, "get", "k", "--endpoints=unixs:other:1", *tls, "--command-timeout=700ms",
                      cwd=folder)
    assert "certificate" in lines[0], lines
