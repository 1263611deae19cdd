# tests/cli/relay.py: a slow line between a program and a server, which can be cut.
import socket
import threading
import time

from cluster import free_ports


class Relay:
    """Listens on loopback and passes on to `target`, at most `rate` bytes a second to the client
    (0: as quick as it goes)."""

    def __init__(self, target, rate=0):
        host, port = target.split("://")[-1].rsplit(":", 1)
        self.target, self.rate = (host, int(port)), rate
        self.listener = socket.create_server(("127.0.0.1", free_ports(1)[0]))
        self.endpoint = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.sockets, self.passed, self.closed = [], 0, False
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.target)
            except OSError:
                client.close()
                continue
            self.sockets += [client, server]
            for args in (client, server, 0), (server, client, self.rate):
                threading.Thread(target=self.copy, args=args, daemon=True).start()

    def copy(self, source, sink, rate):
        try:
            while block := source.recv(16384 if rate else 65536):
                if rate:
                    time.sleep(len(block) / rate)
                sink.sendall(block)
                self.passed += len(block) if sink in self.sockets[::2] else 0
        except OSError:
            pass
        for one in source, sink:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        """As if the line was cut: nobody is told why."""
        # close() alone leaves accept() waiting.
        for one in self.listener, *self.sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
