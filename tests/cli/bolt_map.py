# tests/cli/bolt_map.py: what each byte of a db file is for, told without the program under test.
"""docs/formats.md, section 1, read independently in Python: only of whole files, so nothing is
checked. Every byte gets one of the KINDS; a flipped bit in one of FOUND has to be found without a
digest, in the others it need not be."""

import struct

KINDS = ["meta", "page header", "element", "bucket root", "free page id", "key", "value",
         "bucket sequence", "unused", "digest"]
FOUND = {"meta", "page header", "element", "bucket root", "free page id"}
CODE = {kind: code for code, kind in enumerate(KINDS)}
BRANCH, LEAF, BUCKET = 1, 2, 1
NOT_STORED = 2 ** 64 - 1


class Map:
    """The kinds of the bytes of `data`, a file of `size` bytes that ends in zeros after them."""

    def __init__(self, data, size):
        self.data = data
        self.codes = bytearray([CODE["unused"]]) * len(data)
        if size % 512 == 32:
            self.mark(size - 32, 32, "digest")
        self.page_size = struct.unpack_from("<I", data, 16 + 8)[0]
        metas = [struct.unpack_from("<IIIIQQQQQQ", data, at + 16) for at in (0, self.page_size)]
        for at in (0, self.page_size):
            self.mark(at, 16, "page header")
            self.mark(at + 16, 64, "meta")
        meta = max(metas, key=lambda one: one[8])
        self.high_water = meta[7]
        if meta[6] != NOT_STORED:
            self.freelist(meta[6])
        self.page(meta[4])

    def mark(self, at, count, kind):
        self.codes[at:at + count] = bytes([CODE[kind]]) * count

    def kind(self, at):
        return KINDS[self.codes[at]] if at < len(self.codes) else "unused"

    def places(self, kinds):
        """The offsets of all bytes of these kinds."""
        wanted = {CODE[kind] for kind in kinds}
        return [at for at, code in enumerate(self.codes) if code in wanted]

    def freelist(self, page):
        at = page * self.page_size
        self.mark(at, 16, "page header")
        count = struct.unpack_from("<H", self.data, at + 10)[0]
        if count == 0xFFFF:
            count = struct.unpack_from("<Q", self.data, at + 16)[0] + 1
        self.mark(at + 16, 8 * count, "free page id")

    def page(self, number):
        self.elements(number * self.page_size)

    def elements(self, base):
        """A leaf or branch page, or the page of an inline bucket."""
        self.mark(base, 16, "page header")
        flags, count = struct.unpack_from("<HH", self.data, base + 8)
        for at in range(base + 16, base + 16 + 16 * count, 16):
            self.mark(at, 16, "element")
            if flags == BRANCH:
                position, key_size, child = struct.unpack_from("<IIQ", self.data, at)
                self.mark(at + position, key_size, "key")
                self.page(child)
                continue
            kind, position, key_size, value_size = struct.unpack_from("<IIII", self.data, at)
            value = at + position + key_size
            self.mark(at + position, key_size, "key")
            self.mark(value, value_size, "value")
            if kind == BUCKET:
                self.mark(value, 8, "bucket root")
                self.mark(value + 8, 8, "bucket sequence")
                root = struct.unpack_from("<Q", self.data, value)[0]
                if root == 0:
                    self.elements(value + 16)
                else:
                    self.page(root)


def fnv1a64(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2 ** 64
    return value


def with_field(data, page_size, page, field, value):
    """`data` with a field of this meta page set and the page's checksum made to fit again."""
    at = {"magic": 0, "version": 4, "page size": 8, "root": 16, "freelist": 32, "high water": 40,
          "txid": 48}[field]
    begin = page * page_size + 16
    changed = bytearray(data)
    struct.pack_into("<I" if at < 16 else "<Q", changed, begin + at, value)
    struct.pack_into("<Q", changed, begin + 56, fnv1a64(changed[begin:begin + 56]))
    return bytes(changed)
