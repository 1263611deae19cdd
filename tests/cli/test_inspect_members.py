# tests/cli/test_inspect_members.py: `inspect members` against what the servers answered.
import json

import pytest


def test_members_are_what_the_servers_had(utl, fixture):
    answers = json.loads((fixture / "answers.json").read_text())
    path = fixture / "snapshot.db"
    said = json.loads(utl("inspect", "members", path, "-w", "json").stdout)
    members = sorted(answers["members"]["members"], key=lambda member: member["ID"])
    assert [{name: member[name] for name in ("ID", "name", "peerURLs", "clientURLs")}
            for member in said["members"]] == members
    assert not any(member["isLearner"] for member in said["members"])
    version = fixture.parent.name
    assert said["clusterVersion"].split(".")[:2] == version.split(".")[:2]
    assert said["storageVersion"] == answers["snapshot_status"].get("version", "")
    assert said["consistentIndex"] > 0
    if version.startswith("3.4"):
        assert "term" not in said and "confState" not in said
    else:
        assert said["term"] > 0
        assert sorted(said["confState"]["voters"]) == [member["ID"] for member in members]
    assert said["removed"] == [] and said["alarms"] == []
    plain = utl("inspect", "members", path).stdout
    for member in members:
        assert f"member: {member['ID']:x}, started, {member['name']}, " in plain
        assert f" {member['ID']:x} " in utl("inspect", "members", path, "-w", "table").stdout
    assert f"consistent index: {said['consistentIndex']}\n" in plain


@pytest.mark.parametrize("kind", ["single", "cluster"])
def test_a_data_directory_is_taken_for_its_db(utl, fixtures, kind):
    directory = fixtures / "3.7.1" / kind / "data/m0.etcd"
    done = utl("inspect", "members", directory)
    assert done.returncode == 0
    assert done.stdout == utl("inspect", "members", directory / "member/snap/db").stdout


def test_a_record_that_is_none_is_told_and_the_others_are_shown(utl, fixtures, tmp_path):
    source = fixtures / "3.7.1/single/snapshot.db"
    data = bytearray(source.read_bytes())
    needle = b'{"id":'
    assert data.count(needle) >= 1
    at = data.find(needle)
    while at > 0:
        data[at] = ord("[")
        at = data.find(needle, at + 1)
    path = tmp_path / "broken.db"
    path.write_bytes(data)
    done = utl("inspect", "members", path, "-w", "json")
    assert done.returncode == 1 and "bucket members, key " in done.stderr
    shown = json.loads(done.stdout)
    assert shown["members"] == [] and shown["clusterVersion"] == "3.7.0"
