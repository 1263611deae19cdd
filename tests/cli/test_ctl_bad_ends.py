# tests/cli/test_ctl_bad_ends.py: keys and values of any bytes, and streams that are closed or full.
import base64
import json
import os
import subprocess

import pytest

ALL_BYTES = bytes(range(256))


@pytest.fixture
def shell(ctl, cluster):
    """shell(script, ...) runs it in bash, where CTL is cairnctl and PEER is etcdctl."""
    def run(script, **how):
        env = dict(os.environ, CTL=ctl.path, PEER=str(cluster.etcdctl_path), **cluster.env)
        return subprocess.run(["bash", "-c", script], capture_output=True, timeout=60, env=env,
                              **how)
    return run


def test_bytes_of_any_kind_come_back(shell, cluster):
    key = bytes(range(1, 256))  # a word of a command line has no NUL
    done = subprocess.run([b"bash", b"-c", b'"$CTL" put -- "$1"', b"bash", key], input=ALL_BYTES,
                          env=dict(os.environ, CTL=shell("echo -n $CTL").stdout.decode(),
                                   **cluster.env), capture_output=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"OK\n", b"")
    assert shell("$CTL get '' --prefix --print-value-only").stdout == ALL_BYTES + b"\n"
    pair = json.loads(shell("$CTL get '' --prefix -w json").stdout)["kvs"][0]
    assert base64.b64decode(pair["key"]) == key
    assert base64.b64decode(pair["value"]) == ALL_BYTES
    hexes = shell("$CTL get '' --prefix --hex").stdout.decode().splitlines()
    assert [bytes.fromhex(line.replace("\\x", "")) for line in hexes] == [key, ALL_BYTES]
    for how in "simple", "json", "fields", "protobuf":
        words = f"get '' --prefix -w {how}"
        assert shell(f"$CTL {words}").stdout == shell(f"$PEER {words}").stdout


@pytest.mark.parametrize("key", ["-k", "--help", "--", "--prefix", "-w=json", ""])
def test_a_key_that_looks_like_a_flag(shell, key):
    if not key:
        assert b"etcdserver: key is not provided" in shell("$CTL put -- '' v").stderr
        return
    assert shell(f"$CTL put -- {key} -v").stdout == b"OK\n"
    assert shell(f"$CTL get -- {key}").stdout == f"{key}\n-v\n".encode()
    assert shell(f"$PEER get -- {key}").stdout == f"{key}\n-v\n".encode()
    assert shell(f"$CTL del -- {key}").stdout == b"1\n"


@pytest.mark.parametrize("size,error", [
    (1 << 20, b""), (1_600_000, b"Error: etcdserver: request is too large\n"),
    (3_000_000, b"Error: rpc error: code = ResourceExhausted desc = Sent message larger than max "
                b"(3000008 vs. 2097152)\n")])
def test_a_large_value_is_stored_or_refused_whole(shell, size, error):
    value = os.urandom(size // 2).hex().encode()
    done = shell("$CTL put k", input=value)
    assert (done.returncode, done.stderr) == (1 if error else 0, error)
    assert shell("$PEER put k2", input=value).returncode == done.returncode
    stored = shell("$CTL get k --print-value-only").stdout
    assert stored == (b"" if error else value + b"\n")


@pytest.mark.parametrize("words,code,said", [
    ("put k", 128, b"put command needs 1 argument and input from stdin or 2 arguments"),
    ("txn", 3, b"EOF"), ("txn -i", 3, b"EOF"),
    ("watch -i", 3, b"error reading watch request line: EOF"),
    ("user add u", 128, b"empty password"), ("del k --prefix", 0, b""), ("get k", 0, b""),
])
@pytest.mark.parametrize("stdin", ["<&-", "</dev/null"])
def test_no_input(shell, words, code, said, stdin):
    done = shell(f"timeout -s KILL 20 $CTL {words} {stdin}")
    assert done.returncode == code, done
    assert done.stderr == (b"Error: " + said + b"\n" if said else b"")
    assert shell(f"timeout -s KILL 20 $PEER {words} {stdin}").returncode == code
    assert shell("$CTL user list").stdout == b""


# etcdctl says nothing and succeeds: whoever counts on the output is deceived.
@pytest.mark.parametrize("stdout,why", [(">&-", b"bad file descriptor"),
                                        (">/dev/full", b"no space left on device")])
@pytest.mark.parametrize("words,code", [
    ("get k", 1), ("get k -w json", 1), ("put k v", 1), ("member list", 1),
    ("endpoint health", 1), ("endpoint status -w table", 1), ("snapshot save -", 5),
    ("version", 1), ("put --help", 1), ("watch k --rev=1", 1), ("lock l", 1)])
def test_output_that_goes_nowhere_is_an_error(shell, cluster, words, code, stdout, why):
    cluster.etcdctl("put", "k", "v")
    done = shell(f"timeout -s KILL 20 $CTL {words} {stdout}")
    assert (done.returncode, done.stderr) == (code, b"Error: write /dev/stdout: " + why + b"\n")
    # The lock was given back.
    assert cluster.etcdctl("get", "", "--prefix", "--keys-only").split() == ["k"]


def test_errors_that_nobody_can_read_are_errors(shell):
    assert shell("$CTL get k --endpoints=127.0.0.1:1 --command-timeout=100ms 2>&-").returncode == 1
    assert shell("$CTL get <&- >&- 2>&-").returncode == 128
    assert shell("$CTL put k v 2>&-").stdout == b"OK\n"


@pytest.mark.parametrize("words,reader,read", [
    ("get '' --prefix", "head -1", b"k000\n"), ("get '' --prefix -w json", "head -c 1", b"{"),
    ("get '' --prefix --print-value-only", "head -c 3", b"vvv"),
    ("watch '' --prefix --rev=1", "head -1", b"PUT\n"),
    ("snapshot save -", "head -c 0", b""), ("lease list", "true", b""),
    ("make-mirror 127.0.0.1:1 --help", "true", b"")])
def test_a_reader_that_leaves_ends_it_quietly(shell, cluster, words, reader, read):
    # More than a pipe holds.
    for part in range(5):
        puts = "".join(f"put k{part}{n:02} {'v' * 1000}\n" for n in range(100))
        cluster.etcdctl("txn", input=f"\n{puts}\n\n")
    # `true` may leave before the first byte or behind the last one.
    done = shell(f"timeout -s KILL 20 $CTL {words} | {reader}; echo ${{PIPESTATUS[0]}}")
    codes = [b"141\n"] if reader != "true" else [b"141\n", b"0\n"]
    assert done.stdout in [read + code for code in codes]
    assert done.stderr == b""
