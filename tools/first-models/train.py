"""Trains the first two models in PyTorch on an exported feature table, and writes weights and what a manifest needs.

  python tools/first-models/train.py --features F.csv --architecture bilstm --out DIR

Everything is chosen on the validation rows; the test rows are looked at once, at the end.
"""

import argparse
import csv
import gzip
import json
import math
import pathlib
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
from networks import BiLSTMClassifier, TransformerClassifier  # noqa: E402

STEPS = 50
CLIP = 8.0
SPLIT = (0.70, 0.15, 0.15)


def read_features(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", newline="") as stream:
        rows = csv.reader(stream)
        header = next(rows)
        table = np.array([[float(value) for value in row] for row in rows])
    assert header[0] == "timestamp"
    return table[:, 0].astype(np.int64), table[:, 1:], header[1:]


def unit_of(name):
    """The scale that a feature carries: features.md, "Units and anchored inputs"."""
    levels = {"open", "high", "low", "close", "ema_12", "ema_26", "bb_upper_20", "bb_lower_20", "bb_mid_20", "vwap_20"}
    if name in levels or name.startswith("sma_"):
        return "price"
    if name.startswith(("macd", "momentum_")) or name in {"atr_14", "std_5", "std_10", "std_20", "std_50"}:
        return "price-difference"
    if name in {"volume", "obv_50"} or name.startswith("volume_sma_"):
        return "volume"
    return "1/turnover" if name == "amihud_20" else "none"


def anchor(values, names):
    index = {name: i for i, name in enumerate(names)}
    price = values[:, index["sma_50"]]
    volume = values[:, index["volume_sma_50"]]
    out = values.copy()
    for i, name in enumerate(names):
        unit = unit_of(name)
        if unit == "price":
            out[:, i] = values[:, i] / price - 1
        elif unit == "price-difference":
            out[:, i] = values[:, i] / price
        elif unit == "volume":
            out[:, i] = np.divide(values[:, i], volume, out=np.zeros_like(price), where=volume != 0)
        elif unit == "1/turnover":
            out[:, i] = 1e-6 * values[:, i] * price * volume
    return out


class Standard:
    """Mean and population deviation of training rows; a column that is constant there always gives 0."""

    def __init__(self, rows):
        self.mean = rows.mean(axis=0)
        self.scale = np.sqrt(((rows - self.mean) ** 2).mean(axis=0))
        self.scale[rows.max(axis=0) == rows.min(axis=0)] = 0

    def __call__(self, rows):
        live = self.scale > 0
        scaled = np.zeros_like(rows)
        scaled[:, live] = (rows[:, live] - self.mean[live]) / self.scale[live]
        return np.clip(scaled, -CLIP, CLIP).astype(np.float32)


def sample_ends(times, horizon):
    """Rows t whose sequence t-49..t and whose label row t+horizon lie in one unbroken stretch of candles."""
    step = int(np.median(np.diff(times)))
    unbroken = np.concatenate([[True], np.diff(times) == step])
    run = np.zeros(len(times), dtype=np.int64)
    for i in range(1, len(times)):
        run[i] = run[i - 1] + 1 if unbroken[i] else 0
    ends = np.arange(STEPS - 1, len(times) - horizon)
    return ends[(run[ends] >= STEPS - 1) & (run[ends + horizon] - run[ends] == horizon)]


def split_ends(ends, rows, horizon):
    """70/15/15 by row, in time order; the last `horizon` samples before each boundary are purged."""
    first, second = int(rows * SPLIT[0]), int(rows * (SPLIT[0] + SPLIT[1]))
    train = ends[ends < first - horizon]
    validation = ends[(ends - STEPS + 1 >= first) & (ends < second - horizon)]
    return train, validation, ends[ends - STEPS + 1 >= second], first


def batches(inputs, ends, size):
    windows = np.lib.stride_tricks.sliding_window_view(inputs, STEPS, axis=0).transpose(
        0, 2, 1
    )  # [N-T+1, T, F], a view
    for start in range(0, len(ends), size):
        part = ends[start : start + size]
        yield part, torch.from_numpy(np.ascontiguousarray(windows[part - STEPS + 1]))


def evaluate(model, inputs, labels, ends):
    model.eval()
    with torch.inference_mode():
        logits = torch.cat([model(windows) for _, windows in batches(inputs, ends, 512)]).double().numpy()
    truth = labels[ends]
    loss = float(np.mean(np.logaddexp(0, logits) - truth * logits))
    probability = 1 / (1 + np.exp(-logits))
    accuracy = float(np.mean((probability > 0.5) == (truth > 0.5)))
    base = float(max(truth.mean(), 1 - truth.mean()))
    half = 1.959964 * math.sqrt(accuracy * (1 - accuracy) / len(ends))
    return {
        "samples": int(len(ends)),
        "accuracy": accuracy,
        "accuracyInterval95": [accuracy - half, accuracy + half],
        "baseRate": base,
        "logLoss": loss,
        "brierScore": float(np.mean((probability - truth) ** 2)),
    }, probability


def train(model, inputs, labels, split, arguments):
    training, validation, _, _ = split
    optimiser = torch.optim.AdamW(model.parameters(), lr=arguments.lr, weight_decay=1e-5)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.5, patience=2)
    generator = np.random.default_rng(arguments.seed)
    best, best_state, waited = math.inf, None, 0
    for epoch in range(arguments.epochs):
        model.train()
        total = 0.0
        for part, windows in batches(inputs, generator.permutation(training), arguments.batch_size):
            target = torch.from_numpy(labels[part].astype(np.float32))
            optimiser.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(model(windows), target)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            total += loss.item() * len(part)
        metrics, _ = evaluate(model, inputs, labels, validation)
        schedule.step(metrics["logLoss"])
        print(
            f"epoch {epoch + 1}: train loss {total / len(training):.5f}, validation loss {metrics['logLoss']:.5f}, "
            f"accuracy {metrics['accuracy']:.4f} (base rate {metrics['baseRate']:.4f})",
            flush=True,
        )
        if metrics["logLoss"] < best - 1e-5:
            best, waited = metrics["logLoss"], 0
            best_state = {name: value.clone() for name, value in model.state_dict().items()}
        else:
            waited += 1
            if waited == arguments.patience:
                break
    model.load_state_dict(best_state)
    return epoch + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--features", required=True)
    parser.add_argument("--architecture", required=True, choices=["bilstm", "transformer"])
    parser.add_argument("--out", required=True)
    parser.add_argument("--horizon", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--patience", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=int, help="first rows alone, for a trial of the script")
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    times, values, names = read_features(arguments.features)
    if arguments.limit:
        times, values = times[: arguments.limit], values[: arguments.limit]
    close = values[:, names.index("close")]
    labels = np.zeros(len(close), dtype=np.float64)
    labels[: -arguments.horizon] = close[arguments.horizon :] > close[: -arguments.horizon]
    ends = sample_ends(times, arguments.horizon)
    split = split_ends(ends, len(times), arguments.horizon)
    anchored = anchor(values, names)
    scaler = Standard(anchored[: split[3] - arguments.horizon])
    inputs = scaler(anchored)

    model = BiLSTMClassifier() if arguments.architecture == "bilstm" else TransformerClassifier()
    epochs = train(model, inputs, labels, split, arguments)
    validation, probability = evaluate(model, inputs, labels, split[1])
    test, _ = evaluate(model, inputs, labels, split[2])
    # The threshold that the most decided tenth of the validation forecasts crosses.
    threshold = float(np.quantile(np.maximum(probability, 1 - probability), 0.9))

    out = pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), out / "weights.pth")
    chosen = np.linspace(0, len(split[2]) - 1, 8).astype(int)
    model.eval()
    with torch.inference_mode():
        windows = torch.cat([w for _, w in batches(inputs, split[2][chosen], 8)])
        logits = model(windows).tolist()
    facts = {
        "architecture": arguments.architecture,
        "names": names,
        "mean": scaler.mean.tolist(),
        "scale": scaler.scale.tolist(),
        "horizon": arguments.horizon,
        "threshold": math.floor(threshold * 1e4) / 1e4,
        "rows": len(times),
        "fromMs": int(times[0]),
        "toMs": int(times[-1]),
        "trainSamples": len(split[0]),
        "epochs": epochs,
        "batchSize": arguments.batch_size,
        "learningRate": arguments.lr,
        "seed": arguments.seed,
        "torch": torch.__version__,
        "validation": validation,
        "test": test,
        "golden": {"windows": windows.flatten().tolist(), "logits": logits},
    }
    (out / "facts.json").write_text(json.dumps(facts))
    print(json.dumps({"threshold": facts["threshold"], "validation": validation, "test": test}, indent=2))


if __name__ == "__main__":
    main()
