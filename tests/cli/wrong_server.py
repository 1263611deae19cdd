# tests/cli/wrong_server.py: what listens where an etcd was expected.
import socket
import threading

from cluster import free_ports


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


class WrongServer:
    """Gives each connection to `what`; those that it leaves open stay so."""

    def __init__(self, what):
        self.what, self.open = what, []
        self.listener = socket.create_server(("127.0.0.1", free_ports(1)[0]))
        self.endpoint = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
                self.open.append(client)
                self.what(client)
            except OSError:
                if self.listener.fileno() < 0:
                    return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in self.listener, *self.open:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
