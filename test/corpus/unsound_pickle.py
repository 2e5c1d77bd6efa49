"""Rules P1 to P4 and P7 to P13, each broken alone."""

import pickle_bytes as p
from sound import laughs_of
from zip_bytes import checkpoint

LISTED = b".(N\x88\x89JKM\x8aGX)t\x85\x86\x87]ae}suqrhjcRbQ\x80"
TOUCH = 'touch "$DL_TRADE_CORPUS_MARKER"'
PYTHON_TOUCH = "__import__('os').system('touch \"$DL_TRADE_CORPUS_MARKER\"')"


def beside(value):
    return checkpoint(p.beside_weights(value))


def stream(body):
    return checkpoint(b"\x80\2" + body)


def instructions(corpus):
    add = lambda name, code, data: corpus.refuse("P1", name, code, data)
    sound = p.beside_weights(p.NONE)
    for protocol in (0, 1, 4, 5, 6, 255):
        add(f"protocol-{protocol}", "PICKLE_PROTOCOL", checkpoint(b"\x80" + bytes([protocol]) + sound[2:]))
    add("protocol-missing", "PICKLE_PROTOCOL", checkpoint(sound[2:]))
    add("protocol-one-byte", "PICKLE_PROTOCOL", checkpoint(b"\x80"))
    add("protocol-late", "PICKLE_PROTOCOL", checkpoint(b"N" + sound))
    add("protocol-twice", "PICKLE_OPCODE", checkpoint(b"\x80\2" + sound))
    add("protocol-inside", "PICKLE_OPCODE", beside(b"\x80\2N"))
    for opcode in range(256):
        if opcode not in LISTED:
            add(f"opcode-{opcode:02x}", "PICKLE_OPCODE", beside(p.NONE + bytes([opcode]) + b"\0" * 16))
    for name, body in {
        "binint": b"J\0\0\0",
        "binint1": b"K",
        "binint2": b"M\0",
        "long1": b"\x8a",
        "long1-body": b"\x8a\x08\0\0",
        "binfloat": b"G\0\0\0\0\0\0\0",
        "binunicode-length": b"X\1\0\0",
        "binunicode-body": b"X\5\0\0\0abc",
        "binunicode-huge": b"X\xff\xff\xff\xffabc",
        "binunicode-half": b"X\0\0\0\x80abc",
        "binput": b"Nq",
        "long-binput": b"Nr\0\0\0",
        "binget": b"h",
        "long-binget": b"j\0\0",
        "global-module": b"ccollections",
        "global-name": b"ccollections\nOrderedDict",
        "global-nothing": b"c",
        "nothing": b"",
        "no-stop": b"N",
        "no-stop-long": p.beside_weights(p.NONE)[2:-1],
    }.items():
        add(f"truncated-{name}", "PICKLE_TRUNCATED", stream(body))


def stack(corpus):
    add = lambda name, data, code="PICKLE_STACK": corpus.refuse("P2", name, code, data)
    for name, body in {
        "reduce": b"R",
        "reduce-one": b")R",
        "build": b"b",
        "build-one": b"}b",
        "binpersid": b"Q",
        "append": b"a",
        "append-one": b"]a",
        "setitem": b"s",
        "setitem-two": b"}Ns",
        "tuple1": b"\x85",
        "tuple2": b"N\x86",
        "tuple3": b"NN\x87",
        "tuple-unmarked": b"NNt",
        "appends-unmarked": b"]Ne",
        "setitems-unmarked": b"}NNu",
        "appends-no-list": b"(Ne",
        "setitems-no-dict": b"(NNu",
        "binput": b"q\0",
        "long-binput": b"r\0\0\0\0",
    }.items():
        add(f"empty-{name}", stream(body + b"."))
    for name, body in {
        "tuple1": b"N(\x85",
        "tuple2": b"N(N\x86",
        "tuple3": b"NN(N\x87",
        "append": b"](Na",
        "setitem": b"}N(Ns",
        "reduce": p.ORDERED_DICT + b"()R",
        "build": p.call(p.ORDERED_DICT) + b"(}b",
        "binpersid": p.storage()[:-1] + b"(Q",
        "binput": b"N(q\0",
        "appends": b"]((Ne",
        "setitems": b"}((NNu",
    }.items():
        add(f"across-mark-{name}", stream(body + b"."))
    add("marks-4097", stream(b"(" * 4097 + b"N."), "PICKLE_LIMIT")
    add("marks-1000000", stream(b"(" * 1_000_000 + b"N."), "PICKLE_LIMIT")
    for name, entries in {"one": b"N", "three": p.text("a") + b"NN"}.items():
        add(f"odd-setitems-{name}", beside(b"}(" + entries + b"u"))


