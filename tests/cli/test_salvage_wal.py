# tests/cli/test_salvage_wal.py: `salvage wal`: what is written starts real etcd, and what is told
# of the rest.
import json
import shutil
import struct
import subprocess
import time
import urllib.request

import pytest

from cluster import Cluster, free_ports
from damage import copy_member


def entries(utl, path):
    done = utl("inspect", "wal", path, "-w", "json")
    return [json.loads(line) for line in done.stdout.splitlines()]


def salvage(utl, home, output, *flags, code=0):
    done = utl("salvage", "wal", home, "--output", output, "-w", "json", *flags)
    if done.returncode == 7:
        # A script can tell by the code alone that entries are missing.
        assert code == 0 and "damage" in json.loads(done.stdout), done
        assert "--behind-damage" not in flags, done
    else:
        assert done.returncode == code, done
    return json.loads(done.stdout), done.stderr


def break_entry(home, row):
    """A bit of one entry's record."""
    log = home / "member/wal" / row["segment"]
    with open(log, "r+b") as file:
        file.seek(row["offset"] + 20)
        byte = file.read(1)
        file.seek(row["offset"] + 20)
        file.write(bytes([byte[0] ^ 1]))
    return log


def segments(path):
    return sorted(one.name for one in path.glob("*.wal"))


@pytest.fixture(params=["3.4.23", "3.5.33", "3.6.14", "3.7.1"])
def home(request, member):
    return member(request.param)


def test_a_whole_log_is_copied(utl, home, tmp_path):
    told, notes = salvage(utl, home, tmp_path / "new")
    assert told["whole"] is True and told["rest"] == [] and "damage" not in told
    assert told["consistent_index"] <= told["last_index"] and told["db_is_ahead"] is False
    assert notes == ""
    assert entries(utl, tmp_path / "new") == entries(utl, home)
    for one, other in ((tmp_path / "new", home / "member/wal"), *zip(
            sorted((tmp_path / "new").iterdir()), sorted((home / "member/wal").glob("*.wal")))):
        assert one.stat().st_mode == other.stat().st_mode


