# tests/cli/test_shell_lines.py: what is printed for a shell can't be made to run anything else, by
# the names, URLs and versions in a file or by the paths on the command line.
import json
import os
import re
import shlex
import shutil
import subprocess

import pytest

from certificates import authority, leaf
from cluster import Member, free_ports
from damage import copy_member

NAME, HOST = "N" * 48, "h" * 48
# What a hostile file may hold where a name belongs.
EVIL = {
    "line end": "m0\ntouch PWNED", "line end and comment": "m0\ntouch PWNED\n#",
    "single quote": "m0';touch PWNED;'", "double quote": 'm0";touch PWNED;"',
    "substitution": "$(touch PWNED)", "backquotes": "`touch PWNED`", "semicolon": "m0;touch PWNED",
    "pipe": "m0|touch PWNED", "hyphen": "--data-dir=/", "parent": "../../PWNED", "dots": "..",
    "terminal": "\x1b[2J\x1b]0;PWNED\x07", "C1 control": "m0\x9b31m", "direction": "\u202etouch",
    "return": "m0\rtouch PWNED", "separator": "m0\u2028touch PWNED", "list": "m0,m1=http://x:1",
    "mapping": "{m0", "backslash": "m0\\012touch", "glob": "*", "home": "~root", "blank": "m 0",
}
WORDS = {"#", "mkdir", "etcd", "cairnctl", "cairnutl", "printf"}


@pytest.fixture(scope="module")
def member(peers, tmp_path_factory):
    """The directory of a member whose name and client URL are long enough to be written over."""
    root = tmp_path_factory.mktemp("member")
    client, peer = free_ports(2)
    server = Member(peers / "etcd", NAME, root, client, peer,
                    ["--advertise-client-urls", f"http://{HOST}:2379"])
    server.start(f"{NAME}={server.peer_url}")
    server.wait_healthy()
    # The name stands in the db once it has been published.
    for _ in range(200):
        if HOST.encode() in (server.data / "member/snap/db").read_bytes():
            break
        subprocess.run([peers / "etcdctl", "--endpoints", server.endpoint, "put", "k", "v"],
                       check=True, stdout=subprocess.DEVNULL)
    server.process.terminate()
    server.process.wait()
    return server.data


def write_over(db, old, text):
    """`text` in place of `old` in the JSON of the records, padded to its length."""
    begin = json.dumps(text)[1:-1].encode()
    assert len(begin) <= len(old), text
    content = db.read_bytes()
    assert old.encode() in content
    # What is left over stands behind the name's quote, as blanks between tokens.
    new = begin + b'"' + b" " * (len(old) - len(begin))
    db.write_bytes(content.replace(old.encode() + b'"', new))


@pytest.fixture
def sandbox(tmp_path):
    """run(SCRIPT): a shell runs it where etcd, cairnutl and cairnctl only write down their words;
    these, a list for each call. Nothing else may have been run."""
    for name in ("etcd", "cairnutl", "cairnctl", "cp"):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\nprintf "%s\\0" {name} "$@" >> "$CALLS"; '
                        'printf "\\n\\0" >> "$CALLS"\n')
        path.chmod(0o755)
    (tmp_path / "work").mkdir()

    def run(script):
        calls = tmp_path / "calls"
        calls.write_bytes(b"")
        done = subprocess.run(["sh", "-c", script], cwd=tmp_path / "work", text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=30,
                              env={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}",
                                   "CALLS": str(calls)})
        assert not [found for found in tmp_path.rglob("PWNED*")], script
        assert done.returncode == 0, (script, done)
        said, call = [], []
        for word in calls.read_bytes().split(b"\0")[:-1]:
            if word == b"\n":
                said.append(call)
                call = []
            else:
                call.append(os.fsdecode(word))
        return said
    return run


def check_printable(text):
    bad = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e]", text)
    assert not bad, (bad, text)