def memo(corpus):
    add = lambda name, value: corpus.refuse("P3", name, "PICKLE_MEMO", beside(value))
    for name, value in {
        "binput-gap": b"Nq\1",
        "binput-255": b"Nq\xff",
        "binput-again": b"Nq\0q\0",
        "binput-back": b"Nq\0Nq\1Nq\0",
        "long-binput-gap": b"Nr\1\0\0\0",
        "long-binput-most": b"Nr\xff\xff\xff\xff",
        "long-binput-2-31": b"Nr\0\0\0\x80",
        "long-binput-2-24": b"Nr\0\0\0\1",
        "binget-empty": b"h\0",
        "binget-next": b"Nq\0h\1",
        "binget-255": b"h\xff",
        "long-binget-empty": b"j\0\0\0\0",
        "long-binget-most": b"Nq\0j\xff\xff\xff\xff",
        "long-binget-sign": b"Nq\0j\0\0\0\x80",
    }.items():
        add(name, value)


# Each with arguments that would leave a mark if it ever ran.
CALLS = {
    "posix system": [p.text(TOUCH)],
    "nt system": [p.text(TOUCH)],
    "os system": [p.text(TOUCH)],
    "os popen": [p.text(TOUCH)],
    "os execv": [p.text("/bin/sh"), p.plain_list(p.text("sh"), p.text("-c"), p.text(TOUCH))],
    "posix posix_spawn": [p.text("/bin/sh"), p.plain_list(p.text("sh"), p.text("-c"), p.text(TOUCH)), p.EMPTY_DICT],
    "subprocess Popen": [p.text(TOUCH), p.integer(-1), p.NONE, p.NONE, p.NONE, p.NONE, p.NONE, p.TRUE, p.TRUE],
    "subprocess call": [p.plain_list(p.text("sh"), p.text("-c"), p.text(TOUCH))],
    "subprocess check_output": [p.plain_list(p.text("sh"), p.text("-c"), p.text(TOUCH))],
    "subprocess getoutput": [p.text(TOUCH)],
    "commands getoutput": [p.text(TOUCH)],
    "pty spawn": [p.plain_list(p.text("sh"), p.text("-c"), p.text(TOUCH))],
    "asyncio.subprocess create_subprocess_shell": [p.text(TOUCH)],
    "builtins eval": [p.text(PYTHON_TOUCH)],
    "builtins exec": [p.text(PYTHON_TOUCH)],
    "__builtin__ eval": [p.text(PYTHON_TOUCH)],
    "__builtin__ exec": [p.text(PYTHON_TOUCH)],
    "__builtin__ execfile": [p.text("/tmp/x")],
    "builtins compile": [p.text(PYTHON_TOUCH), p.text("x"), p.text("exec")],
    "builtins __import__": [p.text("os")],
    "builtins getattr": [p.named("builtins", "print"), p.text("x")],
    "builtins open": [p.text("marker"), p.text("w")],
    "builtins print": [p.text("ran")],
    "builtins bytes": [p.integer(2**31 - 1)],
    "builtins range": [p.integer(5)],
    "builtins list": [p.EMPTY_LIST],
    "builtins map": [p.NONE],
    "builtins breakpoint": [],
    "io open": [p.text("marker"), p.text("w")],
    "pathlib Path": [p.text("marker")],
    "shutil rmtree": [p.text("nowhere")],
    "os remove": [p.text("nowhere")],
    "os unlink": [p.text("nowhere")],
    "sys exit": [p.integer(0)],
    "os _exit": [p.integer(0)],
    "os kill": [p.integer(0), p.integer(0)],
    "socket create_connection": [p.plain_tuple(p.text("localhost"), p.integer(1))],
    "urllib.request urlopen": [p.text("http://localhost:1/")],
    "webbrowser open": [p.text("http://localhost:1/")],
    "requests.api get": [p.text("http://localhost:1/")],
    "ctypes CDLL": [p.text("libc.so.6")],
    "importlib import_module": [p.text("os")],
    "imp load_source": [p.text("x"), p.text("/tmp/x")],
    "runpy run_path": [p.text("/tmp/x")],
    "runpy _run_code": [p.text(PYTHON_TOUCH), p.EMPTY_DICT],
    "code InteractiveInterpreter": [],
    "timeit timeit": [p.text(PYTHON_TOUCH)],
    "cProfile run": [p.text(PYTHON_TOUCH)],
    "profile run": [p.text(PYTHON_TOUCH)],
    "pdb run": [p.text(PYTHON_TOUCH)],
    "bdb Bdb": [],
    "trace Trace": [],
    "doctest debug_script": [p.text(PYTHON_TOUCH)],
    "idlelib.run Executive": [p.NONE],
    "idlelib.pyshell ModifiedInterpreter": [p.NONE],
    "lib2to3.pgen2.grammar Grammar": [],
    "pydoc pipepager": [p.text(TOUCH), p.text("sh")],
    "platform popen": [p.text(TOUCH)],
    "test.support.script_helper assert_python_ok": [p.text("-c"), p.text(PYTHON_TOUCH)],
    "pip main": [p.plain_list(p.text("--version"))],
    "pip._internal main": [p.plain_list(p.text("--version"))],
    "pickle loads": [p.latin1(b"N.")],
    "_pickle loads": [p.latin1(b"N.")],
    "pickle load": [p.NONE],
    "marshal loads": [p.latin1(b"N")],
    "dill loads": [p.latin1(b"N.")],
    "joblib load": [p.text("nowhere")],
    "numpy load": [p.text("nowhere")],
    "numpy.testing._private.utils runstring": [p.text(PYTHON_TOUCH), p.EMPTY_DICT],
    "numpy.f2py.crackfortran getlincoef": [p.text(PYTHON_TOUCH), p.EMPTY_DICT],
    "operator attrgetter": [p.text("system")],
    "operator methodcaller": [p.text("system")],
    "functools partial": [p.named("builtins", "print")],
    "functools reduce": [p.NONE],
    "itertools chain": [],
    "copyreg _reconstructor": [p.named("builtins", "object"), p.named("builtins", "object"), p.NONE],
    "types FunctionType": [p.NONE],
    "types CodeType": [p.NONE],
    "typing NamedTuple": [p.text("x")],
    "logging.config listen": [p.integer(0)],
    "smtplib SMTP": [],
    "sqlite3 connect": [p.text(":memory:")],
    "torch load": [p.text("nowhere")],
    "torch._utils _rebuild_tensor": [],
    "torch._utils _rebuild_tensor_v3": [],
    "torch._utils _rebuild_sparse_tensor": [],
    "torch._utils _rebuild_qtensor": [],
    "torch._utils _rebuild_meta_tensor_no_storage": [],
    "torch._utils _rebuild_device_tensor_from_numpy": [],
    "torch._utils _rebuild_wrapper_subclass": [],
    "torch._tensor _rebuild_from_type": [],
    "torch.storage UntypedStorage": [],
    "torch.storage TypedStorage": [],
    "torch.storage _load_from_bytes": [p.latin1(b"N.")],
    "torch UntypedStorage": [],
    "torch QInt8Storage": [],
    "torch uint16": [],
    "torch float8_e4m3fn": [],
    "torch complex32": [],
    "torch strided": [],
    "torch.hub load": [p.text("nowhere"), p.text("x")],
    "torch.jit load": [p.text("nowhere")],
    "torch.jit._pickle restore_type_tag": [p.NONE, p.text("Tensor")],
    "torch.jit._pickle build_intlist": [p.EMPTY_LIST],
    "torch.distributed.rpc rref": [],
    "torch.distributed.rpc.internal _run_function": [p.NONE],
    "torch.utils._config_module load_config": [p.NONE],
    "torch.utils.bottleneck.__main__ run_cprofile": [p.text(PYTHON_TOUCH), p.EMPTY_DICT],
    "torch.utils.collect_env run": [p.text(TOUCH)],
    "torch.utils.data.datapipes.utils.decoder basichandlers": [p.text("pickle"), p.latin1(b"N.")],
    "torch._dynamo.guards GuardBuilder.get": [p.text("x")],
    "torch._inductor.codecache compile_file": [p.text("x")],
    "torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression": [p.text("x")],
    "torch.serialization _get_layout": [p.text("torch.strided")],
    "torch.nn.modules.linear Linear": [],
    "torch.nn Module": [],
    "__main__ Model": [],
    "__main__ TensorID": [p.integer(0)],
    "__main__ IntList": [p.EMPTY_LIST],
    "__torch__ Model": [],
    "argparse Namespace": [],
    "collections defaultdict": [p.NONE],
    "collections namedtuple": [p.text("x"), p.text("y")],
    "collections UserDict": [],
    "__builtin__ frozenset": [p.EMPTY_LIST],
    "__builtin__ bytes": [],
    "__builtin__ object": [],
    "_codecs decode": [p.latin1(b"x")],
    "codecs encode": [p.text("x"), p.text("rot13")],
    "numpy.core.multiarray fromstring": [p.text("x")],
    "numpy array": [p.EMPTY_LIST],
}

