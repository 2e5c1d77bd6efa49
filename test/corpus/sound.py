"""Every legitimate variant: what torch.save writes, and what its users change about it."""

import collections
import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pickle_bytes as p
import torch
from networks import BiLSTM, Transformer, tiny_bilstm, tiny_transformer
from torch import nn
from zip_bytes import WEIGHTS, Record, build, checkpoint, records_of


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def saved_as(value, name):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        torch.save(value, path)
        return path.read_bytes()


def rebuilt(data, keep=lambda name: True, order=None, root="archive", **options):
    """The records of a torch zip in an archive of our own making."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        found = [(name.split("/", 1)[1], source.read(name)) for name in source.namelist()]
    found = [(name, body) for name, body in found if keep(name)]
    if order:
        found.sort(key=lambda record: order(record[0]))
    return build([Record(name, body) for name, body in found], root=root, **options)


def restored(data):
    """A stored re-zip by another tool."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name))
    return out.getvalue()


def networks(corpus):
    for label, model in (("bilstm", BiLSTM()), ("transformer", Transformer())):
        for parameter in model.parameters():
            nn.init.normal_(parameter, generator=torch.Generator().manual_seed(3))
        corpus.accept("S3", f"{label}-full-size", saved(model.state_dict()))
    for label, model in (("bilstm", tiny_bilstm()), ("transformer", tiny_transformer())):
        state = model.state_dict()
        add = lambda name, value, label=label, **options: corpus.accept(
            "S3", f"{label}-{name}", saved(value, **options)
        )
        add("state-dict", state)
        add("plain-dict", dict(state))
        add("protocol-3", state, pickle_protocol=3)
        add("parameters", dict(model.named_parameters()))
        for key in ("model_state_dict", "state_dict", "model", "net", "weights"):
            add(f"under-{key}", {key: state, "epoch": 3})
        for prefix in ("module.", "_orig_mod.", "model.", "module._orig_mod."):
            add(f"prefix-{prefix.strip('.')}", {prefix + name: value for name, value in state.items()})
        add("averaged", torch.optim.swa_utils.AveragedModel(model).state_dict())
        for dtype in (torch.float16, torch.bfloat16, torch.float64):
            add(str(dtype).split(".")[1], {name: value.to(dtype) for name, value in state.items()})
        for kind in (torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD):
            add(f"optimizer-{kind.__name__}", trained(model, kind))
        add("nested", {"model_state_dict": state, "hyperparameters": hyperparameters(), "history": history()})
        corpus.accept("S3", f"{label}-root-from-path", saved_as(state, "a.b.c.pth"))
        corpus.accept("S3", f"{label}-root-with-space", saved_as(state, "best model.pth"))
        corpus.accept("S3", f"{label}-root-named-models", saved_as(state, "models.pth"))
        corpus.accept("S3", f"{label}-root-named-code", saved_as(state, "code.pth"))
        corpus.accept("S3", f"{label}-root-not-ascii", saved_as(state, "netz-ü.pth"))
        containers(corpus, label, saved(state))


def hyperparameters():
    return {"architecture": "bilstm", "input_size": 5, "dropout": 0.2, "layers": [3, 3], "best": None, "bi": True}


def history():
    return {"loss": [1 / (i + 1) for i in range(1500)], "lr": (1e-3, 1e-4), "names": ["a", "ü", "\0", "𝄞"]}


def trained(model, kind):
    optimizer = kind(model.parameters(), lr=1e-3, **({"momentum": 0.9} if kind is torch.optim.SGD else {}))
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3)
    return {
        "model_state_dict": {name: value.clone() for name, value in model.state_dict().items()},
        "optimizer_state_dict": optimizer.state_dict(),
        "scheduler_state_dict": scheduler.state_dict(),
        "epoch": 7,
    }


