"""The 86 features of schema dl86/1 by their explicit formulas, in numpy, pandas and statsmodels.

Written from the specification, for whole histories at once; shares no code and no algorithm with the
TypeScript that it checks: windows are materialised, averages are pandas' ewm, the regime is statsmodels'
Hamilton filter, holidays are pandas_market_calendars'.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pandas_market_calendars
from numpy.lib.stride_tricks import sliding_window_view
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

WARM_UP = 600
BEHIND_GAP = 50
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Regime:
    mean: tuple[float, float] = (0.0, 0.0)
    variance: tuple[float, float] = (1e-6, 1e-5)
    stay: tuple[float, float] = (0.98, 0.95)


@dataclass(frozen=True)
class Options:
    regime: Regime = field(default_factory=Regime)
    # Published values, sorted by time: (timestamps in ms, values).
    sentiment: tuple[np.ndarray, np.ndarray] | None = None


def windows(x: np.ndarray, w: int) -> np.ndarray:
    """[N, w]: the last w values up to and including each one; NaN before the first."""
    return sliding_window_view(np.concatenate([np.full(w - 1, np.nan), x]), w)


def lag(x: np.ndarray, k: int) -> np.ndarray:
    return np.concatenate([np.full(k, np.nan), x[:-k]])


def deviation(x: np.ndarray, w: int, ddof: int) -> np.ndarray:
    v = windows(x, w)
    d = np.std(v, axis=1, ddof=ddof)
    return np.where(v.max(axis=1) == v.min(axis=1), 0.0, d)


def wilder(x: np.ndarray) -> np.ndarray:
    """Average with a = 1/14 of the defined values; undefined ones leave it as it is."""
    defined = ~np.isnan(x)
    out = np.full(len(x), np.nan)
    out[defined] = pd.Series(x[defined]).ewm(alpha=1 / 14, adjust=False).mean().to_numpy()
    return pd.Series(out).ffill().to_numpy()


def ema(x: np.ndarray, w: int) -> np.ndarray:
    return pd.Series(x).ewm(alpha=2 / (w + 1), adjust=False).mean().to_numpy()


def corwin_schultz(h: np.ndarray, l: np.ndarray) -> np.ndarray:
    k = 3 - 2 * np.sqrt(2)
    b = np.log(h / l) ** 2 + np.log(lag(h, 1) / lag(l, 1)) ** 2
    g = np.log(np.maximum(h, lag(h, 1)) / np.minimum(l, lag(l, 1))) ** 2
    a = (np.sqrt(2 * b) - np.sqrt(b)) / k - np.sqrt(g / k)
    return np.maximum(0, 2 * (np.exp(a) - 1) / (1 + np.exp(a)))


def roll_spread(d: np.ndarray, c: np.ndarray) -> np.ndarray:
    x, y = windows(d, 20), windows(lag(d, 1), 20)
    products = (x - x.mean(axis=1, keepdims=True)) * (y - y.mean(axis=1, keepdims=True))
    cov = products.sum(axis=1) / 19
    flat = (x.max(axis=1) == x.min(axis=1)) | (y.max(axis=1) == y.min(axis=1))
    return 2 * np.sqrt(np.maximum(0, -np.where(flat, 0.0, cov))) / c


def amihud(log_return: np.ndarray, turnover: np.ndarray, v: np.ndarray) -> np.ndarray:
    traded = windows((v > 0).astype(float), 20)
    with np.errstate(divide="ignore", invalid="ignore"):
        one = np.where(v > 0, np.abs(log_return) / turnover, 0.0)
    n = traded.sum(axis=1)
    return np.where(n > 0, 1e6 * windows(one, 20).sum(axis=1) / np.maximum(n, 1), 0.0)


def moments(r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = 20
    x = windows(r, n)
    e = x - x.mean(axis=1, keepdims=True)
    m2, m3, m4 = ((e**p).mean(axis=1) for p in (2, 3, 4))
    flat = x.max(axis=1) == x.min(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        skew = np.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5
        kurt = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * m4 / m2**2 - 3 * (n - 1))
    return np.where(flat, 0.0, skew), np.where(flat, 0.0, kurt)


def hamilton_filter(r: np.ndarray, regime: Regime) -> np.ndarray:
    """[N, 2]: the filter's recursion in logs, one return at a time."""
    leave = (1 - regime.stay[0], 1 - regime.stay[1])
    p = (leave[1] / (leave[0] + leave[1]), leave[0] / (leave[0] + leave[1]))
    out = np.empty((len(r), 2))
    for t, value in enumerate(r):
        before = (p[0] * regime.stay[0] + p[1] * leave[1], p[0] * leave[0] + p[1] * regime.stay[1])
        joint = [
            math.log(before[s])
            - 0.5 * math.log(regime.variance[s])
            - (value - regime.mean[s]) ** 2 / (2 * regime.variance[s])
            for s in (0, 1)
        ]
        weights = [math.exp(x - max(joint)) for x in joint]
        p = (weights[0] / sum(weights), weights[1] / sum(weights))
        out[t] = p
    return out