# Names that only resemble listed ones, and malformed lines.
NEAR = {
    "case-module": b"cTorch\nFloatStorage\n",
    "case-name": b"ctorch\nfloatstorage\n",
    "space-before": b"c torch\nFloatStorage\n",
    "space-after": b"ctorch \nFloatStorage\n",
    "space-name": b"ctorch\nFloatStorage \n",
    "carriage-return": b"ctorch\r\nFloatStorage\r\n",
    "nul": b"ctorch\0\nFloatStorage\n",
    "dotted-name": b"ctorch\nstorage.FloatStorage\n",
    "dotted-gadget": b"ctorch\nos.system\n",
    "dotted-ordered-dict": b"ccollections\nOrderedDict.fromkeys\n",
    "dotted-dunder": b"ccollections\nOrderedDict.__init__.__globals__\n",
    "dotted-module": b"ctorch._utils.os\nsystem\n",
    "empty-module": b"c\nOrderedDict\n",
    "empty-name": b"ccollections\n\n",
    "both-empty": b"c\n\n",
    "prefix": b"ctorch\nFloatStorag\n",
    "suffix": b"ctorch\nFloatStorage2\n",
    "swapped": b"cOrderedDict\ncollections\n",
    "submodule": b"ctorch.storage\nFloatStorage\n",
    "not-ascii": "ctorch\nFloatStorаge\n".encode(),
    "not-utf8": b"ctorch\nFloat\xff\n",
    "module-of-257-bytes": b"c" + b"a" * 257 + b"\nx\n",
    "name-of-257-bytes": b"ctorch\n" + b"a" * 257 + b"\n",
    "module-of-256-bytes": b"c" + b"a" * 256 + b"\nx\n",
    "module-of-100000-bytes": b"c" + b"a" * 100_000 + b"\nx\n",
    "unterminated-100000": b"c" + b"a" * 100_000,
}


