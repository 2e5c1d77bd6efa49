"""The training loop as a user of PyTorch writes it, for test/parity: what ours must reproduce with dropout 0.

    python tools/reference/training.py make --out DIR
    python tools/reference/training.py check --reference DIR --ours DIR

`make` writes per set NAME.weights.pth, NAME.inputs.f32 [N, F], NAME.labels.u8 [N], NAME.gradients.pt (of the first step) and
index.json with the loss of every step. `check` reads what was made here: NAME.first.pth (a training checkpoint after one step
that was not clipped), NAME.initial.pth (drawn from the seed) and index.json with schedules. It prints the largest differences,
and the learning rates that PyTorch's scheduler gives, as JSON.
"""

import argparse
import json
import pathlib

import torch
from make_network_reference import bilstm, transformer, write_floats
from networks import make_network
from torch import nn

STEPS = 20
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 1e-5
SEED = 20260101

# name -> (hyperparameters, rows of a window, batch, norm to clip at)
SETS = {
    "bilstm-default": (bilstm(86, 128, 2, dropout=0.0), 50, 32, 1.0),
    "transformer-default": (transformer(86, 128, 8, 2, 512, 5000, dropout=0.0), 50, 32, 1.0),
    "bilstm-1-layer": (bilstm(12, 32, 1, dropout=0.0), 50, 7, 0.05),
    "bilstm-3-layers": (bilstm(9, 8, 3, dropout=0.0), 13, 32, 0.05),
    "bilstm-1-step": (bilstm(9, 8, 2, dropout=0.0), 1, 32, 1.0),
    "transformer-1-layer": (transformer(12, 32, 8, 1, 64, 64, dropout=0.0), 50, 7, 0.5),
    "transformer-3-layers": (transformer(9, 16, 4, 3, 24, 64, dropout=0.0), 13, 32, 0.5),
    "transformer-1-step": (transformer(9, 16, 2, 2, 16, 8, dropout=0.0), 1, 32, 1.0),
}


def write_set(out, name, hyperparameters, window, batch, clip):
    network = make_network(hyperparameters)
    torch.save(
        {"model_state_dict": network.state_dict(), "hyperparameters": hyperparameters}, out / f"{name}.weights.pth"
    )
    count = STEPS * batch
    inputs = torch.randn(count + window - 1, hyperparameters["input_size"]).mul(1.5).clamp(-8, 8)
    labels = (torch.rand(count + window - 1) < 0.5).to(torch.uint8)
    write_floats(out / f"{name}.inputs.f32", inputs)
    (out / f"{name}.labels.u8").write_bytes(labels.numpy().tobytes())

    # In the order of the samples: the first window ends on row `window - 1`.
    windows = inputs.unfold(0, window, 1).transpose(1, 2)
    targets = labels[window - 1 :].float()
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    criterion = nn.BCEWithLogitsLoss()
    losses, norms, gradients = [], [], None
    network.train()
    for step in range(STEPS):
        part = slice(step * batch, (step + 1) * batch)
        optimizer.zero_grad()
        loss = criterion(network(windows[part]), targets[part])
        loss.backward()
        if gradients is None:
            gradients = [parameter.grad.clone() for parameter in network.parameters()]
        norms.append(nn.utils.clip_grad_norm_(network.parameters(), clip).item())
        optimizer.step()
        losses.append(loss.item())
    torch.save(gradients, out / f"{name}.gradients.pt")
    return dict(
        name=name,
        hyperparameters=hyperparameters,
        window=window,
        batch=batch,
        gradientClip=clip,
        learningRate=LEARNING_RATE,
        weightDecay=WEIGHT_DECAY,
        losses=losses,
        gradientNorms=norms,
    )


def make(arguments):
    arguments.out.mkdir(parents=True, exist_ok=True)
    sets = []
    for index, (name, (hyperparameters, window, batch, clip)) in enumerate(SETS.items()):
        torch.manual_seed(SEED + index)
        sets.append(write_set(arguments.out, name, hyperparameters, window, batch, clip))
    (arguments.out / "index.json").write_text(json.dumps(dict(torch=torch.__version__, sets=sets), indent=2) + "\n")


def largest(left, right):
    pairs = list(zip(left, right, strict=True))
    assert pairs and all(a.shape == b.shape for a, b in pairs)
    difference = max((a - b).abs().max().item() for a, b in pairs)
    return difference if difference == difference else float("inf")


def moments(checkpoint, state):
    """The first moments in the shapes of the parameters; they lie flat, without the buffers."""
    shapes = [value.shape for name, value in state.items() if name != "pos_encoder.pe"]
    flat = checkpoint["training"]["exp_avg"]
    return [values.reshape(shape) for values, shape in zip(flat, shapes, strict=True)]


def check_set(arguments, entry):
    name = entry["name"]
    expected = torch.load(arguments.reference / f"{name}.gradients.pt", weights_only=True)
    first = torch.load(arguments.ours / f"{name}.first.pth", weights_only=True)
    drawn = torch.load(arguments.ours / f"{name}.initial.pth", weights_only=True)["model_state_dict"]
    torch.manual_seed(entry["seed"])
    initial = make_network(entry["hyperparameters"]).state_dict()
    # After one step from zero the first moment is a tenth of the gradient.
    gradients = [values / (1 - 0.9) for values in moments(first, initial)]
    return dict(
        gradients=largest(gradients, expected),
        initial=largest(drawn.values(), initial.values()),
        sameNames=list(drawn) == list(initial) == list(first["model_state_dict"]),
    )


def learning_rates(schedule):
    """The rate that each epoch is trained with, and the epoch that early stopping ends at, for the given losses."""
    parameter = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.AdamW([parameter], lr=schedule["learningRate"])
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=schedule["factor"], patience=schedule["patience"]
    )
    rates, best, waited, stopped = [], float("inf"), 0, None
    for epoch, loss in enumerate(schedule["losses"], start=1):
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step(loss)
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if stopped is None and waited == schedule["earlyStoppingPatience"]:
            stopped = epoch
    return dict(rates=rates, stopped=stopped)


def check(arguments):
    index = json.loads((arguments.ours / "index.json").read_text())
    sets = {entry["name"]: check_set(arguments, entry) for entry in index["sets"]}
    schedules = [learning_rates(schedule) for schedule in index["schedules"]]
    print(json.dumps(dict(sets=sets, schedules=schedules)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    making = commands.add_parser("make")
    making.add_argument("--out", type=pathlib.Path, required=True)
    making.set_defaults(run=make)
    checking = commands.add_parser("check")
    checking.add_argument("--reference", type=pathlib.Path, required=True)
    checking.add_argument("--ours", type=pathlib.Path, required=True)
    checking.set_defaults(run=check)
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    arguments.run(arguments)


if __name__ == "__main__":
    main()
