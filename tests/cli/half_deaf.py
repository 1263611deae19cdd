# tests/cli/half_deaf.py: a server that speaks gRPC and never answers a plain request.
import socket
import threading

PREFACE = b"PRI * HTTP/2.0"


class HalfDeaf:
    """Passes gRPC connections on to `endpoint`; others are taken, and nothing comes back.
    `asked` is set once there was one of them."""

    def __init__(self, endpoint):
        self.host, port = endpoint.rsplit(":", 1)
        self.port, self.asked = int(port), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
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
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            begin = client.recv(len(PREFACE), socket.MSG_WAITALL)
            if begin != PREFACE:
                self.asked.set()
                return
            server = socket.create_connection((self.host, self.port))
            self.open.append(server)
            server.sendall(begin)
            threading.Thread(target=self.copy, args=(server, client), daemon=True).start()
            self.copy(client, server)
        except OSError:
            pass

    @staticmethod
    def copy(source, target):
        try:
            while block := source.recv(1 << 16):
                target.sendall(block)
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in self.open:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
