#!/usr/bin/python3
# tests/suites.py: builds, runs the suites, adds up what passed and failed (tests/run calls it).
"""Each suite is a function that returns (passed, failed) and finds its tests by itself.

A suite that cannot be built or started counts as one failure; nothing is skipped without a word."""

import collections
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITES = ["tidy", "unit", "cli", "interop", "fuzz", "bench"]
# Suites that wait for servers more than they compute come while the sanitized builds are made.
CI_TIER = ["tidy", "cli", "interop", "unit", "fuzz"]
# Modules whose tests start threads; only these are run under ThreadSanitizer.
THREADED = ["base", "os", "sim", "bolt", "wal", "snap"]
FUZZ_SECONDS = {"ci": 20, "full": 600}


def say(text):
    print(f"== {text}", flush=True)


class CannotRun(Exception):
    """The suite's tests could not be built or started."""


def run(command, timeout, env=None, capture=False, cwd=ROOT):
    """Runs a command; its exit code and, when captured, its output (stdout and stderr)."""
    full_env = dict(os.environ, **(env or {}))
    try:
        done = subprocess.run(
            [str(word) for word in command], cwd=cwd, env=full_env, timeout=timeout, text=True,
            errors="replace", stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.STDOUT if capture else None)
        return done.returncode, done.stdout or ""
    except subprocess.TimeoutExpired as timed_out:
        output = timed_out.stdout or b""
        output = output.decode(errors="replace") if isinstance(output, bytes) else output
        return 124, output + f"\nended after {timeout} s\n"


def must(command, timeout, what, env=None):
    code, output = run(command, timeout, env, capture=True)
    if code != 0:
        print(output[-6000:])
        raise CannotRun(f"{what} (exit code {code})")
    return output


BUILDING = collections.defaultdict(threading.Lock)


def build(folder, *options, targets=(), cxx=None):
    """Configures `folder` once and builds the targets (all of them when none is named)."""
    directory = ROOT / folder
    cxx = cxx or os.environ["CXX"]
    env = {"CXX": cxx if "ccache" in cxx or not shutil.which("ccache") else f"ccache {cxx}"}
    if shutil.which("mold") and "clang" not in cxx:
        env["CXX_LD"] = "mold"
    with BUILDING[folder]:
        started = time.monotonic()
        if not (directory / "build.ninja").exists():
            must(["meson", "setup", directory, *options], 600, f"meson setup {folder}", env)
        must(["ninja", "-C", directory, *targets], 3600, f"building {folder}")
        say(f"built {folder} in {time.monotonic() - started:.0f} s")
    return directory


def fixtures():
    must([ROOT / "tests/fixtures/unpack"], 300, "unpacking tests/fixtures")


def peers(*versions):
    must([ROOT / "tests/interop/peers", *versions], 2400, "building real etcd")


def tests_env(directory):
    """What every suite may rely on in the environment."""
    return {
        "CAIRN_SOURCE": str(ROOT),
        "CAIRN_BUILD": str(directory),
        "CAIRN_FIXTURES": str(ROOT / "build/fixtures"),
        "CAIRN_PEERS": str(ROOT / "build/peers"),
        "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
        "TSAN_OPTIONS": "halt_on_error=1",
    }


def tidy(_tier):
    """The repository checks itself."""
    build("build")
    code, output = run([sys.executable, "tests/tidy/tidy.py"], 300, tests_env(ROOT / "build"),
                       capture=True)
    print(output, end="")
    match = re.search(r"^tidy: (\d+) passed, (\d+) failed$", output, re.M)
    if not match:
        raise CannotRun(f"tests/tidy/tidy.py (exit code {code})")
    return int(match[1]), int(match[2])


def unit_programs(directory, only=None):
    tests = json.loads(must(["meson", "introspect", "--tests", directory], 60, "listing the tests"))
    programs = {test["name"]: test["cmd"] for test in tests}
    return {name: cmd for name, cmd in programs.items() if only is None or name in only}


