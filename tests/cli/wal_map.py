# tests/cli/wal_map.py: what each byte of a log segment is for, told without the program under test.
"""docs/formats.md, section 4: u64 length word, a record of that many bytes, padding to eight. The
checksums cover what a record says; padding is ignored by every reader, and so are the highest bits
of a checksum written as a varint of five bytes."""

import bisect
import struct

KINDS_FOUND = {"log, length word", "log, record"}
NEWEST = 3  # records at the end, which may be taken for a torn last write


class Map:
    def __init__(self, data):
        self.begins, self.frames, at = [], [], 0
        while at + 8 <= len(data):
            word = struct.unpack_from("<Q", data, at)[0]
            if word == 0:
                break
            size = word & (2 ** 56 - 1)
            padding = word >> 56 & 7 if word >> 63 else 0
            # Type and checksum are the first two fields: 08 TYPE 10 CRC, where CRC ends below 0x80.
            crc_end = next(i for i in range(at + 11, at + 16) if data[i] < 0x80)
            self.begins.append(at)
            self.frames.append((size, crc_end if crc_end == at + 15 else None))
            at += 8 + size + padding

    def kind(self, at):
        number = bisect.bisect_right(self.begins, at) - 1
        begin = self.begins[number]
        size, crc_end = self.frames[number]
        if at >= begin + 8 + size:
            return "log, padding"
        if number >= len(self.begins) - NEWEST:
            return "log, last records"
        if at < begin + 8:
            return "log, length word"
        return "log, end of a checksum" if at == crc_end else "log, record"
