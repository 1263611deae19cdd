# tests/cli/test_packed_backup.py: files that are no database, given for one: what they are is said,
# with the command that makes a database of them; never an advice to skip the hash.
import bz2
import gzip
import io
import lzma
import subprocess
import tarfile
import zipfile

import pytest


def zipped(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("s.db", data)
    return out.getvalue()


def tarred(data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("s.db")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE,
                          check=True).stdout


# What stands in the error, and the command in it, by how the snapshot was packed.
PACKED = {
    "gz": (gzip.compress, "is a gzip file", "gunzip -c {0}.gz > {0}"),
    "zst": (zstd, "is a zstd file", "zstd -d {0}.zst -o {0}"),
    "zip": (zipped, "is a zip archive", "unzip {0}.zip"),
    "xz": (lzma.compress, "is an xz file", "xz -dc {0}.xz > {0}"),
    "bz2": (bz2.compress, "is a bzip2 file", "bunzip2 -c {0}.bz2 > {0}"),
    "lz4": (lambda data: b"\x04\x22\x4d\x18" + data, "is an lz4 file", "lz4 -d {0}.lz4 {0}"),
    "tar": (tarred, "is a tar archive", "tar -xf {0}.tar"),
    "age": (lambda data: b"age-encryption.org/v1\n-> X25519 x\n" + data, "is encrypted by age",
            "age -d -i KEYFILE -o {0} {0}.age"),
    "asc": (lambda data: b"-----BEGIN PGP MESSAGE-----\n\n", "is encrypted by gpg",
            "gpg -o {0} -d {0}.asc"),
    "gpg": (lambda data: b"\x8c\x0d\x04\x09\x03\x0a" + data[4096:], "is encrypted by gpg",
            "gpg -o {0} -d {0}.gpg"),
    "enc": (lambda data: b"Salted__" + data[4096:], "is encrypted by openssl enc",
            "openssl enc -d -CIPHER -in {0}.enc -out {0}"),
}
OTHERS = {
    "html": (b"<!DOCTYPE html>\n<html><head><title>404</title></head></html>\n", "is an HTML page"),
    "xml": (b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', "is an XML text"),
    "json": (b'{"kind":"Status","status":"Failure","message":"not found"}\n', "is a JSON text"),
    "text": (b"Error: context deadline exceeded\n", "is a text file"),
    "elf": (b"\x7fELF\x02\x01\x01" + bytes(9000), "is a program (ELF)"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a Git LFS pointer"),
    "zeros": (bytes(100_000), "zeros"),
    "short zeros": (bytes(100), "zeros"),
    "empty": (b"", "is empty"),
}


def commands(path):
    """Every command that opens a db file or snapshot."""
    yield from (["snapshot", "restore", path, "--data-dir", "new"],
                ["snapshot", "restore", path, "--data-dir", "new", "--skip-hash-check"],
                ["snapshot", "status", path], ["snapshot", "extract", path, "--prefix", ""],
                ["hashkv", path], ["diff", path, path], ["verify", path],
                ["salvage", path, "--output", "new"], ["bbolt", "check", path],
                ["inspect", "keys", path], ["inspect", "auth", path], ["inspect", "leases", path],
                ["inspect", "members", path], ["inspect", "buckets", path],
                ["inspect", "pages", path], ["inspect", "space", path])


def error_of(utl, words, cwd):
    done = utl(*words, cwd=cwd)
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert done.returncode == 1 and len(lines) == 1, done
    assert "skip-hash-check" not in done.stdout + done.stderr, done
    assert not (cwd / "new").exists()
    return done.stdout + lines[0]


@pytest.mark.parametrize("kind", PACKED)
def test_case_17_compressed_snapshot(utl, fixtures, tmp_path, kind):
    pack, words, command = PACKED[kind]
    path = tmp_path / f"s.db.{kind}"
    path.write_bytes(pack((fixtures / "3.7.1/single/snapshot.db").read_bytes()))
    for line in commands(path):
        error = error_of(utl, line, tmp_path)
        assert error.startswith(f"Error: {path} {words}: "), error
        assert error.endswith(command.format(tmp_path / "s.db")), error


def test_the_command_that_is_printed_runs(utl, fixtures, tmp_path):
    """Also for a name that a shell would take apart, and without the usual ending."""
    data = (fixtures / "3.7.1/single/snapshot.db").read_bytes()
    for name, out in (("it's a $(backup).gz", "it's a $(backup)"), ("backup", "backup.db")):
        path = tmp_path / name
        path.write_bytes(gzip.compress(data))
        error = utl.fails(1, "snapshot", "status", path)[0]
        subprocess.run(["sh", "-ec", error.split("unpack it first: ")[1]], check=True)
        assert (tmp_path / out).read_bytes() == data


@pytest.mark.parametrize("kind", OTHERS)
def test_other_files_are_named(utl, tmp_path, kind):
    content, words = OTHERS[kind]
    path = tmp_path / "backup.db"
    path.write_bytes(content)
    for line in commands(path):
        if kind == "empty" and line[0] in ("inspect", "bbolt", "salvage"):
            continue  # they show what there is of a file, and say so in their own words
        error = error_of(utl, line, tmp_path)
        assert words in error, (line, error)


def test_a_segment_or_a_snap_file_is_no_snapshot(utl, fixtures, tmp_path):
    member = fixtures / "3.7.1/single/data/m0.etcd/member"
    for pattern, words in (("wal/*.wal", "is a segment of a log and no database"),
                           ("snap/*.snap", "is a .snap file of a member and no database")):
        path = next(member.glob(pattern))
        for line in commands(path):
            assert words in error_of(utl, line, tmp_path)


def test_a_snapshot_that_was_cut_short_is_told_as_that(utl, fixtures, tmp_path):
    data = (fixtures / "3.7.1/single/snapshot.db").read_bytes()
    path = tmp_path / "s.db"
    for size in (len(data) - 33, len(data) - 5000, len(data) // 2, 9000):
        path.write_bytes(data[:size])
        for line in (["snapshot", "restore", path, "--data-dir", "new"], ["verify", path]):
            assert "cut short" in error_of(utl, line, tmp_path), size


def test_a_data_directory_names_the_db_in_it(utl, member, tmp_path):
    home = member("3.7.1")
    for words in (["snapshot", "restore", home, "--data-dir", "new"], ["snapshot", "status", home]):
        error = error_of(utl, words, tmp_path)
        assert error.endswith(f"is a directory; its db is {home}/member/snap/db"), error


def test_a_damaged_database_is_not_taken_for_a_packed_one(utl, fixtures, tmp_path):
    """Its first page is lost, and begins as a gzip file; the second meta page serves."""
    data = bytearray((fixtures / "3.7.1/single/snapshot.db").read_bytes())
    data[:4096] = b"\x1f\x8b" + bytes(4094)
    path = tmp_path / "s.db"
    path.write_bytes(data)
    done = utl("verify", path)
    assert done.returncode == 1 and "gzip" not in done.stdout + done.stderr
    data[4096:8192] = bytes(4096)  # neither serves: the pages still can be salvaged
    path.write_bytes(data)
    done = utl("salvage", path, "--output", tmp_path / "saved.db")
    assert (tmp_path / "saved.db").exists() and "gzip" not in done.stdout + done.stderr
