"""Loads weights that dl-trade saved and says how far their logits are from the reference's.

    python tools/reference/check_saved.py --reference DIR --saved DIR

--reference is what make_network_reference.py wrote; --saved holds NAME.pth for each of its sets.
Prints {NAME: largest absolute difference} as JSON.
"""

import argparse
import json
import pathlib

import torch
from networks import logits_of, make_network


def read_floats(path, *shape):
    return torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.float32).reshape(shape)


def difference(reference, saved, entry):
    checkpoint = torch.load(saved / f"{entry['name']}.pth", weights_only=True)
    if checkpoint["hyperparameters"] != entry["hyperparameters"]:
        raise SystemExit(f"{entry['name']}: hyperparameters were {checkpoint['hyperparameters']}")
    network = make_network(checkpoint["hyperparameters"])
    network.load_state_dict(checkpoint["model_state_dict"], strict=True)
    shape = [entry["count"], entry["steps"], entry["hyperparameters"]["input_size"]]
    windows = read_floats(reference / f"{entry['name']}.windows.f32", *shape)
    logits = read_floats(reference / f"{entry['name']}.logits-64.f32", entry["count"])
    return float((logits_of(network, windows, 64) - logits).abs().max())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=pathlib.Path, required=True)
    parser.add_argument("--saved", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    index = json.loads((arguments.reference / "index.json").read_text())
    print(
        json.dumps({entry["name"]: difference(arguments.reference, arguments.saved, entry) for entry in index["sets"]})
    )


if __name__ == "__main__":
    main()
