# tests/cli/half_deaf.py: a server that speaks gRPC and never answers a plain request.
import socket
import threading

from loopback_server import LoopbackServer, address

PREFACE = b"PRI * HTTP/2.0"


class HalfDeaf(LoopbackServer):
    """Passes gRPC connections on to `endpoint`; others are taken, and nothing comes back.
    `asked` is set once there was one of them."""

    def __init__(self, endpoint):
        self.target, self.asked = address(endpoint), threading.Event()
        super().__init__()

    def serve(self, client):
        begin = client.recv(len(PREFACE), socket.MSG_WAITALL)
        if begin != PREFACE:
            self.asked.set()
            return
        server = self.connect(self.target)
        server.sendall(begin)
        threading.Thread(target=self.copy, args=(server, client), daemon=True).start()
        self.copy(client, server)

    @staticmethod
    def copy(source, target):
        try:
            while block := source.recv(1 << 16):
                target.sendall(block)
        except OSError:
            pass
