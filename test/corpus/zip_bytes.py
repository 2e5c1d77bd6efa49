"""A zip assembler with torch.save's layout, in which every field can be made to lie."""

import struct
import zlib

WEIGHTS = struct.pack("<6f", 0.5, -1.0, 2.0, 3.5, -4.25, 8.0)


class Record:
    """One record; the keyword arguments replace single fields of its headers."""

    def __init__(self, name, data, /, **lies):
        self.name, self.data, self.lies = name, data, lies

    def lie(self, field, truth):
        return self.lies.get(field, truth)


def raw_name(name):
    return name if isinstance(name, bytes) else name.encode()


def local_part(record, root, offset, alignment):
    name = raw_name(record.name) if isinstance(record.name, bytes) else f"{root}/{record.name}".encode()
    name = record.lie("name", name)
    crc = record.lie("crc", zlib.crc32(record.data))
    flags = record.lie("flags", 0x0808 if record.data else 0x0800)
    local_name = record.lie("local_name", name)
    extra = record.lies.get("local_extra")
    if extra is None:
        unpadded = offset + 30 + len(local_name) + 4
        padding = alignment - unpadded % alignment
        extra = b"FB" + struct.pack("<H", padding) + b"Z" * padding
    head = struct.pack(
        "<IHHHHHIIIHH",
        record.lie("local_signature", 0x04034B50),
        0,
        record.lie("local_flags", flags),
        record.lie("local_method", record.lie("method", 0)),
        0,
        0,
        record.lie("local_crc", 0),
        record.lie("local_csize", 0),
        record.lie("local_usize", 0),
        record.lie("local_name_length", len(local_name)),
        record.lie("local_extra_length", len(extra)),
    )
    body = head + local_name + extra + record.data
    descriptor = struct.pack("<IIII", 0x08074B50, crc, len(record.data), len(record.data)) if flags & 8 else b""
    return name, crc, flags, body + record.lie("descriptor", descriptor)


def central_part(record, name, crc, flags, offset):
    extra, comment = record.lie("central_extra", b""), record.lie("comment", b"")
    return (
        struct.pack(
            "<IHHHHHHIIIHHHHHII",
            record.lie("central_signature", 0x02014B50),
            0,
            0,
            record.lie("central_flags", flags),
            record.lie("method", 0),
            0,
            0,
            crc,
            record.lie("csize", len(record.data)),
            record.lie("usize", record.lie("csize", len(record.data))),
            record.lie("name_length", len(name)),
            record.lie("extra_length", len(extra)),
            record.lie("comment_length", len(comment)),
            record.lie("disk", 0),
            0,
            0,
            record.lie("offset", offset),
        )
        + name
        + extra
        + comment
    )


def build(records, root="archive", alignment=64, before=b"", gap=b"", after_directory=b"", hide=(), **end):
    """The bytes of the archive; `end` replaces fields of the end records, `hide` leaves records out of the directory."""
    out, directory, count = before, b"", 0
    for record in records:
        out += record.lie("junk_before", b"")
        offset = len(out)
        name, crc, flags, part = local_part(record, root, offset, alignment)
        # A virtual record stands in the directory only: its bytes are somebody else's.
        out += b"" if record.lie("virtual", False) else part
        if record.name in hide:
            continue
        directory += central_part(record, name, crc, flags, offset)
        count += 1
    out += gap
    return out + directory + after_directory + end_records(len(out), len(directory), count, len(after_directory), end)


def end_records(start, size, count, gap, lies):
    def field(name, truth):
        return lies.get(name, truth)

    end64 = start + size + gap
    start, size, count = field("cd_offset", start), field("cd_size", size), field("entries", count)
    zip64 = struct.pack(
        "<IQHHIIQQQQ",
        field("end64_signature", 0x06064B50),
        field("end64_size", 44),
        0x031E,
        0x2D,
        field("end64_disk", 0),
        field("end64_cd_disk", 0),
        field("end64_entries_here", count),
        field("end64_entries", count),
        field("end64_cd_size", size),
        field("end64_cd_offset", start),
    )
    locator = struct.pack(
        "<IIQI",
        0x07064B50,
        field("locator_disk", 0),
        field("locator_offset", end64),
        field("locator_disks", 1),
    )
    end = struct.pack(
        "<IHHHHIIH",
        field("end_signature", 0x06054B50),
        field("end_disk", 0),
        field("end_cd_disk", 0),
        field("end_entries_here", count),
        field("end_entries", count),
        field("end_cd_size", size),
        field("end_cd_offset", start),
        field("comment_length", len(field("comment", b""))),
    )
    if lies.get("no_zip64"):
        return end + field("comment", b"")
    if lies.get("no_end64"):
        zip64 = b""
    return zip64 + locator + end + field("comment", b"")


def records_of(pickle, storages=None, **lies):
    """The record list of a checkpoint; `lies` maps a record's name to the fields that lie."""
    storages = {"0": WEIGHTS} if storages is None else storages
    plain = [("data.pkl", pickle), (".format_version", b"1"), (".storage_alignment", b"64"), ("byteorder", b"little")]
    plain += [(f"data/{key}", data) for key, data in storages.items()]
    plain += [("version", b"3\n"), (".data/serialization_id", b"0" * 40)]
    return [Record(name, data, **lies.get(name, {})) for name, data in plain]


def checkpoint(pickle, storages=None):
    return build(records_of(pickle, storages))
