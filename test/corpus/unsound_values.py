"""Rules P5 and P6, persistent ids and tensors, each broken alone."""

import pickle_bytes as p
from unsound_pickle import beside
from zip_bytes import checkpoint

SIZE, DEVICE = p.named("torch", "Size"), p.named("torch", "device")
FROM_TYPE = p.named("torch._tensor", "_rebuild_from_type_v2")
WITH_STATE = p.named("torch._utils", "_rebuild_parameter_with_state")
COUNTER, SET = p.named("collections", "Counter"), p.named("builtins", "set")
BYTEARRAY, COMPLEX = p.named("builtins", "bytearray"), p.named("builtins", "complex")
TENSOR_TYPE = p.named("torch", "Tensor")
PARAMETER_TYPE = p.named("torch.nn.parameter", "Parameter")
ARGUMENTS = p.plain_tuple(p.storage(), p.integer(0), p.integers(2, 3), p.integers(3, 1), p.FALSE, p.ordered_dict())
EIGHT = b"\0" * 8


def weights(value, storages=None):
    return checkpoint(p.program(p.plain_dict((p.text("w"), value))), storages)


def calls(corpus):
    add = lambda name, value: corpus.refuse("P5", name, "PICKLE_REDUCE", beside(value))
    for kind, value in {
        "none": p.NONE,
        "int": p.integer(1),
        "str": p.text("os.system"),
        "tuple": p.EMPTY_TUPLE,
        "dict": p.EMPTY_DICT,
        "tensor": p.tensor(),
        "bytes": p.latin1(b"x"),
    }.items():
        add(f"calls-{kind}", p.call(value, p.text("x")))
        add(f"arguments-{kind}", p.ORDERED_DICT + value + p.REDUCE) if kind != "tuple" else None
    for module, name in (
        [("torch", f"{kind}Storage") for kind in ("Float", "Double", "Half", "Long", "Bool")]
        + [("torch", "float32"), ("torch", "int64"), ("torch", "Tensor"), ("numpy", "ndarray")]
        + [("torch.nn.parameter", "Parameter")]
    ):
        add(f"calls-{module}.{name}", p.call(p.named(module, name)))
        add(f"calls-{module}.{name}-4", p.call(p.named(module, name), p.integer(4)))
    none, one, text = p.NONE, p.integer(1), p.text("a")
    for label, (function, *arguments) in {
        "ordered-dict-list": (p.ORDERED_DICT, p.EMPTY_LIST),
        "ordered-dict-pairs": (p.ORDERED_DICT, p.plain_list(p.plain_tuple(text, one))),
        "ordered-dict-dict": (p.ORDERED_DICT, p.EMPTY_DICT),
        "parameter-none": (p.PARAMETER, none, p.TRUE, p.ordered_dict()),
        "parameter-storage": (p.PARAMETER, p.storage(), p.TRUE, p.ordered_dict()),
        "parameter-int-flag": (p.PARAMETER, p.tensor(), one, p.ordered_dict()),
        "parameter-hooks": (p.PARAMETER, p.tensor(), p.TRUE, p.ordered_dict((text, one))),
        "parameter-dict-hooks": (p.PARAMETER, p.tensor(), p.TRUE, p.EMPTY_DICT),
        "parameter-two": (p.PARAMETER, p.tensor(), p.TRUE),
        "parameter-four": (p.PARAMETER, p.tensor(), p.TRUE, p.ordered_dict(), none),
        "with-state-three": (WITH_STATE, p.tensor(), p.TRUE, p.ordered_dict()),
        "with-state-none": (WITH_STATE, none, p.TRUE, p.ordered_dict(), none),
        "with-state-hooks": (WITH_STATE, p.tensor(), p.TRUE, p.plain_list(one), none),
        "with-state-flag": (WITH_STATE, p.tensor(), none, p.ordered_dict(), none),
        "from-type-no-global": (FROM_TYPE, none, TENSOR_TYPE, ARGUMENTS, p.EMPTY_DICT),
        "from-type-other-function": (FROM_TYPE, p.PARAMETER, TENSOR_TYPE, ARGUMENTS, p.EMPTY_DICT),
        "from-type-encode": (FROM_TYPE, p.ENCODE, TENSOR_TYPE, p.plain_tuple(text, p.text("latin1")), p.EMPTY_DICT),
        "from-type-itself": (FROM_TYPE, FROM_TYPE, TENSOR_TYPE, ARGUMENTS, p.EMPTY_DICT),
        "from-type-other-type": (FROM_TYPE, p.REBUILD, p.ORDERED_DICT, ARGUMENTS, p.EMPTY_DICT),
        "from-type-no-type": (FROM_TYPE, p.REBUILD, none, ARGUMENTS, p.EMPTY_DICT),
        "from-type-list": (FROM_TYPE, p.REBUILD, TENSOR_TYPE, p.EMPTY_LIST, p.EMPTY_DICT),
        "from-type-few": (FROM_TYPE, p.REBUILD, TENSOR_TYPE, p.EMPTY_TUPLE, p.EMPTY_DICT),
        "from-type-no-state": (FROM_TYPE, p.REBUILD, TENSOR_TYPE, ARGUMENTS, none),
        "from-type-three": (FROM_TYPE, p.REBUILD, PARAMETER_TYPE, ARGUMENTS),
        "size-nothing": (SIZE,),
        "size-int": (SIZE, one),
        "size-list": (SIZE, p.plain_list(one)),
        "size-of-text": (SIZE, p.plain_tuple(text)),
        "size-of-bool": (SIZE, p.plain_tuple(p.TRUE)),
        "size-of-float": (SIZE, p.plain_tuple(p.real(1.0))),
        "size-two": (SIZE, p.integers(1), p.integers(1)),
        "device-nothing": (DEVICE,),
        "device-int": (DEVICE, one),
        "device-text-index": (DEVICE, p.text("cuda"), p.text("0")),
        "device-three": (DEVICE, p.text("cuda"), one, one),
        "encode-one": (p.ENCODE, text),
        "encode-three": (p.ENCODE, text, p.text("latin1"), p.text("strict")),
        "encode-utf8": (p.ENCODE, text, p.text("utf-8")),
        "encode-rot13": (p.ENCODE, text, p.text("rot13")),
        "encode-zip": (p.ENCODE, text, p.text("zip")),
        "encode-upper": (p.ENCODE, text, p.text("LATIN1")),
        "encode-bytes": (p.ENCODE, p.latin1(b"x"), p.text("latin1")),
        "encode-int": (p.ENCODE, one, p.text("latin1")),
        "encode-none": (p.ENCODE, text, none),
        "encode-beyond-latin1": (p.ENCODE, p.text("Ā"), p.text("latin1")),
        "set-nothing": (SET,),
        "set-dict": (SET, p.EMPTY_DICT),
        "set-text": (SET, text),
        "set-two": (SET, p.EMPTY_LIST, p.EMPTY_LIST),
        "bytearray-count": (BYTEARRAY, p.integer(2**31 - 1)),
        "bytearray-small-count": (BYTEARRAY, p.integer(4)),
        "bytearray-list": (BYTEARRAY, p.plain_list(one)),
        "bytearray-text": (BYTEARRAY, text),
        "bytearray-utf8": (BYTEARRAY, text, p.text("utf-8")),
        "complex-one": (COMPLEX, p.real(1)),
        "complex-text": (COMPLEX, p.text("1+2j")),
        "complex-ints": (COMPLEX, one, one),
        "complex-three": (COMPLEX, p.real(1), p.real(2), p.real(3)),
        "counter-list": (COUNTER, p.plain_list(text)),
        "counter-two": (COUNTER, p.EMPTY_DICT, p.EMPTY_DICT),
        "counter-text": (COUNTER, text),
        "scalar-one": (p.SCALAR, p.numpy_dtype()),
        "scalar-three": (p.SCALAR, p.numpy_dtype(), p.latin1(EIGHT), none),
        "scalar-text-dtype": (p.SCALAR, p.text("f8"), p.latin1(EIGHT)),
        "scalar-text-bytes": (p.SCALAR, p.numpy_dtype(), p.text("x" * 8)),
        "scalar-short": (p.SCALAR, p.numpy_dtype(), p.latin1(EIGHT[:7])),
        "scalar-long": (p.SCALAR, p.numpy_dtype(), p.latin1(EIGHT + b"\0")),
        "scalar-torch-dtype": (p.SCALAR, p.named("torch", "float64"), p.latin1(EIGHT)),
        "reconstruct-list": (p.RECONSTRUCT, p.named("builtins", "set"), p.integers(0), p.latin1(b"b")),
        "reconstruct-text": (p.RECONSTRUCT, p.text("ndarray"), p.integers(0), p.latin1(b"b")),
        "reconstruct-shape": (p.RECONSTRUCT, p.NDARRAY, p.integers(2**31 - 1), p.latin1(b"b")),
        "reconstruct-no-shape": (p.RECONSTRUCT, p.NDARRAY, p.EMPTY_TUPLE, p.latin1(b"b")),
        "reconstruct-list-shape": (p.RECONSTRUCT, p.NDARRAY, p.plain_list(p.integer(0)), p.latin1(b"b")),
        "reconstruct-code": (p.RECONSTRUCT, p.NDARRAY, p.integers(0), p.latin1(b"O")),
        "reconstruct-text-code": (p.RECONSTRUCT, p.NDARRAY, p.integers(0), p.text("b")),
        "reconstruct-two": (p.RECONSTRUCT, p.NDARRAY, p.integers(0)),
    }.items():
        add(label, p.call(function, *arguments))
    for name in (
        "O",
        "O8",
        "V",
        "V8",
        "U4",
        "S4",
        "a4",
        "M8",
        "m8",
        "f",
        "f8x",
        "f888",
        "8f",
        "",
        ">f8",
        "<f8",
        "F8",
        "f8,f8",
        "f3",
        "i0",
    ):
        add(
            f"dtype-{name.replace('<', 'lt').replace('>', 'gt') or 'empty'}-",
            p.call(p.NUMPY_DTYPE, p.text(name), p.FALSE, p.TRUE),
        )
    f8 = p.text("f8")
    for label, arguments in {
        "one": (f8,),
        "two": (f8, p.FALSE),
        "four": (f8, p.FALSE, p.TRUE, none),
        "int-flags": (f8, p.integer(0), p.integer(1)),
        "not-text": (one, p.FALSE, p.TRUE),
        "list": (p.plain_list(f8), p.FALSE, p.TRUE),
    }.items():
        add(f"dtype-arguments-{label}", p.call(p.NUMPY_DTYPE, *arguments))


