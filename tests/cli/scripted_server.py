# tests/cli/scripted_server.py: a gRPC server that answers whatever a test wants, in plain HTTP/2.
from loopback_server import LoopbackServer

DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
END_STREAM, ACK, END_HEADERS = 1, 1, 4
# :status 200, content-type: application/grpc
OPENING = b"\x88\x0f\x10\x10application/grpc"


def field(number, content):
    """A field of bytes of a protobuf message, below 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


class ScriptedServer(LoopbackServer):
    """Gives each call to `answer(call)`, where `call` is its number on its connection, from 0. It
    returns the messages to send, and the status that ends the call: (code, text), or None to let it
    wait for more without end."""

    def __init__(self, answer):
        self.answer = answer
        super().__init__()

    def serve(self, client):
        stream = client.makefile("rwb")
        stream.read(24)  # the preface
        self.frame(stream, SETTINGS)
        calls = 0
        while header := stream.read(9):
            length, kind, flags = int.from_bytes(header[:3], "big"), header[3], header[4]
            number = int.from_bytes(header[5:], "big")
            body = stream.read(length)
            if kind in (SETTINGS, PING) and not flags & ACK:
                self.frame(stream, kind, ACK, body=body if kind == PING else b"")
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                self.call(stream, number, *self.answer(calls))
                calls += 1

    def call(self, stream, number, messages, status):
        self.frame(stream, HEADERS, END_HEADERS, number, OPENING)
        for message in messages:
            for at in range(0, len(message) + 5, 16384):
                whole = b"\0" + len(message).to_bytes(4, "big") + message
                self.frame(stream, DATA, 0, number, whole[at:at + 16384])
        if status is not None:
            code, text = status
            trailers = b"".join(b"\0" + bytes([len(part)]) + part if i % 2 == 0 else
                                bytes([len(part)]) + part
                                for i, part in enumerate([b"grpc-status", b"%d" % code,
                                                          b"grpc-message", text.encode()]))
            self.frame(stream, HEADERS, END_HEADERS | END_STREAM, number, trailers)

    @staticmethod
    def frame(stream, kind, flags=0, number=0, body=b""):
        stream.write(len(body).to_bytes(3, "big") + bytes([kind, flags])
                     + number.to_bytes(4, "big") + body)
        stream.flush()
