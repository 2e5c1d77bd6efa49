"""Rules Z1 to Z11, each broken alone."""

import struct
import zlib

import pickle_bytes as p
from zip_bytes import WEIGHTS, Record, build, checkpoint, records_of

SOUND = p.beside_weights(p.NONE)
U32, U64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF


def lying(name, **lies):
    return build(records_of(SOUND, **{name: lies}))


def with_record(name, data=b"x", **lies):
    return build(records_of(SOUND) + [Record(name, data, **lies)])


def replaced(name, data):
    return build([Record(name, data) if record.name == name else record for record in records_of(SOUND)])


def end_of_file(corpus):
    good = build(records_of(SOUND))
    add = lambda name, data, code="ZIP_END": corpus.refuse("Z2", name, code, data)
    for cut in (1, 2, 4, 21, 22, 23, 42, 76, 98, 99, 200, 500, 1000, 1500):
        add(f"truncated-by-{cut}", good[:-cut])
    for size in (4, 5, 21, 22, 29, 30, 64, 128):
        add(f"truncated-to-{size}", good[:size])
    for name, tail in {
        "newline": b"\n",
        "nul": b"\0",
        "block": b"\0" * 512,
        "text": b"#!/bin/sh\n",
        "22": b"\0" * 22,
    }.items():
        add(f"appended-{name}", good + tail)
    for comment in (b"x", b"a comment", b"\0" * 65535):
        add(f"comment-{len(comment)}", build(records_of(SOUND), comment=comment))
    add("comment-of-another-zip", build(records_of(SOUND), comment=good), "ZIP_ZIP64")
    add("comment-announced", build(records_of(SOUND), comment_length=1))
    add("signature", build(records_of(SOUND), end_signature=0x06054B51))
    for field in ("end_disk", "end_cd_disk"):
        for value in (1, 0xFFFF):
            add(f"{field}-{value}", build(records_of(SOUND), **{field: value}))
    add("counts-disagree", build(records_of(SOUND), end_entries_here=1))
    add("counts-disagree-total", build(records_of(SOUND), end_entries=1))
    add("escaped-count", build(records_of(SOUND), end_entries=0xFFFF))
    add("two-archives", good + good, "ZIP_ZIP64")
    plain = build(records_of(SOUND), no_zip64=True)
    add("two-archives-without-zip64", good + plain, "ZIP_DIRECTORY")
    add("archive-behind-archive", good + build(records_of(p.beside_weights(p.TRUE))), "ZIP_ZIP64")


def zip64(corpus):
    for field, values in {
        "locator_disk": (1, U32),
        "locator_disks": (0, 2, U32),
        "locator_offset": (0, 1, U32, U64),
        "end64_signature": (0, 0x06064B51),
        "end64_size": (0, 43, 45, U64),
        "end64_disk": (1, U32),
        "end64_cd_disk": (1,),
        "end64_entries_here": (0, 1, U64),
        "end64_entries": (0, 1, U64),
        "end64_cd_size": (0, U64),
        "end64_cd_offset": (0, 1, U64),
    }.items():
        for value in values:
            corpus.refuse("Z3", f"{field}-{value}", "ZIP_ZIP64", build(records_of(SOUND), **{field: value}))
    corpus.refuse("Z3", "record-missing", "ZIP_ZIP64", build(records_of(SOUND), no_end64=True))
    corpus.refuse("Z3", "escaped-sizes", "ZIP_ZIP64", build(records_of(SOUND), end_cd_size=U32, end_cd_offset=U32))
    corpus.refuse(
        "Z3", "no-room", "ZIP_ZIP64", b"PK\3\4" + struct.pack("<IIQI", 0x07064B50, 0, 0, 1) + b"PK\5\6" + b"\0" * 18
    )