def at_once(jobs, run_one):
    """run_one(job) of each, as many at a time as there are cores; the results in order."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return pool.map(run_one, jobs)


def run_unit(directory, label, only=None):
    """Runs each doctest program; counts its test cases."""
    passed = failed = 0
    programs = unit_programs(directory, only)
    if not programs:
        raise CannotRun(f"no unit tests in {directory.name}")
    runs = at_once(programs.values(),
                   lambda command: run(command, 900, tests_env(directory), capture=True))
    for name, (code, output) in zip(programs, runs):
        match = re.search(r"test cases: *\d+ \| *(\d+) passed \| *(\d+) failed", output)
        good, bad = (int(match[1]), int(match[2])) if match else (0, 0)
        if code != 0 and bad == 0:
            bad = 1  # it died before it could say which case
        if code == 0 and good == 0:
            bad = 1  # a program without tests tests nothing
        if bad:
            print(output[-8000:])
        print(f"   {label} {name}: {good} passed, {bad} failed", flush=True)
        passed, failed = passed + good, failed + bad
    return passed, failed


def build_sanitized(folder):
    """The unit tests, as the folder's name says."""
    kind, modules = {"build-asan": ("address,undefined", None),
                   "build-tsan": ("thread", THREADED)}[folder]
    if modules is None:
        modules = sorted(path.parent.name for path in (ROOT / "tests/unit").glob("*/meson.build"))
    # -O1 and line tables alone: half the time to compile, little more to run.
    return build(folder, f"-Db_sanitize={kind}", "--buildtype=plain", "-Doptimization=1",
                 "-Dwerror=false", "-Db_lundef=false", "-Dcpp_args=-g1 -D_GLIBCXX_ASSERTIONS",
                 targets=[f"tests/unit/{module}/unit_{module}" for module in modules])


def unit(_tier):
    """doctest programs: release, ASan+UBSan, and TSan where there are threads."""
    fixtures()
    passed, failed = run_unit(build("build"), "release")
    for folder, only in [("build-asan", None), ("build-tsan", THREADED)]:
        try:
            more = run_unit(build_sanitized(folder), folder[6:], only)
            passed, failed = passed + more[0], failed + more[1]
        except CannotRun as problem:
            print(f"cannot run: {problem}")
            failed += 1
    return passed, failed


def cli(tier):
    """pytest: runs the built programs; in the full tier on every broken form of every fixture."""
    directory = build("build")
    fixtures()
    peers(*(["3.5", "3.6", "3.7"] if tier == "full" else ["3.7"]))
    if not list((ROOT / "tests/cli").glob("test_*.py")):
        raise CannotRun("no tests in tests/cli")
    report = directory / "pytest.xml"
    report.unlink(missing_ok=True)
    run(["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}",
         "tests/cli"], 7200 if tier == "full" else 1500,
        dict(tests_env(directory), PYTHONDONTWRITEBYTECODE="1",
             **({"CAIRN_FULL": "1"} if tier == "full" else {})))
    if not report.exists():
        raise CannotRun("pytest left no report")
    total = failed = skipped = 0
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        total += int(suite.get("tests"))
        failed += int(suite.get("failures")) + int(suite.get("errors"))
        skipped += int(suite.get("skipped"))
    if skipped:
        print(f"   cli: {skipped} skipped")
    return max(0, total - failed - skipped), failed


def interop(tier):
    """Go: real etcd and its tools as the peer."""
    if not os.environ.get("GO"):
        raise CannotRun("Go 1.26 was not found; ./setup fetches it")
    directory = build("build")
    fixtures()
    # Two programs of older releases that answer for files of all.
    versions = (["3.7", "3.5/etcdutl", "3.6/etcd-dump-logs"] if tier == "ci"
                else ["3.5", "3.6", "3.7"])
    started = time.monotonic()
    peers(*versions)
    say(f"peers {' '.join(versions)} ready in {time.monotonic() - started:.0f} s")
    env = dict(tests_env(directory), CGO_ENABLED="0")
    chosen = "3.7" if tier == "ci" else "3.4,3.5,3.6,3.7"
    # etcd's own tests take a quarter of an hour, and the full tier runs them twice.
    minutes, suite = (30, "smoke") if tier == "ci" else (120, "full")
    code, output = run([os.environ["GO"], "test", "-count=1", "-json", f"-timeout={minutes}m",
                        "./...", f"-versions={chosen}", f"-etcd-suite={suite}"],
                       (minutes + 10) * 60, env, capture=True, cwd=ROOT / "tests/interop")
    return count_go(code, output)


def count_go(code, output):
    """Counts the leaves of `go test -json`; prints what failed."""
    results, texts, rest = {}, {}, []
    for line in output.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            rest.append(line)
            continue
        key = (event.get("Package"), event.get("Test"))
        if event["Action"] in ("pass", "fail", "skip"):
            results[key] = event["Action"]
        elif event["Action"] in ("output", "build-output"):
            texts.setdefault(key, []).append(event.get("Output", ""))
    parents = {(package, test.rsplit("/", 1)[0]) for package, test in results
               if test and "/" in test}
    passed = failed = skipped = 0
    for key, action in results.items():
        if action == "fail":
            print("".join(texts.get(key, []))[-4000:], end="")
        if key[1] is None or (key in parents and action != "fail"):
            continue
        if key in parents and any(
                other[1] and other[1].startswith(key[1] + "/") and result == "fail"
                for other, result in results.items()):
            continue
        passed += action == "pass"
        failed += action == "fail"
        skipped += action == "skip"
        told = [text.strip() for text in texts.get(key, []) if "told:" in text]
        if told:
            print("   " + "\n   ".join(told))
    if code != 0 and failed == 0:
        print("\n".join(rest)[-4000:])
        print("".join(texts.get((None, None), []))[-4000:])
        failed = 1
    if skipped:
        print(f"   interop: {skipped} skipped")
    return passed, failed