def tensor_arguments(corpus):
    add = lambda name, value: corpus.refuse("P5", f"tensor-{name}", "PICKLE_REDUCE", weights(value))
    add("no-storage", p.tensor(p.NONE))
    add("storage-class", p.tensor(p.FLOAT_STORAGE))
    add("storage-is-tensor", p.tensor(p.tensor()))
    add("offset-none", p.tensor(offset=p.NONE))
    add("offset-float", p.tensor(offset=p.real(0.0)))
    add("offset-bool", p.tensor(offset=p.FALSE))
    add("sizes-list", p.tensor(sizes=p.plain_list(p.integer(2), p.integer(3))))
    add("sizes-torch-size", p.tensor(sizes=p.call(SIZE, p.integers(2, 3))))
    add("sizes-none", p.tensor(sizes=p.NONE))
    add("sizes-text", p.tensor(sizes=p.plain_tuple(p.text("2"), p.text("3"))))
    add("sizes-float", p.tensor(sizes=p.plain_tuple(p.real(2.0), p.integer(3))))
    add("sizes-bool", p.tensor(sizes=p.plain_tuple(p.TRUE, p.integer(3))))
    add("strides-none", p.tensor(strides=p.NONE))
    add("strides-float", p.tensor(strides=p.plain_tuple(p.real(3.0), p.integer(1))))
    add("grad-int", p.tensor(grad=p.integer(0)))
    add("grad-none", p.tensor(grad=p.NONE))
    add("hooks-dict", p.tensor(hooks=p.EMPTY_DICT))
    add("hooks-filled", p.tensor(hooks=p.ordered_dict((p.integer(0), p.text("hook")))))
    add("hooks-list", p.tensor(hooks=p.EMPTY_LIST))
    add("metadata-conj", p.tensor(more=(p.plain_dict((p.text("conj"), p.TRUE)),)))
    add("metadata-neg", p.tensor(more=(p.plain_dict((p.text("neg"), p.TRUE)),)))
    add("metadata-odict", p.tensor(more=(p.ordered_dict(),)))
    add("metadata-text", p.tensor(more=(p.text("x"),)))
    add("eight-arguments", p.tensor(more=(p.NONE, p.NONE)))
    add("five-arguments", p.call(p.REBUILD, p.storage(), p.integer(0), p.integers(2, 3), p.integers(3, 1), p.FALSE))
    add("no-arguments", p.call(p.REBUILD))


