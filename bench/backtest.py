"""CPU seconds of other backtesters on the candles and signals that `node bench/backtest.mjs --signals FILE.csv` wrote.

python bench/backtest.py FILE.csv        (with backtesting and, where it is there, vectorbt installed)

Long only, 1,000 of quote a position, orders at the next open, 0.1% of fee: as ours, without our risk audit, lots, partial fills and
exact decimals.
"""

import resource
import sys
import warnings

import pandas as pd

warnings.filterwarnings("ignore")


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def report(name: str, work, rounds: int, candles: int) -> None:
    rates = []
    for _ in range(rounds):
        start = cpu()
        trades = work()
        rates.append(candles / (cpu() - start) / 1000)
    rates.sort()
    print(
        f"{name}: {rates[len(rates) // 2]:,.0f} thousand candles/s ({rates[0]:,.0f} to {rates[-1]:,.0f}), {trades} trades"
    )


def main() -> None:
    table = pd.read_csv(sys.argv[1])
    table.index = pd.to_datetime(table["timestamp"], unit="ms")
    table.columns = [name.capitalize() for name in table.columns]
    buys = (table["Probability"] > 0.6).to_numpy()
    sells = (table["Probability"] < 0.4).to_numpy()
    try:
        import backtesting
        from backtesting.lib import FractionalBacktest

        class Crossing(backtesting.Strategy):
            def init(self):
                pass

            def next(self):
                i = len(self.data) - 1
                if buys[i] and not self.position:
                    self.buy(size=1000 / 1e6)
                elif sells[i] and self.position:
                    self.position.close()

        def run() -> int:
            return FractionalBacktest(table, Crossing, cash=1e6, commission=0.001).run()["# Trades"]

        report(f"backtesting.py {backtesting.__version__}", run, 3, len(table))
    except ImportError as error:
        print(f"backtesting.py: {error}")
    try:
        import vectorbt

        def run() -> int:
            portfolio = vectorbt.Portfolio.from_signals(
                table["Close"],
                entries=pd.Series(buys, table.index).shift(1, fill_value=False),
                exits=pd.Series(sells, table.index).shift(1, fill_value=False),
                price=table["Open"],
                size=1000,
                size_type="value",
                init_cash=1e6,
                fees=0.001,
                freq="5min",
            )
            return portfolio.trades.count()

        run()
        report(f"vectorbt {vectorbt.__version__}, compiled before", run, 3, len(table))
    except ImportError as error:
        print(f"vectorbt: {error}")


if __name__ == "__main__":
    main()
