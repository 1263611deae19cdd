# tests/cli/test_ctl_tls.py: cairnctl and servers with certificates: what connects, and what is said
# when it doesn't.
import subprocess

import pytest

from certificates import authority, leaf
from cluster import Cluster

PATIENCE = "--command-timeout=700ms"


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pki")
    authority(folder, "ca")
    authority(folder, "stranger")
    leaf(folder, "server", "IP:127.0.0.1,DNS:localhost")
    leaf(folder, "other", "DNS:elsewhere.example")
    leaf(folder, "expired", "IP:127.0.0.1", days="-1")
    return folder


class TlsServer(Cluster):
    """One etcd whose clients come by TLS."""

    def __init__(self, peers, root, pki, certificate, *flags):
        super().__init__(peers, root, 1, scheme="https", flags=(
            "--cert-file", str(pki / f"{certificate}.pem"), "--key-file",
            str(pki / f"{certificate}.key"), *flags))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, peers, pki):
    """A server that wants client certificates."""
    server = TlsServer(peers, tmp_path_factory.mktemp("guarded") / "c", pki, "server",
                       "--trusted-ca-file", str(pki / "ca.pem"), "--client-cert-auth")
    yield server
    server.close()


@pytest.fixture(scope="module")
def misnamed(tmp_path_factory, peers, pki):
    """A server whose certificate is for another name."""
    server = TlsServer(peers, tmp_path_factory.mktemp("misnamed") / "c", pki, "other")
    yield server
    server.close()


@pytest.fixture(scope="module")
def expired(tmp_path_factory, peers, pki):
    server = TlsServer(peers, tmp_path_factory.mktemp("expired") / "c", pki, "expired")
    yield server
    server.close()


def client(pki, name="server"):
    return (f"--cacert={pki}/ca.pem", f"--cert={pki}/{name}.pem", f"--key={pki}/{name}.key")


def test_certificate_flags_alone_mean_tls(ctl, guarded, pki):
    port = guarded.endpoint.rsplit(":", 1)[1]
    for endpoint in (f"127.0.0.1:{port}", f"https://127.0.0.1:{port}", f"localhost:{port}"):
        assert ctl("put", "a", "b", f"--endpoints={endpoint}", *client(pki)).stdout == "OK\n"
        assert ctl("get", "a", f"--endpoints={endpoint}", *client(pki)).stdout == "a\nb\n"
    status = ctl("endpoint", "status", f"--endpoints=127.0.0.1:{port}", *client(pki))
    assert status.stdout.startswith(f"127.0.0.1:{port}, ")
    cluster = ctl("endpoint", "health", "--cluster", f"--endpoints=127.0.0.1:{port}", *client(pki))
    assert cluster.returncode == 0 and "is healthy" in cluster.stdout
    environment = {"ETCDCTL_CACERT": f"{pki}/ca.pem", "ETCDCTL_CERT": f"{pki}/server.pem",
                   "ETCDCTL_KEY": f"{pki}/server.key", "ETCDCTL_ENDPOINTS": guarded.endpoint}
    assert ctl("get", "a", env=environment).stdout == "a\nb\n"


def test_a_snapshot_comes_by_tls(ctl, utl, guarded, pki, tmp_path):
    path = tmp_path / "s.db"
    done = ctl("snapshot", "save", path, f"--endpoints={guarded.endpoint}", *client(pki))
    assert done.returncode == 0 and utl("verify", path).returncode == 0


@pytest.mark.parametrize("server,words,reason", [
    ("guarded", ["--cacert={pki}/ca.pem"], "wants a client certificate"),
    ("guarded", ["--cacert={pki}/stranger.pem"], "not trusted"),
    ("guarded", ["--endpoints=http://{address}"], "wants TLS"),
    ("misnamed", ["--cacert={pki}/ca.pem"],
     "it is for DNS:elsewhere.example, and not for 127.0.0.1"),
    ("misnamed", [], "not trusted"),
    ("expired", ["--cacert={pki}/ca.pem"], "the server's certificate expired on 20"),
])
def test_what_is_wrong_is_said_in_one_line(ctl, request, pki, server, words, reason):
    endpoint = request.getfixturevalue(server).endpoint
    address = endpoint.removeprefix("https://")
    words = [word.format(pki=pki, address=address) for word in words]
    if not any(word.startswith("--endpoints") for word in words):
        words.append(f"--endpoints=https://{address}")
    lines = ctl.fails(1, "get", "a", PATIENCE, *words)
    assert len(lines) == 1 and "context deadline exceeded" in lines[0] and reason in lines[0], lines


