"""Compares the native checkpoint reader and writer with torch.load(weights_only=True).

    python tools/reference/check_written_checkpoint.py --rewrite BUILD/checkpoint_rewrite --corpus DIR

Every file that the corpus wants accepted goes through the native reader and writer; torch must load what was
written with weights_only=True and find the tensors that it finds in the original, bit for bit.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch

FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
KEYS = ("model_state_dict", "state_dict", "model", "net", "weights")

# What weights_only refuses by default and the native reader takes: numpy's scalars and arrays.
ALLOWED = [
    (np._core.multiarray.scalar, "numpy._core.multiarray.scalar"),
    (np._core.multiarray.scalar, "numpy.core.multiarray.scalar"),
    (np._core.multiarray._reconstruct, "numpy._core.multiarray._reconstruct"),
    (np._core.multiarray._reconstruct, "numpy.core.multiarray._reconstruct"),
    np.ndarray,
    np.dtype,
] + [type(np.dtype(kind)) for kind in "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()]


def load(path):
    with torch.serialization.safe_globals(ALLOWED):
        return torch.load(path, map_location="cpu", weights_only=True)


def state_dict(root):
    for key in KEYS:
        if isinstance(root.get(key), dict) and root[key]:
            return root[key]
    return root


def tensors(path):
    found = state_dict(load(path))
    return {name: value.detach() for name, value in found.items() if isinstance(value, torch.Tensor)}


def raw(tensor):
    return tensor.contiguous().view(-1).view(torch.uint8) if tensor.numel() else torch.zeros(0, dtype=torch.uint8)


def differences(expected, found):
    if list(expected) != list(found):
        return [f"names {list(expected)} != {list(found)}"]
    wrong = []
    for name, value in expected.items():
        other = found[name]
        if value.dtype != other.dtype or value.shape != other.shape:
            wrong.append(f"{name}: {value.dtype} {value.shape} != {other.dtype} {other.shape}")
        elif value.numel() > 2**24:
            # An expanded scalar: comparing its storage is comparing it.
            if value.flatten()[0] != other.flatten()[0] or value.stride() != other.stride():
                wrong.append(f"{name}: expanded tensors differ")
        elif not torch.equal(raw(value), raw(other)):
            wrong.append(f"{name}: bytes differ")
    return wrong


def rewritten(program, mode, path, folder):
    out = Path(folder) / "rewritten.pth"
    run = subprocess.run([program, mode, str(path), str(out)], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip())
    return out


def check(program, path, folder):
    expected = tensors(path)
    wrong = differences(expected, tensors(rewritten(program, "tensors", path, folder)))
    if any(value.dtype not in FLOATS or value.numel() > 2**24 for value in expected.values()):
        return wrong
    expected = {name: value.to(torch.float32) for name, value in expected.items()}
    return wrong + differences(expected, tensors(rewritten(program, "bare", path, folder)))


def same_layout(program, folder):
    """torch.save and the native writer lay the same records out at the same places."""
    value = {"w": torch.arange(6, dtype=torch.float32).view(2, 3), "empty": torch.zeros(0, 2)}
    original = Path(folder) / "rewritten.pth"
    torch.save(value, original)
    source = Path(folder) / "source.pth"
    original.rename(source)
    torch.save(value, original)
    reference = original.read_bytes()
    written = rewritten(program, "bare", source, folder)
    with zipfile.ZipFile(written) as mine, zipfile.ZipFile(source) as theirs:
        names = [name.split("/", 1)[1] for name in mine.namelist()]
        if names != [name.split("/", 1)[1] for name in theirs.namelist()]:
            return [f"records {names}"]
    data = written.read_bytes()
    # Behind data.pkl, whose length differs, all is alike but offsets: compare the first local header and the end records' fixed fields.
    fixed = [(slice(0, 30), "local header"), (slice(-98, -74), "zip64 record")]
    return [label for part, label in fixed if data[part] != reference[part]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rewrite", required=True, help="the checkpoint_rewrite executable of native/test")
    parser.add_argument("--corpus", required=True, help="a folder that test/corpus/generate.py wrote")
    arguments = parser.parse_args()
    folder = Path(arguments.corpus)
    entries = json.loads((folder / "manifest.json").read_text())
    accepted = [entry["file"] for entry in entries if entry["verdict"] == "accept"]
    wrong, skipped = [], []
    with tempfile.TemporaryDirectory() as scratch:
        wrong += [f"layout: {problem}" for problem in same_layout(arguments.rewrite, scratch)]
        for file in accepted:
            try:
                wrong += [f"{file}: {problem}" for problem in check(arguments.rewrite, folder / file, scratch)]
            except Exception as error:
                skipped.append(f"{file}: {str(error).splitlines()[0][:120]}")
    print(
        f"{len(accepted) - len(skipped)} files compared, {len(wrong)} differences, {len(skipped)} that torch does not load"
    )
    for line in wrong + skipped:
        print(line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
