# tests/cli/test_screens_menu.py: the completion menu, as bash and zsh show it on a terminal.
import os
import time

import pytest

from tmux_screen import TmuxScreen

KEYS = ["/registry/pods/a", "/registry/pods/b", "/registry/services/z", "/other", "plain"]


@pytest.fixture
def environment(ctl, cluster):
    for key in KEYS:
        cluster.etcdctl("put", key, "v")
    return dict(cluster.env, PATH=f"{os.path.dirname(ctl.path)}:{os.environ['PATH']}")


LOADS = {
    "bash": (["bash", "--norc", "--noprofile"], "source {}/cairnctl.bash"),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit; compinit -u -D; source {}/_cairnctl"),
    "fish": (["fish", "--no-config"], "source {}/cairnctl.fish"),
}


@pytest.fixture
def shell(request, environment, source, tmp_path):
    """The shell at a terminal, with our script loaded."""
    words, load = LOADS[request.param]
    with TmuxScreen(words, dict(environment, HOME=str(tmp_path)), cwd=tmp_path) as screen:
        screen.type(f"{load.format(source / 'completions')}; echo LOA''DED", "Enter")
        screen.until(lambda lines: "LOADED" in lines)
        screen.type("clear", "Enter")
        screen.until(lambda lines: "LOADED" not in lines)
        yield screen


def offers(screen, line, *words, tabs=2):
    """That many tabs after the line show these words in one row of the screen."""
    screen.type(line, *["Tab"] * tabs)
    screen.until(lambda lines: any(shown.split() == list(words) for shown in lines))
    # A shell that is still drawing takes no notice of it.
    for _ in range(30):
        screen.type("", "C-c")
        for _ in range(30):
            if screen.lines()[-1].endswith(("$", "#", "%", ">")):
                return
            time.sleep(0.03)
    raise AssertionError("the line is not given up")


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_the_next_steps_of_a_path_are_shown(shell):
    offers(shell, "cairnctl get ", "/other", "/registry/", "plain")
    offers(shell, "cairnctl get /registry/", "/registry/pods/", "/registry/services/")
    # The only one that can be meant is taken, and its next steps are shown.
    offers(shell, "cairnctl del --prefix /registry/p", "/registry/pods/a", "/registry/pods/b",
           tabs=3)
    offers(shell, "cairnctl member list -w ", "fields", "json", "protobuf", "simple", "table")


@pytest.mark.parametrize("shell", ["fish"], indirect=True)
def test_fish_shows_them_too(shell):
    offers(shell, "cairnctl get ", "/other", "/registry/", "plain")
    # It leaves out what they have in common.
    offers(shell, "cairnctl get /registry/", "…registry/pods/", "…registry/services/")


@pytest.mark.parametrize("shell", LOADS, indirect=True)
def test_commands_are_shown_with_what_they_do(request, shell):
    shell.type("cairnctl member ", "Tab", "Tab")
    shell.until(lambda lines: {"add", "list", "promote", "remove", "update"} <=
                {word for line in lines for word in line.split()})
    if "bash" not in request.node.name:
        assert any("Lists all members in the cluster" in line for line in shell.lines())