def globals_(corpus):
    add = lambda name, value: corpus.refuse("P4", name, "PICKLE_GLOBAL", value)
    for dotted, arguments in CALLS.items():
        module, name = dotted.split(" ")
        label = dotted.replace(" ", ".")
        add(f"called-{label}", beside(p.call(p.named(module, name), *arguments)))
    for dotted in list(CALLS)[:30]:
        module, name = dotted.split(" ")
        add(f"mentioned-{dotted.replace(' ', '.')}", beside(p.named(module, name)))
    for label, value in NEAR.items():
        add(f"near-{label}", beside(value))
    evil = p.call(p.named("posix", "system"), p.text(TOUCH))
    add("payload-first", stream(evil + b"."))
    add("payload-before-broken-stream", stream(evil + b"\xff\xff"))
    add("payload-in-tensor-hooks", checkpoint(p.program(p.plain_dict((p.text("w"), p.tensor(hooks=evil))))))
    add("payload-as-key", beside(p.plain_dict((evil, p.NONE))))
    add("payload-as-storage-key", checkpoint(p.program(p.plain_dict((p.text("w"), p.tensor(p.storage(key=evil)))))))
    add(
        "payload-in-metadata-build",
        beside(p.call(p.ORDERED_DICT) + p.plain_dict((p.text("_metadata"), evil)) + p.BUILD),
    )