def test_the_prefix_and_what_stands_behind_it(utl, home, tmp_path):
    rows = entries(utl, home)
    broken = rows[len(rows) // 2]
    log = break_entry(home, broken)
    before = log.read_bytes()
    told, notes = salvage(utl, home, tmp_path / "new")
    assert told["damage"]["path"] == str(log) and told["damage"]["offset"] == broken["offset"]
    assert entries(utl, tmp_path / "new") == rows[:len(rows) // 2]
    assert told["last_index"] == broken["index"] - 1
    assert told["rest"][0]["first_index"] == broken["index"] + 1
    assert told["rest"][-1]["last_index"] == rows[-1]["index"]
    assert told["db_is_ahead"] is (told["consistent_index"] >= broken["index"])
    assert "a member must not start from the two" in notes
    assert log.read_bytes() == before
    text = utl("salvage", "wal", home, "--output", tmp_path / "again").stdout
    assert f"readable again: {log}: offset {told['rest'][0]['offset']}: " in text
    assert f"the db holds entries up to {told['consistent_index']}\n" in text
    rows = utl("salvage", "wal", home, "--output", tmp_path / "table", "-w", "table").stdout
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in rows.splitlines()
             if line.startswith("|")]
    assert cells[0] == ["PART", "PATH", "OFFSET", "RECORDS", "ENTRIES", "FIRST", "LAST"]
    assert cells[1][0] == "written" and cells[1][-1] == str(broken["index"] - 1)
    assert cells[2][:3] == ["readable again", str(log), str(told["rest"][0]["offset"])]
    assert f"damage: {told['damage']['what']}" in rows


def test_the_output_must_not_exist_and_be_named(utl, home, tmp_path):
    (tmp_path / "there").mkdir()
    assert "exists" in utl.fails(1, "salvage", "wal", home, "--output", tmp_path / "there")[0]
    assert "required flag" in utl.fails(1, "salvage", "wal", home)[0]
    assert "lies in the log" in utl.fails(1, "salvage", "wal", home, "--output",
                                          home / "member/wal/new")[0]


def test_nothing_is_written_of_a_log_without_a_head(utl, home, tmp_path):
    log = next((home / "member/wal").glob("*.wal"))
    content = bytearray(log.read_bytes())
    content[0:4096] = bytes(4096)
    log.write_bytes(content)
    utl.fails(1, "salvage", "wal", home, "--output", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def start_alone(peers, data, tmp_path):
    """Real etcd on a data directory: what it holds under key/, nothing when it ends by itself; and
    its log."""
    client, peer = free_ports(2)
    log_path = tmp_path / f"{client}.log"
    url = f"http://127.0.0.1:{client}"
    with open(log_path, "wb") as log:
        process = subprocess.Popen(
            [peers / "etcd", "--name", "m0", "--data-dir", data, "--listen-client-urls", url,
             "--advertise-client-urls", url, "--listen-peer-urls", f"http://127.0.0.1:{peer}"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def etcdctl(*words):
        return subprocess.run([peers / "etcdctl", "--endpoints", url, "--command-timeout=20s",
                               *words], check=True, capture_output=True, text=True, timeout=60)
    try:
        end = time.monotonic() + 40
        while process.poll() is None and time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{url}/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.05)
        if process.poll() is not None:
            return None, log_path.read_text()
        answer = json.loads(etcdctl("get", "--prefix", "key/", "--keys-only", "-w", "json").stdout)
        etcdctl("put", "key/new", "x")
        return answer, log_path.read_text()
    finally:
        process.kill()
        process.wait()


def test_real_etcd_starts_from_the_prefix_and_a_db_within_it(utl, peers, tmp_path):
    """A db of an earlier moment beside the log: as when a disk gave back an old copy of it."""
    cluster = Cluster(peers, tmp_path / "cluster", 1)
    member = cluster.members[0]
    for i in range(20):
        cluster.etcdctl("put", f"key/{i}", str(i))
    member.stop()
    early = tmp_path / "early.db"
    shutil.copy(member.data / "member/snap/db", early)
    member.start(cluster.initial)
    member.wait_healthy()
    for i in range(20, 60):
        cluster.etcdctl("put", f"key/{i}", str(i))
    member.stop()
    rows = entries(utl, member.data)
    puts = [row for row in rows if row["type"] == "IRRPut"]
    assert len(puts) == 60
    broken = puts[50]
    break_entry(member.data, broken)
    healthy, log = start_alone(peers, member.data, tmp_path)
    assert healthy is None, "real etcd starts on a damaged log"
    shutil.copy(early, member.data / "member/snap/db")
    told, notes = salvage(utl, member.data, tmp_path / "new")
    assert told["last_index"] == broken["index"] - 1
    assert told["consistent_index"] <= told["last_index"] and told["db_is_ahead"] is False
    assert "remove this one and add it anew" in notes
    shutil.rmtree(member.data / "member/wal")
    shutil.move(tmp_path / "new", member.data / "member/wal")
    answer, log = start_alone(peers, member.data, tmp_path)
    assert answer is not None, log[-3000:]
    assert answer["count"] == 50


def test_damage_in_an_old_segment_costs_nothing(utl, peers, tmp_path):
    """Real etcd reads all segments at its start; what the newest snapshot needs is after."""
    cluster = Cluster(peers, tmp_path / "cluster", 1, ["--snapshot-count", "10"])
    member = cluster.members[0]
    value = tmp_path / "value"
    value.write_text("v" * 1_000_000)
    for i in range(90):
        with open(value) as file:
            subprocess.run([peers / "etcdctl", "--endpoints", member.endpoint, "put", f"key/{i}"],
                           stdin=file, check=True, capture_output=True)
    member.stop()
    names = segments(member.data / "member/wal")
    assert len(names) >= 2
    rows = entries(utl, member.data)
    break_entry(member.data, rows[30])
    healthy, log = start_alone(peers, member.data, tmp_path)
    assert healthy is None, "real etcd starts on a damaged log"
    told, notes = salvage(utl, member.data, tmp_path / "prefix")
    assert told["db_is_ahead"] is True and "--behind-damage" in notes
    assert told["whole_from"]["path"].endswith(names[1])
    told, notes = salvage(utl, member.data, tmp_path / "new", "--behind-damage")
    assert segments(tmp_path / "new") == names[1:] and notes == ""
    assert told["last_index"] == rows[-1]["index"]
    shutil.rmtree(member.data / "member/wal")
    shutil.move(tmp_path / "new", member.data / "member/wal")
    assert utl("verify", member.data).returncode == 0
    answer, log = start_alone(peers, member.data, tmp_path)
    assert answer is not None, log[-3000:]
    assert answer["count"] == 90


def planted(size, distance):
    """Heads of records every 24 bytes, each as long as up to the head `distance` after it."""
    heads, length = bytearray(), distance // 24 * 24 - 8
    left = length - 4 - 5
    body = b"\x08\x02\x10\x07\x1a" + bytes((left >> 7 * i & 0x7f) | (0x80 if i < 3 else 0)
                                           for i in range(4))
    head = (struct.pack("<Q", length) + body).ljust(24, b"x")
    while len(heads) < size:
        heads += head
    return bytes(heads)


@pytest.mark.parametrize("what", ["numbers", "heads", "heads far apart"])
def test_attack_05_salvage_wal_hang(utl, fixtures, tmp_path, what):
    # Behind the damage stand a client's numbers, each of which could be a length.
    home, output = tmp_path / "m0.etcd", tmp_path / "out"
    copy_member(fixtures / "3.6.14/single/data/m0.etcd", home)
    segment = sorted((home / "member/wal").glob("*.wal"))[-1]
    content = segment.read_bytes()
    whole = content.rstrip(b"\0")
    behind = {"numbers": struct.pack("<131072Q", *range(30_000_000, 31_048_576, 8)),
              "heads": planted(1 << 20, 3 << 20), "heads far apart": planted(1 << 20, 16 << 20)}
    forged = whole[:len(whole) // 2 // 8 * 8] + b"\xff" * 8 + behind[what]
    # What the lengths lead to is there too: the same heads up to the end.
    if what != "numbers":
        forged += planted(4 << 20, 2 << 20)
    segment.write_bytes(forged.ljust(len(content), b"\0"))
    done = subprocess.run([utl.path, "salvage", "wal", home, "--output", output],
                          capture_output=True, text=True, timeout=20)
    assert done.returncode in (0, 7), done
    assert output.is_dir(), done
