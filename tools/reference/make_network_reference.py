"""Writes weights, windows and the logits PyTorch gives for them, for test/parity.

    python tools/reference/make_network_reference.py --out DIR [--sets standard|tiny]

Per set: NAME.state.pth (a bare state_dict), NAME.checkpoint.pth (nested, with hyperparameters), NAME.windows.f32,
NAME.logits-1.f32 and NAME.logits-64.f32 (raw little-endian float32; the number is the batch size). index.json lists the sets.
test/fixtures/networks holds the tiny sets.
"""

import argparse
import json
import pathlib

import torch
from networks import logits_of, make_network

BATCH_SIZES = [1, 64]


def bilstm(input_size, hidden_size, num_layers, dropout=0.2):
    return dict(
        architecture="bilstm",
        input_size=input_size,
        hidden_size=hidden_size,
        num_layers=num_layers,
        dropout=dropout,
    )


def transformer(input_size, d_model, nhead, num_layers, dim_feedforward, max_len, dropout=0.2):
    return dict(
        architecture="transformer",
        input_size=input_size,
        d_model=d_model,
        nhead=nhead,
        num_layers=num_layers,
        dim_feedforward=dim_feedforward,
        max_len=max_len,
        dropout=dropout,
    )


# name -> (hyperparameters, steps)
STANDARD = {
    "bilstm-default": (bilstm(86, 128, 2), 50),
    "bilstm-1-layer": (bilstm(12, 32, 1, dropout=0.0), 50),
    "bilstm-3-layers": (bilstm(33, 20, 3, dropout=0.5), 37),
    "bilstm-1-step": (bilstm(5, 8, 2), 1),
    "transformer-default": (transformer(86, 128, 8, 2, 512, 5000), 50),
    "transformer-1-layer": (transformer(12, 32, 8, 1, 64, 64, dropout=0.0), 50),
    "transformer-3-layers": (transformer(33, 48, 4, 3, 100, 200, dropout=0.5), 37),
    "transformer-1-head": (transformer(5, 7, 1, 2, 16, 50), 50),
    "transformer-1-step": (transformer(5, 16, 2, 2, 16, 8), 1),
}
TINY = {
    "bilstm-tiny": (bilstm(4, 3, 1), 6),
    "transformer-tiny": (transformer(4, 8, 8, 1, 6, 8), 6),
}


def write_floats(path, tensor):
    path.write_bytes(tensor.contiguous().numpy().astype("<f4").tobytes())


def trained_looking(network):
    """Moves every parameter: fresh ones hold zeros, ones and equal layers, behind which swapped names would hide."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return network


def write_set(out, name, hyperparameters, steps, count):
    network = trained_looking(make_network(hyperparameters))
    windows = torch.randn(count, steps, hyperparameters["input_size"]).mul(1.5).clamp(-8, 8)
    torch.save(network.state_dict(), out / f"{name}.state.pth")
    torch.save(
        {"epoch": 3, "model_state_dict": network.state_dict(), "hyperparameters": hyperparameters},
        out / f"{name}.checkpoint.pth",
    )
    write_floats(out / f"{name}.windows.f32", windows)
    for batch_size in BATCH_SIZES:
        write_floats(out / f"{name}.logits-{batch_size}.f32", logits_of(network, windows, batch_size))
    return dict(
        name=name,
        hyperparameters=hyperparameters,
        parameterCount=sum(parameter.numel() for parameter in network.parameters()),
        count=count,
        steps=steps,
        batchSizes=BATCH_SIZES,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--sets", choices=["standard", "tiny"], default="standard")
    parser.add_argument("--seed", type=int, default=20260101)
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    tiny = arguments.sets == "tiny"
    sets = []
    for index, (name, (hyperparameters, steps)) in enumerate((TINY if tiny else STANDARD).items()):
        torch.manual_seed(arguments.seed + index)
        sets.append(write_set(arguments.out, name, hyperparameters, steps, count=8 if tiny else 200))
    index = dict(torch=torch.__version__, seed=arguments.seed, sets=sets)
    (arguments.out / "index.json").write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
    main()