def builds(corpus):
    add = lambda name, value, code="PICKLE_BUILD": corpus.refuse("P6", name, code, beside(value))
    metadata = p.plain_dict((p.text("_metadata"), p.ordered_dict()))
    for kind, target in {
        "none": p.NONE,
        "int": p.integer(1),
        "str": p.text("a"),
        "list": p.EMPTY_LIST,
        "dict": p.EMPTY_DICT,
        "tuple": p.integers(1),
        "tensor": p.tensor(),
        "storage": p.storage(),
        "global": p.ORDERED_DICT,
        "parameter-type": PARAMETER_TYPE,
        "counter": p.call(COUNTER),
        "set": p.call(SET, p.EMPTY_LIST),
        "device": p.call(DEVICE, p.text("cpu")),
        "scalar": p.call(p.SCALAR, p.numpy_dtype(), p.latin1(EIGHT)),
    }.items():
        add(f"on-{kind}", target + metadata + p.BUILD)
    for label, state in {
        "none": p.NONE,
        "empty": p.EMPTY_DICT,
        "other-name": p.plain_dict((p.text("__class__"), p.ordered_dict())),
        "two-names": p.plain_dict((p.text("_metadata"), p.ordered_dict()), (p.text("x"), p.NONE)),
        "plain-metadata": p.plain_dict((p.text("_metadata"), p.EMPTY_DICT)),
        "none-metadata": p.plain_dict((p.text("_metadata"), p.NONE)),
        "ordered-state": p.ordered_dict((p.text("_metadata"), p.ordered_dict())),
        "slots": p.plain_tuple(p.NONE, p.EMPTY_DICT),
        "setstate": p.plain_dict((p.text("__setstate__"), p.ORDERED_DICT)),
        "integer-name": p.plain_dict((p.integer(0), p.ordered_dict())),
    }.items():
        add(f"state-{label}", p.call(p.ORDERED_DICT) + state + p.BUILD)
    add("state-twice", p.call(p.ORDERED_DICT) + (metadata + p.BUILD) * 2)
    none, minus = p.NONE, p.integer(-1)
    sound = [p.integer(3), p.text("<"), none, none, none, minus, minus, p.integer(0)]
    for label, (at, value) in {
        "version": (0, p.integer(4)),
        "version-text": (0, p.text("3")),
        "big-endian": (1, p.text(">")),
        "order": (1, p.text("x")),
        "order-none": (1, none),
        "subarray": (2, p.plain_tuple(p.text("f8"), p.integers(2))),
        "names": (3, p.plain_tuple(p.text("a"))),
        "fields": (4, p.EMPTY_DICT),
        "size": (5, p.integer(8)),
        "alignment": (6, p.integer(8)),
        "flags": (7, p.integer(63)),
    }.items():
        add(f"dtype-{label}", p.numpy_dtype(state=p.plain_tuple(*sound[:at], value, *sound[at + 1 :])))
    add("dtype-seven", p.numpy_dtype(state=p.plain_tuple(*sound[:7])))
    add("dtype-nine", p.numpy_dtype(state=p.plain_tuple(*sound, none)))
    add("dtype-list", p.numpy_dtype(state=p.plain_list(*sound)))
    add("dtype-none", p.numpy_dtype(state=none))
    for label, lies in {
        "version": {"version": p.integer(2)},
        "shape-list": {"shape": p.plain_list(p.integer(2))},
        "shape-text": {"shape": p.plain_tuple(p.text("2"))},
        "shape-negative": {"shape": p.integers(-2)},
        "shape-larger": {"shape": p.integers(3)},
        "shape-huge": {"shape": p.integers(2**31 - 1)},
        "shape-overflows": {"shape": p.integers(2**62, 4, 2)},
        "shape-of-33": {"shape": p.integers(*[1] * 33), "raw": EIGHT},
        "dtype-text": {"dtype": p.text("f8")},
        "dtype-torch": {"dtype": p.named("torch", "float64")},
        "fortran-int": {"fortran": p.integer(0)},
        "bytes-short": {"raw": b"\0" * 15},
        "bytes-long": {"raw": b"\0" * 17},
        "bytes-none": {"raw": b""},
    }.items():
        add(f"array-{label}", p.numpy_array(p.array_state(**lies)))
    add("array-four", p.numpy_array(p.plain_tuple(p.integer(1), p.integers(2), p.numpy_dtype(), p.FALSE)))
    objects = p.plain_tuple(p.integer(1), p.integers(1), p.numpy_dtype(), p.FALSE, p.plain_list(p.NONE))
    add("array-of-objects", p.numpy_array(objects))
    add(
        "array-text",
        p.numpy_array(p.plain_tuple(p.integer(1), p.integers(2), p.numpy_dtype(), p.FALSE, p.text("\0" * 16))),
    )
    add("array-none", p.numpy_array(p.NONE))
    add("array-twice", p.numpy_array(p.array_state()) + p.array_state() + p.BUILD)