def containers(corpus):
    add = lambda name, value: corpus.refuse("P7", name, "PICKLE_CONTAINER", beside(value))
    targets = {
        "none": p.NONE,
        "int": p.integer(1),
        "str": p.text("a"),
        "float": p.real(1.0),
        "tuple": p.integers(1, 2),
        "global": p.ORDERED_DICT,
        "tensor": p.tensor(),
        "storage": p.storage(),
        "bytes": p.latin1(b"x"),
        "set": p.call(p.named("builtins", "set"), p.EMPTY_LIST),
        "counter": p.call(p.named("collections", "Counter")),
        "size": p.call(p.named("torch", "Size"), p.integers(1)),
        "dtype": p.numpy_dtype(),
    }
    for kind, value in {**targets, "dict": p.EMPTY_DICT, "odict": p.ordered_dict()}.items():
        add(f"append-{kind}", value + b"Na")
        add(f"appends-{kind}", value + b"(NNe")
    for kind, value in {**targets, "list": p.EMPTY_LIST}.items():
        add(f"setitem-{kind}", value + p.text("k") + b"Ns")
        add(f"setitems-{kind}", value + b"(" + p.text("k") + b"Nu")


def keys(corpus):
    add = lambda name, value: corpus.refuse("P8", name, "PICKLE_KEY", beside(value))
    for kind, key in {
        "tuple": p.integers(1),
        "empty-tuple": p.EMPTY_TUPLE,
        "list": p.EMPTY_LIST,
        "dict": p.EMPTY_DICT,
        "bytes": p.latin1(b"x"),
        "tensor": p.tensor(),
        "global": p.ORDERED_DICT,
        "device": p.call(p.named("torch", "device"), p.text("cpu")),
        "complex": p.call(p.named("builtins", "complex"), p.real(1), p.real(2)),
        "numpy-scalar": p.call(p.SCALAR, p.numpy_dtype(), p.latin1(b"\0" * 8)),
    }.items():
        add(f"kind-{kind}", p.plain_dict((key, p.NONE)))
        add(f"kind-{kind}-setitem", p.EMPTY_DICT + key + b"Ns")
    a = p.text("a")
    for label, (one, other) in {
        "str": (a, a),
        "empty-str": (p.text(""), p.text("")),
        "int": (p.integer(1), p.integer(1)),
        "int-widths": (p.integer(1), b"J\1\0\0\0"),
        "int-long1": (p.integer(1), b"\x8a\1\1"),
        "bool": (p.TRUE, p.TRUE),
        "int-and-bool": (p.integer(1), p.TRUE),
        "zero-and-false": (p.FALSE, p.integer(0)),
        "int-and-float": (p.integer(1), p.real(1.0)),
        "zeros": (p.real(0.0), p.real(-0.0)),
        "float": (p.real(1.5), p.real(1.5)),
        "none": (p.NONE, p.NONE),
        "memo": (a + b"q\0", b"h\0"),
    }.items():
        add(f"twice-{label}", p.plain_dict((one, p.NONE), (other, p.NONE)))
        add(f"twice-{label}-ordered", p.ordered_dict((one, p.NONE), (other, p.NONE)))
    add("twice-over-batches", p.EMPTY_DICT + p.pairs([(a, p.NONE)]) + p.pairs([(a, p.NONE)]))
    add("twice-by-setitem", p.EMPTY_DICT + (a + b"Ns") * 2)
    many = [(p.text(f"k{i}"), p.NONE) for i in range(3000)]
    add("twice-among-3000", p.plain_dict(*many, (p.text("k0"), p.NONE)))
    weights = p.plain_dict((p.text("w"), p.tensor()), (p.text("w"), p.tensor()))
    corpus.refuse("P8", "twice-weights", "PICKLE_KEY", checkpoint(p.program(weights)))