def directory(corpus):
    add = lambda name, data: corpus.refuse("Z4", name, "ZIP_DIRECTORY", data)
    size = len(build(records_of(SOUND)))
    for name, lies in {
        "offset-1": {"cd_offset": 1},
        "offset-0": {"cd_offset": 0},
        "offset-beyond": {"cd_offset": size},
        "offset-most": {"cd_offset": U32 - 1},
        "size-0": {"cd_size": 0},
        "size-most": {"cd_size": U32 - 1},
        "no-entries": {"entries": 0},
        "one-entry-of-seven": {"entries": 1},
        "one-entry-too-many": {"entries": 8},
        "65534-entries": {"entries": 65534},
        "16385-claimed": {"entries": 16385},
    }.items():
        add(name, build(records_of(SOUND), **lies))
    add("gap-behind", build(records_of(SOUND), after_directory=b"hidden"))
    add("extra-entry-behind", build(records_of(SOUND), after_directory=b"PK\1\2" + b"\0" * 42))
    for field, value in {
        "central_signature": 0,
        "name_length": 0xFFFF,
        "extra_length": 0xFFFF,
        "comment_length": 0xFFFF,
    }.items():
        add(f"entry-{field}", lying(".data/serialization_id", **{field: value}))
    many = {str(key): b"" for key in range(16385)}
    add("16385-entries", build(records_of(SOUND, many)))


def entries(corpus):
    add = lambda name, data, code="ZIP_ENTRY": corpus.refuse("Z5", name, code, data)
    for method in (1, 6, 8, 9, 12, 14, 20, 93, 95, 97, 98, 99, 0xFFFF):
        add(f"method-{method}", lying("data/0", method=method), "ZIP_COMPRESSED")
    squeezed = zlib.compress(SOUND)[2:-4]
    deflated = {"method": 8, "csize": len(squeezed), "usize": len(SOUND), "crc": zlib.crc32(SOUND)}
    records = [Record("data.pkl", squeezed, **deflated)] + records_of(SOUND)[1:]
    add("deflated-pickle", build(records), "ZIP_COMPRESSED")
    bomb = zlib.compress(b"\0" * 2**24)[2:-4]
    records = records_of(SOUND)[:-1] + [Record("data/1", bomb, method=8, csize=len(bomb), usize=2**24)]
    add("deflate-bomb", build(records), "ZIP_COMPRESSED")
    for bit in (0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15):
        add(f"flag-bit-{bit}", lying("data.pkl", flags=0x0808 | 1 << bit))
    add("flag-encrypted-weights", lying("data/0", flags=0x0809))
    add("two-sizes", lying("data/0", csize=24, usize=25))
    add("two-sizes-huge", lying("data/0", csize=24, usize=U32 - 1))
    for field in ("csize", "usize", "offset"):
        add(f"escaped-{field}", lying("data/0", **{field: U32}))
    add("comment", lying("data.pkl", comment=b"hello"))
    add("disk-1", lying("data.pkl", disk=1))
    add("disk-escaped", lying("data.pkl", disk=0xFFFF))
    zip64_extra = struct.pack("<HHQQ", 1, 16, 24, 24)
    for where in ("central_extra", "local_extra"):
        add(f"zip64-{where}", lying("data/0", **{where: zip64_extra}))
        add(f"zip64-second-{where}", lying("data/0", **{where: b"FB\2\0ZZ" + zip64_extra}))
        add(f"short-{where}", lying("data/0", **{where: b"FB\0"}))
        add(f"cut-off-{where}", lying("data/0", **{where: b"FB\5\0ZZ"}))
        add(f"trailing-{where}", lying("data/0", **{where: b"FB\2\0ZZ\0"}))


