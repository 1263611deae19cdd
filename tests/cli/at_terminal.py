# tests/cli/at_terminal.py: runs a program at a terminal and types what it is asked.
import os
import pty
import select
import subprocess
import time


class Screen:
    def __init__(self, text, code):
        self.text, self.returncode = text.replace("\r\n", "\n"), code


def at_terminal(words, answers=(), env=None, seconds=30):
    """Types the second of each pair of `answers` when the first shows up, in their order."""
    master, slave = pty.openpty()
    process = subprocess.Popen([str(word) for word in words], stdin=slave, stdout=slave,
                               stderr=slave, env=dict(os.environ, **(env or {})),
                               start_new_session=True)
    os.close(slave)
    shown, seen, left = "", 0, list(answers)
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if not select.select([master], [], [], 0.2)[0]:
                continue
            try:
                block = os.read(master, 4096)
            except OSError:
                break
            if not block:
                break
            shown += block.decode(errors="replace")
            if left and (at := shown.find(left[0][0], seen)) >= 0:
                seen = at + len(left[0][0])
                os.write(master, f"{left.pop(0)[1]}\n".encode())
        else:
            raise AssertionError(f"it doesn't end: {shown!r}")
        assert not left, (left, shown)
        return Screen(shown, process.wait(timeout=10))
    finally:
        process.kill()
        process.wait()
        os.close(master)