def check_script(text):
    """Every line is a comment or begins with one of the commands."""
    check_printable(text)
    assert {line.split()[0] for line in text.splitlines()} <= WORDS, text


@pytest.mark.parametrize("kind", EVIL)
def test_case_12_plan_script_newline_in_name_and_its_kind(utl, member, sandbox, tmp_path, kind):
    db = tmp_path / "named.db"
    shutil.copy(member / "member/snap/db", db)
    write_over(db, NAME, EVIL[kind])
    done = utl("recover", "plan", db)
    assert done.returncode == 0, done
    check_script(done.stdout)
    calls = sandbox(done.stdout)
    starts = [call for call in calls if call[0] == "etcd"]
    assert len(starts) == 1
    name = starts[0][starts[0].index("--name") + 1]
    # A name that is a plain word is kept, another one gives way to the member's id.
    assert name == EVIL[kind] or re.fullmatch("[0-9a-f]{15,16}", name), name
    assert starts[0][starts[0].index("--data-dir") + 1] == f"recovered/{name}"
    for form in ("table", "json"):
        other = utl("recover", "plan", db, "-w", form)
        assert other.returncode == 0
        if form == "table":
            check_printable(other.stdout)
        else:
            json.loads(other.stdout)


def test_attack_01_recover_plan_injection(utl, member, sandbox, tmp_path):
    # A comment of the script names the member: with its line end, the rest was a command.
    db = tmp_path / "evil.db"
    shutil.copy(member / "member/snap/db", db)
    write_over(db, NAME, "m0\ntouch ../PWNED_NAME\n#")
    plan = utl("recover", "plan", db)
    assert plan.returncode == 0, plan
    check_script(plan.stdout)
    assert "PWNED_NAME" not in "".join(
        line for line in plan.stdout.splitlines() if not line.startswith("#")), plan.stdout
    assert sandbox(plan.stdout)
    # All of the comments alone, as when they are copied with what stands below them.
    comments = [line for line in plan.stdout.splitlines() if line.startswith("#")]
    assert comments
    assert not sandbox("\n".join(comments))
    # What the member was called is told by other forms too, on one line.
    table = utl("recover", "plan", db, "-w", "table")
    assert table.returncode == 0, table
    check_printable(table.stdout)
    assert not [line for line in table.stdout.splitlines() if line.startswith("touch")]


@pytest.mark.parametrize("url", ["http://$(touch${IFS}PWNED):1", "http://`touch`:1",
                                 "http://h:1'\ntouch PWNED\n'", "http://h:1/\x1b[2J", "touch PWNED",
                                 "http://h';touch$IFS'PWNED:1", "http://a:1,http://b:2"])
def test_evil_urls_are_quoted_or_left_out(utl, member, sandbox, tmp_path, url):
    db = tmp_path / "named.db"
    shutil.copy(member / "member/snap/db", db)
    write_over(db, f"http://{HOST}:2379", url)
    done = utl("recover", "plan", db)
    assert done.returncode == 0, done
    check_script(done.stdout)
    start = next(call for call in sandbox(done.stdout) if call[0] == "etcd")
    if "--advertise-client-urls" in start:
        assert start[start.index("--advertise-client-urls") + 1] == url
    else:
        assert "which etcd would not take: it is left out" in done.stdout


@pytest.mark.parametrize("version", ["$(id)", "\x1b[2Jx", "3\n\n.7", "`id`;"])
def test_an_evil_version_is_not_repeated(utl, member, sandbox, tmp_path, version):
    home = tmp_path / "home"
    copy_member(member, home)
    db = home / "member/snap/db"
    content = db.read_bytes()
    at = re.search(rb"clusterVersion(\d\.\d\.\d)", content)
    assert at and len(version) == len(at[1])
    db.write_bytes(content.replace(at[0], b"clusterVersion" + version.encode()))
    for path in (home, db):
        done = utl("recover", "plan", path)
        check_script(done.stdout)
        sandbox(done.stdout)