@pytest.mark.parametrize("name", ["expired", "strange"])
def test_a_client_certificate_that_the_server_refuses(ctl, guarded, pki, peers, name):
    if name == "strange":
        leaf(pki, "strange", "IP:127.0.0.1", authority="stranger")
    words = ["get", "a", PATIENCE, f"--endpoints={guarded.endpoint}", *client(pki, name)]
    why = {"expired": "it expired on 20",
           "strange": "does it trust CN=stranger, who signed it?"}[name]
    lines = ctl.fails(1, *words)
    told = [f"the server refuses the client certificate of --cert {pki}/{name}.pem: {why}"]
    if name == "strange":
        # The alert is lost when the server closes before it has read all.
        told.append("the server ended the connection: is it an etcd?")
    assert len(lines) == 1 and lines[0].startswith(tuple(
        f"Error: context deadline exceeded ({guarded.endpoint}: {text}" for text in told)), lines
    theirs = subprocess.run([peers / "etcdctl", *words], capture_output=True, timeout=60)
    assert theirs.returncode == 1


def test_verification_can_be_left_out(ctl, misnamed):
    address = misnamed.endpoint.removeprefix("https://")
    for words in (["--endpoints", f"https://{address}"],
                  ["--endpoints", address, "--insecure-transport=false"]):
        done = ctl("put", "a", "b", "--insecure-skip-tls-verify", *words)
        assert done.stdout == "OK\n", done


def test_tls_to_a_plain_server_is_told(ctl, cluster):
    lines = ctl.fails(1, "get", "a", PATIENCE, f"--endpoints=https://{cluster.endpoint}")
    assert len(lines) == 1 and "no TLS" in lines[0]


def test_files_that_are_no_use_are_refused_at_once(ctl, pki, tmp_path):
    text = tmp_path / "text.pem"
    text.write_text("no PEM\n")
    cases = [
        ([f"--cacert={tmp_path}/nosuch"], "no such file"),
        ([f"--cacert={text}"], "holds no PEM"),
        ([f"--cert={pki}/server.pem"], "must both be present"),
        ([f"--cert={pki}/server.pem", f"--key={pki}/other.key"], "is not that of the certificate"),
        ([f"--cert={pki}/server.pem", f"--key={pki}/ca.pem"], "no private key"),
    ]
    for words, reason in cases:
        lines = ctl.fails(128, "get", "a", "--endpoints=127.0.0.1:1", *words)
        assert len(lines) == 1 and reason in lines[0], lines


def test_case_13_the_authorities_of_the_environment(ctl, pki, tmp_path, peers):
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir/any").write_bytes((pki / "ca.pem").read_bytes())
    server = TlsServer(peers, tmp_path / "c", pki, "server")
    try:
        for env in ({"SSL_CERT_FILE": f"{pki}/ca.pem"}, {"SSL_CERT_DIR": f"{tmp_path}/dir"},
                    {"SSL_CERT_DIR": f"/nosuch:{tmp_path}/dir", "SSL_CERT_FILE": "/nosuch"}):
            words = ["put", "k", "v", f"--endpoints={server.endpoint}", PATIENCE]
            assert ctl(*words, env=env).stdout == "OK\n", env
            theirs = server.etcdctl(*words, env=env, check=False)
            assert theirs.stdout == "OK\n", theirs
        # A file that is named counts alone.
        lines = ctl.fails(1, *words, f"--cacert={pki}/stranger.pem", env=env)
        assert "signed by CN=ca, and not by what --cacert" in lines[0], lines
        lines = ctl.fails(1, *words, env={"SSL_CERT_FILE": "/nosuch", "SSL_CERT_DIR": "/nosuch"})
        assert "of SSL_CERT_FILE: open /nosuch" in lines[0] and "--cacert" not in lines[0], lines
    finally:
        server.close()


@pytest.mark.parametrize("name,san,why", [
    ("cn", "", "has no SAN: its CN (CN=cn) does not count"),
    ("looks", "DNS:127.0.0.1", "it is for DNS:127.0.0.1, and not for 127.0.0.1")])
def test_case_14_why_a_certificate_fails(ctl, pki, peers, tmp_path, name, san, why):
    leaf(pki, name, san)
    server = TlsServer(peers, tmp_path / "c", pki, name)
    words = ["get", "a", f"--endpoints={server.endpoint}", PATIENCE, f"--cacert={pki}/ca.pem"]
    try:
        lines = ctl.fails(1, *words)
        assert len(lines) == 1 and why in lines[0], lines
        assert server.etcdctl(*words, check=False).returncode == 1
    finally:
        server.close()
