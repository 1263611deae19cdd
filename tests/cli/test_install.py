# tests/cli/test_install.py: what `meson install` does for etcd's names, with -Dcompat=true.
import os
import re
import shutil
import subprocess

import pytest


@pytest.fixture
def installed(source, ctl, utl, tmp_path):
    """A DESTDIR as meson has filled it before it calls the script."""
    for folder in "usr/bin", "usr/share/man/man1":
        (tmp_path / folder).mkdir(parents=True)
    for program in ctl, utl:
        os.symlink(program.path, tmp_path / "usr/bin" / program.name)
    for page in (source / "man").glob("*.1"):
        shutil.copy(page, tmp_path / "usr/share/man/man1")
    return tmp_path


def run(source, installed):
    return subprocess.run(
        [source / "tools/install_etcd_names", "/usr/bin", "/usr/share/man", "/usr/share"],
        env=dict(os.environ, DESTDIR=str(installed)), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, timeout=60)


def test_the_installed_programs_have_etcds_names_too(source, installed):
    for _ in range(2):  # a second time over the first
        done = run(source, installed)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    usr = installed / "usr"
    for ours, theirs in ("cairnctl", "etcdctl"), ("cairnutl", "etcdutl"):
        assert os.readlink(usr / "bin" / theirs) == ours
        version = subprocess.run([usr / "bin" / theirs, "version"], stdout=subprocess.PIPE,
                                 text=True, timeout=60).stdout
        assert version.startswith(f"{theirs} version: 3.")
        pages = {page.name for page in (usr / "share/man/man1").glob(f"{ours}*.1")}
        for page in pages:
            link = usr / "share/man/man1" / (theirs + page[len(ours):])
            assert os.readlink(link) == page and link.exists()
        scripts = [usr / "share/bash-completion/completions" / theirs,
                   usr / f"share/zsh/site-functions/_{theirs}",
                   usr / f"share/fish/vendor_completions.d/{theirs}.fish"]
        for script in scripts:
            text = script.read_text()
            assert theirs in text and ours not in text, script


@pytest.mark.parametrize("there", ["bin/etcdctl", "share/man/man1/etcdctl-get.1"])
def test_what_etcds_own_package_has_put_there_stays(source, installed, there):
    (installed / "usr" / there).write_text("real")
    done = run(source, installed)
    assert done.returncode == 1
    assert done.stderr.endswith(f"{there} is there already, and is none of ours: take it away "
                                "first\n")
    assert (installed / "usr" / there).read_text() == "real"


def test_meson_calls_the_script_only_if_it_was_asked_to(source):
    text = (source / "tools/meson.build").read_text()
    assert re.search(r"if get_option\('compat'\)\n  meson.add_install_script\(\n?"
                     r"\s*'install_etcd_names'", text)
    assert "option('compat', type: 'boolean', value: false" in \
        (source / "meson_options.txt").read_text()