def fuzz_names():
    return [path.stem[:-len("_fuzz")] for path in sorted((ROOT / "tests/fuzz").glob("*_fuzz.cc"))]


def build_fuzz():
    return build(
        "build-fuzz", "-Dfuzz=true", "-Dtests=false", "--buildtype=debugoptimized", "-Db_pch=false",
        "-Dwerror=false", "-Db_lundef=false",
        "-Dcpp_args=-fsanitize=address,undefined,fuzzer-no-link",
        "-Dcpp_link_args=-fsanitize=address,undefined", cxx="clang++-14",
        targets=[f"tests/fuzz/fuzz_{name}" for name in fuzz_names()])


def build_ahead(suites):
    """Sanitized builds, in a thread; what fails here fails again where it is told."""
    # On Linux this is the calling thread's priority, and of what it starts.
    os.nice(19)
    try:
        if "unit" in suites:
            build_sanitized("build-asan")
            build_sanitized("build-tsan")
        if "fuzz" in suites:
            build_fuzz()
    except CannotRun:
        pass


def fuzz(tier):
    """libFuzzer targets: each starts from its kept corpus and must survive its time."""
    names = fuzz_names()
    if not names:
        raise CannotRun("no fuzz targets")
    directory = build_fuzz()
    seconds = FUZZ_SECONDS["full" if tier == "full" else "ci"]
    passed = failed = 0

    def fuzz_one(name):
        target = directory / f"tests/fuzz/fuzz_{name}"
        found, kept = directory / f"corpus/{name}", ROOT / f"tests/fuzz/corpus/{name}"
        found.mkdir(parents=True, exist_ok=True)
        return run(
            [target, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
             "-print_final_stats=1", f"-artifact_prefix={directory}/{name}-", found,
             *([kept] if kept.is_dir() else [])],
            seconds + 120, tests_env(directory), capture=True)

    for name, (code, output) in zip(names, at_once(names, fuzz_one)):
        runs = re.search(r"number_of_executed_units: (\d+)", output)
        if code != 0:
            print(output[-6000:])
        print(f"   fuzz {name}: {runs[1] if runs else '?'} inputs in {seconds} s, "
              f"{'passed' if code == 0 else 'failed'}", flush=True)
        passed, failed = passed + (code == 0), failed + (code != 0)
    return passed, failed


def bench(tier):
    """Side by side with etcdutl and etcdctl; each limit that is met counts as passed."""
    directory = build("build")
    fixtures()
    peers("3.7")
    sizes = {"utl": "100000,1000000,4000000" if tier == "full" else "1000000", "ctl": "1000000"}
    passed = failed = 0
    for script, keys in sizes.items():
        code, output = run([sys.executable, f"tests/bench/{script}", f"--keys={keys}"], 3600,
                           tests_env(directory), capture=True)
        print(output, end="")
        match = re.search(r"^bench: (\d+) passed, (\d+) failed$", output, re.M)
        if not match:
            raise CannotRun(f"tests/bench/{script} (exit code {code})")
        passed, failed = passed + int(match[1]), failed + int(match[2])
    return passed, failed


def main(words):
    tier, names = "ci", CI_TIER
    if "full" in words:
        tier = "full"
        words = [word for word in words if word != "full"]
        names = SUITES
    unknown = [word for word in words if word not in SUITES]
    if unknown:
        print(f"tests/run: unknown suite '{unknown[0]}' (known: {' '.join(SUITES)} full)",
              file=sys.stderr)
        return 2
    names = words or names
    passed = failed = 0
    began = time.monotonic()
    ahead = None
    for at, name in enumerate(names):
        say(name)
        started = time.monotonic()
        try:
            if ahead is None and name in ("cli", "interop"):
                build("build")
                ahead = threading.Thread(target=build_ahead, args=(names[at:],), daemon=True)
                ahead.start()
            good, bad = globals()[name](tier)
        except CannotRun as problem:
            print(f"cannot run: {problem}")
            good, bad = 0, 1
        say(f"{name}: {good} passed, {bad} failed in {time.monotonic() - started:.0f} s")
        passed, failed = passed + good, failed + bad
    say(f"all in {time.monotonic() - began:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