def names(corpus):
    add = lambda name, data: corpus.refuse("Z6", name, "ZIP_NAME", data)
    for label, name in {
        "not-utf8": b"archive/\xff\xfe",
        "overlong": b"archive/\xc0\xafx",
        "surrogate": b"archive/\xed\xa0\x80",
        "empty": b"",
        "513-bytes": b"archive/." + b"a" * 504,
        "nul": b"archive/.a\0b",
        "newline": b"archive/.a\nb",
        "unit-separator": b"archive/.a\x1fb",
        "delete": b"archive/.a\x7fb",
        "c1-control": "archive/.a\u0085b".encode(),
        "backslash": b"archive\\.x",
        "backslash-inside": b"archive/..\\x",
        "leading-slash": b"/archive/.x",
        "double-slash": b"archive//.x",
        "trailing-slash": b"archive/.x/",
        "dot": b"archive/./x",
        "dot-dot": b"archive/../x",
        "traversal": b"../../etc/passwd",
        "absolute": b"/etc/passwd",
        "drive": b"C:\\x",
        "no-slash": b".hidden",
        "other-root": b"other/.x",
        "root-case": b"Archive/.x",
        "root-prefix": b"archive2/.x",
    }.items():
        add(label, with_record(name))
    add("twice", build(records_of(SOUND) + [Record("data.pkl", SOUND)]))
    add("twice-storage", build(records_of(SOUND) + [Record("data/0", WEIGHTS)]))
    add("twice-but-case", build(records_of(SOUND) + [Record("DATA.pkl", SOUND)]))
    add("twice-but-case-dot", build(records_of(SOUND) + [Record(".Format_Version", b"1")]))
    add("pickle-without-root", build([Record(b"data.pkl", SOUND)]))


def local_headers(corpus):
    add = lambda name, data: corpus.refuse("Z7", name, "ZIP_LOCAL_HEADER", data)
    for label, lies in {
        "name": {"local_name": b"archive/data/1"},
        "name-case": {"local_name": b"archive/DATA/0"},
        "name-shorter": {"local_name": b"archive/data"},
        "name-beyond": {"local_name_length": 0xFFFF},
        "extra-beyond": {"local_extra_length": 0xFFFF},
        "flags": {"local_flags": 0x0800},
        "flags-encrypted": {"local_flags": 0x0809},
        "method": {"local_method": 8},
        "signature": {"local_signature": 0x04034B51},
        "crc": {"local_crc": 1},
        "compressed-size": {"local_csize": 23},
        "size": {"local_usize": 25},
        "size-escaped": {"local_usize": U32, "local_csize": U32},
        "zero-sizes-without-descriptor": {"flags": 0x0800},
        "offset-inside": {"offset": 3},
        "offset-beyond": {"offset": 2**31},
        "data-beyond": {"csize": 2**20},
        "data-far-beyond": {"csize": 2**31},
        "descriptor-crc": {"descriptor": struct.pack("<IIII", 0x08074B50, 1, 24, 24)},
        "descriptor-compressed-size": {"descriptor": struct.pack("<IIII", 0x08074B50, zlib.crc32(WEIGHTS), 23, 24)},
        "descriptor-size": {"descriptor": struct.pack("<IIII", 0x08074B50, zlib.crc32(WEIGHTS), 24, 25)},
    }.items():
        add(label, lying("data/0", **lies))


def layout(corpus):
    add = lambda name, data: corpus.refuse("Z8", name, "ZIP_LAYOUT", data)
    records = records_of(SOUND)
    add("hidden-record", build(records + [Record("hidden", b"payload")], hide=("hidden",)))
    add("hidden-first", build([Record("hidden", b"payload")] + records, hide=("hidden",)))
    add("hidden-twin", build([Record("twin", SOUND, name=b"archive/twin")] + records, hide=("twin",)))
    add("gap-before-directory", build(records, gap=b"\0" * 16))
    add("gap-of-one-byte", build(records, gap=b"\0"))
    add("junk-between", build(records_of(SOUND, **{"data/0": {"junk_before": b"junk"}})))
    add("descriptor-of-12-bytes", lying("data/0", descriptor=struct.pack("<III", zlib.crc32(WEIGHTS), 24, 24)))
    descriptor = struct.pack("<IIII", 0x08074B50, zlib.crc32(WEIGHTS), 24, 24)
    add("descriptor-of-24-bytes", lying("data/0", descriptor=descriptor + b"\0" * 8))
    honest = {"flags": 0x0800, "local_crc": zlib.crc32(WEIGHTS), "local_csize": 24, "local_usize": 24}
    add("descriptor-without-flag", lying("data/0", **honest, descriptor=descriptor))
    add("overlap", overlapping())
    add("shorter-than-data", lying("data/0", csize=20, crc=zlib.crc32(WEIGHTS[:20]), descriptor=b""))


