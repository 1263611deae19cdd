# tests/cli/test_screens.py: what a terminal shows: help, tables, progress bars, questions.
import os
import re
import subprocess

import pytest

import big_db
from relay import Relay
from tmux_screen import COLUMNS, TmuxScreen


@pytest.fixture
def path(ctl, utl):
    """PATH with both programs."""
    folders = [os.path.dirname(program.path) for program in (ctl, utl)]
    return {"PATH": ":".join([*folders, os.environ["PATH"]])}


@pytest.fixture
def screen(cluster, path, tmp_path):
    """bash beside a cluster."""
    with TmuxScreen(env=dict(path, **cluster.env), cwd=tmp_path) as shell:
        yield shell


@pytest.mark.parametrize("name", ["ctl", "utl"])
def test_help_fits_a_terminal_and_loses_no_word(request, path, name):
    program = request.getfixturevalue(name)
    commands = {"ctl": ["", "put", "make-mirror", "endpoint status"],
                "utl": ["", "snapshot restore"]}

    def words(text):
        # But for the marks of lines that go on.
        return [word for word in text.split() if word not in "\\#"]

    with TmuxScreen(env=path) as screen:
        for command in commands[name]:
            shown = screen.run(f"{program.name} {command} --help")
            assert max(map(len, shown)) <= COLUMNS
            assert "Examples:" in shown
            assert any(line.startswith("  # ") for line in shown)
            piped = program(*command.split(), "--help").stdout
            assert words(" ".join(shown)) == words(piped)
            assert max(map(len, piped.splitlines())) <= 80


# The titles and lines of help's lists of commands.
LISTS = r"^(?:[A-Z].* commands|.*Commands.*):\n((?:  .*\n)+)"


def test_every_help_is_80_columns_wide_and_begins_with_what_matters(program):
    def walk(path):
        shown = program(*path, "--help").stdout
        for line in shown.splitlines():
            assert len(line) <= 80, (path, line)
        first = shown.splitlines()[:24]
        assert "Usage:" in first, (path, first)
        if path:
            assert "Flags:" in first or "Available Commands:" in first, (path, first)
        last = f'Use "{program.name} options" for the flags that every command has.'
        assert (shown.splitlines()[-1] == last) == (path != ["options"]), path
        for lines in re.findall(LISTS, shown, re.M):
            for name in re.findall(r"^  ([\w-]+) ", lines, re.M):
                walk([*path, name])

    walk([])


def test_commands_are_grouped_as_etcdctl_groups_them(etcdctl, peers):
    def groups(text):
        found = {}
        for line in text.split("\nUse ")[0].split("\nExamples:")[0].splitlines():
            if title := re.fullmatch(r"([A-Z].* commands):?", line):
                here = found[title[1]] = set()
            elif found and (name := re.match(r"  ([a-z][\w-]*) ", line)):
                here.add(name[1])
        return found

    theirs = subprocess.run([peers / "etcdctl", "--help"], stdout=subprocess.PIPE, text=True)
    assert groups(theirs.stdout) == groups(etcdctl("--help").stdout)
    assert len(groups(theirs.stdout)) == 5


# Before, a usage text of 30 to 60 lines came after each of them.
AFTER = {
    "cairnctl get --prefx /registry": """\
Error: unknown flag: --prefx
Did you mean --prefix? 'cairnctl get --help' lists the flags.""",
    "cairnctl get /a -w jsn": """\
Error: unsupported output format
Did you mean "json"? It is one of simple, json, fields, protobuf.""",
    "cairnctl get /a --order=ascnd": """\
Error: bad sort order ascnd
Did you mean "ASCEND"? It is one of ASCEND, DESCEND.""",
    "cairnctl gett /a": """\
Error: unknown command "gett" for "cairnctl"
Did you mean "get"? 'cairnctl --help' lists the commands.""",
    "cairnctl get /a --command-timeout 10": """\
Error: invalid argument "10" for "--command-timeout" flag: time: missing unit in
 duration "10"
Did you mean 10s? A duration has a unit: 500ms, 10s, 1m30s.""",
    "cairnctl snapshot": """\
Error: "cairnctl snapshot" needs a subcommand
It has restore, save, status. Run 'cairnctl snapshot --help' for usage.""",
    "cairnutl snapshot restore b.db --datadir new": """\
Error: unknown flag: --datadir
Did you mean --data-dir? 'cairnutl snapshot restore --help' lists the flags.""",
    "cairnutl hashkv": """\
Error: accepts 1 arg(s), received 0
Usage: cairnutl hashkv <filename> [flags]""",
}


@pytest.mark.parametrize("command", AFTER)
def test_at_80x24_a_mistake_is_the_last_thing_on_the_screen(path, command):
    with TmuxScreen(env=path, size=(80, 24), joined=False) as screen:
        assert "\n".join(screen.run(command)) == AFTER[command]


def table(lines):
    """How its borders are drawn, and the cells of its rows."""
    how = {"┌": "box", "+": "ASCII"}[lines[0][0]]
    assert {"box": "┘", "ASCII": "+"}[how] == lines[-1][-1]
    assert len({len(line) for line in lines}) == 1, "ragged"
    rows = [line for line in lines if line[0] in "│|"]
    return how, [[cell.strip() for cell in re.split("[│|]", row)[1:-1]] for row in rows]


@pytest.mark.parametrize("command", [
    "cairnctl endpoint health -w table", "cairnctl member list -w table",
    "cairnutl snapshot status -w table s.db"])
