# tests/cli/test_hashkv.py: `hashkv` against etcdutl's and the servers' answers.
import json

import pytest


def test_a_snapshots_hash_is_etcdutls(utl, fixture):
    said = json.loads((fixture / "answers.json").read_text())["etcdutl_3_7"]["hashkv_json"]
    done = utl("hashkv", fixture / "snapshot.db", "-w", "json")
    assert (done.returncode, done.stdout, done.stderr) == (said["exit"], said["stdout"], "")


def test_every_members_hash_is_what_its_server_said(utl, fixture):
    """The servers were killed after they had answered: the db holds what they hashed."""
    said = json.loads((fixture / "answers.json").read_text())["hashkv"]
    for number, one in enumerate(said):
        server = one["HashKV"]
        done = utl("hashkv", fixture / f"data/m{number}.etcd/member/snap/db", "-w", "json")
        ours = json.loads(done.stdout)
        if "3.4" in str(fixture):  # 3.4 hashes the revision's records in another way
            assert ours["hashRevision"] == server["header"]["revision"]
            continue
        assert ours == {"hash": server["hash"],
                        "hashRevision": server.get("hash_revision", server["header"]["revision"]),
                        "compactRevision": server["compact_revision"]}


def test_the_forms_hold_the_same_numbers(utl, fixtures):
    path = fixtures / "3.7.1/auth/snapshot.db"
    said = json.loads(utl("hashkv", path, "-w", "json").stdout)
    numbers = [str(said[name]) for name in ("hash", "hashRevision", "compactRevision")]
    assert utl("hashkv", path).stdout == ", ".join(numbers) + "\n"
    assert utl("hashkv", path, "-w", "fields").stdout == \
        '"Hash" : {}\n"Hash revision" : {}\n"Compact revision" : {}\n'.format(*numbers)
    table = utl("-w", "table", "hashkv", path).stdout.splitlines()
    assert table[1].split("|")[1:-1] == [
        head.rjust(len(cell) - 1) + " " for head, cell in
        zip(("HASH", "HASH REVISION", "COMPACT REVISION"), table[1].split("|")[1:-1])] or \
        [cell.strip() for cell in table[1].split("|")[1:-1]] == \
        ["HASH", "HASH REVISION", "COMPACT REVISION"]
    assert [cell.strip() for cell in table[3].split("|")[1:-1]] == numbers


def test_a_revision_may_be_named_between_compacted_and_current(utl, fixtures):
    path = fixtures / "3.6.14/single/snapshot.db"
    now = json.loads(utl("hashkv", path, "-w", "json").stdout)
    current, compacted = now["hashRevision"], now["compactRevision"]
    assert json.loads(utl("hashkv", path, "--rev", current, "-w", "json").stdout) == now
    before = json.loads(utl("hashkv", path, "--rev", current - 1, "-w", "json").stdout)
    assert before["hashRevision"] == current - 1 and before["hash"] != now["hash"]
    assert utl("hashkv", path, "--rev", compacted).returncode == 0
    assert "has been compacted" in utl.fails(1, "hashkv", path, f"--rev={compacted - 1}")[0]
    assert "future revision" in utl.fails(1, "hashkv", path, "--rev", current + 1)[0]


@pytest.mark.parametrize("version", ["3.4.23", "3.7.1"])
def test_the_file_is_only_read(utl, fixtures, tmp_path, version):
    """etcdutl's hashkv rewrites a snapshot's head, so that a restore refuses it afterwards."""
    path = tmp_path / "file.db"
    content = (fixtures / version / "single/snapshot.db").read_bytes()
    path.write_bytes(content)
    path.chmod(0o400)
    assert utl("hashkv", path).returncode == 0
    assert path.read_bytes() == content
