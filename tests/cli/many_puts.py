# tests/cli/many_puts.py: many revisions in little time: `python3 many_puts.py PORT COUNT` puts
# through the JSON gateway of a server on loopback, several at once.
import base64
import json
import socket
import sys
import threading

BATCH, CONNECTIONS, KEYS = 50, 8, 500


def request(number):
    body = json.dumps({name: base64.b64encode(text.encode()).decode() for name, text in
                       (("key", f"k{number % KEYS:04}"), ("value", f"value {number}" * 8))})
    return (f"POST /v3/kv/put HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def write(port, numbers):
    """Batches, each sent at once and then waited for."""
    with socket.create_connection(("127.0.0.1", port)) as server:
        for at in range(0, len(numbers), BATCH):
            batch = numbers[at:at + BATCH]
            server.sendall(b"".join(map(request, batch)))
            answers = b""
            while answers.count(b"HTTP/1.1 200") < len(batch) or not answers.endswith(b"}"):
                block = server.recv(1 << 16)
                assert block and b"HTTP/1.1 5" not in block, block
                answers += block


threads = [threading.Thread(target=write, args=(int(sys.argv[1]),
                                                range(first, int(sys.argv[2]), CONNECTIONS)))
           for first in range(CONNECTIONS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