def frozen(corpus):
    add = lambda name, value: corpus.refuse("P9", name, "PICKLE_FROZEN", beside(value))
    k = p.text("k")
    add("list-in-itself", b"]q\0h\0a")
    add("list-in-itself-appends", b"]q\0(h\0e")
    add("dict-in-itself", b"}q\0" + k + b"h\0s")
    add("dict-in-itself-setitems", b"}q\0(" + k + b"h\0u")
    add("odict-in-itself", p.call(p.ORDERED_DICT) + b"q\0" + k + b"h\0s")
    add("list-through-tuple", b"]q\0(h\0tq\1" + b"\x85" + b"h\0h\1a" + b"\x86")
    add("list-through-dict", b"]q\0}" + k + b"h\0sq\1h\0h\1a" + b"\x87")
    add("list-later", b"]q\0\x85h\0Na\x86")
    add("dict-later", b"}q\0\x85h\0" + k + b"Ns\x86")
    add("odict-later", p.call(p.ORDERED_DICT) + b"q\0\x85h\0" + k + b"Ns\x86")
    add("list-later-in-dict", b"}(" + k + b"]q\0uh\0Na\x86")
    add("list-between-batches", b"]q\0(N](h\0eh\0(Nee")
    metadata = p.plain_dict((p.text("_metadata"), p.ordered_dict()))
    add("build-later", p.call(p.ORDERED_DICT) + b"q\0\x85h\0" + metadata + b"b\x86")
    add(
        "dtype-later",
        p.call(p.NUMPY_DTYPE, p.text("f8"), p.FALSE, p.TRUE)
        + b"q\0\x85h\0"
        + p.numpy_dtype()[len(p.call(p.NUMPY_DTYPE, p.text("f8"), p.FALSE, p.TRUE)) :]
        + b"\x86",
    )
    add("set-contents-later", p.named("builtins", "set") + b"]q\0\x85Rh\0Na\x86")
    add("counter-contents-later", p.named("collections", "Counter") + b"}q\0\x85Rh\0" + k + b"Ns\x86")


def limits(corpus):
    add = lambda name, value: corpus.refuse("P10", name, "PICKLE_LIMIT", value)
    for depth in (65, 100, 1000, 100_000):
        add(f"lists-{depth}", beside(b"]" * depth + b"a" * (depth - 1)))
        add(f"tuples-{depth}", beside(b")" + b"\x85" * depth))
        add(f"dicts-{depth}", beside((b"}" + p.text("k")) * (depth - 1) + b"}" + b"s" * (depth - 1)))
        add(f"set-of-lists-{depth}", beside(p.named("builtins", "set") + b"]" * depth + b"a" * (depth - 1) + b"\x85R"))
    add("tuples-1000000", beside(b")" + b"\x85" * 1_000_000))
    add("marked-tuples-3000", beside(b"(" * 3000 + b"N" + b"t" * 3000))
    add("stack-1000001", stream(b"N" * 1_000_001 + b"."))
    add("stack-1000001-marked", stream(b"(" + b"K\1" * 1_000_001 + b"t."))
    add("values-2000001", stream(b"]" + (b"(" + b"N" * 500_000 + b"e") * 4 + b"Na."))
    add("values-of-lists", stream(b"]" + (b"(" + b"]" * 500_000 + b"e") * 4 + b"]a."))
    add("instructions-4000001", stream(b"]q\0Nq\1" + (b"(" + b"h\1" * 900_000 + b"t") * 5 + b"."))
    add("string-over-1-mib", beside(p.text("a" * (2**20 + 1))))
    add("string-of-15-mib", beside(p.text("a" * (15 * 2**20))))
    add("key-over-1-mib", beside(p.plain_dict((p.text("a" * (2**20 + 1)), p.NONE))))


