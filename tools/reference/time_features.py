"""Prints how long the reference takes for a candle file: CPU seconds per round, as JSON.

    python time_features.py --candles candles.csv [--rounds 3]

`calendar` is the part of a round that builds the NYSE calendar, which does not grow with the candles.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import pandas as pd

import features


def timed(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--candles", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    candles = pd.read_csv(arguments.candles)
    ts = candles["timestamp"].to_numpy(np.int64)
    features.compute(candles)
    rounds = [
        {"all": timed(lambda: features.compute(candles)), "calendar": timed(lambda: features.nyse_closed(ts))}
        for _ in range(arguments.rounds)
    ]
    print(json.dumps({"candles": len(candles), "rounds": rounds}))


if __name__ == "__main__":
    main()
