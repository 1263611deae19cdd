# tests/bench/timing.py: what the benchmarks share: timed runs, files of any size, the verdict.
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("CAIRN_BUILD", ROOT / "build"))
PEERS = Path(os.environ.get("CAIRN_PEERS", ROOT / "build/peers"))
BENCH = ROOT / "build/bench"


class Run:
    """One timed run of a program: wall and CPU seconds, peak memory in MB, size of its result."""

    def __init__(self, program, words, cwd):
        null = os.open(os.devnull, os.O_RDWR)
        actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1)]
        error_log = os.open(cwd / "stderr", os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        actions.append((os.POSIX_SPAWN_DUP2, error_log, 2))
        here = os.getcwd()
        os.chdir(cwd)  # the child's place; posix_spawn cannot name one
        started = time.monotonic()
        pid = os.posix_spawn(program, [str(program), *words], os.environ, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        self.wall = time.monotonic() - started
        os.chdir(here)
        os.close(null)
        os.close(error_log)
        self.code = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss * 1024 / 1e6
        self.size = 0
        self.error = (cwd / "stderr").read_text(errors="replace")[-500:]


def make_snapshot(keys, history=0, value_bytes=256):
    """A snapshot of this many keys, `history` percent of them written twice."""
    path = BENCH / (f"k{keys}" + (f"-h{history}" if history else "")
                    + (f"-v{value_bytes}" if value_bytes != 256 else "") + ".snap")
    if not path.exists():
        BENCH.mkdir(parents=True, exist_ok=True)
        print(f"making {path.name}", file=sys.stderr, flush=True)
        go = os.environ.get("GO", "go")
        subprocess.run([go, "build", "-o", BENCH / "makedb", "./makedb"], check=True,
                       cwd=ROOT / "tests/interop", env=dict(os.environ, CGO_ENABLED="0"))
        subprocess.run([BENCH / "makedb", "--keys", str(keys), "--history", str(history),
                        "--value-bytes", str(value_bytes), "--out", path], check=True)
    return path


def fresh(path):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def seconds(value):
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value:.2f} s"


def row(*cells):
    print("| " + " | ".join(f"{cell:<10}" for cell in cells) + " |", flush=True)


def need(script, *programs):
    for program in programs:
        if not program.exists():
            sys.exit(f"tests/bench/{script}: {program} is missing; ./tests/run bench builds it")


def tell(verdicts):
    """Prints which limits were met; the exit code."""
    print("\nlimits")
    failed = 0
    for keys, command, what, value, limit in verdicts:
        bad = value > limit
        failed += bad
        print(f"{'FAILED' if bad else 'ok':<6} {keys:>8} keys  {command:<8} {what}: {value:.4g}"
              f" (at most {limit})")
    print(f"bench: {len(verdicts) - failed} passed, {failed} failed")
    return 1 if failed else 0
