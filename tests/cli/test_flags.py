# tests/cli/test_flags.py: command lines, errors and streams of cairnutl, as etcdutl has them.
import os
import signal
import subprocess

import pytest

VERSION = "cairnutl version: 0.1.0\nAPI version: 3.7\n"


def test_version_tells_the_name_it_was_called_by(utl, etcdutl):
    assert utl("version").stdout == VERSION
    assert etcdutl("version").stdout == "etcdutl version: 3.7.3\nAPI version: 3.7\n"


@pytest.mark.parametrize("words", [
    ["version", "-w", "json"], ["version", "-wjson"], ["version", "-w=json"],
    ["-w", "yaml", "version"],
    ["--timeout", "1m30s", "version"], ["version", "--timeout=0"], ["vers"],
    ["--progress=none", "version"], ["version", "--help=false"],
    ["--version"], ["--version", "-w", "json"], ["--progress=none", "--version"],
    ["--version", "version"], ["--version", "snapshot", "status", "nosuch"],
])
def test_version_takes_global_flags_anywhere_and_ignores_the_format(utl, words):
    done = utl(*words)
    assert (done.returncode, done.stdout, done.stderr) == (0, VERSION, "")


@pytest.mark.parametrize("words", [
    ["--version"], ["-w", "json", "--version"], ["--version", "-wjson"]])
def test_version_as_a_flag_answers_as_the_command_does(request, words):
    for name in "ctl", "utl", "etcdctl", "etcdutl":
        program = request.getfixturevalue(name)
        done = program(*words)
        assert (done.returncode, done.stdout, done.stderr) == (0, program("version").stdout, "")


def test_version_as_a_flag_of_a_command_is_unknown(etcdctl):
    # Exit code 0 would look as if the key had been put.
    assert etcdctl.fails(1, "put", "k", "--version")[0] == "Error: unknown flag: --version"
    assert etcdctl.fails(1, "--version", "nosuch")[0] == \
        'Error: unknown command "nosuch" for "etcdctl"'


def test_an_unknown_command(etcdutl):
    assert etcdutl.fails(1, "nosuch") == [
        'Error: unknown command "nosuch" for "etcdutl"',
        "Run 'etcdutl --help' for usage.",
    ]


def test_a_misspelt_command_gets_a_hint(utl):
    lines = utl.fails(1, "verison")
    assert lines == ['Error: unknown command "verison" for "cairnutl"',
                     """Did you mean "version"? 'cairnutl --help' lists the commands."""]


@pytest.mark.parametrize("words, error", [
    (["version", "--nosuch"], "unknown flag: --nosuch"),
    (["version", "-x"], "unknown shorthand flag: 'x' in -x"),
    (["version", "--timeout"], "flag needs an argument: --timeout"),
    (["version", "-w"], "flag needs an argument: 'w' in -w"),
    (["version", "--timeout", "abc"],
     'invalid argument "abc" for "--timeout" flag: time: invalid duration "abc"'),
    (["version", "--timeout=10"],
     'invalid argument "10" for "--timeout" flag: time: missing unit in duration "10"'),
    (["version", "--progress=loud"],
     'invalid argument "loud" for "--progress" flag: must be one of bar, plain, none'),
    (["completion"], "accepts 1 arg(s), received 0"),
    (["completion", "bash", "zsh"], "accepts 1 arg(s), received 2"),
    (["completion", "tcsh"], 'invalid argument "tcsh" for "etcdutl completion"'),
])
def test_a_wrong_command_line_is_one_error_and_one_hint(etcdutl, words, error):
    first, hint = etcdutl.fails(1, *words)
    assert first == "Error: " + error
    assert len(hint) <= 80
    assert hint.startswith((f"Run 'etcdutl {words[0]} --help'", f"Usage: etcdutl {words[0]} ",
                            "Did you mean", "It is one of", "A duration has a unit"))


def test_help_is_on_stdout_everywhere(utl):
    whole = utl("--help")
    assert whole.returncode == 0 and whole.stderr == ""
    assert utl().stdout == utl("-h").stdout == utl("help").stdout == whole.stdout
    assert "Backup and restore commands:" in whole.stdout
    for words in (["completion", "--help"], ["--help", "completion"], ["help", "completion"],
                  ["completion", "bash", "-h"]):
        assert utl(*words).stdout.startswith("Prints a script that teaches a shell")
    assert "  # For this bash session." in utl("completion", "-h").stdout
    assert utl.fails(1, "help", "nosuch")[0] == 'Error: unknown help topic "nosuch"'


def test_help_shows_the_name_it_was_called_by(utl, etcdutl):
    assert "etcdutl" in etcdutl("--help").stdout and "cairnutl" not in etcdutl("--help").stdout
    assert "cairnutl" in utl("--help").stdout


def test_results_that_cannot_be_written_are_an_error(utl):
    with open("/dev/full", "w") as full:
        done = utl("version", stdout=full)
    assert done.returncode == 1
    assert done.stderr == "Error: write /dev/stdout: no space left on device\n"


def test_a_closed_stdout_is_an_error_and_no_file_takes_its_place(utl, tmp_path):
    script = f'"{utl.path}" version >&-'
    done = subprocess.run(["sh", "-c", script], stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == "Error: write /dev/stdout: bad file descriptor\n"
    # With stdout closed, the first file opened would be descriptor 1.
    script = f'"{utl.path}" __man "{tmp_path}/man" >&- 2>&- <&-'
    assert subprocess.run(["sh", "-c", script], timeout=60).returncode == 0
    page = (tmp_path / "man/cairnutl.1").read_text()
    assert page.startswith('.\\" cairnutl.1:')


def test_a_reader_that_went_away_ends_the_program_quietly(utl):
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = utl("completion", "bash", stdout=write_end)
    os.close(write_end)
    assert done.returncode == -signal.SIGPIPE
    assert done.stderr == ""
