# tests/cli/running.py: a program that goes on while the test does something else.
import queue
import signal
import subprocess
import threading
import time


class Running:
    """A started program. Its lines come through `line`; `end` waits for it, `stop` signals it."""

    def __init__(self, program, *words, env=None, stdin=subprocess.DEVNULL):
        self.process = subprocess.Popen(
            [program.path, *map(str, words)], stdin=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=env, start_new_session=True)
        self.lines, self.errors = queue.Queue(), []
        self.readers = [threading.Thread(target=self.read, daemon=True),
                        threading.Thread(target=self.read_errors, daemon=True)]
        for reader in self.readers:
            reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.rstrip("\n"))

    def line(self, seconds=20):
        """The next line of stdout."""
        return self.lines.get(timeout=seconds)

    def take(self, count):
        return [self.line() for _ in range(count)]

    def rest(self):
        """The lines that nobody has taken, once it has ended."""
        found = []
        while not self.lines.empty():
            found.append(self.lines.get())
        return found

    def end(self, seconds=30):
        """Its exit code; negative when a signal ended it."""
        code = self.process.wait(timeout=seconds)
        for reader in self.readers:
            reader.join(timeout=seconds)
        return code

    def stop(self, sent=signal.SIGINT):
        self.process.send_signal(sent)
        return self.end()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def eventually(condition, seconds=20):
    """Waits until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, condition
        time.sleep(0.02)