def persistent_ids(corpus):
    def add(name, value, code="STORAGE_INVALID", storages=None):
        corpus.refuse("PID", name, code, weights(value, storages))

    held = lambda **lies: p.tensor(p.storage(**lies))
    for kind, value in {"none": p.NONE, "text": p.text("storage"), "list": p.EMPTY_LIST, "int": p.integer(0)}.items():
        add(f"is-{kind}", p.tensor(value + p.PERSID))
    parts = [p.text("storage"), p.FLOAT_STORAGE, p.text("0"), p.text("cpu"), p.integer(6)]
    for count in (0, 1, 4):
        add(f"items-{count}", p.tensor(p.plain_tuple(*parts[:count]) + p.PERSID))
    add("items-6", p.tensor(p.plain_tuple(*parts, p.NONE) + p.PERSID))
    add("label", held(label=p.text("module")))
    add("label-none", held(label=p.NONE))
    add("label-case", held(label=p.text("Storage")))
    for kind, value in {
        "text": p.text("FloatStorage"),
        "dtype": p.named("torch", "float32"),
        "call": p.ORDERED_DICT,
        "none": p.NONE,
    }.items():
        add(f"class-{kind}", held(kind=value))
    for label, key in {
        "empty": "",
        "letters": "a",
        "two-zeros": "00",
        "leading-zero": "01",
        "minus": "-1",
        "plus": "+0",
        "space": " 0",
        "newline": "0\n",
        "hex": "0x0",
        "path": "../data.pkl",
        "absolute": "/etc/passwd",
        "folder": "data/0",
        "ten-digits": "1234567890",
        "arabic": "٠",
    }.items():
        add(f"key-{label}", held(key=key))
    add("key-int", held(key=p.integer(0)))
    add("key-none", held(key=p.NONE))
    for key in ("1", "7", "999999999"):
        add(f"missing-{key}", held(key=key), "RECORD_MISSING")
    for label, location in {
        "meta": "meta",
        "meta-0": "meta:0",
        "empty": "",
        "upper": "CPU",
        "colon": "cuda:",
        "four-digits": "cuda:1234",
        "letters": "cuda:a",
        "minus": "cuda:-1",
        "two-colons": "cuda:0:0",
        "digit-first": "0cpu",
        "seventeen": "a" * 17,
        "shell": "cpu;id",
        "space": "cpu ",
        "path": "../x",
        "not-ascii": "cpü",
    }.items():
        add(f"location-{label}", held(location=p.text(location)))
    add("location-none", held(location=p.NONE))
    add("location-int", held(location=p.integer(0)))
    for label, numel in {
        "negative": p.integer(-1),
        "text": p.text("6"),
        "float": p.real(6.0),
        "bool": p.TRUE,
        "none": p.NONE,
        "big": p.long1(2**64),
    }.items():
        add(f"numel-{label}", held(numel=numel))
    for numel in (0, 1, 5, 7, 24, 2**16, 2**30, 2**31, 2**32 + 6, 2**40, 2**61, 2**62 + 6, 2**63 - 1):
        add(f"numel-{numel}", held(numel=p.integer(numel)), "STORAGE_SIZE")
    for kind in ("Double", "Half", "BFloat16", "Long", "Short", "Byte", "Bool", "ComplexFloat", "ComplexDouble"):
        add(f"wider-{kind}", held(kind=p.named("torch", f"{kind}Storage")), "STORAGE_SIZE")
    for length in (0, 1, 23, 25, 4096):
        add(f"record-of-{length}", held(), "STORAGE_SIZE", {"0": bytes(length)})
    double = p.storage(kind=p.named("torch", "DoubleStorage"), numel=p.integer(3))
    twice = p.plain_dict(
        (p.text("a"), p.tensor()), (p.text("b"), p.tensor(double, sizes=p.integers(3), strides=p.integers(1)))
    )
    corpus.refuse("PID", "two-types", "STORAGE_INVALID", checkpoint(p.program(twice)))
    other = p.storage(kind=p.named("torch", "IntStorage"))
    twice = p.plain_dict((p.text("a"), p.tensor()), (p.text("b"), p.tensor(other)))
    corpus.refuse("PID", "two-types-of-one-width", "STORAGE_INVALID", checkpoint(p.program(twice)))


