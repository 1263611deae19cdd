# tests/cli/test_check_v2store.py: `check v2store` of members with and without keys of the v2 API;
# tests/interop compares with etcdutl 3.5.
import json
import os
import re
import subprocess
import urllib.parse
import urllib.request

import pytest

from cluster import Member, free_ports
from damage import VERSIONS, copy_member
from trial import fingerprint

NOTHING = "No custom content found in both v2store and WAL records.\n"


def check(utl, home, *flags):
    """Runs it and wants nothing changed."""
    before = fingerprint(home)
    done = utl("check", "v2store", "--data-dir", home, *flags)
    assert fingerprint(home) == before
    return done


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["single", "auth", "cluster"])
def test_members_without_such_keys(utl, member, version, kind):
    done = check(utl, member(version, kind))
    assert (done.returncode, done.stdout, done.stderr) == (0, NOTHING, "")


class V2Member(Member):
    """A real etcd that speaks the v2 API."""

    def v2(self, method, path, **fields):
        data = urllib.parse.urlencode(fields).encode() or None
        request = urllib.request.Request(f"http://{self.endpoint}/v2/keys{path}", data,
                                         method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read())


@pytest.fixture
def v2_member(tmp_path):
    """start(*flags): a member of etcd 3.4 with the v2 API on."""
    started = []

    def start(*flags):
        member = V2Member("/usr/bin/etcd", "m0", tmp_path, *free_ports(2),
                          flags=["--enable-v2", *flags])
        member.start(f"m0={member.peer_url}")
        member.wait_healthy()
        started.append(member)
        return member
    yield start
    for member in started:
        member.stop()


def put_v3(member, peers, count):
    for number in range(count):
        subprocess.run([str(peers / "etcdctl"), "--endpoints", member.endpoint, "put", "/a",
                        str(number)], check=True, capture_output=True)


def test_keys_in_the_log(utl, v2_member):
    member = v2_member()
    member.v2("PUT", "/x", value="1")
    member.v2("DELETE", "/x")
    member.stop()
    done = check(utl, member.data)
    assert (done.returncode, done.stdout) == (1, "")
    note, error = done.stderr.splitlines()
    assert error == "Error: detected custom v2 content in WAL records"
    # The health check that the test waited for stands there too.
    assert re.fullmatch(r"note: \d+ of \d+ log entries are requests of the v2 API, the first at "
                        r"index \d+: (QGET|PUT /1/x)", note), note


def test_keys_in_the_store(utl, v2_member, peers):
    member = v2_member("--snapshot-count", "10")
    member.v2("PUT", "/dir/x", value="1")
    put_v3(member, peers, 30)
    member.stop()
    done = check(utl, member.data)
    assert (done.returncode, done.stdout) == (1, "")
    note, error = done.stderr.splitlines()
    assert error == "Error: detected custom content in v2store"
    assert note.startswith(f"note: {member.data}/member/snap/") and "users' keys" in note


def test_keys_in_both(utl, v2_member, peers):
    member = v2_member("--snapshot-count", "10")
    member.v2("PUT", "/x", value="1")
    put_v3(member, peers, 30)
    member.v2("PUT", "/y", value="1")
    member.stop()
    done = check(utl, member.data)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == \
        "Error: detected custom v2 content in both v2store and WAL records"


def test_keys_that_are_gone_again_from_both(utl, v2_member, peers):
    member = v2_member("--snapshot-count", "10")
    member.v2("PUT", "/x", value="1")
    member.v2("DELETE", "/x")
    put_v3(member, peers, 30)
    member.stop()
    done = check(utl, member.data)
    assert (done.returncode, done.stdout) == (0, NOTHING)


def test_a_log_in_another_place(utl, member, tmp_path):
    home = member("3.5.33")
    os.rename(home / "member/wal", tmp_path / "log")
    assert check(utl, home, "--wal-dir", tmp_path / "log").stdout == NOTHING
    assert utl.fails(1, "check", "v2store", "--data-dir", home) == [
        f"Error: no log under {home}/member/wal: is it elsewhere (--wal-dir)?"]


def test_what_is_no_member(etcdutl, tmp_path):
    assert etcdutl.fails(1, "check", "v2store")[0] == \
        'Error: required flag(s) "data-dir" not set'
    (tmp_path / "new/member/wal").mkdir(parents=True)
    (tmp_path / "new/member/snap").mkdir()
    assert check(etcdutl, tmp_path / "new").stdout == NOTHING


def test_a_broken_snap_file_is_passed_over_and_kept(utl, fixtures, tmp_path):
    home = tmp_path / "m0.etcd"
    copy_member(fixtures / "3.5.33/single/data/m0.etcd", home)
    newest = sorted((home / "member/snap").glob("*.snap"))[-1]
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 1
    newest.write_bytes(data)
    before = fingerprint(home)
    done = check(utl, home)
    assert done.stderr.startswith(f"note: {newest}: snap: crc mismatch")
    assert fingerprint(home) == before


def test_a_damaged_log_is_an_error(utl, fixtures, tmp_path):
    home = tmp_path / "m0.etcd"
    copy_member(fixtures / "3.5.33/single/data/m0.etcd", home)
    log = sorted((home / "member/wal").glob("*.wal"))[0]
    data = bytearray(log.read_bytes())
    data[300] ^= 1
    log.write_bytes(data)
    assert str(log) in utl.fails(1, "check", "v2store", "--data-dir", home)[0]
