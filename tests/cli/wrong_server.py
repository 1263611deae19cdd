# tests/cli/wrong_server.py: what listens where an etcd was expected.
from loopback_server import LoopbackServer


def http1(client):
    client.recv(1000)
    client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    client.close()


def greeting(client):
    client.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def silent(client):
    pass


def closing(client):
    client.close()


class WrongServer(LoopbackServer):
    """Gives each connection to `what`; those that it leaves open stay so."""

    def __init__(self, what):
        self.serve = what
        super().__init__()