def containers(corpus, label, data):
    old = lambda name: name in ("data.pkl", "version") or name.startswith("data/")
    add = lambda name, made: corpus.accept("S2", f"{label}-{name}", made)
    add("records-of-1.13", rebuilt(data, keep=old, order=lambda name: (name != "data.pkl", name == "version", name)))
    add("without-byteorder", rebuilt(data, keep=lambda name: name != "byteorder"))
    add("without-serialization-id", rebuilt(data, keep=lambda name: not name.startswith(".data/")))
    add("any-order", rebuilt(data, order=lambda name: name[::-1]))
    add("restored-by-zipfile", restored(data))
    add("without-zip64", rebuilt(data, no_zip64=True))
    add("root-unicode", rebuilt(data, root="Gewichte-ü"))
    add("unaligned", rebuilt(data, alignment=1))
    config = torch.utils.serialization.config.save
    config.storage_alignment = 4096
    add("alignment-4096", saved(tiny_bilstm().state_dict()))
    config.storage_alignment = 64
    config.compute_crc32 = False
    add("crc-not-computed", saved(tiny_bilstm().state_dict()))
    config.compute_crc32 = True


def views(corpus):
    base = torch.arange(24, dtype=torch.float32)
    tied = torch.ones(3)
    aliased = {"shared": torch.zeros(2)}
    for name, value in {
        "tied": {"a": tied, "b": tied},
        "same-dict-twice": {"model": aliased, "again": aliased},
        "slices": {"a": base[2:8], "b": base[8:].view(4, 4)},
        "transposed": {"w": base.view(4, 6).t()},
        "strided": {"w": base[::3]},
        "expanded": {"w": torch.ones(1).expand(5, 7)},
        "expanded-large": {"w": torch.ones(1).expand(2**15, 2**16)},
        "scalar": {"w": torch.tensor(3.0)},
        "empty": {"w": torch.zeros(0, 4), "v": torch.ones(1)},
        "eight-dimensions": {"w": torch.ones(1, 2, 1, 2, 1, 2, 1, 2)},
        "not-finite": {"w": torch.tensor([float("nan"), float("inf"), 1.0])},
        "zero-named": {"": torch.ones(1), "__proto__": torch.ones(1), "constructor": torch.ones(1)},
    }.items():
        corpus.accept("S3", f"view-{name}", saved(value))
    kinds = "float64 int64 int32 int16 int8 uint8 bool complex64 complex128 float16 bfloat16".split()
    for kind in kinds:
        corpus.accept(
            "S3", f"dtype-{kind}", saved({"w": torch.ones(2, 3).to(getattr(torch, kind)), "v": torch.ones(1)})
        )


