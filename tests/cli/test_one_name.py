# tests/cli/test_one_name.py: two processes to one name; names that are links, pipes or devices; and
# stages that an enemy foresees. Whoever says success left its own whole output under the name.
import fcntl
import hashlib
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import time

import pytest

from relay import Relay
from running import Running, eventually

SEED = int(os.environ.get("CAIRN_SEED", random.randrange(1 << 30)))


@pytest.fixture
def noise(cluster):
    """About 3 MB that don't compress."""
    cluster.put_noise("big", 3, 1_000_000)
    return cluster


@pytest.fixture
def dice():
    print(f"CAIRN_SEED={SEED}")
    return random.Random(SEED)


def member_of(fixtures, home, version="3.6.14"):
    shutil.copytree(fixtures / version / "single/data/m0.etcd", home)
    return home


def whole(snapshot):
    data = snapshot.read_bytes()
    return len(data) % 512 == 32 and hashlib.sha256(data[:-32]).digest() == data[-32:]


def below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def start(program, *words, cwd=None, out=subprocess.PIPE):
    return subprocess.Popen([program.path, *map(str, words)], stdout=out, stderr=subprocess.PIPE,
                            stdin=subprocess.DEVNULL, text=True, cwd=cwd)


# Two snapshot saves.

def test_case_01_save_two_at_once(ctl, utl, noise, tmp_path):
    """The second is killed while it writes; the first has its own whole file."""
    path = tmp_path / "backup.db"
    with Relay(noise.endpoint, rate=4_000_000) as slow, \
            Relay(noise.endpoint, rate=200_000) as slower:
        with Running(ctl, "--endpoints", slow.endpoint, "snapshot", "save", path) as first:
            eventually(lambda: slow.passed > 300_000)
            with Running(ctl, "--endpoints", slower.endpoint, "snapshot", "save", path) as second:
                eventually(lambda: slower.passed > 70_000)
                assert len(below(tmp_path)) == 2
                assert first.end() == 0
                assert whole(path)
                second.process.send_signal(signal.SIGKILL)
                second.end()
    assert utl("snapshot", "status", path).returncode == 0
    # The dead one's stage goes with the next save.
    assert len(below(tmp_path)) == 2
    assert ctl("--endpoints", noise.endpoint, "snapshot", "save", path).returncode == 0
    assert below(tmp_path) == ["backup.db"]


def test_two_saves_that_both_end_leave_the_last_ones_whole_file(ctl, noise, tmp_path):
    path = tmp_path / "s.db"
    saves = [start(ctl, "--endpoints", noise.endpoint, "snapshot", "save", path) for _ in range(4)]
    for save in saves:
        assert save.wait(60) == 0, save.stderr.read()
    assert whole(path) and below(tmp_path) == ["s.db"]


# Two of everything else.

@pytest.mark.parametrize("what", ["new", "empty", "wal", "cluster", "salvage", "surgery", "extract",
                                  "salvage wal", "backup"])