@pytest.mark.parametrize("path", ["a\nb", "a\n", "-x", "$(touch PWNED)", "it's", "\x1b[2J",
                                  "\u202ex", "a b;touch PWNED", "`touch PWNED`", "é"])
def test_evil_paths_reach_the_programs_as_they_are(utl, member, sandbox, tmp_path, path):
    copy_member(member, tmp_path / "work" / path)
    done = utl("recover", "plan", "--", path, cwd=tmp_path / "work")
    assert done.returncode == 0, done
    if not path.endswith("\n"):
        check_script(done.stdout)
    start = next(call for call in sandbox(done.stdout) if call[0] == "etcd")
    given = start[start.index("--data-dir") + 1]
    assert given == ("./-x" if path == "-x" else path)


@pytest.mark.parametrize("kind", ["terminal", "C1 control", "direction", "return", "line end"])
def test_names_in_files_reach_no_terminal_as_they_are(utl, member, tmp_path, kind):
    home = tmp_path / "home"
    copy_member(member, home)
    db = home / "member/snap/db"
    write_over(db, NAME, EVIL[kind])
    for words in (["inspect", "members", db], ["inspect", "members", db, "-w", "table"],
                  ["inspect", "snap", home], ["verify", home], ["recover", "plan", home],
                  ["inspect", "buckets", db, "members"]):
        done = utl(*words)
        check_printable(done.stdout + done.stderr)
        assert not any(line.startswith("touch") for line in done.stdout.splitlines()), done


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\nb", "../../up", "\u202ea"])
def test_a_restored_members_name_leads_nowhere_else(utl, fixtures, tmp_path, name):
    snapshot = fixtures / "3.7.1/single/snapshot.db"
    (tmp_path / "work").mkdir()
    done = utl("snapshot", "restore", snapshot, "--name", name, "--initial-cluster",
               f"{name}=http://127.0.0.1:2380", "--initial-advertise-peer-urls",
               "http://127.0.0.1:2380", cwd=tmp_path / "work")
    assert done.returncode == 128 and done.stderr.startswith("Error: --name "), done
    check_printable(done.stderr)
    members = tmp_path / "members.yaml"
    members.write_text(json.dumps({"members": [
        {"name": name, "peer-urls": ["http://127.0.0.1:2380"]}]}))
    done = utl("snapshot", "restore", snapshot, "--cluster", members, "--output", "out",
               cwd=tmp_path / "work")
    assert done.returncode == 1, done
    check_printable(done.stderr)
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.parametrize("path", ["a\x1b[2Jb", "\u202ex", "a\rError: b", "a\x9bb"])
def test_errors_show_no_control_of_a_path(utl, ctl, tmp_path, path):
    """Of a path that is not there, and of a server's address."""
    for words in (["recover", "plan", path], ["verify", path], ["snapshot", "status", path],
                  ["inspect", "wal", path], ["salvage", path, "--output", "o"]):
        done = utl(*words, cwd=tmp_path)
        assert done.returncode != 0 and done.stderr
        check_printable(done.stderr)
    done = ctl("--endpoints", f"127.0.0.1:1{path}", "get", "k", "--dial-timeout", "100ms",
               "--command-timeout", "100ms")
    check_printable(done.stderr)


def test_case_02_recover_plan_typo(utl, fixtures, tmp_path):
    """Three healthy members' directories; two of the paths are mistyped."""
    for name in ("m0", "m1", "m2"):
        copy_member(fixtures / f"3.7.1/cluster/data/{name}.etcd", tmp_path / f"{name}.etcd")
    lines = utl.fails(1, "recover", "plan", tmp_path / "m0.etcd", tmp_path / "m1.etdc",
                      tmp_path / "m2.etcdd")
    assert lines == [f"Error: stat {tmp_path}/m1.etdc: no such file or directory",
                     f"stat {tmp_path}/m2.etcdd: no such file or directory"]