def strings(corpus):
    add = lambda name, value: corpus.refuse("P11", name, "PICKLE_STRING", beside(value))
    for label, raw in {
        "lone-continuation": b"\x80",
        "ff": b"\xff",
        "fe": b"\xfe\xfe",
        "overlong-slash": b"\xc0\xaf",
        "overlong-nul": b"\xc0\x80",
        "overlong-c1": b"\xc1\xbf",
        "overlong-three": b"\xe0\x80\xaf",
        "overlong-four": b"\xf0\x80\x80\xaf",
        "surrogate-low": b"\xed\xa0\x80",
        "surrogate-high": b"\xed\xbf\xbf",
        "above-10ffff": b"\xf4\x90\x80\x80",
        "five-bytes": b"\xf8\x88\x80\x80\x80",
        "cut-two": b"\xc3",
        "cut-three": b"\xe2\x82",
        "cut-four": b"\xf0\x9f\x98",
        "lead-lead": b"\xc3\xc3",
        "latin1": b"caf\xe9",
        "late": b"a" * 1000 + b"\xff",
    }.items():
        add(label, p.text(raw))
        add(f"key-{label}", p.plain_dict((p.text(raw), p.NONE)))


def endings(corpus):
    add = lambda name, data: corpus.refuse("P12", name, "PICKLE_END", data)
    sound = p.beside_weights(p.NONE)
    for label, tail in {
        "newline": b"\n",
        "nul": b"\0",
        "stop": b".",
        "pickle": sound,
        "payload": b"cposix\nsystem\n(X\0\0\0\0tR.",
    }.items():
        add(f"behind-stop-{label}", checkpoint(sound + tail))
    add("nothing", stream(b"."))
    add("two-values", stream(b"N" + sound[2:]))
    add("three-values", stream(b"NN" + sound[2:]))
    add("open-mark", stream(b"(" + sound[2:]))
    add("open-mark-above", stream(sound[2:-1] + b"(."))
    add("open-marks", stream(b"(" * 100 + sound[2:]))


def triples(levels):
    """The classic: three levels of triples at a time, 27 to a level."""
    body = p.plain_list(p.integer(1)) + b"q\0"
    for slot in range(levels):
        for step in range(3):
            body += (
                b"h"
                + bytes([3 * slot + step])
                + b"h"
                + bytes([3 * slot + step])
                + b"\x87q"
                + bytes([3 * slot + step + 1])
            )
    return body


def laughs(corpus):
    add = lambda name, value: corpus.refuse(
        "P13",
        name,
        "METADATA_LIMIT",
        checkpoint(
            p.program(
                p.plain_dict(
                    (p.text("state_dict"), p.plain_dict((p.text("w"), p.tensor()))), (p.text("hyperparameters"), value)
                )
            )
        ),
    )
    add("pairs", laughs_of(58))
    add("triples", triples(9))
    many = p.plain_list(*[p.text("a")] * 1000) + b"q\0(" + b"h\0" * 1000 + b"t\x86"
    add("thousand-by-thousand", many)
    add("long-string-often", p.text("a" * 2**20) + b"q\0" + b"(" + b"h\0" * 100 + b"t" + b"\x86")


def add_all(corpus):
    for family in (instructions, stack, memo, globals_, containers, keys, frozen, limits, strings, endings, laughs):
        family(corpus)