def test_attack_04_concurrent(utl, fixtures, tmp_path, dice, what):
    """Of several at once exactly one has the name, whole; the others say so and leave nothing."""
    snapshot = fixtures / "3.6.14/single/snapshot.db"
    old = member_of(fixtures, tmp_path / "old", "3.5.33")
    keys = fixtures / "3.6.14/kubernetes/snapshot.db"
    work = tmp_path / "work"
    out = work / "out"
    words = {
        "new": ["snapshot", "restore", snapshot, "--data-dir", out],
        "empty": ["snapshot", "restore", snapshot, "--data-dir", out],
        "wal": ["snapshot", "restore", snapshot, "--data-dir", out, "--wal-dir", work / "log"],
        "cluster": None,
        "salvage": ["salvage", snapshot, "--output", out],
        "surgery": ["bbolt", "surgery", "revert-meta-page", old / "member/snap/db", "--output",
                    out],
        "extract": ["inspect", "keys", snapshot],
        "salvage wal": ["salvage", "wal", old, "--output", out],
        "backup": ["backup", "--data-dir", old, "--backup-dir", out],
    }[what]
    if what == "cluster":
        members = tmp_path / "members.yaml"
        members.write_text("members:\n- {name: a, peer-urls: [http://127.0.0.1:2380]}\n"
                           "- {name: b, peer-urls: [http://127.0.0.1:2381]}\n")
        words = ["snapshot", "restore", snapshot, "--cluster", members, "--output", out]
    if what == "extract":
        if not keys.exists():
            keys = snapshot
        words = ["snapshot", "extract", keys, "--prefix", "", "--output", out]
    for _ in range(2):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        if what == "empty":
            out.mkdir()
        runs = []
        for _ in range(3):
            runs.append(start(utl, *words))
            time.sleep(dice.random() * 0.01)
        errors = [run.communicate(timeout=60)[1] for run in runs]
        codes = [run.returncode for run in runs]
        assert codes.count(0) == 1, (codes, errors)
        for code, text in zip(codes, errors):
            if code != 0:
                assert any(word in text for word in ("not empty", "exist", "there already",
                                                     "meanwhile")), text
        assert not [name for name in below(work) if ".part" in name]
        if what in ("new", "empty"):
            assert utl("verify", out).returncode == 0
        if what == "wal":
            assert sorted(os.listdir(work)) == ["log", "out"] and os.listdir(work / "log")


def test_a_killed_restore_leaves_nothing_that_blocks_the_next(utl, fixtures, tmp_path):
    snapshot = fixtures / "3.6.14/single/snapshot.db"
    home = tmp_path / "new"
    for _ in range(3):
        run = start(utl, "snapshot", "restore", snapshot, "--data-dir", home)
        eventually(lambda: run.poll() is not None or os.listdir(tmp_path))
        run.kill()
        run.wait()
        shutil.rmtree(home, ignore_errors=True)
    assert utl("snapshot", "restore", snapshot, "--data-dir", home).returncode == 0
    assert os.listdir(tmp_path) == ["new"]


def test_a_killed_extract_leaves_nothing_that_blocks_the_next(utl, fixtures, tmp_path):
    out = tmp_path / "back.sh"
    left = tmp_path / "back.sh.part-0123456789abcdef"
    left.write_text("half")
    old = tmp_path / "back.sh.part"
    old.write_text("somebody's")
    done = utl("snapshot", "extract", fixtures / "3.6.14/single/snapshot.db", "--prefix", "",
               "--output", out)
    assert done.returncode == 0 and out.exists(), done
    assert not left.exists() and old.read_text() == "somebody's"


# Enemies that foresee names.

@pytest.mark.parametrize("links", [
    ["new.restoring", "new.part-0123456789abcdef", "wal.restoring", "wal.part-0123456789abcdef",
     "out.db.part", "out.db.part-0123456789abcdef", "out.salvaging", "out.part-0123456789abcdef",
     "bk.backing-up", "bk.part-0123456789abcdef"],
    ["new/member.part-0123456789abcdef"], ["new/.restoring"]])
def test_attack_02_removetree_symlink(utl, fixtures, tmp_path, links):
    """A link where a leftover would be: what it names keeps everything."""
    snapshot = fixtures / "3.6.14/single/snapshot.db"
    old = member_of(fixtures, tmp_path / "old", "3.5.33")
    precious, work = tmp_path / "precious", tmp_path / "work"
    (precious / "sub").mkdir(parents=True)
    (precious / "a").write_text("secret")
    (precious / "sub/b").write_text("s2")
    work.mkdir()
    for link in links:
        (work / link).parent.mkdir(exist_ok=True)
        (work / link).symlink_to(precious / "a" if link.startswith("out.db") else precious)
    utl("snapshot", "restore", snapshot, "--data-dir", work / "new", "--wal-dir", work / "wal")
    utl("salvage", snapshot, "--output", work / "out.db")
    utl("salvage", "wal", old, "--output", work / "out")
    utl("backup", "--data-dir", old, "--backup-dir", work / "bk")
    assert below(precious) == ["a", "sub", "sub/b"]
    assert (precious / "a").read_text() == "secret"
    for link in links:
        assert (work / link).is_symlink()


