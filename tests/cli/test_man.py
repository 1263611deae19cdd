# tests/cli/test_man.py: the manual pages, equal to the command tree and clean for troff.
import re
import shutil
import subprocess

import pytest


def pages(folder, program):
    return {page.name: page.read_text() for page in folder.glob("*.1")
            if page.name.startswith((f"{program.name}.", f"{program.name}-"))}


def test_the_committed_pages_are_what_the_command_tree_gives(program, source, tmp_path):
    assert program("__man", tmp_path).returncode == 0
    assert pages(source / "man", program) == pages(tmp_path, program), \
        "the commands have changed: run `ninja -C build pages`"


def test_every_command_in_help_has_a_page_that_tells_its_exit_codes(program, source):
    def walk(path):
        page = (source / "man" / ("-".join([program.name, *path]) + ".1")).read_text()
        for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT",
                        "SEE ALSO"):
            assert f"\n.SH {section}\n" in page, (path, section)
        names = re.findall(r"^(?:[A-Z].* commands|.*Commands.*):\n((?:  .*\n)+)",
                           program(*path, "--help").stdout, re.M)
        return 1 + sum(walk([*path, name]) for lines in names
                       for name in re.findall(r"^  ([\w-]+) ", lines, re.M))

    assert walk([]) == len(pages(source / "man", program))


def test_a_page_points_to_the_options_of_every_command(source):
    page = (source / "man/cairnctl-get.1").read_text()
    assert "cacert" not in page and "in \\fBcairnctl\\fR(1)" in page
    assert r"output format: simple, json, fields, protobuf" in page
    whole = (source / "man/cairnctl.1").read_text()
    assert r"\-\-cacert" in whole and "ETCDCTL_CACERT" in whole
    assert "ETCDCTL_WATCH_KEY" in (source / "man/cairnctl-watch.1").read_text()


def test_a_page_at_80_columns_has_no_longer_line(source):
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    for page in sorted((source / "man").glob("*.1")):
        shown = subprocess.run(
            ["groff", "-man", "-Tutf8", "-P-c", "-P-b", "-P-u", "-rLL=80n", page],
            stdout=subprocess.PIPE, text=True, timeout=60).stdout
        for line in shown.splitlines():
            assert len(line) <= 80, (page.name, line)


def test_troff_finds_nothing_to_warn_about(source):
    troff = shutil.which("groff")
    if troff is None:
        pytest.skip("groff is not installed")
    for page in sorted((source / "man").glob("*.1")):
        done = subprocess.run([troff, "-man", "-ww", "-Tutf8", "-z", page],
                              stderr=subprocess.PIPE, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, ""), page.name