def regime_probabilities(r: np.ndarray, regime: Regime) -> np.ndarray:
    """[N, 2]: P(state | returns up to t) by statsmodels; undefined returns leave it as it is.

    A return beyond some 40 deviations makes every likelihood underflow in statsmodels, and all that follows
    infinite. From there on the plain recursion in logs takes over, after it has proved itself on what came before.
    """
    defined = ~np.isnan(r)
    model = MarkovRegression(r[defined], k_regimes=2, trend="c", switching_variance=True)
    params = np.array([regime.stay[0], 1 - regime.stay[1], *regime.mean, *regime.variance])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        filtered = np.asarray(model.filter(params).filtered_marginal_probabilities).reshape(-1, 2)
    finite = np.isfinite(filtered).all(axis=1)
    if not finite.all():
        plain = hamilton_filter(r[defined], regime)
        if finite.any() and np.abs(plain[finite] - filtered[finite]).max() > 1e-12:
            raise ArithmeticError("the plain filter disagrees with statsmodels")
        filtered = np.where(finite[:, None], filtered, plain)
    out = np.full((len(r), 2), np.nan)
    out[defined] = filtered
    return pd.DataFrame(out).ffill().to_numpy()


def nyse_closed(ts: np.ndarray) -> np.ndarray:
    days = np.floor_divide(ts.astype(np.int64), DAY_MS)
    start, end = (pd.Timestamp(int(day) * DAY_MS, unit="ms") for day in (days.min(), days.max()))
    calendar = pandas_market_calendars.get_calendar("NYSE")
    open_days = calendar.valid_days(start.strftime("%Y-%m-%d"), end.strftime("%Y-%m-%d"))
    open_numbers = (open_days.tz_localize(None) - pd.Timestamp(0)).days.to_numpy()
    return (~np.isin(days, open_numbers)).astype(float)


def as_of(ts: np.ndarray, sentiment: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray:
    if sentiment is None or len(sentiment[0]) == 0:
        return np.full(len(ts), 50.0)
    at = np.searchsorted(sentiment[0], ts, side="right") - 1
    return np.where(at >= 0, sentiment[1][np.maximum(at, 0)], 50.0)


def ratio(numerator: np.ndarray, denominator: np.ndarray, otherwise: float) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, otherwise, numerator / denominator)


