# tests/cli/trial.py: runs the program on a broken input and judges how it behaved.
import os
import shutil
import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

CHILDREN = 2
SANITIZER = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:",
             "UndefinedBehaviorSanitizer")
OUTCOMES = ["tried", "clear errors", "accepted", "unclear", "crashes", "inputs changed",
            "outputs left", "lies"]
GOOD = {"tried", "clear errors", "accepted"}

# What the second line of an error can begin with.
HINTS = ("Did you mean ", "It is one of ")


class Tally:
    """Counts by row and outcome, and keeps the first cases of what must not be."""

    def __init__(self, title):
        self.title, self.rows, self.bad, self.notes = title, {}, [], []
        self.lock = threading.Lock()

    def add(self, row, outcome, case=None):
        with self.lock:
            self.rows.setdefault(row, Counter())[outcome] += 1
            if outcome not in GOOD:
                self.bad.append(f"{outcome}: {row}: {case}")

    def note(self, row, outcome):
        """A count that is only told."""
        with self.lock:
            self.rows.setdefault(row, Counter())[outcome] += 1

    def lines(self):
        columns = [name for name in OUTCOMES] if any(
            "tried" in row for row in self.rows.values()) else sorted(
                {name for row in self.rows.values() for name in row})
        total = Counter()
        for row in self.rows.values():
            total.update(row)
        width = max(map(len, [*self.rows, "all"])) + 2
        yield self.title
        yield " " * width + "  ".join(columns)
        for name, row in [*sorted(self.rows.items()), ("all", total)]:
            yield name.ljust(width) + "  ".join(str(row[one]).rjust(len(one)) for one in columns)
        yield from self.notes


def fingerprint(root):
    """What a write to anything below `root` would change."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            st = os.lstat(path)
            found[path] = ("folder",) if name in folders else (
                st.st_ino, st.st_size, st.st_mode, st.st_mtime_ns, st.st_ctime_ns)
    return found


class Run:
    """One finished run of the program."""

    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    def __str__(self):
        return f"{' '.join(map(str, self.words))} -> {self.code}, stderr {self.err[:600]!r}"

    def crashed(self):
        return self.code is None or self.code < 0 or any(mark in self.err for mark in SANITIZER)

    def unclear(self, *names):
        """Why this is not a success or a clear error that contains one of `names`; or nothing."""
        if self.code == 0:
            return "success with an error" if "Error:" in self.err else ""
        if self.code not in (1, 4, 128):  # etcd's: error, bad feature, bad arguments
            return f"exit code {self.code}"
        lines = self.err.splitlines()
        # Behind a mistake at the command line stands what was meant.
        if len(lines) == 2 and lines[1].startswith(HINTS):
            lines.pop()
        if len(lines) != 1 or not lines[0].startswith("Error: ") or len(lines[0]) > 2000:
            return f"{len(lines)} lines on stderr"
        if "internal error" in self.err or "out of memory" in self.err:
            return "an error of the program's own"
        if any(ord(char) < 32 for char in lines[0]):
            return "control characters on stderr"
        if names and not any(name in lines[0] for name in names):
            return f"names none of {names}"
        return ""


def run(program, words, cwd, **how):
    words = [str(word) for word in words]
    how.setdefault("stdout", subprocess.PIPE)
    try:
        done = subprocess.run([program.path, *words], stdin=subprocess.DEVNULL, cwd=cwd,
                              stderr=subprocess.PIPE, timeout=120, **how)
    except subprocess.TimeoutExpired as late:
        return Run(words, None, "", f"hangs: {late}")
    return Run(words, done.returncode, (done.stdout or b"").decode(errors="replace"),
               done.stderr.decode(errors="replace"))


class Trial:
    """A folder of one thread: `in` holds inputs, the program is started in the empty `out`."""

    def __init__(self, program, root):
        self.program = program
        self.inputs, self.out = os.path.join(root, "in"), os.path.join(root, "out")
        os.makedirs(self.inputs)
        os.makedirs(self.out)

    def __call__(self, tally, row, words, names=(), changes=(), case="", **how):
        """Runs, counts in `row`, and clears `out`. On success `changes` of the input may change,
        and outputs may be left. The finished run."""
        before = fingerprint(self.inputs)
        done = run(self.program, words, self.out, **how)
        tally.add(row, "tried")
        case = f"{case}: {done}"
        why = done.unclear(*names)
        if done.crashed():
            tally.add(row, "crashes", case)
        elif why:
            tally.add(row, "unclear", f"{why}: {case}")
        else:
            tally.add(row, "clear errors" if done.code else "accepted")
        after = fingerprint(self.inputs)
        if done.code == 0:
            for path in changes:
                before.pop(path, None)
                after.pop(path, None)
        if before != after:
            differ = {path for path in {*before, *after} if before.get(path) != after.get(path)}
            tally.add(row, "inputs changed", f"{sorted(differ)}: {case}")
        if os.listdir(self.out):
            if done.code != 0:
                tally.add(row, "outputs left", f"{os.listdir(self.out)}: {case}")
            shutil.rmtree(self.out)
            os.makedirs(self.out)
        return done


def in_parallel(program, root, work, jobs):
    """Calls work(trial, job) for each job, from CHILDREN threads with a folder each."""
    free = [Trial(program, os.path.join(root, str(i))) for i in range(CHILDREN)]

    def one(job):
        trial = free.pop()
        try:
            work(trial, job)
        finally:
            free.append(trial)

    with ThreadPoolExecutor(CHILDREN) as pool:
        for _ in pool.map(one, jobs):
            pass
