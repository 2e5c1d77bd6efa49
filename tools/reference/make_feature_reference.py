"""Writes the feature rows of a candle file as the reference computes them.

    python make_feature_reference.py --candles candles.csv --out rows.json.gz [--sentiment s.csv] [--every 3]
                                     [--regime '{"mean": [0, 0], "variance": [1e-6, 1e-5], "stay": [0.98, 0.95]}']
    python make_feature_reference.py --jobs jobs.json

The output is gzipped JSON: names, timestamps, and values as base64 of little-endian float64, row-major; with the
versions that computed them.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import platform

import numpy as np
import pandas as pd
import pandas_market_calendars
import statsmodels

import features


def read_exactly(path: str) -> pd.DataFrame:
    """Numbers as Python reads them: correctly rounded, which pandas' own parser did not always promise."""
    text = pd.read_csv(path, dtype=str)
    return pd.DataFrame({name: [float(cell) for cell in text[name]] for name in text.columns})


def write_reference(job: dict) -> None:
    candles = read_exactly(job["candles"])
    sentiment = None
    if job.get("sentiment"):
        points = read_exactly(job["sentiment"]).sort_values("timestamp")
        sentiment = (points["timestamp"].to_numpy(np.int64), points["value"].to_numpy(float))
    regime = features.Regime(**job["regime"]) if job.get("regime") else features.Regime()

    rows = features.compute(candles, features.Options(regime=regime, sentiment=sentiment))
    rows = rows[features.emitted(candles)].iloc[:: job.get("every") or 1]
    values = rows.drop(columns="timestamp").to_numpy("<f8")
    if not np.isfinite(values).all():
        raise SystemExit(f"the reference itself has a non-finite value for {job['candles']}")
    document = {
        "computedBy": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "statsmodels": statsmodels.__version__,
            "pandas_market_calendars": pandas_market_calendars.__version__,
        },
        "names": list(rows.columns[1:]),
        "openTimesMs": rows["timestamp"].tolist(),
        "values": base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii"),
    }
    # No time stamp in the gzip header, so that the same rows are the same bytes.
    with open(job["out"], "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as zipped:
        zipped.write(json.dumps(document).encode())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--candles")
    parser.add_argument("--out")
    parser.add_argument("--sentiment", help="CSV timestamp,value; timestamp in ms")
    parser.add_argument("--regime", type=json.loads, help="JSON with mean, variance and stay")
    parser.add_argument("--every", type=int, default=1, help="keep every n-th row only")
    parser.add_argument("--jobs", help="JSON list of objects with the same fields, for many files in one run")
    arguments = parser.parse_args()
    if arguments.jobs:
        with open(arguments.jobs, encoding="utf-8") as file:
            jobs = json.load(file)
    elif arguments.candles and arguments.out:
        jobs = [vars(arguments)]
    else:
        parser.error("want --candles and --out, or --jobs")
    for job in jobs:
        write_reference(job)


if __name__ == "__main__":
    main()
