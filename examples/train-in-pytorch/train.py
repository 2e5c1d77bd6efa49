"""Trains the BiLSTM on a table of `dl-trade features --anchored --label N` and writes what `dl-trade import` reads.

python train.py --features training.csv --about training.json --symbol BTC/USDT --out trained
"""

import argparse
import json
import pathlib

import numpy as np
import pandas as pd
import torch
from torch import nn

STEPS, CLIP = 50, 8.0


class BiLSTM(nn.Module):
    def __init__(self, features=86, hidden=128, layers=2, dropout=0.2):
        super().__init__()
        self.lstm = nn.LSTM(features, hidden, layers, batch_first=True, bidirectional=True, dropout=dropout)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(2 * hidden, 1)

    def forward(self, windows):  # [B, T, F] -> [B]
        return self.fc(self.dropout(self.lstm(windows)[0][:, -1])).squeeze(1)


def sample_rows(times, labels):
    """Rows with a label and 50 rows of unbroken candles up to them."""
    jump = np.diff(times, prepend=times[0] - (times[1] - times[0])) != times[1] - times[0]
    since_jump = np.arange(len(times)) - np.maximum.accumulate(np.where(jump, np.arange(len(times)), 0))
    return np.flatnonzero((since_jump >= STEPS - 1) & ~np.isnan(labels))


def forecast(model, windows_of, rows):
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(windows_of(part)) for part in np.array_split(rows, len(rows) // 512 + 1)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--features", required=True, help="the table: CSV or Parquet")
    parser.add_argument("--about", required=True, help="what `features --json` printed of it")
    parser.add_argument("--symbol", default="BTC/USDT")
    parser.add_argument("--out", default="trained", type=pathlib.Path)
    parser.add_argument("--epochs", default=10, type=int)
    parser.add_argument("--batch-size", default=256, type=int)
    parser.add_argument("--lr", default=5e-4, type=float)
    parser.add_argument("--seed", default=7, type=int)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    about = json.loads(pathlib.Path(options.about).read_text())
    read = pd.read_parquet if options.features.endswith(".parquet") else pd.read_csv
    table = read(options.features)
    times, labels = table.pop("timestamp").to_numpy(np.int64), table.pop("label").to_numpy(np.float64)

    # 70/15/15 in time order; before a boundary as many samples fall away as a label looks across it.
    rows, gap = sample_rows(times, labels), about["labelHorizon"]
    first, second = int(len(rows) * 0.7), int(len(rows) * 0.85)
    train, validation, test = rows[: first - gap], rows[first : second - gap], rows[second:]

    # Mean and deviation of what the training samples see; a column that is constant there always feeds 0.
    seen = table.to_numpy()[: train[-1] + 1]
    mean, scale = seen.mean(axis=0), seen.std(axis=0)
    scale[seen.max(axis=0) == seen.min(axis=0)] = 0
    scaled = np.where(scale > 0, (table.to_numpy() - mean) / np.where(scale > 0, scale, 1), 0)
    inputs = torch.from_numpy(np.clip(scaled, -CLIP, CLIP).astype(np.float32))  # [N, F]
    targets = torch.from_numpy(labels.astype(np.float32))
    back = torch.arange(1 - STEPS, 1)

    def windows_of(part):  # [B] rows -> [B, T, F]
        return inputs[torch.from_numpy(part)[:, None] + back]

    model = BiLSTM()
    loss_of = nn.BCEWithLogitsLoss()
    optimiser = torch.optim.AdamW(model.parameters(), lr=options.lr, weight_decay=1e-5)
    best, shuffle = (np.inf, None), np.random.default_rng(options.seed)
    for epoch in range(options.epochs):
        model.train()
        order = shuffle.permutation(train)
        for start in range(0, len(order), options.batch_size):
            part = order[start : start + options.batch_size]
            optimiser.zero_grad()
            loss_of(model(windows_of(part)), targets[part]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
        loss = loss_of(forecast(model, windows_of, validation), targets[validation]).item()
        print(f"epoch {epoch + 1}: validation loss {loss:.5f}", flush=True)
        if loss < best[0]:
            best = (loss, {name: value.clone() for name, value in model.state_dict().items()})
    model.load_state_dict(best[1])

    # Buy or sell on the most decided tenth of the validation forecasts.
    confidence = (forecast(model, windows_of, validation).sigmoid() - 0.5).abs() + 0.5
    right = ((forecast(model, windows_of, test) > 0).float() == targets[test]).float().mean().item()
    print(f"test: {right:.1%} of {len(test)} right; decide on it once, or it is no test any more")

    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), options.out / "model.pth")
    told = {key: about[key] for key in ("schema", "regime", "inputScale", "timeframe")}
    told |= {"symbol": options.symbol, "horizon": gap, "sequenceLength": STEPS, "clip": CLIP, "seed": options.seed}
    told |= {"threshold": round(confidence.quantile(0.9).item(), 4), "names": list(table.columns)}
    told |= {"from": int(times[0]), "to": int(times[-1]), "heldOutFrom": int(times[test[0]])}
    told |= {"mean": mean.tolist(), "scale": scale.tolist()}
    (options.out / "scaler.json").write_text(json.dumps(told))
    chosen = test[np.linspace(0, len(test) - 1, 8).astype(int)]
    golden = {"format": 1, "computedBy": f"PyTorch {torch.__version__}", "tolerance": 1e-5}
    golden |= {"windows": windows_of(chosen).tolist(), "logits": forecast(model, windows_of, chosen).tolist()}
    (options.out / "golden.json").write_text(json.dumps(golden))


if __name__ == "__main__":
    main()