def compute(candles: pd.DataFrame, options: Options | None = None) -> pd.DataFrame:
    """All rows, warm-up included; `emitted` says which ones count.

    candles: timestamp (ms), open, high, low, close, volume, and optionally after_gap (0 or 1).
    """
    options = options or Options()
    ts = candles["timestamp"].to_numpy(np.int64)
    o, h, l, c, v = (candles[x].to_numpy(float) for x in ("open", "high", "low", "close", "volume"))
    gap = candles["after_gap"].to_numpy(bool) if "after_gap" in candles else np.zeros(len(c), bool)
    first = gap.copy()
    first[0] = True

    before = np.where(first, np.nan, lag(c, 1))
    d = c - before
    r = c / before - 1
    log_return = np.log(c / before)
    turnover = c * v
    f: dict[str, np.ndarray] = {"open": o, "high": h, "low": l, "close": c, "volume": v}

    for w in (5, 10, 20, 50):
        f[f"return_{w}"] = c / lag(c, w) - 1
    f["log_return_1"] = log_return
    f["intraday_return"] = (c - o) / o
    f["hl_range"] = (h - l) / c

    for w in (5, 10, 20, 50):
        f[f"sma_{w}"] = windows(c, w).mean(axis=1)
        f[f"price_to_sma_{w}"] = c / f[f"sma_{w}"]
    f["ema_12"], f["ema_26"] = ema(c, 12), ema(c, 26)
    f["macd"] = f["ema_12"] - f["ema_26"]
    f["macd_signal"] = ema(f["macd"], 9)
    f["macd_histogram"] = f["macd"] - f["macd_signal"]
    up, down = wilder(np.where(np.isnan(d), np.nan, np.maximum(d, 0))), wilder(np.maximum(-d, 0))
    f["rsi_14"] = np.where(up + down <= 1e-12 * c, 50.0, 100 * ratio(up, up + down, 0.5))

    m, s = windows(c, 20).mean(axis=1), deviation(c, 20, ddof=0)
    upper, lower = m + 2 * s, m - 2 * s
    f["bb_upper_20"], f["bb_lower_20"], f["bb_mid_20"] = upper, lower, m
    f["bb_width_20"] = (upper - lower) / m
    f["bb_position_20"] = ratio(c - lower, upper - lower, 0.5)

    changed = np.maximum(h - l, np.maximum(np.abs(h - before), np.abs(l - before)))
    f["atr_14"] = wilder(np.where(first, h - l, changed))
    f["atr_ratio_14"] = f["atr_14"] / c
    for w in (5, 10, 20, 50):
        f[f"std_{w}"] = deviation(c, w, ddof=1)
        f[f"std_ratio_{w}"] = f[f"std_{w}"] / c

    for w in (5, 10, 20, 50):
        f[f"roc_{w}"] = 100 * (c / lag(c, w) - 1)
    for w in (10, 20):
        f[f"momentum_{w}"] = c - lag(c, w)
    high_14, low_14 = windows(h, 14).max(axis=1), windows(l, 14).min(axis=1)
    f["williams_r_14"] = -100 * ratio(high_14 - c, high_14 - low_14, 0.5)

    for w in (5, 10, 20, 50):
        f[f"volume_sma_{w}"] = windows(v, w).mean(axis=1)
        f[f"volume_ratio_{w}"] = ratio(v, f[f"volume_sma_{w}"], 1.0)
    f["obv_50"] = windows(np.sign(d) * v, 50).sum(axis=1)
    sum_v = windows(v, 20).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        f["vwap_20"] = np.where(sum_v == 0, c, windows(turnover, 20).sum(axis=1) / sum_v)
    f["price_to_vwap_20"] = c / f["vwap_20"]

    for w in (20, 50):
        f[f"dist_to_high_{w}"] = (windows(h, w).max(axis=1) - c) / c
        f[f"dist_to_low_{w}"] = (c - windows(l, w).min(axis=1)) / c
    high_20, low_20 = windows(h, 20).max(axis=1), windows(l, 20).min(axis=1)
    f["price_position_20"] = ratio(c - low_20, high_20 - low_20, 0.5)

    f["skew_20"], f["kurt_20"] = moments(r)
    f["amihud_20"] = amihud(log_return, turnover, v)
    f["corwin_schultz"] = corwin_schultz(h, l)
    f["roll_spread_20"] = roll_spread(d, c)
    gk = 0.5 * np.log(h / l) ** 2 - (2 * np.log(2) - 1) * np.log(c / o) ** 2
    f["garman_klass_20"] = np.sqrt(np.maximum(0, windows(gk, 20).mean(axis=1)))

    f["fear_greed_index"] = as_of(ts, options.sentiment)
    when = pd.DatetimeIndex(pd.to_datetime(ts, unit="ms", utc=True))
    hour = when.hour.to_numpy(float)
    f["hour"] = hour
    f["day_of_week"] = when.weekday.to_numpy(float)
    f["day_of_month"] = when.day.to_numpy(float)
    f["month"] = when.month.to_numpy(float)
    f["quarter"] = when.quarter.to_numpy(float)
    f["is_weekend"] = (f["day_of_week"] >= 5).astype(float)
    sessions = {"asia": (0, 8), "london": (8, 12), "newyork": (12, 21), "offhours": (21, 24)}
    for name, (start, end) in sessions.items():
        f[f"session_{name}"] = ((hour >= start) & (hour < end)).astype(float)
    f["is_holiday"] = nyse_closed(ts)

    p = regime_probabilities(r, options.regime)
    f["regime_prob_0"], f["regime_prob_1"] = p[:, 0], p[:, 1]
    f["current_regime"] = (p[:, 1] > p[:, 0]).astype(float)
    f["is_low_volatility"] = 1 - f["current_regime"]
    return pd.DataFrame({"timestamp": ts, **f})


def emitted(candles: pd.DataFrame) -> np.ndarray:
    """Which candles have a row: warm, and every window wholly behind the last gap."""
    n = np.arange(len(candles))
    gap = candles["after_gap"].to_numpy(bool) if "after_gap" in candles else np.zeros(len(n), bool)
    gap[:1] = False
    last_gap = np.maximum.accumulate(np.where(gap, n, -BEHIND_GAP))
    return (n >= WARM_UP) & (n - last_gap >= BEHIND_GAP)