def metadata(corpus):
    values = {
        "integers": [0, 255, 256, 65535, 65536, -1, 2**31 - 1, 2**31, -(2**31) - 1, 2**40, 2**63 - 1, -(2**63)],
        "big-integers": [2**63, 2**64, 2**80, -(2**80), 2**500],
        "floats": [0.0, -0.0, 1e308, 5e-324, float("inf"), float("-inf"), float("nan")],
        "strings": ["", "a" * 70_000, "ü", "\0", "𝄞", "__proto__"],
        "containers": {"list": [[], [1], list(range(2500))], "tuple": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4))},
        "large-dict": {f"key{i}": i for i in range(2500)},
        "key-kinds": {"a": 1, 0: 2, 1.5: 3, None: 4, -7: 5, True: 6},
        "one-item": {"only": {"one": [1]}},
        "set": {1, 2, "c"},
        "bytes": b"\x00\x80\xff",
        "bytearray": bytearray(b"ab\xff"),
        "bytearray-empty": bytearray(),
        "complex": 1 + 2j,
        "counter": collections.Counter("hello"),
        "ordered": collections.OrderedDict(a=1),
        "size": torch.Size([1, 2, 3]),
        "device": [torch.device("cpu"), torch.device("cuda", 1)],
        "dtypes": [torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.bool, torch.complex64],
        "numpy-scalars": [np.float64(1.5), np.float32(2.5), np.int64(-3), np.uint8(4), np.bool_(True), np.float64(9)],
        "numpy-half-complex": [np.float16(0.5), np.complex64(1 + 1j), np.uint64(2**64 - 1)],
        "numpy-array": np.arange(6, dtype=np.float32).reshape(2, 3),
        "numpy-fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "numpy-zero-dimensional": np.array(3.5),
        "tensor": {"mean": torch.ones(3), "size": torch.zeros(2, dtype=torch.int64)},
        "parameter": nn.Parameter(torch.ones(2)),
        "deep": nested(50),
    }
    for name, value in values.items():
        corpus.accept(
            "S3", f"metadata-{name}", saved({"model_state_dict": {"w": torch.ones(2)}, "hyperparameters": {"x": value}})
        )
        if name != "tensor":
            corpus.accept("S3", f"beside-{name}", saved({"w": torch.ones(2), "x": value}))
    attributed = nn.Parameter(torch.ones(2))
    attributed.note = "kept"
    corpus.accept("S3", "parameter-with-state", saved({"w": attributed}))
    tensor = torch.ones(2)
    tensor.note = {"a": 1}
    corpus.accept("S3", "tensor-with-state", saved({"w": tensor}))


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def handmade(corpus):
    """What no torch is at hand to write: GPUs, numpy 1, the limits themselves."""
    add = lambda name, data: corpus.accept("S3", name, data)
    for location in ("cuda:0", "cuda:12", "mps", "mps:0", "xpu:0", "hpu", "privateuseone:0", "cuda:123"):
        held = p.tensor(p.storage(location=p.text(location)))
        add(f"location-{location.replace(':', '-')}", checkpoint(p.program(p.plain_dict((p.text("w"), held)))))
    add("handmade", checkpoint(p.beside_weights(p.NONE)))
    add("hooks-none", checkpoint(p.program(p.plain_dict((p.text("w"), p.tensor(hooks=p.NONE))))))
    add("metadata-argument", checkpoint(p.program(p.plain_dict((p.text("w"), p.tensor(more=(p.EMPTY_DICT,)))))))
    add("metadata-argument-none", checkpoint(p.program(p.plain_dict((p.text("w"), p.tensor(more=(p.NONE,)))))))
    scalar_1 = p.call(p.named("numpy.core.multiarray", "scalar"), p.numpy_dtype(), p.latin1(b"\0" * 8))
    add("numpy-1-scalar", checkpoint(p.beside_weights(scalar_1)))
    array_1 = p.call(p.named("numpy.core.multiarray", "_reconstruct"), p.NDARRAY, p.integers(0), p.latin1(b"b"))
    add("numpy-1-array", checkpoint(p.beside_weights(array_1 + p.array_state() + p.BUILD)))
    add("builtins-set", checkpoint(p.beside_weights(p.call(p.named("builtins", "set"), p.plain_list(p.integer(1))))))
    add("counter-empty", checkpoint(p.beside_weights(p.call(p.named("collections", "Counter")))))
    for version in (b"1", b"2\n", b"10\n", b"10"):
        records = [
            Record("version", version) if r.name == "version" else r for r in records_of(p.beside_weights(p.NONE))
        ]
        corpus.accept("Z10", f"version-{version.decode().strip()}-{len(version)}", build(records))
    records = records_of(p.beside_weights(p.NONE)) + [Record(".anything/at all", b"ignored")]
    corpus.accept("Z10", "dot-record", build(records))
    add("depth-64", checkpoint(p.beside_weights(p.EMPTY_LIST * 63 + p.APPEND * 62)))
    add("string-of-1-mib", checkpoint(p.beside_weights(p.text("a" * 2**20))))
    add("laughs-outside-hyperparameters", checkpoint(p.beside_weights(laughs_of(40))))
    add("zero-length-long1", checkpoint(p.beside_weights(b"\x8a\0")))
    add("latin1-weights", checkpoint(p.program(p.plain_dict((p.text("é"), p.tensor())))))
    add("appends-of-nothing", checkpoint(p.beside_weights(p.EMPTY_LIST + p.MARK + p.APPENDS)))
    two = {"0": WEIGHTS, "999999999": WEIGHTS}
    held = p.plain_dict((p.text("a"), p.tensor()), (p.text("b"), p.tensor(p.storage("999999999"))))
    add("key-of-nine-digits", checkpoint(p.program(held), two))


def laughs_of(levels):
    """Pairs of two references to the pair below: 2^levels leaves in a few hundred bytes."""
    body = p.plain_list(p.integer(1)) + b"q\0"
    for slot in range(levels):
        body += b"h" + bytes([slot]) + b"\x86q" + bytes([slot + 1])
    return body


def add_all(corpus):
    networks(corpus)
    views(corpus)
    metadata(corpus)
    handmade(corpus)
