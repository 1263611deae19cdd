# tests/cli/test_ctl_completion.py: names that only the cluster knows, offered in real shells.
import os
import pty
import select
import shutil
import subprocess
import time

import pytest

KEYS = ["/registry/pods/a", "/registry/pods/b", "/registry/pods/sub/x", "/registry/svc/z", "/other",
        "plain", "with:colon/x", "with space"]


@pytest.fixture
def filled(cluster):
    for key in KEYS:
        cluster.etcdctl("put", key, "v")
    return cluster


@pytest.fixture
def environment(ctl, filled):
    """What an operator's shell has."""
    return dict(os.environ, **filled.env, LC_ALL="C.UTF-8",
                PATH=f"{os.path.dirname(ctl.path)}:{os.environ['PATH']}")


def names(ctl, cluster, *words):
    done = ctl("__complete", *words, env=cluster.env)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.splitlines()


def test_keys_are_offered_path_by_path(ctl, filled):
    assert names(ctl, filled, "key", "") == ["/other", "/registry/", "plain", "with:colon/"]
    assert names(ctl, filled, "key", "/r") == ["/registry/"]
    assert names(ctl, filled, "key", "/registry/") == ["/registry/pods/", "/registry/svc/"]
    assert names(ctl, filled, "key", "/registry/pods/") == \
        ["/registry/pods/a", "/registry/pods/b", "/registry/pods/sub/"]
    assert names(ctl, filled, "key", "nosuch") == []


def test_a_store_of_many_keys_takes_no_longer(ctl, filled):
    for first in range(0, 2000, 100):
        puts = "".join(f"put /many/{i:05} v\n" for i in range(first, first + 100))
        filled.etcdctl("txn", input=f"\n{puts}\n\n")
    started = time.monotonic()
    assert "/many/" in names(ctl, filled, "key", "")
    assert len(names(ctl, filled, "key", "/many/")) == 100
    assert time.monotonic() - started < 2


def test_leases_members_endpoints_users_and_roles(ctl, new_cluster):
    cluster = new_cluster
    lease = cluster.etcdctl("lease", "grant", "100").split()[1]
    assert names(ctl, cluster, "lease", "") == [lease]
    member = cluster.etcdctl("member", "list").split(",")[0]
    assert names(ctl, cluster, "member", "") == [f"{member}\tm0"]
    url = f"http://{cluster.endpoint}"
    assert names(ctl, cluster, "endpoint", "http:") == [f"{url}\tm0"]
    assert names(ctl, cluster, "endpoint", "a:1,ht") == [f"a:1,{url}\tm0"]
    cluster.etcdctl("user", "add", "root:pw")
    cluster.etcdctl("user", "add", "bob:pw")
    cluster.etcdctl("role", "add", "reader")
    assert names(ctl, cluster, "user", "b") == ["bob"]
    assert names(ctl, cluster, "role", "") == ["reader"]
    # The line's own flags count; without a password nobody is asked.
    cluster.etcdctl("auth", "enable")
    assert names(ctl, cluster, "user", "") == []
    assert names(ctl, cluster, "user", "", "--", "--user", "root") == []
    assert names(ctl, cluster, "user", "", "--", "user", "get", "--user=root:pw") == ["bob", "root"]


def test_no_cluster_is_no_noise_and_no_wait(ctl):
    started = time.monotonic()
    for endpoint in ("127.0.0.1:1", "nosuch.invalid", "bad:port:"):
        done = ctl("__complete", "key", "", "--", f"--endpoints={endpoint}")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done
    assert time.monotonic() - started < 3 * 0.8


def bash_offers(source, environment, line):
    """What bash has after a tab after `line`."""
    words = line.replace(":", " : ").split() + ([""] if line.endswith((" ", ":")) else [])
    script = 'source "$1"; COMP_LINE=$2; COMP_POINT=${#2}; shift 2; COMP_WORDS=("$@"); ' \
             'COMP_CWORD=$(($# - 1)); _cairnctl; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", source / "completions/cairnctl.bash", line,
         *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
        env=environment)
    assert done.stderr == "", done
    return [line for line in done.stdout.splitlines() if line]


def test_bash_offers_live_names(source, environment):
    assert bash_offers(source, environment, "cairnctl get /reg") == ["/registry/"]
    assert bash_offers(source, environment, "cairnctl get --prefix /registry/") == \
        ["/registry/pods/", "/registry/svc/"]
    assert bash_offers(source, environment, "cairnctl -w json del /registry/pods/s") == \
        ["/registry/pods/sub/"]
    assert bash_offers(source, environment, "cairnctl get with:") == ["colon/"]
    assert bash_offers(source, environment, "cairnctl snapshot s") == ["save", "status"]


@pytest.fixture
def users(new_cluster):
    """A cluster with users, roles and a lease."""
    for name in "alice", "bob":
        new_cluster.etcdctl("user", "add", f"{name}:pw")
    for name in "reader", "writer":
        new_cluster.etcdctl("role", "add", name)
    new_cluster.etcdctl("put", "/a/b", "v")
    new_cluster.lease = new_cluster.etcdctl("lease", "grant", "1000").split()[1]
    new_cluster.member = new_cluster.etcdctl("member", "list").split(",")[0]
    return new_cluster


