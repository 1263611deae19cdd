# tests/cli/test_snapshot_extract.py: `snapshot extract`: keys come back byte for byte, by two
# commands, with etcdctl and with cairnctl, in every shell that is here.
import base64
import json
import os
import random
import shutil
import subprocess

import pytest

import gateway
import kubernetes_tree
from cluster import Cluster

SEED = int(os.environ.get("CAIRN_SEED", random.randrange(2 ** 32)))
SHELLS = [shell for shell in (["dash"], ["bash"], ["bash", "--posix"], ["busybox", "sh"])
          if shutil.which(shell[0])]


def values(cluster):
    return {key: row["value"] for key, row in gateway.pairs(cluster).items()}


def save(cluster, path):
    cluster.etcdctl("snapshot", "save", path)
    return path


def run_script(path, cluster, program, shell=("sh",), env=None):
    """Runs a script as an operator does, in the shell's own locale."""
    return subprocess.run(
        [*shell, str(path)], stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
        env=dict(os.environ, ETCDCTL_ENDPOINTS=cluster.endpoint, ETCDCTL=str(program),
                 **(env or {})))


def extract(utl, *words):
    """stdout as bytes."""
    done = subprocess.run([utl.path, "snapshot", "extract", *map(str, words)],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert done.returncode == 0, done
    return done.stdout


@pytest.mark.parametrize("by", ["etcdctl", "cairnctl"])
def test_a_namespace_deleted_by_mistake_comes_back_by_two_commands(utl, ctl, peers, cluster,
                                                                   tmp_path, by):
    for key, value in kubernetes_tree.tree(["shop", "shop-2", "bank"]).items():
        gateway.put(cluster, key, value)
    before = values(cluster)
    snapshot = save(cluster, tmp_path / "backup.db")
    for resource in ("namespaces/shop", "pods/shop/", "secrets/shop/", "services/specs/shop/",
                     "deployments/shop/", "example.com/widgets/shop/"):
        flags = ["--prefix"] if resource.endswith("/") else []
        cluster.etcdctl("del", f"/registry/{resource}", *flags)
    after = values(cluster)
    gone = set(before) - set(after)
    assert len(gone) == 8 and all(b"shop" in key and b"shop-2" not in key for key in gone)

    script = tmp_path / "back.sh"
    done = utl("snapshot", "extract", snapshot, "--namespace", "shop", "--output", script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    at = gateway.revision(cluster)
    done = run_script(script, cluster, peers / "etcdctl" if by == "etcdctl" else ctl.path)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"8 keys were put back\n")
    assert values(cluster) == before
    # Only what was gone was put, the namespace first.
    put = {key: row["mod"] for key, row in gateway.pairs(cluster).items() if row["mod"] > at}
    assert set(put) == gone
    assert min(put, key=put.get) == b"/registry/namespaces/shop"
    assert not list(tmp_path.glob("*.part*")) and script.stat().st_mode & 0o777 == 0o600


def test_a_script_may_go_through_a_pipe(utl, peers, cluster, tmp_path):
    gateway.put(cluster, b"/config/a", b"it's\n")
    gateway.put(cluster, b"/config/b", b"short")
    before = values(cluster)
    snapshot = save(cluster, tmp_path / "backup.db")
    cluster.etcdctl("del", "/config/", "--prefix")
    done = subprocess.run(
        f"'{utl.path}' snapshot extract '{snapshot}' --prefix /config/ | sh", shell=True,
        capture_output=True, env=dict(os.environ, ETCDCTL_ENDPOINTS=cluster.endpoint,
                                      ETCDCTL=f"{peers}/etcdctl --command-timeout=7s"))
    assert (done.returncode, done.stderr) == (0, b"2 keys were put back\n")
    assert values(cluster) == before


def odd_pairs(rng):
    """Keys and values on which shells, here-documents and flags could stumble."""
    pieces = [b"'", b'"', b"\\", b"$HOME", b"`id`", b"\n", b"\r\n", b"\t", b"%s", b"%%", b"\\n",
              b"EOF", b"\nEOF\n", b"!", b"~", b"*", b"-", b"--", b"#", b" ", b"\x01", b"\x7f",
              b"\xff\xfe", "ü你".encode(), b"\x1b[0m", b"${key%.}", b"$(false)", b"."]
    pairs = {b"-": b"-", b"--": b"--", b"-v": b"--prefix", b"--help": b"--help", b"k1": b"",
             b"k2": b"\n", b"k3": b"\n\n", b"k4": b"no newline", b"k5": b"newline\n", b"k6": b"\0",
             b"k7": b"\0\n", b"k8": b"x" * 1024, b"k9": b"x" * 1025, b"k10": b"x" * (130 << 10),
             b"k11": rng.randbytes(1_000_000), b"k12": b" ", b"k13": b" lead and trail ",
             b"k14": b"EOF\n", b"k15": b"'" * 600, b"ends in newlines\n\n": b"a", b"\n": b"b",
             b"a" * 3000: b"long key", b"\xff" * 300: b"high"}
    for _ in range(60):
        key = b"".join(rng.choices(pieces, k=rng.randrange(1, 6)))
        pairs[key] = b"".join(rng.choices(pieces, k=rng.randrange(0, 9)))
    return pairs


@pytest.fixture(scope="module")
def odd(shared_cluster, tmp_path_factory):
    """A snapshot of odd pairs: (its path, the pairs)."""
    print(f"CAIRN_SEED={SEED}")
    shared_cluster.clear()
    pairs = odd_pairs(random.Random(SEED))
    for key, value in pairs.items():
        gateway.put(shared_cluster, key, value)
    path = save(shared_cluster, tmp_path_factory.mktemp("odd") / "odd's \n $(touch x).db")
    return path, pairs


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_every_byte_comes_back_in_every_shell(utl, peers, odd, cluster, tmp_path, shell, locale):
    snapshot, pairs = odd
    assert values(cluster) == {}
    script = tmp_path / "back.sh"
    script.write_bytes(extract(utl, snapshot, "--prefix", ""))
    done = run_script(script, cluster, peers / "etcdctl", shell, {"LC_ALL": locale})
    assert (done.returncode, done.stdout) == (0, b""), done
    assert done.stderr == f"{len(pairs)} keys were put back\n".encode()
    assert values(cluster) == pairs


def test_cairnctl_puts_every_byte_too(utl, ctl, odd, cluster, tmp_path):
    snapshot, pairs = odd
    script = tmp_path / "back.sh"
    script.write_bytes(extract(utl, snapshot, "--prefix", ""))
    assert run_script(script, cluster, ctl.path).returncode == 0
    assert values(cluster) == pairs


def test_json_lines_hold_every_byte(utl, odd):
    snapshot, pairs = odd
    lines = [json.loads(line) for line in extract(utl, snapshot, "--prefix", "", "-w",
                                                  "json").splitlines()]
    assert {base64.b64decode(line["key"]): base64.b64decode(line.get("value", ""))
            for line in lines} == pairs
    assert all(line["mod_revision"] == line["create_revision"] for line in lines)


@pytest.fixture
def recorder(tmp_path):
    """An etcdctl that only notes that it was called: (path, file of notes)."""
    path, notes = tmp_path / "recorder", tmp_path / "notes"
    path.write_text(f"#!/bin/sh\necho called >> '{notes}'\n")
    path.chmod(0o700)
    return path, notes


def test_a_script_that_was_cut_short_does_nothing(utl, odd, recorder, tmp_path):
    snapshot, _ = odd
    program, notes = recorder
    whole = extract(utl, snapshot, "--prefix", "")
    rng = random.Random(SEED)
    places = [rng.randrange(len(whole)) for _ in range(20)] + [
        whole.index(b"{\n"), whole.index(b"put -"), len(whole) - 3, whole.rindex(b"EOF") + 4]
    script = tmp_path / "cut.sh"
    for shell in SHELLS:
        for place in places:
            script.write_bytes(whole[:place])
            subprocess.run([*shell, script], stdin=subprocess.DEVNULL, capture_output=True,
                           env=dict(os.environ, ETCDCTL=str(program)), timeout=60)
            assert not notes.exists(), (shell, place, SEED)
    script.write_bytes(whole)
    subprocess.run(["sh", script], check=True, env=dict(os.environ, ETCDCTL=str(program)))
    assert notes.exists()


def test_a_put_that_fails_ends_the_script(utl, odd, tmp_path):
    snapshot, _ = odd
    script = tmp_path / "back.sh"
    script.write_bytes(extract(utl, snapshot, "--prefix", ""))
    done = subprocess.run(["sh", script], capture_output=True, env=dict(os.environ,
                                                                        ETCDCTL="false"))
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("there, used", [
    (["etcdctl"], "etcdctl"), (["cairnctl"], "cairnctl"), (["cairnctl", "etcdctl"], "cairnctl")])
def test_a_script_uses_whichever_client_is_there(utl, odd, tmp_path, there, used):
    snapshot, _ = odd
    script, folder = tmp_path / "back.sh", tmp_path / "bin"
    script.write_bytes(extract(utl, snapshot, "--prefix", ""))
    folder.mkdir()
    for name in "base64", "mktemp", "rm", "cat":
        (folder / name).symlink_to(shutil.which(name))
    for name in there:
        (folder / name).write_text(f"#!/bin/sh\necho {name} >> '{tmp_path}/notes'\n")
        (folder / name).chmod(0o700)
    for shell in SHELLS:
        (tmp_path / "notes").unlink(missing_ok=True)
        done = subprocess.run([shutil.which(shell[0]), *shell[1:], script], capture_output=True,
                              env={"PATH": str(folder)}, timeout=60)
        assert done.returncode == 0, done
        assert set((tmp_path / "notes").read_text().split()) == {used}
        for name in there:
            (folder / name).rename(tmp_path / name)
        done = subprocess.run([shutil.which(shell[0]), *shell[1:], script], capture_output=True,
                              env={"PATH": str(folder)}, timeout=60)
        assert (done.returncode, done.stderr) == \
            (127, b"neither cairnctl nor etcdctl is in PATH: nothing was put back\n")
        for name in there:
            (tmp_path / name).rename(folder / name)


def test_without_base64_nothing_is_put_wrong(utl, cluster, recorder, tmp_path):
    gateway.put(cluster, b"/a", b"\0binary")
    snapshot = save(cluster, tmp_path / "s.db")
    script = tmp_path / "back.sh"
    script.write_bytes(extract(utl, snapshot, "--prefix", "/a"))
    (tmp_path / "bin").mkdir()
    done = subprocess.run([shutil.which("sh"), script], capture_output=True,
                          env={"PATH": str(tmp_path / "bin"), "ETCDCTL": str(recorder[0])})
    assert done.returncode == 1 and b"base64 -d does not work here" in done.stderr
    assert not recorder[1].exists()


def test_temporary_files_go(utl, odd, tmp_path, recorder):
    snapshot, _ = odd
    script = tmp_path / "back.sh"
    script.write_bytes(extract(utl, snapshot, "--prefix", ""))
    (tmp_path / "tmp").mkdir()
    for program in (recorder[0], "false"):
        subprocess.run(["sh", script], capture_output=True,
                       env=dict(os.environ, ETCDCTL=str(program), TMPDIR=str(tmp_path / "tmp")))
        assert list((tmp_path / "tmp").iterdir()) == []


def test_an_older_revision_comes_back(utl, peers, cluster, tmp_path):
    gateway.put(cluster, b"/config/size", b"small")
    gateway.put(cluster, b"/config/old", b"was here")
    then, before = gateway.revision(cluster), values(cluster)
    gateway.put(cluster, b"/config/size", b"large")
    gateway.delete(cluster, b"/config/old")
    snapshot = save(cluster, tmp_path / "s.db")
    assert extract(utl, snapshot, "--prefix", "/config/").count(b"\nput ") == 1
    script = tmp_path / "back.sh"
    script.write_bytes(extract(utl, snapshot, "--prefix", "/config/", "--rev", then))
    assert run_script(script, cluster, peers / "etcdctl").returncode == 0
    assert values(cluster) == before
    line = utl.fails(1, "snapshot", "extract", snapshot, "--prefix", "", "--rev", then + 100)[0]
    assert line.startswith("Error: mvcc: required revision is a future revision")


def test_keys_with_leases_are_told_or_left_out(utl, peers, cluster, tmp_path):
    lease = int(cluster.etcdctl("lease", "grant", "9000").split()[1], 16)
    gateway.put(cluster, b"/a", b"stays")
    gateway.put(cluster, b"/b", b"leased", lease)
    snapshot = save(cluster, tmp_path / "s.db")
    done = utl("snapshot", "extract", snapshot, "--prefix", "/")
    assert done.stdout.count("\nput ") == 2 and "1 of the 2 keys" in done.stderr
    done = utl("snapshot", "extract", snapshot, "--prefix", "/", "--exclude-leases")
    assert done.stdout.count("\nput ") == 1 and "leased" not in done.stdout
    assert "1 keys were left out" in done.stderr
    lines = extract(utl, snapshot, "--prefix", "/", "-w", "json").splitlines()
    assert [json.loads(line).get("lease") for line in lines] == [None, lease]
    lines = utl.fails(1, "snapshot", "extract", snapshot, "--prefix", "/b", "--exclude-leases")
    assert "none of them without a lease" in lines[0]


def test_choices(utl, cluster, tmp_path):
    objects = kubernetes_tree.tree(["shop", "bank"], pods=2)
    for key, value in {**objects, b"/other": b"x"}.items():
        gateway.put(cluster, key, value)
    snapshot = save(cluster, tmp_path / "s.db")

    def keys(*words):
        return [base64.b64decode(json.loads(line)["key"]).decode()
                for line in extract(utl, snapshot, *words, "-w", "json").splitlines()]

    assert keys("--prefix", "/registry/pods/shop/", "--prefix", "/other") == [
        "/other", "/registry/pods/shop/web-0", "/registry/pods/shop/web-1"]
    assert keys("--namespace", "bank", "--prefix", "/registry/pods/") == [
        "/registry/pods/bank/web-0", "/registry/pods/bank/web-1"]
    assert keys("--namespace", "bank") == [
        "/registry/namespaces/bank"] + sorted(
            key.decode() for key in objects if b"/bank/" in key)
    assert len(keys("--prefix", "")) == len(objects) + 1


def test_of_a_stopped_member(utl, tmp_path, peers):
    cluster = Cluster(peers, tmp_path / "cluster", 1)
    try:
        gateway.put(cluster, b"/a", b"value")
        cluster.etcdctl("snapshot", "save", tmp_path / "s.db")  # commits what is pending
        cluster.members[0].stop()
        assert b"put '/a' 'value'" in extract(utl, cluster.members[0].data, "--prefix", "/")
    finally:
        cluster.close()


def test_mistakes(utl, cluster, fixtures, tmp_path):
    snapshot = fixtures / "3.7.1/single/snapshot.db"
    assert "--prefix or --namespace" in utl.fails(128, "snapshot", "extract", snapshot)[0]
    utl.fails(128, "snapshot", "extract", snapshot, "--namespace", "")
    utl.fails(128, "snapshot", "extract", snapshot, "--prefix", "", "--rev=-3")
    assert utl.fails(1, "snapshot", "extract", snapshot, "--prefix", "/no such")[0].endswith(
        ': prefix "/no such"')
    assert 'namespace "none"' in utl.fails(1, "snapshot", "extract", snapshot, "--namespace",
                                           "none")[0]
    utl.fails(1, "snapshot", "extract", tmp_path / "missing.db", "--prefix", "")
    there = tmp_path / "there"
    there.write_text("mine")
    line = utl.fails(1, "snapshot", "extract", snapshot, "--prefix", "", "--output", there)[0]
    assert f"{there} is there already" in line and there.read_text() == "mine"
    out = tmp_path / "out"
    utl.fails(1, "snapshot", "extract", snapshot, "--prefix", "/no such", "--output", out)
    utl.fails(1, "snapshot", "extract", snapshot, "--prefix", "", "--output",
              tmp_path / "no/such/dir")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "cluster") == ["there"]

    gateway.put(cluster, b"/nul\0", b"x")
    snapshot = save(cluster, tmp_path / "nul.db")
    line = utl.fails(1, "snapshot", "extract", snapshot, "--prefix", "/", "--output", out)[0]
    assert r'"/nul\x00" has a zero byte' in line and "-w json" in line and not out.exists()
    assert len(extract(utl, snapshot, "--prefix", "/", "-w", "json").splitlines()) == 1


def test_a_snapshot_with_a_changed_byte_is_refused(utl, cluster, tmp_path):
    """No page has a checksum: only the digest finds it."""
    gateway.put(cluster, b"/a", b"the value")
    snapshot = save(cluster, tmp_path / "s.db")
    snapshot.write_bytes(snapshot.read_bytes().replace(b"the value", b"the worse"))
    out = tmp_path / "out"
    line = utl.fails(1, "snapshot", "extract", snapshot, "--prefix", "/", "--output", out)[0]
    assert str(snapshot) in line and "SHA-256" in line and not out.exists()
    assert b"'the worse'" in extract(utl, snapshot, "--prefix", "/", "--skip-hash-check")


def test_a_full_disk_leaves_nothing(utl, cluster, tmp_path):
    gateway.put(cluster, b"/a", os.urandom(1_000_000))
    snapshot = save(cluster, tmp_path / "s.db")
    with open("/dev/full", "w") as full:
        done = utl("snapshot", "extract", snapshot, "--prefix", "/", stdout=full)
    assert done.returncode == 1 and "no space left" in done.stderr.lower()
