# tests/cli/conftest.py: what the tests of the built programs share.
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from cluster import Cluster
from damage import VERSIONS, copy_member

SOURCE = Path(os.environ.get("CAIRN_SOURCE", Path(__file__).resolve().parent.parent.parent))
BUILD = Path(os.environ.get("CAIRN_BUILD", SOURCE / "build"))


FIXTURES = Path(os.environ.get("CAIRN_FIXTURES", SOURCE / "build/fixtures"))
PEERS = Path(os.environ.get("CAIRN_PEERS", SOURCE / "build/peers")) / "3.7.3"
TOLD = []

# Begun in the background by a shell, the tests ignore Ctrl-C, and so would all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Program:
    """A built program. Calling it runs it; stdin is empty and nothing of it outlives a minute."""

    def __init__(self, path):
        self.path = str(path)
        self.name = Path(path).name

    def __call__(self, *words, env=None, cwd=None, **how):
        how.setdefault("stdout", subprocess.PIPE)
        how.setdefault("stderr", subprocess.PIPE)
        return subprocess.run([self.path, *map(str, words)], stdin=subprocess.DEVNULL, text=True,
                              errors="replace", timeout=60, cwd=cwd,
                              env=dict(os.environ, **(env or {})), **how)

    def fails(self, code, *words, **how):
        """Runs, wants this exit code and nothing on stdout; the lines of stderr."""
        done = self(*words, **how)
        assert done.returncode == code, done
        assert done.stdout == "", done
        lines = done.stderr.splitlines()
        assert lines and lines[0].startswith("Error: "), done
        assert sum(line.startswith("Error: ") for line in lines) == 1, done
        return lines


@pytest.fixture(scope="session")
def source():
    return SOURCE


@pytest.fixture(scope="session")
def utl():
    """cairnutl under its own name."""
    return Program(BUILD / "tools/utl/cairnutl")


@pytest.fixture(scope="session")
def etcdutl():
    """The same program under etcd's name."""
    return Program(BUILD / "compat/etcdutl")


@pytest.fixture(scope="session")
def fixtures():
    """Real etcd's files: VERSION/KIND/{snapshot.db,data,answers.json}."""
    return FIXTURES


@pytest.fixture(scope="session")
def ctl():
    """cairnctl under its own name."""
    return Program(BUILD / "tools/ctl/cairnctl")


@pytest.fixture(scope="session")
def etcdctl():
    """The same program under etcd's name."""
    return Program(BUILD / "compat/etcdctl")


@pytest.fixture(params=["ctl", "utl"])
def program(request):
    """cairnctl and cairnutl."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def peers():
    """The folder with etcd and etcdctl 3.7.3."""
    return PEERS


@pytest.fixture(scope="module")
def shared_cluster(tmp_path_factory):
    """One real etcd for all tests of a file; most want `cluster`."""
    cluster = Cluster(PEERS, tmp_path_factory.mktemp("cluster"), 1)
    yield cluster
    cluster.close()


@pytest.fixture
def cluster(shared_cluster):
    """One real etcd, without keys and leases. Whoever switches auth on, or stops it, wants
    `new_cluster` instead."""
    shared_cluster.clear()
    return shared_cluster


@pytest.fixture
def new_cluster(tmp_path):
    """One real etcd for this test alone."""
    cluster = Cluster(PEERS, tmp_path / "cluster", 1)
    yield cluster
    cluster.close()


@pytest.fixture
def cluster_of_three(tmp_path):
    """Three real members for this test alone; `members[i].stop()` and `restart(i)`."""
    cluster = Cluster(PEERS, tmp_path / "cluster", 3)
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def told():
    """Tables that are printed at the end: objects with lines()."""
    return TOLD


def pytest_terminal_summary(terminalreporter):
    for table in TOLD:
        terminalreporter.write_line("")
        for line in table.lines():
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def answers(fixtures):
    """answers("3.7.1", "single"): what real etcd and etcdutl 3.7 said about this fixture."""
    def read(version, kind):
        return json.loads((fixtures / version / kind / "answers.json").read_text())
    return read


@pytest.fixture(params=[f"{version}/{kind}" for version in VERSIONS
                        for kind in ("single", "auth", "cluster")])
def fixture(request, fixtures):
    """Each fixture's folder."""
    return fixtures / request.param


@pytest.fixture
def member(fixtures, tmp_path):
    """member("3.6.14", "single"): a copy of the data directory of that fixture's first member."""
    def copy(version, kind="single"):
        target = tmp_path / f"member-{version}-{kind}.etcd"
        copy_member(fixtures / version / kind / "data/m0.etcd", target)
        return target
    return copy