# What may stand at the end of a line, by the argument's number.
BY_POSITION = {
    "user grant-role ": ["alice", "bob"],
    "user grant-role alice ": ["reader", "writer"],
    "user grant-role alice reader ": [],
    "user revoke-role --hex bob w": ["writer"],
    "user get ": ["alice", "bob"],
    "user get alice ": [],
    "user passwd b": ["bob"],
    "user add ": [],
    "role grant-permission ": ["reader", "writer"],
    "role grant-permission reader ": ["read", "write", "readwrite"],
    "role grant-permission reader readw": ["readwrite"],
    "role grant-permission reader read /": ["/a/"],
    "role revoke-permission reader /a/": ["/a/b"],
    "role delete r": ["reader"],
    "role add r": [],
    "get /a/": ["/a/b"],
    "get /a/b /": ["/a/"],
    "get /a/b /c ": [],
    "put /a/b ": [],
    "put /a/": ["/a/b"],
    "-- get /a/": [],
    "get -- /a/": ["/a/b"],
    "lease revoke ": ["LEASE"],
    "lease revoke LEASE ": [],
    "lease timetolive LEA": ["LEASE"],
    "member remove ": ["MEMBER"],
    "member update MEMBER ": [],
    "move-leader ": ["MEMBER"],
    "move-leader m": ["m0"],
    "get -w ": ["simple", "json", "fields", "protobuf"],
    "member list -w t": ["table"],
    "get --order ": ["ASCEND", "DESCEND"],
    "put --lease ": ["LEASE"],
    "downgrade enable ": ["3.5", "3.6"],
    "compaction ": [],
    "elect ": [],
}


def line_of(users, line):
    return line.replace("LEASE", users.lease).replace("LEA", users.lease[:4]) \
        .replace("MEMBER", users.member)


def test_bash_completes_by_the_arguments_position(source, environment, users):
    wrong = {}
    for line, expected in BY_POSITION.items():
        offers = bash_offers(source, dict(environment, **users.env),
                             "cairnctl " + line_of(users, line))
        if sorted(offers) != sorted(line_of(users, word) for word in expected):
            wrong[line] = offers
    assert not wrong


def test_fish_completes_by_the_arguments_position(source, environment, users):
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    script = "source $argv[1]; for line in $argv[2..-1]; echo \"> $line\"; complete -C $line; end"
    lines = [line for line in BY_POSITION if line != "-- get /a/"]
    done = subprocess.run(
        ["fish", "--no-config", "-c", script, source / "completions/cairnctl.fish",
         *("cairnctl " + line_of(users, line) for line in lines)],
        stdout=subprocess.PIPE, text=True, timeout=120, env=dict(environment, **users.env))
    offers, wrong = {}, {}
    for line in done.stdout.splitlines():
        if line.startswith("> "):
            here = offers[line[2:]] = []
        else:
            here.append(line.split("\t")[0])
    for line in lines:
        got = offers["cairnctl " + line_of(users, line)]
        if sorted(got) != sorted(line_of(users, word) for word in BY_POSITION[line]):
            wrong[line] = got
    assert not wrong


def test_bash_shows_a_members_name_beside_its_id(source, environment, cluster_of_three):
    cluster = cluster_of_three
    members = [line.split(", ") for line in cluster.etcdctl("member", "list").splitlines()]
    line = "cairnctl member remove "
    env = dict(environment, **cluster.env)
    assert sorted(bash_offers(source, env, line)) == \
        sorted(f"{member[0]}  ({member[2]})" for member in members)
    # What goes into the line is the id alone.
    first = members[0][0]
    assert bash_offers(source, env, line + first[:12]) == [first]
    assert bash_offers(source, env, line + members[0][2]) == [members[0][2]]


def test_fish_offers_live_names(source, environment):
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")

    def offers(line):
        done = subprocess.run(
            ["fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]",
             source / "completions/cairnctl.fish", line],
            stdout=subprocess.PIPE, text=True, timeout=60, env=environment)
        return [word.split("\t")[0] for word in done.stdout.splitlines()]

    assert offers("cairnctl get /reg") == ["/registry/"]
    assert offers("cairnctl get --prefix /registry/") == ["/registry/pods/", "/registry/svc/"]


def test_zsh_completes_on_a_terminal(source, environment, tmp_path):
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execvpe("zsh", ["zsh", "-f", "-i"], dict(environment, TERM="dumb", HOME=str(tmp_path)))
    shown = b""

    def until(text, seconds=15):
        nonlocal shown
        end = time.monotonic() + seconds
        while text not in shown:
            assert time.monotonic() < end, shown.decode(errors="replace")
            if select.select([terminal], [], [], 0.2)[0]:
                shown += os.read(terminal, 4096)

    os.write(terminal, b"autoload -Uz compinit; compinit -u -D; unset zle_bracketed_paste; source "
             + str(source / "completions/_cairnctl").encode() + b"; echo REA''DY\n")
    until(b"READY")
    shown = b""
    os.write(terminal, b"cairnctl get /registry/p\t")
    until(b"/registry/pods/")
    os.write(terminal, b"\x03exit\n")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            if select.select([terminal], [], [], 0.2)[0] and not os.read(terminal, 4096):
                break
        except OSError:
            break
    os.close(terminal)
    os.waitpid(pid, 0)
