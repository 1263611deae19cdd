# tests/cli/test_ctl_auth.py: auth, user and role against real etcd, and passwords at a terminal.
import json
import os
import pty
import signal
import subprocess
import termios

import pytest

from at_terminal import at_terminal


@pytest.fixture
def run(ctl, cluster):
    """The command on the cluster of this file; users and roles are gone afterwards."""
    def of(*words, input=None):
        return subprocess.run([ctl.path, "--endpoints", cluster.endpoint, *words], text=True,
                              input=input or "", capture_output=True, timeout=60)
    yield of
    for kind in "user", "role":
        for name in cluster.etcdctl(kind, "list").splitlines():
            cluster.etcdctl(kind, "delete", name)


def good(done):
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def authenticates(cluster, user, password):
    """Whether it is the password; authentication must be on."""
    done = cluster.etcdctl("--user", f"{user}:{password}", "get", "x", check=False)
    return "authentication failed" not in done.stderr


def test_users_and_roles_from_the_first_to_the_last_word(run, cluster):
    assert good(run("user", "add", "alice:secret:word")) == "User alice created\n"
    assert good(run("user", "add", "bob", "--no-password")) == "User bob created\n"
    assert good(run("user", "add", "c:d", "--new-user-password=x")) == "User c:d created\n"
    assert good(run("user", "list")) == "alice\nbob\nc:d\n" == cluster.etcdctl("user", "list")
    assert good(run("role", "add", "r1")) == "Role r1 created\n"
    assert good(run("role", "list")) == "r1\n"
    for words in [["read", "k"], ["WRITE", "a", "b"], ["readwrite", "/p/", "--prefix"],
                  ["read", "z", "--from-key"], ["write", "", "--prefix"], ["read", ""]]:
        assert good(run("role", "grant-permission", "r1", *words)) == "Role r1 updated\n"
    for how in "simple", "json", "fields":
        for words in ["role", "get", "r1"], ["role", "list"]:
            assert good(run(*words, "-w", how)) == cluster.etcdctl(*words, "-w", how)
    assert good(run("user", "grant-role", "alice", "r1")) == "Role r1 is granted to user alice\n"
    assert good(run("user", "get", "alice")) == "User: alice\nRoles: r1\n"
    for words in [["-w", "json"], ["--detail"], ["--detail", "-w", "json"],
                  ["--detail", "-w", "fields"]]:
        assert good(run("user", "get", "alice", *words)) == \
            cluster.etcdctl("user", "get", "alice", *words)
    for words, said in [(["k"], "key k"), (["a", "b"], "range [a, b)"),
                        (["/p/", "--prefix"], "range [/p/, /p0)"),
                        (["z", "--from-key"], "range [z, <open ended>"),
                        (["", "--from-key"], "range [, <open ended>"), ([""], "key ")]:
        assert good(run("role", "revoke-permission", "r1", *words)) == \
            f"Permission of {said} is revoked from role r1\n"
    assert good(run("role", "get", "r1")) == "Role r1\nKV Read:\nKV Write:\n"
    assert good(run("user", "revoke-role", "alice", "r1")) == \
        "Role r1 is revoked from user alice\n"
    assert good(run("role", "delete", "r1")) == "Role r1 deleted\n"
    assert good(run("user", "delete", "bob")) == "User bob deleted\n"


