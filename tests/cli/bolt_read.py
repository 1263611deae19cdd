# tests/cli/bolt_read.py: the records of a whole db file, read without the program under test.
"""docs/formats.md, sections 1 and 2, only of whole files: nothing is checked."""

import struct

BRANCH, BUCKET = 1, 1


def read_buckets(data):
    """{bucket name: {key: value}} of the newest transaction."""
    page_size = struct.unpack_from("<I", data, 16 + 8)[0]
    metas = [struct.unpack_from("<IIIIQQQQQQ", data, at + 16) for at in (0, page_size)]
    root = max(metas, key=lambda one: one[8])[4]

    def elements(base, out):
        whole, at = base
        flags, count = struct.unpack_from("<HH", whole, at + 8)
        for one in range(at + 16, at + 16 + 16 * count, 16):
            if flags == BRANCH:
                child = struct.unpack_from("<IIQ", whole, one)[2]
                elements((whole, child * page_size), out)
            else:
                kind, position, key_size, value_size = struct.unpack_from("<IIII", whole, one)
                key = whole[one + position:one + position + key_size]
                value = whole[one + position + key_size:one + position + key_size + value_size]
                out[bytes(key)] = (kind == BUCKET, bytes(value))

    top = {}
    elements((data, root * page_size), top)
    buckets = {}
    for name, (_, value) in top.items():
        inner = {}
        page = struct.unpack_from("<Q", value)[0]
        elements((value, 16) if page == 0 else (data, page * page_size), inner)
        buckets[name.decode()] = {key: one for key, (_, one) in inner.items()}
    return buckets


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def key_value(data):
    """(key, mod_revision, value) of a stored KeyValue."""
    found, at = {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 2:
            size, at = varint(data, at)
            found[tag >> 3] = data[at:at + size]
            at += size
        else:
            found[tag >> 3], at = varint(data, at)
    return found.get(1, b""), found.get(3, 0), found.get(5, b"")


def revision(key):
    """(main, sub) of a key of bucket `key`."""
    return struct.unpack(">Q", key[:8])[0], struct.unpack(">Q", key[9:17])[0]


def live_keys(records):
    """{user key: (mod revision, value)} of bucket `key`, and {user key: revision of the last
    deletion} of those that are dead."""
    live, dead = {}, {}
    for at, value in sorted(records.items()):
        key, mod, content = key_value(value)
        if len(at) == 18:
            live.pop(key, None)
            dead[key] = revision(at)[0]
        elif value:
            live[key] = (mod, content)
            dead.pop(key, None)
    return live, dead
