# tests/cli/test_nohup.py: a signal that was ignored when the program began stays ignored.
import os
import re
import signal
import subprocess
import time

import pytest

import big_db

HUP, INT, TERM = signal.SIGHUP, signal.SIGINT, signal.SIGTERM


def ignoring(number):
    """How Popen starts a program that ignores this signal, as nohup and shells do."""
    return {"preexec_fn": lambda: signal.signal(number, signal.SIG_IGN), "restore_signals": False}


def has_read(process, count):
    with open(f"/proc/{process.pid}/io") as counters:
        return int(re.search(r"^rchar: (\d+)", counters.read(), re.M)[1]) > count


@pytest.mark.parametrize("number", [HUP, INT, TERM])
def test_case_13_nohup_long_work_goes_on(utl, tmp_path, number):
    big_db.write(tmp_path / "file.db")
    work = subprocess.Popen([utl.path, "verify", tmp_path / "file.db"], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **ignoring(number))
    end = time.monotonic() + 30
    while not has_read(work, 16 << 20):
        assert time.monotonic() < end
        time.sleep(0.01)
    work.send_signal(number)
    # Another 256 MB: it looks for signals at every one of them.
    while not has_read(work, 272 << 20):
        assert work.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    other = TERM if number != TERM else INT
    work.send_signal(other)
    assert work.communicate(timeout=30) == (b"", b"Error: interrupted\n")
    assert work.returncode == -other


def test_a_restore_under_nohup_outlives_its_terminal(utl, fixtures, tmp_path):
    # nohup(1) itself, and the signal to the whole group, as a terminal that goes away sends it.
    script = f'trap "" HUP; kill -HUP 0; exec "{utl.path}" snapshot restore "$1" --data-dir "$2"'
    done = subprocess.run(["setsid", "-w", "sh", "-c", script, "sh",
                           fixtures / "3.7.1/single/snapshot.db", tmp_path / "m.etcd"], timeout=60)
    assert done.returncode == 0 and (tmp_path / "m.etcd/member/snap/db").exists()


def closed_pipe():
    read_end, write_end = os.pipe()
    os.close(read_end)
    return write_end


@pytest.mark.parametrize("words", [["completion", "bash"], ["--help"], ["version"]])
def test_where_sigpipe_is_ignored_a_reader_that_went_away_is_an_error(program, words):
    # As under systemd, whose services find it ignored.
    pipe = closed_pipe()
    done = subprocess.run([program.path, *words], stdout=pipe, stderr=subprocess.PIPE, text=True,
                          timeout=60, **ignoring(signal.SIGPIPE))
    os.close(pipe)
    assert (done.returncode, done.stderr) == (1, "Error: write /dev/stdout: broken pipe\n")


@pytest.mark.parametrize("number", [HUP, INT, signal.SIGPIPE, signal.SIGCHLD])
def test_a_lock_is_given_to_a_command_that_ignores_the_same(ctl, cluster, number):
    show = 'grep SigIgn: "/proc/$$/status"; exit 7'
    done = subprocess.run([ctl.path, "lock", "nohup", "--", "sh", "-c", show], text=True,
                          env=dict(os.environ, **cluster.env), stdout=subprocess.PIPE,
                          timeout=60, **ignoring(number))
    assert done.returncode == 7
    ignored = int(done.stdout.split()[1], 16)
    # Of SIGCHLD the command's end has to be known.
    assert bool(ignored >> (number - 1) & 1) == (number != signal.SIGCHLD)
