# tests/cli/relay.py: a slow line between a program and a server, which can be cut.
import threading
import time

from loopback_server import LoopbackServer, address, shut


class Relay(LoopbackServer):
    """Listens on loopback and passes on to `target`, at most `rate` bytes a second to the client
    (0: as quick as it goes). `passed` bytes went to the client."""

    def __init__(self, target, rate=0):
        self.target, self.rate, self.passed = address(target), rate, 0
        super().__init__()

    def serve(self, client):
        try:
            server = self.connect(self.target)
        except OSError:
            client.close()
            return
        threading.Thread(target=self.copy, args=(client, server, 0), daemon=True).start()
        self.copy(server, client, self.rate, to_client=True)

    def copy(self, source, sink, rate, to_client=False):
        try:
            while block := source.recv(16384 if rate else 65536):
                if rate:
                    time.sleep(len(block) / rate)
                sink.sendall(block)
                self.passed += len(block) if to_client else 0
        except OSError:
            pass
        shut(source)
        shut(sink)
