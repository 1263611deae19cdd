# tests/cli/damage.py: ways to break a file, and the places where it is broken.
import os
import random
from pathlib import Path

import bolt_map

VERSIONS = ["3.4.23", "3.5.33", "3.6.14", "3.7.1"]
FULL = os.environ.get("CAIRN_FULL", "") not in ("", "0")
SEED = int(os.environ.get("CAIRN_SEED") or random.SystemRandom().randrange(2 ** 32))
# CAIRN_PART=I/N: one of N parts of the broken forms (for slow, sanitized builds).
PART = tuple(int(n) for n in os.environ.get("CAIRN_PART", "1/1").split("/"))
CUTS, FLIPS = (64, 256) if FULL else (10, 36)


class Image:
    """A file's content: `data`, and zeros up to `size` bytes. Log segments are mostly zeros."""

    def __init__(self, data, size):
        self.data, self.size = data, size

    @staticmethod
    def of(path):
        size = os.path.getsize(path)
        chunks = []
        with open(path, "rb") as file:
            at = 0
            while True:
                try:
                    at = os.lseek(file.fileno(), at, os.SEEK_DATA)
                except OSError:  # a hole up to the end
                    break
                end = os.lseek(file.fileno(), at, os.SEEK_HOLE)
                chunks.append((at, os.pread(file.fileno(), end - at, at)))
                at = end
        data = bytearray(max((at + len(chunk) for at, chunk in chunks), default=0))
        for at, chunk in chunks:
            data[at:at + len(chunk)] = chunk
        return Image(bytes(data.rstrip(b"\0")), size)

    def write(self, path):
        with open(path, "wb") as file:
            file.write(self.data)
            file.truncate(self.size)

    def same_as(self, path):
        with open(path, "rb") as file:
            return (os.fstat(file.fileno()).st_size == self.size
                    and file.read(len(self.data)) == self.data)

    def padded(self, size):
        return self.data + bytes(max(0, size - len(self.data)))


class Damage:
    """One broken form of a file. `bit` is where one bit was flipped, else None."""

    def __init__(self, kind, name, image, bit=None):
        self.kind, self.name, self.image, self.bit = kind, name, image, bit


def spread(count, end, rng):
    """Places below `end`: evenly one half, the other at random."""
    even = [end * i // (count // 2) for i in range(count // 2)]
    return even + [rng.randrange(end) for _ in range(count - len(even))]


def cuts(image, rng):
    """Truncations, most of them where the file holds something."""
    ends = spread(CUTS - 3, len(image.data), rng) if image.data else []
    for size in [*ends, image.size - 1, image.size // 2, max(0, image.size - 32)]:
        yield Damage("cut short", f"cut at {size}", Image(image.data[:size], size))


def flips(image, rng, structure=()):
    """One bit flipped; `structure` are offsets that deserve a third of all places."""
    count = FLIPS * 2 // 3 if structure else FLIPS
    places = spread(count, len(image.data), rng) if image.data else []
    places += rng.sample(structure, min(FLIPS - count, len(structure))) if structure else []
    for at in places:
        bit = rng.randrange(8)
        data = bytearray(image.data)
        data[at] ^= 1 << bit
        yield Damage("bit flipped", f"bit {bit} of byte {at}", Image(bytes(data), image.size),
                     bit=at)


def zeroed(image, rng, page=4096):
    pages = range(0, len(image.data), page)
    for at in rng.sample(pages, min(len(pages), 24 if FULL else 4)):
        end = min(at + page, len(image.data))
        data = image.data[:at] + bytes(end - at) + image.data[end:]
        if data != image.data:
            yield Damage("page of zeros", f"zeros at {at}", Image(data, image.size))
    yield Damage("page of zeros", "nothing but zeros", Image(b"", image.size))


def other_content(image, rng):
    yield Damage("other content", "empty", Image(b"", 0))
    yield Damage("other content", "one byte", Image(b"\xed", 1))
    yield Damage("other content", "text", Image(b"apiVersion: v1\n" * 2000, 30000))
    yield Damage("other content", "noise", Image(rng.randbytes(32768), 32768))
    yield Damage("other content", "noise and a digest's size", Image(rng.randbytes(32800), 32800))
    at = rng.randrange(max(1, len(image.data) - 600))
    noise = image.data[:at] + rng.randbytes(512) + image.data[at + 512:]
    yield Damage("other content", f"512 bytes of noise at {at}", Image(noise, image.size))
    doubled = image.data[:at] + image.data
    yield Damage("other content", f"{at} bytes twice", Image(doubled, image.size + at))


def metas(image, _rng):
    """Meta pages with a right checksum that say something else, and swapped ones."""
    size = map_of(image).page_size
    values = [("magic", 0xED0CDAEE), ("magic", 0), ("version", 1), ("version", 3),
              ("page size", 0), ("page size", 3), ("page size", size * 2), ("page size", size // 2),
              ("page size", 2 ** 31), ("root", 0), ("root", 2 ** 40), ("root", 1), ("freelist", 1),
              ("freelist", 2 ** 62), ("high water", 0), ("high water", 2 ** 60),
              ("high water", 4), ("txid", 2 ** 64 - 1)]
    for field, value in values:
        for pages in ((0,), (1,), (0, 1)) if FULL else ((0, 1),):
            data = image.data
            for page in pages:
                data = bolt_map.with_field(data, size, page, field, value)
            where = "/".join(str(page) for page in pages)
            yield Damage("wrong " + (field if field in ("magic", "version", "page size")
                                     else "meta field"),
                         f"{field} {value} in meta {where}", Image(data, image.size))
    swapped = image.data[size:2 * size] + image.data[:size] + image.data[2 * size:]
    yield Damage("wrong meta field", "meta pages swapped", Image(swapped, image.size))


def map_of(image):
    return bolt_map.Map(image.padded(min(image.size, len(image.data) + 65536)), image.size)


def of_db(image, rng):
    """All damage made to a db file or a snapshot."""
    known = map_of(image)
    structure = known.places(bolt_map.FOUND)
    for make in (cuts, zeroed, other_content, metas):
        yield from make(image, rng)
    yield from flips(image, rng, structure)


def of_stream(image, rng):
    """All damage made to a log segment or a .snap file."""
    for make in (cuts, zeroed, other_content, flips):
        yield from make(image, rng)


def some(damages):
    """CAIRN_PART's share, of all kinds alike."""
    first, step = PART
    shuffled = list(damages)
    random.Random(SEED).shuffle(shuffled)
    return shuffled[first - 1::step]


def fixture_files(root, version, kind):
    """The files of a kind that real etcd of this version wrote: (data directory or None, path)."""
    root = Path(root) / version
    if kind == "snapshot":
        found = [(None, path) for path in sorted(root.glob("*/snapshot.db"))]
    else:
        name = {"db": "snap/db", "wal": "wal/*.wal", "snap": "snap/*.snap"}[kind]
        found = [(directory, path) for directory in sorted(root.glob("*/data/*.etcd"))
                 for path in sorted(directory.glob("member/" + name))]
    assert found, f"no {kind} of {version} under {root}: run tests/fixtures/unpack"
    return found


def copy_member(directory, target):
    """A data directory without what no command reads; the db and log as sparse as they were."""
    for path in directory.rglob("*"):
        if path.is_file() and path.suffix != ".tmp":
            copy = os.path.join(target, path.relative_to(directory))
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            Image.of(path).write(copy)