def test_attack_10_defrag_chown_race(utl, fixtures, tmp_path):
    """A link that takes the place of defrag's file, at any moment, gives its target to nobody."""
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    home = member_of(fixtures, tmp_path / "home")
    snap = home / "member/snap"
    victim = tmp_path / "victim"
    victim.write_text("root's")
    victim.chmod(0o600)
    for path in [home, *home.rglob("*")]:
        os.chown(path, 65534, 65534)
    keep = tmp_path / "keep"
    shutil.copy(snap / "db", keep)

    def put_back():
        # Under its own directory's names the enemy may do what it likes.
        if (snap / "db").is_symlink() or not (snap / "db").exists():
            shutil.copy(keep, snap / "new")
            os.chown(snap / "new", 65534, 65534)
            os.rename(snap / "new", snap / "db")
    pid = os.fork()
    if pid == 0:  # the enemy: swaps whatever appears for a link, and for a hard link
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for name in os.listdir(snap):
                if name.startswith("db.tmp"):
                    try:
                        os.symlink(victim, snap / "link")
                        os.rename(snap / "link", snap / name)
                    except OSError:
                        pass
        os._exit(0)
    try:
        for _ in range(60):
            put_back()
            utl("defrag", "--data-dir", home)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    state = victim.stat()
    assert (state.st_uid, stat.S_IMODE(state.st_mode)) == (0, 0o600)
    assert victim.read_text() == "root's"
    for path in snap.glob("db.tmp*"):
        path.unlink()
    put_back()
    assert utl("defrag", "--data-dir", home).returncode == 0
    assert (snap / "db").stat().st_uid == 65534 and not (snap / "db").is_symlink()


# A lock that was waited for.

def test_attack_03_defrag_stale_inode(utl, fixtures, tmp_path):
    """While the lock is waited for, the db gets another inode: the live one is waited for then."""
    home = member_of(fixtures, tmp_path / "home")
    db = home / "member/snap/db"
    for words in (["defrag", "--data-dir", home], ["migrate", "--data-dir", home,
                                                   "--target-version", "3.5"]):
        with open(db, "rb") as old:
            fcntl.flock(old, fcntl.LOCK_EX)
            run = start(utl, *words)
            time.sleep(0.3)
            assert run.poll() is None
            shutil.copy(db, tmp_path / "live")
            live = open(tmp_path / "live", "rb")
            fcntl.flock(live, fcntl.LOCK_EX)
            os.rename(tmp_path / "live", db)
        inode = db.stat().st_ino
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(0.5)
        assert db.stat().st_ino == inode
        live.close()
        assert run.wait(30) == 0, run.stderr.read()
    assert "storage version: - (before 3.6)" in utl("inspect", "members", home).stdout


def test_attack_03_defrag_and_migrate(utl, fixtures, tmp_path, dice):
    """Of a defrag and a migrate at the same time neither is lost."""
    for i in range(6):
        home = member_of(fixtures, tmp_path / f"home{i}")
        words = [["defrag", "--data-dir", home],
                 ["migrate", "--data-dir", home, "--target-version", "3.5"]]
        dice.shuffle(words)
        runs = []
        for one in words:
            runs.append(start(utl, *one))
            time.sleep(dice.random() * 0.004)
        assert [run.wait(30) for run in runs] == [0, 0]
        assert "before 3.6" in utl("verify", home).stdout
        assert not [name for name in os.listdir(home / "member/snap") if "tmp" in name]


def test_a_db_that_is_a_link_stays_one(utl, fixtures, tmp_path):
    home = member_of(fixtures, tmp_path / "home")
    db, real = home / "member/snap/db", tmp_path / "disk/db"
    real.parent.mkdir()
    shutil.move(db, real)
    db.symlink_to(real)
    before = utl("hashkv", real).stdout
    assert utl("defrag", "--data-dir", home).returncode == 0
    assert db.is_symlink() and os.listdir(real.parent) == ["db"]
    assert utl("hashkv", real).stdout == before


