"""Prints what statsmodels fits to the returns of a candle file: ln likelihood and parameters, as JSON.

python fit_regime.py --candles candles.csv [--limit 2000]
"""

from __future__ import annotations

import argparse
import json
import warnings

import numpy as np
import pandas as pd
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

# Percent: statsmodels' own starting values and step sizes want numbers near 1.
SCALE = 100


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--candles", required=True)
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()

    c = pd.read_csv(arguments.candles)["close"].to_numpy(float)[: arguments.limit]
    r = c[1:] / c[:-1] - 1
    model = MarkovRegression(r * SCALE, k_regimes=2, trend="c", switching_variance=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = model.fit(disp=False)
    print(json.dumps({"logLikelihood": fit.llf + len(r) * np.log(SCALE), "params": list(map(float, fit.params))}))


if __name__ == "__main__":
    main()
