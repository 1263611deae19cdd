# tests/cli/big_db.py: a db of gigabytes that takes no room: enough work to interrupt or to watch.
import struct

from bolt_map import BRANCH, BUCKET, LEAF, fnv1a64

PAGE = 4096
VALUE = 64 << 20


def page(number, flags, count, overflow=0):
    return struct.pack("<QHHI", number, flags, count, overflow)


def meta(number, txid, high_water, size=PAGE, root=3, freelist=2):
    """A meta page of a file with pages of `size`."""
    fields = struct.pack("<IIIIQQQQQ", 0xED0CDAED, 2, size, 0, root, 0, freelist, high_water, txid)
    return page(number, 4, 0) + fields + struct.pack("<Q", fnv1a64(fields))


def write(path, values=64, digest=b""):
    """A bucket "big" of `values` keys with 64 MiB of zeros each, which are holes; and an empty one,
    `key`, without which it is not a db of etcd's."""
    run = (16 + 16 + 8 + VALUE + PAGE - 1) // PAGE
    first = 5
    high_water = first + values * run
    with open(path, "wb") as file:
        for number in (0, 1):
            file.seek(number * PAGE)
            file.write(meta(number, number, high_water))
        file.seek(2 * PAGE)
        file.write(page(2, 0x10, 0))
        file.seek(3 * PAGE)
        file.write(page(3, LEAF, 2) + struct.pack("<IIII", BUCKET, 32, 3, 16)
                   + struct.pack("<IIII", BUCKET, 35, 3, 32) + b"big" + struct.pack("<QQ", 4, 0)
                   + b"key" + struct.pack("<QQ", 0, 0) + page(0, LEAF, 0))
        file.seek(4 * PAGE)
        keys = [f"{i:08}".encode() for i in range(values)]
        elements = b"".join(struct.pack("<IIQ", 16 * (values - i) + 8 * i, 8, first + i * run)
                            for i in range(values))
        file.write(page(4, BRANCH, values) + elements + b"".join(keys))
        for i, key in enumerate(keys):
            number = first + i * run
            file.seek(number * PAGE)
            file.write(page(number, LEAF, 1, run - 1) + struct.pack("<IIII", 0, 16, 8, VALUE) + key)
        file.truncate(high_water * PAGE)
        file.seek(high_water * PAGE)
        file.write(digest)