@pytest.mark.parametrize("code,message,words", [
    (128, "user add command requires user name as its argument", ["user", "add"]),
    (128, "empty user name is not allowed", ["user", "add", ":x"]),
    (1, "etcdserver: user name is empty", ["user", "add", "", "--no-password"]),
    (128, "user delete command requires user name as its argument", ["user", "delete", "a", "b"]),
    (1, "etcdserver: user name not found", ["user", "delete", "nobody"]),
    (128, "user get command requires user name as its argument", ["user", "get"]),
    (1, "etcdserver: user name not found", ["user", "get", "nobody"]),
    (4, "fields not supported as output format", ["user", "get", "nobody", "-w", "fields"]),
    (128, "user list command requires no arguments", ["user", "list", "x"]),
    (4, "fields not supported as output format", ["user", "list", "-w", "fields"]),
    (128, "user passwd command requires user name as its argument", ["user", "passwd"]),
    (128, "user grant command requires user name and role name as its argument",
     ["user", "grant-role", "a"]),
    (1, "etcdserver: user name not found", ["user", "grant-role", "nobody", "r"]),
    (128, "user revoke-role requires user name and role name as its argument",
     ["user", "revoke-role", "a", "b", "c"]),
    (128, "role add command requires role name as its argument", ["role", "add"]),
    (4, "table not supported as output format", ["role", "add", "r", "-w", "table"]),
    (1, "etcdserver: role name not found", ["role", "delete", "none"]),
    (128, "role get command requires role name as its argument", ["role", "get"]),
    (128, "role list command requires no arguments", ["role", "list", "x"]),
    (128, "role grant command requires role name, permission type, and key [endkey] as its "
          "argument", ["role", "grant-permission", "r", "read"]),
    (128, "invalid permission type: foo (there are read, write and readwrite)",
     ["role", "grant-permission", "r", "foo", "k"]),
    (128, "unexpected endkey argument with --prefix flag",
     ["role", "grant-permission", "r", "read", "a", "b", "--prefix"]),
    (128, "unexpected endkey argument with --from-key flag",
     ["role", "revoke-permission", "r", "a", "b", "--from-key"]),
    (128, "--from-key and --prefix flags are mutually exclusive",
     ["role", "revoke-permission", "r", "", "--from-key", "--prefix"]),
    (128, "role revoke-permission command requires role name and key [endkey] as its argument",
     ["role", "revoke-permission", "r"]),
    (128, "auth enable command does not accept any arguments", ["auth", "enable", "x"]),
    (128, "auth disable command does not accept any arguments", ["auth", "disable", "x"]),
    (128, "auth status command does not accept any arguments", ["auth", "status", "x"]),
    (1, "etcdserver: root user does not exist", ["auth", "enable"]),
    (4, "unsupported output format", ["auth", "enable", "-w", "yaml"]),
])
def test_errors(ctl, cluster, code, message, words):
    assert ctl.fails(code, "--endpoints", cluster.endpoint, *words)[0] == f"Error: {message}"


def test_authentication_goes_on_and_off(ctl, new_cluster):
    def run(*words):
        return ctl("--endpoints", new_cluster.endpoint, *words)
    assert good(run("auth", "status")) == "Authentication Status: false\nAuthRevision: 1\n"
    good(run("user", "add", "root:pw"))
    assert good(run("auth", "enable")) == "Authentication Enabled\n"
    assert good(run("--user", "root:pw", "user", "get", "root")) == "User: root\nRoles: root\n"
    assert good(run("--user", "root:pw", "auth", "status", "-w", "json")) == \
        new_cluster.etcdctl("--user", "root:pw", "auth", "status", "-w", "json")
    ctl.fails(1, "--endpoints", new_cluster.endpoint, "user", "list")
    wrong = ctl.fails(2, "--endpoints", new_cluster.endpoint, "--user", "root:no", "user", "list")
    assert wrong == ["Error: etcdserver: authentication failed, invalid user ID or password"]
    # The commands that ask each endpoint.
    user = ["--user", "root", "--password", "pw"]
    for words in ["endpoint", "health"], ["endpoint", "status"], ["defrag"], \
            ["endpoint", "hashkv", "--cluster"], ["alarm", "list"], ["member", "list"]:
        good(run(*user, *words))
    health = run("--user", "root:no", "endpoint", "health", "-w", "json")
    assert (health.returncode, health.stdout) == (1, json.dumps([{
        "endpoint": new_cluster.endpoint, "health": False, "took": "",
        "error": "etcdserver: authentication failed, invalid user ID or password"}],
        separators=(",", ":")) + "\n")
    dry = run("auth", "disable", "--dry-run")
    assert dry.returncode == 0 and dry.stdout.startswith("would disable authentication")
    no = at_terminal([ctl.path, "--endpoints", new_cluster.endpoint, "--user", "root:pw", "auth",
                      "disable"], [("[y/N] ", "")])
    assert no.returncode == 1 and "nothing was changed" in no.text
    assert run("user", "list").returncode == 1
    assert good(run("--user", "root:pw", "auth", "disable")) == "Authentication Disabled\n"
    assert good(run("user", "list")) == "root\n"


