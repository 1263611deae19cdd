# tests/cli/test_ctl_surplus_words.py: words of a command line for which there is no place are
# refused before anything is sent; under etcd's names they are left aside as etcdctl leaves them.
import os
import subprocess

import pytest

# Nobody listens there: what is refused is refused without a server.
NOBODY = ["--endpoints=127.0.0.1:1", "--command-timeout=300ms"]


def test_case_11_put_surplus_words(ctl, cluster):
    lines = ctl.fails(128, "--endpoints", cluster.endpoint, "put", "greeting", "hello", "big",
                      "world")
    assert lines == ["Error: put takes a key and one value, got 4 words: \"big\" is too many "
                     "(quote what has blanks in it)"]
    assert cluster.etcdctl("get", "greeting") == ""
    lines = ctl.fails(128, "--endpoints", cluster.endpoint, "get", "a", "b", "c")
    assert lines == ["Error: get takes a key and one range end, got 3 words: \"c\" is too many "
                     "(quote what has blanks in it)"]


@pytest.mark.parametrize("words", [
    ["put", "k", "a", "b"], ["put", "k", "a", "b", "--lease=1"], ["get", "a", "b", "c"],
    ["del", "a", "b", "c"], ["watch", "a", "b", "c"], ["watch", "a", "b", "c", "--", "echo"],
    ["role", "grant-permission", "r", "read", "k", "e", "x"],
    ["role", "grant-permission", "r", "read", "", "e", "x"],
    ["role", "revoke-permission", "r", "k", "e", "x"], ["lease", "list", "x"],
    ["lease", "grant", "10", "x"], ["lease", "revoke", "1", "2"], ["lease", "timetolive", "1", "2"],
    ["lease", "keep-alive", "1", "2"], ["elect", "a", "b", "c"], ["member", "list", "x"],
    ["member", "remove", "1", "2"], ["member", "promote", "1", "2"], ["move-leader", "1", "2"],
    ["endpoint", "health", "127.0.0.1:2"], ["endpoint", "status", "127.0.0.1:2"],
    ["endpoint", "hashkv", "127.0.0.1:2"], ["defrag", "127.0.0.1:2"], ["downgrade", "cancel", "x"],
    ["downgrade", "enable", "3.6", "x"], ["check", "perf", "x"], ["check", "datascale", "x"],
    ["alarm", "list", "x"], ["auth", "enable", "x"], ["user", "add", "a", "b"],
    ["user", "grant-role", "a", "b", "c"], ["compaction", "1", "2"], ["snapshot", "save", "a", "b"],
    ["make-mirror", "127.0.0.1:2", "b"], ["txn", "x"],
])
def test_surplus_words_are_refused(ctl, words):
    ctl.fails(128, *NOBODY, *words)


@pytest.mark.parametrize("lines", [
    "\nput greeting hello big world\n\n\n", "\nget a b c\n\n\n", "\n\nput k \"a\"b\n\n",
    "\ndel a b c\n\n\n", "\nput ok 1\nput k a b\n\n\n"])
def test_a_line_of_a_transaction_with_surplus_words_sends_nothing(ctl, cluster, lines):
    done = subprocess.run([ctl.path, "txn"], input=lines, text=True, capture_output=True,
                          env=dict(os.environ, **cluster.env))
    assert (done.returncode, done.stdout) == (128, ""), done
    assert cluster.etcdctl("get", "", "--prefix") == ""


def test_a_compare_with_surplus_words_sends_nothing(ctl, cluster):
    done = subprocess.run([ctl.path, "txn"], input="val(\"k\") = \"a\" b\n\nput k v\n\n\n",
                          text=True, capture_output=True, env=dict(os.environ, **cluster.env))
    assert (done.returncode, done.stdout) == (3, ""), done
    assert "nothing may follow the value, got \"b\"" in done.stderr
    assert cluster.etcdctl("get", "k") == ""


def test_a_line_of_the_interactive_watch_with_surplus_words_ends_it(ctl, cluster):
    done = subprocess.run([ctl.path, "watch", "-i"], input="watch a b c\n", text=True,
                          capture_output=True, env=dict(os.environ, **cluster.env), timeout=30)
    assert (done.returncode, done.stdout) == (128, ""), done
    assert "\"c\" is too many" in done.stderr


@pytest.mark.parametrize("words", [["put", "k", "a", "b"], ["get", "k", "l", "m"],
                                   ["lease", "list", "x"], ["member", "list", "x"],
                                   ["endpoint", "hashkv", "x"], ["downgrade", "cancel", "x"]])
def test_under_etcd_s_name_a_script_goes_on_as_with_etcdctl(etcdctl, cluster, words):
    theirs = cluster.etcdctl(*words, check=False)
    ours = etcdctl("--endpoints", cluster.endpoint, *words)
    assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)


def test_under_etcd_s_name_a_transaction_goes_on_as_with_etcdctl(etcdctl, cluster):
    lines = "val(\"k\") = \"a\" b\n\n\nput k hello big world\n\n"
    theirs = cluster.etcdctl("txn", input=lines)
    done = subprocess.run([etcdctl.path, "txn"], input=lines, text=True, capture_output=True,
                          env=dict(os.environ, **cluster.env))
    assert (done.returncode, done.stdout) == (0, theirs)
    assert cluster.etcdctl("get", "k") == "k\nhello\n"
