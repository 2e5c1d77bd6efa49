"""Measures accounts independently of the TypeScript: performance, drawdowns, trades and months, as JSON on stdout.

python measure_backtest.py ACCOUNTS.json

ACCOUNTS.json is a list of {timeframeMs, timesMs, equityQuote, held, trades: [{pnlQuote, returnOnEntry, holdingMs, closedAtMs}],
tradedQuote}. Definitions: docs/backtest.md.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd

YEAR_MS = 365 * 24 * 3600 * 1000


def measure(account: dict) -> dict:
    timeframe = account["timeframeMs"]
    equity = pd.Series(account["equityQuote"], index=account["timesMs"], dtype=float)
    returns = equity.pct_change().dropna()
    per_year = YEAR_MS / timeframe
    total = equity.iloc[-1] / equity.iloc[0] - 1
    annual = np.expm1(np.log1p(returns).mean() * per_year)
    deviation = returns.std(ddof=1)
    downside = np.sqrt(np.mean(np.minimum(returns, 0) ** 2))
    peaks = equity.cummax()
    drawdown = 1 - equity / peaks
    return {
        "totalReturn": total,
        "annualisedReturn": annual,
        "annualisedVolatility": deviation * np.sqrt(per_year),
        "sharpe": returns.mean() / deviation * np.sqrt(per_year),
        "sortino": returns.mean() / downside * np.sqrt(per_year),
        "calmar": annual / drawdown.max(),
        "maxDrawdown": drawdown.max(),
        "drawdown": drawdown.tolist(),
        **spans(equity, peaks, drawdown),
        "exposure": float(np.mean(account["held"])),
        "turnover": account["tradedQuote"] / equity.iloc[1:].mean(),
        "trades": trades(pd.DataFrame(account["trades"])),
        "months": months(equity, timeframe),
    }


def spans(equity: pd.Series, peaks: pd.Series, drawdown: pd.Series) -> dict:
    """The deepest and the longest stretch below a peak, from the last time at it to the first time back."""
    trough = drawdown.idxmax()
    peak = equity.loc[:trough][equity.loc[:trough] == peaks.loc[trough]].index[-1]
    behind = equity.loc[trough:]
    back = behind[behind >= peaks.loc[trough]].index
    at_peak = drawdown.index[drawdown == 0].to_numpy()
    edges = np.append(at_peak, equity.index[-1])
    longest = 0
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        if drawdown.loc[start:end].max() > 0:
            longest = max(longest, end - start)
    return {
        "peakMs": int(peak),
        "troughMs": int(trough),
        "recoveredMs": int(back[0]) if len(back) else None,
        "longestDrawdownMs": int(longest),
    }


def trades(table: pd.DataFrame) -> dict:
    pnl = table["pnlQuote"].astype(float)
    return {
        "winRate": float((pnl > 0).mean()),
        "profitFactor": pnl[pnl > 0].sum() / -pnl[pnl < 0].sum(),
        "expectancyQuote": pnl.mean(),
        "expectancyReturn": table["returnOnEntry"].mean(),
        "averageWinQuote": pnl[pnl > 0].mean(),
        "averageLossQuote": pnl[pnl < 0].mean(),
        "meanHoldingMs": table["holdingMs"].mean(),
    }


def months(equity: pd.Series, timeframe: int) -> list:
    opened = pd.to_datetime(equity.index[1:] - timeframe, unit="ms").strftime("%Y-%m")
    growth = (equity / equity.shift()).iloc[1:].groupby(opened).prod() - 1
    return [{"month": month, "totalReturn": value} for month, value in growth.items()]


def main() -> None:
    with open(sys.argv[1]) as file:
        accounts = json.load(file)
    print(json.dumps([measure(account) for account in accounts]))


if __name__ == "__main__":
    main()
