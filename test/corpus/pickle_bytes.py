"""A pickle assembler: each function returns the bytes that leave one value on the stack."""

import struct

MARK, STOP, NONE, TRUE, FALSE = b"(", b".", b"N", b"\x88", b"\x89"
EMPTY_LIST, EMPTY_DICT, EMPTY_TUPLE = b"]", b"}", b")"
APPEND, APPENDS, SETITEM, SETITEMS = b"a", b"e", b"s", b"u"
REDUCE, BUILD, PERSID = b"R", b"b", b"Q"


def integer(value):
    if 0 <= value < 256:
        return b"K" + struct.pack("<B", value)
    if 0 <= value < 65536:
        return b"M" + struct.pack("<H", value)
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    return long1(value)


def long1(value, length=None):
    length = length or value.bit_length() // 8 + 1
    return b"\x8a" + struct.pack("<B", length) + value.to_bytes(length, "little", signed=True)


def real(value):
    return b"G" + struct.pack(">d", value)


def text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def named(module, name):
    return b"c" + f"{module}\n{name}\n".encode()


def plain_tuple(*items):
    if not items:
        return EMPTY_TUPLE
    return MARK + b"".join(items) + b"t"


def integers(*values):
    return plain_tuple(*(integer(value) for value in values))


def plain_list(*items):
    return EMPTY_LIST + MARK + b"".join(items) + APPENDS if items else EMPTY_LIST


def pairs(entries):
    return MARK + b"".join(key + value for key, value in entries) + SETITEMS


def plain_dict(*entries):
    return EMPTY_DICT + pairs(entries) if entries else EMPTY_DICT


def call(function, *arguments):
    return function + plain_tuple(*arguments) + REDUCE


ORDERED_DICT = named("collections", "OrderedDict")
REBUILD = named("torch._utils", "_rebuild_tensor_v2")
PARAMETER = named("torch._utils", "_rebuild_parameter")
ENCODE = named("_codecs", "encode")
NUMPY_DTYPE = named("numpy", "dtype")
SCALAR = named("numpy._core.multiarray", "scalar")
RECONSTRUCT = named("numpy._core.multiarray", "_reconstruct")
NDARRAY = named("numpy", "ndarray")
FLOAT_STORAGE = named("torch", "FloatStorage")


def ordered_dict(*entries):
    made = call(ORDERED_DICT)
    return made + pairs(entries) if entries else made


def storage(key="0", kind=FLOAT_STORAGE, location=text("cpu"), numel=integer(6), label=text("storage")):
    key = key if isinstance(key, bytes) else text(key)
    return plain_tuple(label, kind, key, location, numel) + PERSID


def tensor(of=None, offset=integer(0), sizes=integers(2, 3), strides=integers(3, 1), grad=FALSE, hooks=None, more=()):
    """_rebuild_tensor_v2 on data/0, which holds six float32 unless a file says otherwise."""
    return call(REBUILD, of or storage(), offset, sizes, strides, grad, hooks or ordered_dict(), *more)


def latin1(raw):
    return call(ENCODE, text(raw.decode("latin1")), text("latin1"))


def numpy_dtype(name="f8", order="<", state=None):
    made = call(NUMPY_DTYPE, text(name), FALSE, TRUE)
    state = state or plain_tuple(integer(3), text(order), NONE, NONE, NONE, integer(-1), integer(-1), integer(0))
    return made + state + BUILD


def numpy_array(state=None, shape=integers(0), code=b"b", kind=NDARRAY):
    made = call(RECONSTRUCT, kind, shape, latin1(code))
    return made if state is None else made + state + BUILD


def array_state(version=integer(1), shape=integers(2), dtype=None, fortran=FALSE, raw=b"\0" * 16):
    return plain_tuple(version, shape, dtype or numpy_dtype(), fortran, latin1(raw))


def program(value, protocol=2):
    return b"\x80" + bytes([protocol]) + value + STOP


def beside_weights(value):
    """A checkpoint whose weights are sound and whose key `x` holds `value`."""
    return program(plain_dict((text("w"), tensor()), (text("x"), value)))
