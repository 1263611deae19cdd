# tests/cli/test_completion.py: the completion scripts, and what bash and fish offer by them.
import shutil
import subprocess

import pytest

FILES = {"bash": "{}.bash", "zsh": "_{}", "fish": "{}.fish"}


@pytest.mark.parametrize("shell", FILES)
def test_the_committed_script_is_what_the_command_prints(program, source, shell):
    printed = program("completion", shell)
    assert printed.returncode == 0
    script = source / "completions" / FILES[shell].format(program.name)
    assert script.read_text() == printed.stdout, \
        "the commands have changed: run `ninja -C build pages`"


@pytest.mark.parametrize("shell", [*FILES, "powershell"])
def test_a_script_completes_the_name_that_printed_it(utl, etcdutl, shell):
    assert "cairnutl" not in etcdutl("completion", shell).stdout
    assert "etcdutl" not in utl("completion", shell).stdout


@pytest.mark.parametrize("shell", FILES)
def test_the_shell_can_read_its_script(program, source, shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = source / "completions" / FILES[shell].format(program.name)
    done = subprocess.run([shell, "-n", script],
                          stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_fish_takes_every_line_of_its_script(program, source):
    # A syntax check doesn't look at the options of `complete`.
    done = subprocess.run(["fish", "--no-config", "-c", "source $argv[1]",
                           source / "completions" / f"{program.name}.fish"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("shell", [*FILES, "powershell"])
def test_no_placeholder_is_left_in_a_script(program, shell):
    assert "{prog}" not in program("completion", shell).stdout


def bash_offers(source, cwd, *words):
    """The candidates for the last word."""
    script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cairnutl; ' \
             'printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", source / "completions/cairnutl.bash", "cairnutl",
         *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, cwd=cwd)
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_commands_flags_and_values(source, tmp_path):
    assert bash_offers(source, tmp_path, "compl") == ["completion"]
    assert bash_offers(source, tmp_path, "vers") == ["version"]
    assert "__man" not in bash_offers(source, tmp_path, "")
    assert bash_offers(source, tmp_path, "completion", "") == ["bash", "zsh", "fish", "powershell"]
    assert bash_offers(source, tmp_path, "completion", "f") == ["fish"]
    assert bash_offers(source, tmp_path, "version", "--wr") == ["--write-out"]
    assert bash_offers(source, tmp_path, "-w", "j") == ["json"]
    assert bash_offers(source, tmp_path, "version", "--write-out", "=", "pro") == ["protobuf"]
    assert bash_offers(source, tmp_path, "version", "--write-out", "=") == \
        ["fields", "json", "protobuf", "simple", "table"]
    assert bash_offers(source, tmp_path, "--timeout", "1s", "compl") == ["completion"]
    assert bash_offers(source, tmp_path, "--timeout", "=", "1s", "completion", "z") == ["zsh"]
    assert bash_offers(source, tmp_path, "--timeout", "") == []


def test_bash_offers_files_only_where_a_file_is_meant(source, tmp_path):
    (tmp_path / "b.db").touch()
    (tmp_path / "notes").touch()
    (tmp_path / "folder").mkdir()
    everything = ["b.db", "folder", "notes"]

    def offers(*words):
        return sorted(bash_offers(source, tmp_path, *words))

    assert offers("snapshot", "status", "") == ["b.db", "folder"]
    assert offers("inspect", "keys", "") == everything
    assert offers("inspect", "keys", "b.db", "") == []
    assert offers("diff", "b.db", "") == everything
    assert offers("diff", "b.db", "notes", "") == []
    assert offers("hashkv", "b.db", "") == []
    assert offers("recover", "plan", "b.db", "notes", "") == everything
    assert offers("salvage", "") == sorted([*everything, "wal"])
    assert offers("salvage", "b.db", "") == []
    assert offers("migrate", "") == offers("version", "") == []
    assert offers("snapshot", "restore", "b.db", "--data-dir", "") == ["folder"]
    assert offers("completion", "bash", "") == []


def test_fish_completes_commands_and_values(source):
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")

    def offers(line):
        done = subprocess.run(
            ["fish", "--no-config", "-c", 'source $argv[1]; complete -C $argv[2]',
             source / "completions/cairnutl.fish", line],
            stdout=subprocess.PIPE, text=True, timeout=60)
        return [word.split("\t")[0] for word in done.stdout.splitlines()]

    assert offers("cairnutl compl") == ["completion"]
    assert offers("cairnutl completion f") == ["fish"]
    assert offers("cairnutl --timeout 1s -w js") == ["json"]
    assert "--write-out" in offers("cairnutl version --wr")