def overlapping():
    """A record whose data holds another record, header and all: both are served, bytes are used twice."""
    inner = build([Record(".inner", b"abc")], alignment=1)
    inner = inner[: inner.index(b"PK\1\2")]
    records = records_of(SOUND) + [Record(".outer", inner)]
    offset = build(records).index(inner)
    return build(records + [Record(".inner", b"abc", offset=offset, virtual=True)])


def checksums(corpus):
    add = lambda name, data: corpus.refuse("Z9", name, "ZIP_CRC", data)
    good = build(records_of(SOUND))
    for label, needle, step in (("weights", WEIGHTS, 0), ("weights-end", WEIGHTS, 23), ("weights-middle", WEIGHTS, 12)):
        for bit in (0, 7):
            at = good.index(needle) + step
            add(f"{label}-bit-{bit}", good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :])
    at = good.index(SOUND) + SOUND.index(b"w")
    add("pickle-bit", good[:at] + b"v" + good[at + 1 :])
    for name in ("data.pkl", "data/0", "version", "byteorder", ".format_version", ".data/serialization_id"):
        add(f"stored-wrong-{name.replace('/', '-')}", lying(name, crc=1))


def contents(corpus):
    add = lambda name, data, code="RECORD_UNEXPECTED": corpus.refuse("Z10", name, code, data)
    for name in (
        ["evil.py", "data", "datax", "data.pkl.bak", "data.pkl2", "data/00", "data/01", "data/-1", "data/+1", "data/a"]
        + [
            "data/1.0",
            "data/0x1",
            "data/1 ",
            "data/1/2",
            "data/1234567890",
            "data/١",
            "tensors/0",
            "storages",
            "pickle",
        ]
        + ["sys_info", "versions", "version/x", "byteorder2", "extra/files.json", "model.json", "__init__.py", "x"]
    ):
        add(f"record-{name.replace('/', '-').replace(' ', '_')}", with_record(name))
    for label, text in {
        "empty": b"",
        "zero": b"0",
        "eleven": b"11",
        "large": b"999",
        "four-digits": b"0003",
        "negative": b"-1",
        "letters": b"abc",
        "spaced": b" 3",
        "trailing": b"3 ",
        "two-newlines": b"3\n\n",
        "carriage-return": b"3\r\n",
        "newline-only": b"\n",
        "float": b"3.0",
    }.items():
        add(f"version-{label}", replaced("version", text), "RECORD_INVALID")
    for label, text in {
        "empty": b"",
        "middle": b"middle",
        "newline": b"little\n",
        "upper": b"LITTLE",
        "nul": b"little\0",
    }.items():
        add(f"byteorder-{label}", replaced("byteorder", text), "RECORD_INVALID")
    add("byteorder-big", replaced("byteorder", b"big"), "RECORD_BIG_ENDIAN")
    add("version-missing", build([r for r in records_of(SOUND) if r.name != "version"]), "RECORD_MISSING")
    add("pickle-over-16-mib", checkpoint(p.program(p.NONE + b"N" * 2**24)), "RECORD_INVALID")
    add("pickle-empty", checkpoint(b""), "PICKLE_PROTOCOL")


def unreferenced(corpus):
    add = lambda name, storages: corpus.refuse("Z11", name, "RECORD_UNREFERENCED", checkpoint(SOUND, storages))
    add("one", {"0": WEIGHTS, "1": WEIGHTS})
    add("far", {"0": WEIGHTS, "999999999": b"abc"})
    add("empty", {"0": WEIGHTS, "7": b""})
    add("payload", {"0": WEIGHTS, "1": b"\x7fELF" + b"\0" * 4096})
    add("many", {str(key): WEIGHTS for key in range(300)})


def add_all(corpus):
    for family in (
        end_of_file,
        zip64,
        directory,
        entries,
        names,
        local_headers,
        layout,
        checksums,
        contents,
        unreferenced,
    ):
        family(corpus)
