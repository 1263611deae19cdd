# tests/cli/loopback_server.py: a server that a test writes itself: what listens, accepts and ends.
import socket
import threading

from cluster import free_ports


class LoopbackServer:
    """Listens on loopback and gives each connection to `serve`, in a thread of its own. What is in
    `open` is closed with the server."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", free_ports(1)[0]))
        self.endpoint = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.open = [self.listener]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(client)
            threading.Thread(target=self.serve_safely, args=(client,), daemon=True).start()

    def serve_safely(self, client):
        try:
            self.serve(client)
        except OSError:
            pass  # either side has gone

    def connect(self, target):
        """A connection to `target` (host and port), closed with the server."""
        server = socket.create_connection(target)
        self.open.append(server)
        return server

    def close(self):
        """As if the line was cut: nobody is told why."""
        # close() alone leaves accept() waiting.
        for one in self.open:
            shut(one)
            one.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def shut(one):
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def address(endpoint):
    """Host and port of HOST:PORT or a URL."""
    host, port = endpoint.split("://")[-1].rsplit(":", 1)
    return host, int(port)
