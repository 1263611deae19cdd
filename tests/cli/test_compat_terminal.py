# tests/cli/test_compat_terminal.py: etcd's names ask nothing, on a pseudo-terminal either.
import re

import pytest

from at_terminal import at_terminal


def filled(cluster):
    for number in range(3):
        cluster.etcdctl("put", f"k{number}", "v")
    return int(re.search(r'"Revision" : (\d+)', cluster.etcdctl("get", "k0", "-w", "fields"))[1])


# What cairnctl asks about at a terminal, and how etcdctl ends there without an answer.
ASKED = {
    "del": (["del", "k", "--prefix"], "Delete 3 keys? [y/N]", "3\n", 0),
    "del of a range": (["del", "k0", "k9", "--range"], "Delete 3 keys? [y/N]", "3\n", 0),
    "compaction": (["compaction", "REVISION", "--physical"], "are removed? [y/N]",
                   "compacted revision REVISION\n", 0),
    "auth disable": (["auth", "disable"], "read and write every key? [y/N]",
                     "Authentication Disabled\n", 0),
    "member remove": (["member", "remove", "MEMBER"], "Remove it all the same? [y/N]",
                      "not enough started members", 1),
}


def words_of(cluster, words, revision):
    member = cluster.etcdctl("member", "list").split(",")[0]
    return [word.replace("REVISION", str(revision)).replace("MEMBER", member) for word in words]


@pytest.mark.parametrize("case", ASKED)
def test_etcdctl_asks_nothing_on_a_terminal(etcdctl, cluster, case):
    words, question, answer, code = ASKED[case]
    revision = filled(cluster)
    done = at_terminal([etcdctl.path, *words_of(cluster, words, revision)], env=cluster.env)
    assert question not in done.text
    assert answer.replace("REVISION", str(revision)) in done.text
    assert done.returncode == code


@pytest.mark.parametrize("case", ASKED)
def test_cairnctl_asks_and_the_end_of_input_is_no_answer(ctl, cluster, case):
    words, question, _, _ = ASKED[case]
    revision = filled(cluster)
    words = words_of(cluster, words, revision)
    done = at_terminal([ctl.path, *words], [(question, "\x04")], env=cluster.env)
    assert done.text.splitlines()[-1] == \
        "Error: not confirmed, the input ended: nothing was changed (--yes asks nothing)"
    assert done.returncode == 1
    assert len(cluster.keys("k")) == 3


def test_a_question_is_seen_where_errors_go_into_a_file(ctl, cluster, tmp_path):
    filled(cluster)
    done = at_terminal(["sh", "-c", 'exec "$0" del k --prefix 2>"$1"', ctl.path, tmp_path / "log"],
                       [("Delete 3 keys? [y/N]", "y")], env=cluster.env)
    assert done.returncode == 0
    assert cluster.keys("k") == [] and (tmp_path / "log").read_text() == ""


def test_passwords_are_asked_for_as_etcdctl_asks(etcdctl, cluster):
    again = "Type password of seen again for confirmation: "
    done = at_terminal([etcdctl.path, "user", "add", "seen"],
                       [("Password of seen: ", "pw"), (again, "pw")], env=cluster.env)
    assert (done.text, done.returncode) == \
        (f"Password of seen: \n{again}\nUser seen created\n", 0)
    cluster.etcdctl("user", "delete", "seen")


def test_no_bar_and_no_box_is_drawn_under_etcds_names(etcdctl, etcdutl, cluster, tmp_path):
    screen = {"LC_ALL": "C.UTF-8", **cluster.env}
    saved = at_terminal([etcdctl.path, "snapshot", "save", tmp_path / "s.db"], env=screen)
    assert saved.returncode == 0 and "\r" not in saved.text and "\x1b" not in saved.text
    for words in ([etcdctl.path, "member", "list", "-w", "table"],
                  [etcdutl.path, "snapshot", "status", tmp_path / "s.db", "-w", "table"]):
        shown = at_terminal(words, env=screen).text
        assert shown.startswith("+--") and shown.isascii(), shown