def test_tables_are_drawn_as_the_terminal_can(screen, fixtures, tmp_path, command):
    # By a short name: a line of just the terminal's width would take in the next.
    (tmp_path / "s.db").symlink_to(fixtures / "3.7.1/single/snapshot.db")
    how, rows = table(screen.run(command))
    assert how == "box" and len(rows) == 2 and all(any(row) for row in rows), rows
    for plain in f"LC_ALL=C {command}", f"{command} | cat", f"{command} > f; cat f":
        how, again = table(screen.run(plain))
        assert how == "ASCII"
        assert again[0] == rows[0] and again[1][0] == rows[1][0]


BAR = re.compile(r"saving +\d+% \[=*> *\] [\d.]+ [kM]B of \d\.\d MB, [\d.]+ [kM]B/s, \d+s left")


def test_a_snapshot_shows_a_bar_that_makes_room_for_the_result(screen, cluster, tmp_path):
    cluster.put_noise("big", 3, 1_000_000)
    with Relay(cluster.endpoint, rate=2_000_000) as slow:
        screen.run(f"export ETCDCTL_ENDPOINTS={slow.endpoint}")
        number = screen.start("cairnctl snapshot save s.db")
        first = screen.until(lambda lines: BAR.fullmatch(lines[-1]))[-1]
        later = screen.until(lambda lines: BAR.fullmatch(lines[-1]) and lines[-1] != first)[-1]
        assert int(first.split()[1][:-1]) <= int(later.split()[1][:-1])
        assert list(tmp_path.glob("s.db.part-*")) and not (tmp_path / "s.db").exists()
        assert screen.ended(number) == ["Snapshot saved at s.db", "Server version 3.7.0"]


def test_ctrl_c_at_a_bar_leaves_a_clean_line(screen, cluster, tmp_path):
    cluster.etcdctl("put", "big", input="x" * 1_000_000)
    with Relay(cluster.endpoint, rate=200_000) as slow:
        screen.run(f"export ETCDCTL_ENDPOINTS={slow.endpoint}")
        number = screen.start("cairnctl snapshot save s.db")
        screen.until(lambda lines: BAR.fullmatch(lines[-1]))
        screen.type("", "C-c")
        # The empty line is bash's.
        assert screen.ended(number) == ["Error: interrupted", ""]
        assert screen.run("echo $?") == ["130"]
        assert list(tmp_path.iterdir()) == []


def test_long_work_on_a_file_shows_a_bar(path, tmp_path):
    big_db.write(tmp_path / "file.db")
    with TmuxScreen(env=path, cwd=tmp_path) as screen:
        number = screen.start("cairnutl verify file.db")
        screen.until(lambda lines: re.fullmatch(
            r"checking pages +\d+% \[=*>? *\] [\d.]+ [kMG]B of 4.3 GB, [\d.]+ [MG]B/s, \d+s left",
            lines[-1]))
        screen.type("", "C-c")
        # The empty line is bash's.
        assert screen.ended(number) == ["Error: interrupted", ""]


def test_a_question_before_many_keys_go(screen, cluster):
    for number in range(3):
        cluster.etcdctl("put", f"k{number}", "v")
    for answer in "n", "", "yess":
        number = screen.start("cairnctl del k --prefix")
        screen.until(lambda lines: lines[-1] == "Delete 3 keys? [y/N]")
        screen.type(answer, "Enter")
        assert screen.ended(number) == [f"Delete 3 keys? [y/N] {answer}".rstrip(),
                                        "Error: not confirmed: nothing was changed"]
        assert len(cluster.keys("k")) == 3
    number = screen.start("cairnctl del k --prefix")
    screen.until(lambda lines: lines[-1] == "Delete 3 keys? [y/N]")
    screen.type("y", "Enter")
    assert screen.ended(number) == ["Delete 3 keys? [y/N] y", "3"]
    assert cluster.keys("k") == []
    for number in range(2):
        cluster.etcdctl("put", f"k{number}", "v")
    assert screen.run("cairnctl del k --prefix --yes") == ["2"]
    assert screen.run("cairnctl del k --prefix") == ["0"], "it asked about nothing"


def test_a_password_is_not_shown(screen, cluster):
    number = screen.start("cairnctl user add screens")
    screen.until(lambda lines: lines[-1] == "Password of screens:")
    screen.type("secret", "Enter")
    again = "Type password of screens again for confirmation:"
    screen.until(lambda lines: lines[-1] == again)
    screen.type("secret", "Enter")
    assert screen.ended(number) == ["Password of screens:", again, "User screens created"]
    cluster.etcdctl("user", "delete", "screens")


def test_a_transaction_is_typed_in(screen, cluster):
    number = screen.start("cairnctl txn -i")
    typed = [("compares:", 'mod("k") = "0"', ""),
             ("success requests (get, put, del):", 'put k "two words"', "get k", ""),
             ("failure requests (get, put, del):", "get k", "")]
    for title, *lines in typed:
        screen.until(lambda shown, title=title: shown[-1] == title)
        for line in lines:
            screen.type(line, "Enter")
    assert screen.ended(number) == [*(line for part in typed for line in part),
                                    "SUCCESS", "", "OK", "", "k", "two words"]


def test_a_watch_is_typed_in(screen, cluster):
    number = screen.start("cairnctl watch -i")
    start = int(re.search(r'"Revision" : (\d+)', cluster.etcdctl("get", "k", "-w", "fields"))[1])
    screen.type("wach k", "Enter")
    screen.until(lambda lines: lines[-1] == "Invalid command wach k (only support watch)")
    screen.type(f"watch k --rev={start + 1}", "Enter")
    cluster.etcdctl("put", "k", "v")
    screen.until(lambda lines: lines[-3:] == ["PUT", "k", "v"])
    screen.type("", "C-d")
    assert screen.ended(number) == [
        "wach k", "Invalid command wach k (only support watch)", f"watch k --rev={start + 1}",
        "PUT", "k", "v", "Error: error reading watch request line: EOF"]