def test_enable_takes_a_role_root_that_is_there(ctl, new_cluster):
    def run(*words):
        return ctl("--endpoints", new_cluster.endpoint, *words)
    good(run("user", "add", "root:pw"))
    good(run("role", "add", "root"))
    assert good(run("auth", "enable")) == "Authentication Enabled\n"


def test_passwords_at_a_terminal(ctl, new_cluster):
    words = [ctl.path, "--endpoints", new_cluster.endpoint]
    again = "Type password of root again for confirmation: "
    done = at_terminal([*words, "user", "add", "root"],
                       [("Password of root: ", "one"), (again, "one")])
    assert done.returncode == 0
    assert done.text == f"Password of root: \n{again}\nUser root created\n", "or it was echoed"
    for answers, said in [([("Password of root: ", "a"), (again, "b")],
                           "Error: given passwords are different"),
                          ([("Password of root: ", "")], "Error: empty password")]:
        done = at_terminal([*words, "user", "passwd", "root"], answers)
        assert done.returncode == 128 and said in done.text
    done = at_terminal([*words, "user", "passwd", "root"],
                       [("Password of root: ", "two"), (again, "two")])
    assert done.returncode == 0 and done.text.endswith("Password updated\n")
    good(ctl(*words[1:], "auth", "enable"))
    assert authenticates(new_cluster, "root", "two")
    assert not authenticates(new_cluster, "root", "one")
    # --user without a password asks for it, once for all endpoints.
    done = at_terminal([*words, "--user", "root", "endpoint", "health", "--cluster"],
                       [("Password: ", "two")])
    assert done.returncode == 0 and "is healthy" in done.text
    assert done.text.count("Password: ") == 1


@pytest.mark.parametrize("typed", ["", "\n", "one\n", "one\ntwo\n", "one\none\n", "one\none"])
def test_passwords_through_a_pipe_are_read_as_at_a_terminal(run, cluster, typed):
    ours = run("user", "add", "n", input=typed)
    cluster.etcdctl("user", "delete", "n", check=False)
    theirs = cluster.etcdctl("user", "add", "n", input=typed, check=False)
    assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)


@pytest.mark.parametrize("program", ["ctl", "etcdctl"])
@pytest.mark.parametrize("typed", ["", "\n"])
def test_case_10_empty_password(request, run, cluster, program, typed):
    used = request.getfixturevalue(program)
    def refused(*words):
        done = subprocess.run([used.path, "--endpoints", cluster.endpoint, *words], text=True,
                              input=typed, capture_output=True, timeout=60)
        assert (done.returncode, done.stderr) == (128, "Error: empty password\n"), done
    good(run("user", "add", "there:word"))
    refused("user", "add", "ops", "--interactive=false")
    refused("user", "passwd", "there", "--interactive=false")
    refused("user", "add", "ops:")
    if program == "ctl":
        refused("user", "add", "ops", "--new-user-password=")
    assert cluster.etcdctl("user", "list") == "there\n"
    good(run("user", "add", "ops", "--no-password"))