# Names that are no files.

def test_case_05_save_dev_stdout(ctl, utl, cluster, tmp_path):
    for name, target in [("stdout", "/proc/self/fd/1"), ("dev", "/dev/stdout"),
                         ("fd", "/dev/fd/1")]:
        link = tmp_path / name
        link.symlink_to(target)
        saved = tmp_path / f"{name}.db"
        with open(saved, "wb") as out:
            run = start(ctl, "--endpoints", cluster.endpoint, "snapshot", "save", link, out=out)
            errors = run.communicate(timeout=60)[1]
        assert run.returncode == 0 and "Snapshot saved at" in errors
        assert link.is_symlink() and os.readlink(link) == target and whole(saved)
    assert stat.S_ISLNK(os.lstat("/dev/stdout").st_mode)


def test_a_save_into_a_pipe_that_is_read_goes_through_it(ctl, cluster, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with open(tmp_path / "got.db", "wb") as out:
        reader = subprocess.Popen(["cat", pipe], stdout=out)
        done = ctl("--endpoints", cluster.endpoint, "snapshot", "save", pipe)
        assert done.returncode == 0, done
        assert reader.wait(30) == 0
    assert whole(tmp_path / "got.db") and stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_save_to_a_link_keeps_the_link_and_writes_what_it_names(ctl, cluster, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk/old.db").write_text("old")
    (tmp_path / "latest.db").symlink_to("disk/old.db")
    (tmp_path / "next.db").symlink_to("disk/new.db")
    for name, target in [("latest.db", "old.db"), ("next.db", "new.db")]:
        assert ctl("--endpoints", cluster.endpoint, "snapshot", "save",
                   tmp_path / name).returncode == 0
        assert (tmp_path / name).is_symlink() and whole(tmp_path / "disk" / target)
    assert sorted(os.listdir(tmp_path / "disk")) == ["new.db", "old.db"]


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "dangling", "file", "folder"])
def test_a_new_output_takes_no_name_that_is_taken(utl, fixtures, tmp_path, kind):
    out = tmp_path / "out"
    if kind == "pipe":
        os.mkfifo(out)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(os.path.relpath(out))
    elif kind == "device":
        out.symlink_to("/dev/null")
    elif kind == "dangling":
        out.symlink_to("nothing")
    elif kind == "file":
        out.write_text("mine")
    else:
        (out / "mine").mkdir(parents=True)
    before = os.lstat(out).st_ino
    snapshot = fixtures / "3.6.14/single/snapshot.db"
    for words in (["salvage", snapshot, "--output", out],
                  ["salvage", "wal", fixtures / "3.6.14/single/data/m0.etcd", "--output", out],
                  ["snapshot", "extract", snapshot, "--prefix", "", "--output", out],
                  ["bbolt", "surgery", "revert-meta-page", snapshot, "--output", out],
                  ["snapshot", "restore", snapshot, "--data-dir", out]):
        done = utl(*words)
        assert done.returncode != 0 and "Error: " in done.stderr, (words, done)
        assert os.lstat(out).st_ino == before and os.listdir(tmp_path) == ["out"], words


# Where a restore goes.

@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("log", ["wal", "member/wal", "member/wal2", "a/b/wal", "member/snap/wal"])
def test_case_06_restore_wal_dir_inside(utl, fixtures, tmp_path, there, log):
    snapshot = fixtures / "3.7.1/single/snapshot.db"
    if there:
        (tmp_path / "D").mkdir()
    done = utl("snapshot", "restore", snapshot, "--data-dir", "D", "--wal-dir", tmp_path / "D" / log
               if log == "wal" else f"D/./x/../{log}", cwd=tmp_path)
    assert done.returncode == 0, done
    assert (tmp_path / "D" / log / f"{0:016}-{0:016}.wal").exists()
    assert (tmp_path / "D/member/snap/db").exists() and os.listdir(tmp_path) == ["D"]
    assert not [name for name in below(tmp_path) if ".part" in name]


