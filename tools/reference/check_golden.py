"""Recomputes the golden logits of models on disk in PyTorch.

  python tools/reference/check_golden.py models/lstm models/transformer

Prints a line of JSON a model; ends with 1 where a logit differs by more than the file's tolerance.
"""

import base64
import json
import pathlib
import sys

import numpy as np
import torch
from networks import BiLSTMClassifier, TransformerClassifier


def check(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    golden = json.loads((folder / "golden.json").read_text())
    sizes = {name: value for name, value in manifest["hyperparameters"].items() if name != "architecture"}
    network = {"bilstm": BiLSTMClassifier, "transformer": TransformerClassifier}[manifest["architecture"]](**sizes)
    loaded = torch.load(folder / "weights.pth", weights_only=True)
    network.load_state_dict(loaded.get("model_state_dict", loaded))
    network.eval()
    flat = np.frombuffer(base64.b64decode(golden["windows"]), dtype="<f4").copy()
    windows = torch.from_numpy(flat).reshape(len(golden["logits"]), manifest["sequenceLength"], sizes["input_size"])
    with torch.inference_mode():
        logits = network(windows).double().numpy()
    difference = float(np.abs(logits - np.array(golden["logits"])).max())
    print(json.dumps({"model": folder.name, "windows": len(golden["logits"]), "largestDifference": difference}))
    return difference <= golden["tolerance"]


if __name__ == "__main__":
    sys.exit(0 if all([check(pathlib.Path(folder)) for folder in sys.argv[1:]]) else 1)
