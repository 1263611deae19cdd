# tests/cli/test_ctl_json_errors.py: with --json-errors every line on stderr is a JSON object, and
# what went wrong is told by one with the reason.
import json
import os
import subprocess

import pytest

from running import Running

NOBODY = "127.0.0.1:1"


def told(text):
    """The errors of stderr, all of whose lines must be JSON."""
    lines = [json.loads(line) for line in text.splitlines()]
    assert all(set(line) in ({"note"}, {"error", "exitCode"}) for line in lines), lines
    return [line for line in lines if "error" in line]


def run(ctl, *words, **how):
    return subprocess.run([ctl.path, "--json-errors", "--command-timeout=500ms", *words], text=True,
                          capture_output=True, timeout=60, **how)


@pytest.mark.parametrize("words", [
    ["endpoint", "status"], ["defrag"], ["endpoint", "health"], ["endpoint", "hashkv"],
    ["endpoint", "health", "-w", "json"], ["endpoint", "status", "-w", "table"],
    ["endpoint", "status", "--cluster"], ["lease", "keep-alive", "1234"], ["lease", "list"],
    ["lease", "timetolive", "1234"], ["member", "list"], ["get", "a"], ["alarm", "list"],
    ["move-leader", "1"], ["snapshot", "save", "/nowhere/s.db"], ["lock", "a"], ["elect", "a", "b"],
    ["user", "list"], ["compaction", "3"], ["check", "perf"], ["check", "datascale"],
    ["make-mirror", "127.0.0.1:2"], ["put", "a", "b", "c"], ["get", "--nosuch"], ["nosuch"],
])
def test_case_19_json_errors(ctl, words):
    done = run(ctl, *words, f"--endpoints={NOBODY}")
    errors = told(done.stderr)
    assert errors and done.returncode == errors[-1]["exitCode"] != 0, done
    if done.returncode != 128 and "nosuch" not in words[-1] and "/nowhere/s.db" not in words:
        assert "connection refused" in json.dumps(errors), done


def test_case_19_json_errors_of_a_watch(ctl, cluster):
    for _ in range(2):
        cluster.etcdctl("put", "a", "1")
    revision = json.loads(cluster.etcdctl("get", "a", "-w", "json"))["header"]["revision"]
    cluster.etcdctl("compaction", revision)
    done = run(ctl, "watch", "a", "--rev=1", f"--endpoints={cluster.endpoint}")
    errors = told(done.stderr)
    assert done.returncode == 5 and all(error["exitCode"] == 5 for error in errors)
    assert "required revision has been compacted" in errors[0]["error"]


def test_a_watch_s_command_that_fails(ctl, cluster):
    put = json.loads(cluster.etcdctl("put", "k", "v", "-w", "json"))
    with Running(ctl, "--json-errors", "--endpoints", cluster.endpoint, "watch", "k", "--rev",
                 put["header"]["revision"], "--", "false") as running:
        assert running.end() == 1
        assert told("\n".join(running.errors)) == [
            {"error": "command [\"false\"] error (exit status 1)", "exitCode": 1}]


def test_notes_are_json_too(ctl, cluster):
    done = run(ctl, "del", "a", "b", f"--endpoints={cluster.endpoint}")
    assert done.returncode == 0 and told(done.stderr) == []
    assert "Warning: Keys between" in json.loads(done.stderr)["note"]
    done = run(ctl, "get", "a", env=dict(os.environ, ETCDCTL_NOSUCH="1", **cluster.env))
    assert done.returncode == 0 and told(done.stderr) == [] and "note" in done.stderr
