"""Section 7: what users hand over instead of a checkpoint; each must be named."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import struct
import tarfile
import warnings
import zipfile

import numpy as np
import pickle_bytes as p
import torch
from networks import tiny_bilstm, tiny_transformer
from sound import saved
from zip_bytes import Record, build, records_of


def zip_of(names, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), b"text " * 40, compress_type=options.get("compression"))
    return out.getvalue()


def tar_of(names, kind):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        for name in names:
            header = tarfile.TarInfo(name)
            header.size = 3
            archive.addfile(header, io.BytesIO(b"abc"))
    return out.getvalue()


def safetensors():
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(header)) + header + b"\0" * 4


def npz(save):
    out = io.BytesIO()
    save(out, w=np.ones(3))
    return out.getvalue()


def add_all(corpus):
    add = lambda name, code, data: corpus.refuse("S7", name, code, data)
    good = saved(tiny_bilstm().state_dict())
    add("empty", "FILE_EMPTY", b"")
    for label, model in (("bilstm", tiny_bilstm()), ("transformer", tiny_transformer())):
        add(f"legacy-{label}", "FORMAT_LEGACY", saved(model.state_dict(), _use_new_zipfile_serialization=False))
    add("legacy-magic-only", "FORMAT_LEGACY", bytes.fromhex("80028a0a6cfc9c46f9206aa850192e"))
    for name, kind in (("gnu", tarfile.GNU_FORMAT), ("ustar", tarfile.USTAR_FORMAT), ("pax", tarfile.PAX_FORMAT)):
        add(f"tar-{name}", "FORMAT_TAR", tar_of(["sys_info", "pickle", "tensors", "storages"], kind))
    add("tar-traversal", "FORMAT_TAR", tar_of(["../../evil"], tarfile.GNU_FORMAT))
    pickle_record = Record("data.pkl", p.beside_weights(p.NONE))
    for name in ("constants.pkl", "code/__torch__.py", "code/__torch__.py.debug_pkl"):
        add(f"torchscript-{name.replace('/', '-')}", "FORMAT_TORCHSCRIPT", build([pickle_record, Record(name, b"x")]))
    squeezed = Record("code/x.py", b"abc", method=8, flags=0x0808)
    add("torchscript-compressed", "FORMAT_TORCHSCRIPT", build([squeezed, pickle_record, Record("version", b"3\n")]))
    for name in ("archive_format", "models/model.json"):
        add(f"pt2-{name.replace('/', '-')}", "FORMAT_EXPORTED_PROGRAM", build([Record(name, b"pt2")]))
    add("npz", "FORMAT_NUMPY_ARCHIVE", npz(np.savez))
    add("npz-compressed", "FORMAT_NUMPY_ARCHIVE", npz(np.savez_compressed))
    add("zip-of-text", "FORMAT_ZIP", zip_of(["readme.txt", "a/b.txt"]))
    add(
        "zip-of-office",
        "FORMAT_ZIP",
        zip_of(["[Content_Types].xml", "word/document.xml"], compression=zipfile.ZIP_DEFLATED),
    )
    add("zip-without-pickle", "FORMAT_ZIP", build([r for r in records_of(b"") if r.name != "data.pkl"]))
    add("zip-empty", "FORMAT_ZIP", b"PK\5\6" + b"\0" * 18)
    add("zip-spanned", "FORMAT_ZIP", b"PK\7\x08" + good)
    for protocol in range(2, 6):
        add(f"pickle-{protocol}", "FORMAT_BARE_PICKLE", pickle.dumps({"w": [1.0]}, protocol))
    add("pickle-0-payload", "FORMAT_UNKNOWN", b'cposix\nsystem\n(Vtouch "$DL_TRADE_CORPUS_MARKER"\ntR.')
    add(
        "pickle-2-payload",
        "FORMAT_BARE_PICKLE",
        p.program(p.call(p.named("posix", "system"), p.text('touch "$DL_TRADE_CORPUS_MARKER"'))),
    )
    add("pickle-header-0", "FORMAT_BARE_PICKLE", b"\x80\0N.")
    add("pickle-header-1", "FORMAT_BARE_PICKLE", b"\x80\1N.")
    add("pickle-header-6", "FORMAT_UNKNOWN", b"\x80\6N.")
    add("safetensors", "FORMAT_SAFETENSORS", safetensors())
    for name, data in {
        "7z": b"7z\xbc\xaf\x27\x1c" + good,
        "rar": b"Rar!\x1a\7\1\0" + good,
        "gzip": gzip.compress(good, mtime=0),
        "bzip2": bz2.compress(good),
        "xz": lzma.compress(good),
        "zstd": b"\x28\xb5\x2f\xfd" + good,
        "gguf": b"GGUF\3\0\0\0" + b"\0" * 64,
        "hdf5": b"\x89HDF\r\n\x1a\n" + b"\0" * 64,
        "elf": b"\x7fELF\2\1\1" + b"\0" * 64,
        "pytorch1": b"PYTORCH1" + b"\0" * 64,
        "windows": b"MZ\x90\0" + b"\0" * 64,
        "npy": b"\x93NUMPY\1\0" + b"\0" * 64,
    }.items():
        add(name, "FORMAT_FOREIGN", data)
    lfs = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 132735\n"
    add("lfs-pointer", "FORMAT_FAILED_DOWNLOAD", lfs)
    for name, data in {
        "html": b"<html><body>Not found</body></html>",
        "html-doctype": b"<!DOCTYPE html>\n<html></html>",
        "html-indented": b"\n\n  <!doctype html><p>",
        "html-upper": b"<HTML><HEAD>",
    }.items():
        add(name, "FORMAT_FAILED_DOWNLOAD", data)
    for name, data in {
        "text": b"lstm.weight_ih_l0 0.1 0.2\n",
        "json": b'{"w": [1, 2, 3]}',
        "zeros": b"\0" * 4096,
        "one-byte": b"P",
        "almost-zip": b"PK\3",
        "junk-before": b"#!/bin/sh\nexit 0\n" + good,
        "nul-before": b"\0" + good,
        "png": b"\x89PNG\r\n\x1a\n" + good,
        "onnx": b"\x08\x07\x12\x07pytorch" + b"\0" * 64,
    }.items():
        add(name, "FORMAT_UNKNOWN", data)


def objects(corpus):
    """What torch.save writes but no weights are."""
    add = lambda name, code, value, **options: corpus.refuse("S3", name, code, saved(value, **options))
    warnings.simplefilter("ignore")
    weights = {"w": torch.ones(2)}
    add("protocol-4", "PICKLE_PROTOCOL", tiny_bilstm().state_dict(), pickle_protocol=4)
    add("protocol-5", "PICKLE_PROTOCOL", tiny_bilstm().state_dict(), pickle_protocol=5)
    add("whole-bilstm", "PICKLE_GLOBAL", tiny_bilstm())
    add("whole-transformer", "PICKLE_GLOBAL", tiny_transformer())
    add("whole-linear", "PICKLE_GLOBAL", torch.nn.Linear(2, 2))
    import argparse

    add("namespace", "PICKLE_GLOBAL", {**weights, "args": argparse.Namespace(lr=1)})
    add("sparse", "PICKLE_GLOBAL", {**weights, "s": torch.eye(3).to_sparse()})
    add("sparse-csr", "PICKLE_GLOBAL", {**weights, "s": torch.eye(3).to_sparse_csr()})
    add("quantized", "PICKLE_GLOBAL", {**weights, "q": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)})
    add("meta", "PICKLE_GLOBAL", {**weights, "m": torch.ones(2, device="meta")})
    add("conjugate-view", "PICKLE_REDUCE", {**weights, "c": torch.ones(2, dtype=torch.complex64).conj()})
    add("negative-view", "PICKLE_REDUCE", {**weights, "n": torch.ones(2, dtype=torch.complex64).conj().imag})
    for kind in (torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2, torch.complex32):
        add(f"dtype-{str(kind).split('.')[1]}", "PICKLE_GLOBAL", {**weights, "t": torch.zeros(2).to(kind)})
    add("function", "PICKLE_GLOBAL", {**weights, "f": torch.relu})
    add("builtin", "PICKLE_GLOBAL", {**weights, "f": len})
    import datetime
    import decimal
    from pathlib import PurePosixPath

    add("decimal", "PICKLE_GLOBAL", {**weights, "d": decimal.Decimal("1.5")})
    add("datetime", "PICKLE_GLOBAL", {**weights, "d": datetime.datetime(2026, 1, 1)})
    add("path", "PICKLE_GLOBAL", {**weights, "p": PurePosixPath("a")})
    add("frozenset", "PICKLE_GLOBAL", {**weights, "s": frozenset([1])})
    add("numpy-strings", "PICKLE_REDUCE", {**weights, "s": np.array(["a"])})
    add("numpy-objects", "PICKLE_REDUCE", {**weights, "s": np.array([None])})
    add("numpy-records", "PICKLE_REDUCE", {**weights, "s": np.zeros(1, dtype=[("a", "f4")])})
    add("numpy-big-endian", "PICKLE_BUILD", {**weights, "s": np.zeros(1, dtype=">f4")})
    add("default-dict", "PICKLE_GLOBAL", {**weights, "d": __import__("collections").defaultdict(list)})
    add("tuple-key", "PICKLE_KEY", {**weights, "d": {(1, 2): 3}})
    add("bytes-key", "PICKLE_KEY", {**weights, "d": {b"a": 3}})
    recursive = []
    recursive.append(recursive)
    add("recursive-list", "PICKLE_FROZEN", {**weights, "r": recursive})
    add("lone-surrogate", "PICKLE_STRING", {**weights, "s": "\ud800"})
    add("list-of-tensors", "STATE_DICT_MISSING", [torch.ones(2)])
    add("one-tensor", "STATE_DICT_MISSING", torch.ones(2))
    add("number", "STATE_DICT_MISSING", 5)
    add("none", "STATE_DICT_MISSING", None)
    add("empty-dict", "STATE_DICT_MISSING", {})
    add("no-tensor", "STATE_DICT_MISSING", {"epoch": 3, "lr": 0.1})
    add("tensors-too-deep", "STATE_DICT_MISSING", {"a": {"w": torch.ones(2)}})
    add("empty-state-dict", "STATE_DICT_MISSING", {"model_state_dict": {}, "epoch": 1})
    add("state-dict-of-int-names", "STATE_DICT_KEYS", {0: torch.ones(2)})
    add("state-dict-of-mixed-names", "STATE_DICT_KEYS", {"model": {"a": torch.ones(2), 1: torch.ones(2)}})
    add("state-dict-of-none-name", "STATE_DICT_KEYS", {"state_dict": {None: torch.ones(2)}})