def test_enter_alone_at_a_terminal_is_an_empty_password_to_etcdctl(ctl, etcdctl, cluster, run):
    for program, code, said in (ctl, 128, "Error: empty password\n"), \
            (etcdctl, 0, "User typed created\n"):
        keys, terminal = pty.openpty()
        os.write(keys, b"\n")
        words = ["--endpoints", cluster.endpoint, "user", "add", "typed", "--interactive=false"]
        done = subprocess.run([program.path, *words], text=True, stdin=terminal,
                              capture_output=True, timeout=60)
        os.close(keys)
        os.close(terminal)
        assert (done.returncode, done.stdout + done.stderr) == (code, said)


@pytest.mark.parametrize("password", [" word ", "two words", "\tword", "  "])
def test_a_password_keeps_its_blanks(ctl, new_cluster, password):
    def run(*words, input="", env=None):
        return subprocess.run([ctl.path, "--endpoints", new_cluster.endpoint, *words], text=True,
                              input=input, capture_output=True, timeout=60,
                              env=dict(os.environ, **(env or {})))
    good(run("user", "add", f"root:{password}"))
    good(run("user", "add", "flag", f"--new-user-password={password}"))
    good(run("user", "add", "piped", "--interactive=false", input=f"{password}\n"))
    good(run("user", "add", "windows", "--interactive=false", input=f"{password}\r\n"))
    good(run("user", "add", "asked", input=f"{password}\n{password}\n"))
    good(run("user", "add", "changed:x"))
    good(run("user", "passwd", "changed", "--interactive=false", input=password))
    good(run("auth", "enable"))
    for user in "root", "flag", "piped", "windows", "asked", "changed":
        assert authenticates(new_cluster, user, password), user
    user = f"--user=root:{password}"
    for words, env in [([user], {}), (["--user=root", f"--password={password}"], {}),
                       ([], {"ETCDCTL_USER": "root", "ETCDCTL_PASSWORD": password}),
                       ([], {"ETCDCTL_USER": f"root:{password}"})]:
        good(run(*words, "get", "x", env=env))


@pytest.mark.parametrize("line,password", [("word\n", "word"), ("  word rest\n", "word"),
                                           ("word", "word"), ("two\nlines\n", "two")])
def test_a_password_on_stdin_is_one_word_under_etcd_s_name(etcdctl, new_cluster, line, password):
    def run(*words, ctl=etcdctl):
        return subprocess.run([ctl.path, "--endpoints", new_cluster.endpoint, *words], text=True,
                              input=line, capture_output=True, timeout=60)
    assert good(run("user", "add", "root", "--interactive=false")) == "User root created\n"
    good(run("auth", "enable"))
    assert authenticates(new_cluster, "root", password)
    user = ["--user", f"root:{password}"]
    assert good(run(*user, "user", "passwd", "root", "--interactive=false")) == \
        "Password updated\n"
    assert authenticates(new_cluster, "root", password)


@pytest.mark.parametrize("words", [["user", "add", "n"], ["--user", "root", "get", "k"]])
def test_ctrl_c_at_a_password_leaves_the_terminal_as_it_was(ctl, words):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(ctl.path, [ctl.path, "--endpoints=127.0.0.1:1", *words])
    shown = b""
    while not shown.endswith(b": "):
        shown += os.read(terminal, 1024)
    assert not termios.tcgetattr(terminal)[3] & termios.ECHO
    os.write(terminal, b"secret\x03")
    # The child's end must be read to its end, or the child waits with its last word.
    try:
        while block := os.read(terminal, 1024):
            shown += block
    except OSError:
        pass
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT, shown
    assert b"secret" not in shown and b"Error: interrupted" in shown


def test_the_echo_is_back_after_a_password(ctl, tmp_path):
    script = f"{ctl.path} --endpoints=127.0.0.1:1 --command-timeout=100ms user add n; stty -a"
    done = at_terminal(["sh", "-c", script], [("Password of n: ", "")])
    assert " echo " in done.text and " -echo " not in done.text