@pytest.mark.parametrize("log", ["D", "D/", ".", "D/member", "D/member/snap"])
def test_a_log_directory_that_can_be_none_is_refused(utl, fixtures, tmp_path, log):
    done = utl("snapshot", "restore", fixtures / "3.7.1/single/snapshot.db", "--data-dir", "D",
               "--wal-dir", log, cwd=tmp_path)
    assert done.returncode == 1 and "Error: " in done.stderr, done
    assert os.listdir(tmp_path) == []


def test_what_fails_leaves_no_level_above_its_output(utl, fixtures, tmp_path):
    broken, members = tmp_path / "broken.db", tmp_path / "members.yaml"
    image = bytearray((fixtures / "3.7.1/single/snapshot.db").read_bytes())
    image[-1] ^= 1
    broken.write_bytes(image)
    members.write_text("members:\n- name: a\n  peer-urls: [http://10.0.0.1:2380]\n")
    before = sorted(tmp_path.rglob("*"))
    for words in (["snapshot", "restore", broken, "--data-dir", tmp_path / "x/y/z", "--wal-dir",
                   tmp_path / "v/w"],
                  ["snapshot", "restore", broken, "--cluster", members, "--output",
                   tmp_path / "x/y"]):
        done = utl(*words)
        assert done.returncode == 1 and "sha256" in done.stderr, done
        assert sorted(tmp_path.rglob("*")) == before


def test_case_22_restore_lost_found(utl, etcdutl, fixtures, tmp_path):
    snapshot = fixtures / "3.7.1/single/snapshot.db"
    home = tmp_path / "D"
    (home / "lost+found").mkdir(parents=True)
    for program in (utl, etcdutl):
        line = program.fails(1, "snapshot", "restore", snapshot, "--data-dir", home)[0]
        assert line.startswith(f'Error: data-dir "{home}" not empty or could not be read: it holds '
                               "lost+found")
    assert os.listdir(home) == ["lost+found"]
    assert utl("snapshot", "restore", snapshot, "--data-dir", home / "etcd").returncode == 0
    for name in "abcde":
        (home / name).touch()
    assert "it holds a, b, c and 4 more" in utl("snapshot", "restore", snapshot, "--data-dir",
                                                home).stderr


@pytest.mark.parametrize("made", [False, True])
@pytest.mark.parametrize("path", ["a/../b", "./a/.././b/", "b//", "a/c/../../b"])
def test_a_path_with_dots_leads_where_etcd_goes(utl, fixtures, tmp_path, path, made):
    if made:
        (tmp_path / "a/c").mkdir(parents=True)
    done = utl("snapshot", "restore", fixtures / "3.7.1/single/snapshot.db", "--data-dir", path,
               cwd=tmp_path)
    assert done.returncode == 0, done
    assert os.listdir(tmp_path / "b") == ["member"]
    assert (tmp_path / "a").exists() == made


def test_room_is_looked_for_where_db_and_log_really_go(utl, fixtures, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root mounts")
    snapshot = fixtures / "3.7.1/single/snapshot.db"
    disk = tmp_path / "small"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=10m", "cairn-test", disk], check=True)
    try:
        (tmp_path / "link").symlink_to(disk)
        # The db has room there, the log has not.
        for words in (["--data-dir", disk / "new"], ["--data-dir", disk],
                      ["--data-dir", tmp_path / "link/new"],
                      ["--data-dir", tmp_path / "big", "--wal-dir", disk / "wal"],
                      ["--data-dir", tmp_path / "big", "--wal-dir", tmp_path / "link/wal"]):
            done = utl("snapshot", "restore", snapshot, *words)
            assert done.returncode == 1 and "not enough room in" in done.stderr, done
            assert os.listdir(disk) == [] and not (tmp_path / "big").exists()
        done = utl("snapshot", "restore", snapshot, "--data-dir", disk / "new", "--wal-dir",
                   tmp_path / "wal")
        assert done.returncode == 0, done
    finally:
        subprocess.run(["umount", disk], check=True)
