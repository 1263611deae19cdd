# tests/cli/tmux_screen.py: what an operator sees: a shell in a terminal of tmux.
import itertools
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time

COLUMNS, ROWS = 100, 30
COUNT = itertools.count()
PROMPT = r"ready \#>"  # with the number of the command


class TmuxScreen:
    """A terminal of 100x30 with a shell in it, on a tmux server of its own. `with` ends both. Not
    `joined`: its lines are the screen's, also where one goes on in the next."""

    def __init__(self, words=("bash", "--norc", "--noprofile"), env=None, locale="C.UTF-8",
                 cwd="/", size=(COLUMNS, ROWS), joined=True):
        self.joined = joined
        self.socket = f"cairn-{os.getpid()}-{next(COUNT)}"
        # tmux itself always draws in UTF-8; only the shell has the locale.
        wanted = {"LC_ALL": locale, "PS1": f"{PROMPT} ", "HISTFILE": "", **(env or {})}
        shell = ["env", *(f"{name}={value}" for name, value in wanted.items()), *map(str, words)]
        # A folder of its own, as tmux leaves its socket behind.
        self.folder = tempfile.mkdtemp(prefix="cairn-tmux-")
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm",
                                TMUX_TMPDIR=self.folder)
        self.environment.pop("TMUX", None)
        self.tmux("new-session", "-d", "-x", size[0], "-y", size[1], "-c", cwd, shlex.join(shell))

    def tmux(self, *words):
        return subprocess.run(
            ["tmux", "-u", "-L", self.socket, "-f", "/dev/null", *map(str, words)], check=True,
            env=self.environment, stdout=subprocess.PIPE, text=True, timeout=30).stdout

    def type(self, text, *keys):
        """The text as it is, then keys by tmux's names."""
        if text:
            self.tmux("send-keys", "-l", "--", text)
        for key in keys:
            self.tmux("send-keys", key)

    def lines(self):
        """What it shows now, and what has left the screen above; no empty rows below. What the
        terminal has wrapped is one line."""
        shown = self.tmux("capture-pane", "-p", *(["-J"] if self.joined else []), "-S", "-")
        return [line.rstrip() for line in shown.rstrip("\n").split("\n")]

    def until(self, condition, seconds=30):
        """Waits until `condition(lines)` is true, or until a line contains it; the lines."""
        holds = condition if callable(condition) else \
            lambda lines: any(condition in line for line in lines)
        end = time.monotonic() + seconds
        while not holds(lines := self.lines()):
            assert time.monotonic() < end, "\n".join([f"never: {condition}", *lines])
            time.sleep(0.03)
        return lines

    def ready(self):
        """Waits for the shell's next empty prompt; the lines until then."""
        return self.until(lambda lines: re.fullmatch(r"ready \d+>", lines[-1]))

    def start(self, command):
        """Types it into bash, and the number of what is to come is the answer."""
        number = int(self.ready()[-1][6:-1])
        self.type(command, "Enter")
        return number

    def ended(self, number):
        """Waits until that command is over; what stands between it and the next prompt."""
        lines = self.until(lambda lines: lines[-1] == f"ready {number + 1}>")
        first = next(i for i, line in enumerate(lines) if line.startswith(f"ready {number}> "))
        return lines[first + 1:-1]

    def run(self, command):
        """Runs it in bash; what it showed."""
        return self.ended(self.start(command))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.tmux("kill-server")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