def test_case_07_verify_unreadable_is_no_damage_to_recover_plan(utl, fixtures, tmp_path):
    """The directory is whole and not readable for this user."""
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:2]:
        parent.chmod(0o711)
    home = tmp_path / "m0.etcd"
    copy_member(fixtures / "3.7.1/single/data/m0.etcd", home)
    # Program and libraries may lie where this user can't go: it has them open already.
    program = tmp_path / "cairnutl"
    shutil.copy(utl.path, program)
    for shut in ("member", "member/snap", "member/snap/db", "member/wal"):
        for path in [home, *home.rglob("*")]:
            path.chmod(0o755)
        (home / shut).chmod(0o700)
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                               program, "recover", "plan", home], text=True, capture_output=True,
                              timeout=30)
        assert (done.returncode, done.stdout) == (1, ""), (shut, done)
        assert "permission denied" in done.stderr, (shut, done)


def test_members_with_tls_are_started_by_the_lines_as_they_stand(utl, ctl, peers, tmp_path):
    """The certificates come from the variables that etcd has for them."""
    authority(tmp_path, "ca")
    leaf(tmp_path, "server", "IP:127.0.0.1,DNS:localhost")
    client, peer, metrics = free_ports(3)
    env = {"ETCD_CERT_FILE": "server.pem", "ETCD_KEY_FILE": "server.key",
           "ETCD_TRUSTED_CA_FILE": "ca.pem", "ETCD_CLIENT_CERT_AUTH": "true",
           "ETCD_PEER_CERT_FILE": "server.pem", "ETCD_PEER_KEY_FILE": "server.key",
           "ETCD_PEER_TRUSTED_CA_FILE": "ca.pem"}
    env = {name: value if value == "true" else str(tmp_path / value) for name, value in env.items()}
    urls = [f"https://127.0.0.1:{client}", f"https://localhost:{client}"]
    first = [str(peers / "etcd"), "--name", "m0", "--data-dir", "m0.etcd",
             "--listen-client-urls", urls[0], "--advertise-client-urls", ",".join(urls),
             "--listen-peer-urls", f"https://127.0.0.1:{peer}",
             "--initial-advertise-peer-urls", f"https://127.0.0.1:{peer}",
             "--initial-cluster", f"m0=https://127.0.0.1:{peer}"]

    def serve(words, shell, env):
        """Runs a server until it answers, and what it answered."""
        with open(tmp_path / "log", "ab") as log:
            server = subprocess.Popen(words, cwd=tmp_path, shell=shell, stdout=log, stderr=log,
                                      env=dict(os.environ, PATH=f"{peers}:{os.environ['PATH']}",
                                               **env))
        try:
            for _ in range(100):
                done = ctl("--endpoints", urls[0], "--cacert", tmp_path / "ca.pem", "--cert",
                           tmp_path / "server.pem", "--key", tmp_path / "server.key",
                           "put", "k", "v", "--command-timeout", "1s")
                if done.returncode == 0 or server.poll() is not None:
                    return done
        finally:
            server.terminate()
            server.wait()

    assert serve(first, False, env).stdout == "OK\n", (tmp_path / "log").read_text()[-3000:]
    done = utl("recover", "plan", tmp_path / "m0.etcd")
    assert done.returncode == 0 and "no recovery is needed" in done.stdout
    line = next(line for line in done.stdout.splitlines() if not line.startswith("#"))
    words = shlex.split(line)
    assert words[words.index("--advertise-client-urls") + 1] == ",".join(urls)
    # A shell that has them runs the line as it stands; one that has not says what is missing.
    said = serve(f"exec env {line}", True, env)
    assert said is not None and said.stdout == "OK\n", (tmp_path / "log").read_text()[-3000:]
    without = subprocess.run(["sh", "-c", line], text=True, capture_output=True, timeout=30)
    assert without.returncode != 0
    assert "ETCD_CERT_FILE: as the member had --cert-file" in without.stderr