def tensors(corpus):
    shape = lambda name, value: corpus.refuse("T", name, "TENSOR_SHAPE", weights(value))
    bounds = lambda name, value: corpus.refuse("T", name, "TENSOR_BOUNDS", weights(value))
    n, most = p.integers, 2**63 - 1
    shape("nine-dimensions", p.tensor(sizes=n(*[1] * 9), strides=n(*[1] * 9)))
    shape("64-dimensions", p.tensor(sizes=n(*[1] * 64), strides=n(*[1] * 64)))
    shape("100000-dimensions", p.tensor(sizes=n(*[1] * 100_000), strides=n(*[1] * 100_000)))
    shape("more-sizes", p.tensor(sizes=n(1, 2, 3), strides=n(3, 1)))
    shape("more-strides", p.tensor(sizes=n(6), strides=n(3, 1)))
    shape("no-strides", p.tensor(strides=p.EMPTY_TUPLE))
    shape("no-sizes", p.tensor(sizes=p.EMPTY_TUPLE))
    for value in (-1, -6, -(2**63)):
        shape(f"offset-{value}", p.tensor(offset=p.integer(value)))
        shape(f"size-{value}", p.tensor(sizes=n(value, 3)))
        shape(f"stride-{value}", p.tensor(strides=n(3, value)))
    shape("two-negative-sizes", p.tensor(sizes=n(-2, -3)))
    shape("offset-big", p.tensor(offset=p.long1(2**63)))
    shape("size-big", p.tensor(sizes=p.plain_tuple(p.long1(2**64), p.integer(0))))
    shape("stride-big", p.tensor(strides=p.plain_tuple(p.long1(2**80), p.integer(1))))
    shape("expanded-2-40", p.tensor(sizes=n(2**20, 2**20), strides=n(0, 0)))
    shape("expanded-2-31-and-one", p.tensor(sizes=n(2**31 + 1), strides=n(0)))
    shape("size-most", p.tensor(sizes=n(most), strides=n(0)))
    shape("product-wraps", p.tensor(sizes=n(2**32, 2**32), strides=n(0, 0)))
    shape("product-wraps-to-6", p.tensor(sizes=n(2**31, 2**31, 4), strides=n(0, 0, 0)))
    shape("product-then-zero", p.tensor(sizes=n(2**20, 2**20, 0), strides=n(0, 0, 0)))
    bounds("offset-1", p.tensor(offset=p.integer(1)))
    bounds("offset-6", p.tensor(offset=p.integer(6)))
    bounds("offset-most", p.tensor(offset=p.integer(most)))
    bounds("offset-2-31", p.tensor(offset=p.integer(2**31)))
    bounds("offset-scalar", p.tensor(offset=p.integer(6), sizes=p.EMPTY_TUPLE, strides=p.EMPTY_TUPLE))
    bounds("offset-empty", p.tensor(offset=p.integer(7), sizes=n(0), strides=n(1)))
    bounds("offset-empty-most", p.tensor(offset=p.integer(most), sizes=n(0, 3), strides=n(3, 1)))
    bounds("size-7", p.tensor(sizes=n(7), strides=n(1)))
    bounds("rows-3", p.tensor(sizes=n(3, 3)))
    bounds("columns-4", p.tensor(sizes=n(2, 4)))
    bounds("stride-4", p.tensor(strides=n(4, 1)))
    bounds("stride-most", p.tensor(strides=n(most, 1)))
    bounds("stride-wraps", p.tensor(sizes=n(3, 3), strides=n(2**62, 2**62)))
    bounds("stride-wraps-to-0", p.tensor(sizes=n(5), strides=n(2**62)))
    bounds("sum-wraps", p.tensor(sizes=n(2, 2, 2), strides=n(most, most, 2)))
    bounds("offset-and-stride-wrap", p.tensor(offset=p.integer(most), sizes=n(2), strides=n(most)))
    bounds("size-2-30", p.tensor(sizes=n(2**30), strides=n(1)))
    bounds(
        "from-type",
        p.call(FROM_TYPE, p.REBUILD, TENSOR_TYPE, ARGUMENTS.replace(p.integers(2, 3), p.integers(2, 4)), p.EMPTY_DICT),
    )
    empty = p.storage(numel=p.integer(0))
    corpus.refuse(
        "T", "element-of-empty-storage", "TENSOR_BOUNDS", weights(p.tensor(empty, sizes=n(1), strides=n(1)), {"0": b""})
    )
    corpus.refuse("T", "in-metadata", "TENSOR_BOUNDS", beside(p.plain_list(p.tensor(sizes=n(100), strides=n(1)))))


def add_all(corpus):
    for family in (calls, tensor_arguments, builds, persistent_ids, tensors):
        family(corpus)
