"""Writes the weekdays on which the NYSE does not trade, 2010 to 2035, as pandas_market_calendars has them.

python make_nyse_reference.py --out nyse-closures.json
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict

import pandas as pd
import pandas_market_calendars


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()

    calendar = pandas_market_calendars.get_calendar("NYSE")
    open_days = set(calendar.valid_days("2010-01-01", "2035-12-31").tz_localize(None))
    closures: dict[str, list[str]] = defaultdict(list)
    for day in pd.date_range("2010-01-01", "2035-12-31", freq="B"):
        if day not in open_days:
            closures[str(day.year)].append(day.strftime("%m-%d"))
    if any(day.weekday() >= 5 for day in open_days):
        raise SystemExit("the calendar has a trading day on a weekend")
    document = {"computedBy": {"pandas_market_calendars": pandas_market_calendars.__version__}, "closures": closures}
    with open(arguments.out, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
