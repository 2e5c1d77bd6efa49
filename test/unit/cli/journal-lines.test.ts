import {describe, expect, it} from 'vitest';
import {reportLines} from '../../../src/cli/report-lines.js';
import {exitWords, lineOf, switchNote} from '../../../src/cli/run-lines.js';
import {statusLines, statusTable} from '../../../src/cli/status-lines.js';
import type {ReportedTrade, RunReport, RunStatus} from '../../../src/index.js';
import {account, approved, candleAt, d, intent} from '../../support/trading.js';

const COMMAND = {reason: 'bad news', flatten: true, requestedAtMs: 1_704_067_200_000};

const STATUS: RunStatus = {
  ...{
    stateDirectory: 'state',
    model: 'lstm',
    symbol: 'BTC/USDT',
    timeframe: '1h',
    broker: 'paper',
    source: 'sim',
  },
  ...{
    state: 'running',
    pid: 4711,
    halted: null,
    haltOrdered: null,
    unresolved: {orders: [], differences: []},
    decisions: 3,
  },
  lastCandleMs: 1_704_067_200_000,
  position: {
    ...{side: 'long', quantityBase: '0.5', averageEntryPrice: '100', unrealisedPnlQuote: '1.5'},
    openedAtMs: 1_704_060_000_000,
  },
  openOrders: [{clientOrderId: 'dlt-1', side: 'sell', quantityBase: '0.5'}],
  ...{cashQuote: '9950', equityQuote: '10001.5', dayDrawdown: 0.0125, dayReturn: -0.01},
  lastDecision: {
    ...{candleMs: 1_704_067_200_000, signal: 'buy', probability: 0.61},
    intent: {kind: 'order', reason: 'signal', side: 'buy'},
    verdict: {kind: 'refused', reasons: ['HALTED', 'COOLDOWN']},
  },
};

describe('statusLines', () => {
  it('say how a strategy stands', () => {
    const text = statusLines(STATUS).join('\n');
    expect(text).toContain('state         running (process 4711)');
    expect(text).toContain('long 0.5 BTC at 100.00, unrealised 1.50 USDT, since 2023-12-31 22:00 UTC');
    expect(text).toContain("today         -1.00%, drawdown 1.25% from the day's peak");
    expect(text).toContain('open orders   sell 0.5 BTC (dlt-1)');
    expect(text).toContain('buy, p(up) 0.610 -> buy (signal), refused: HALTED, COOLDOWN');
  });

  it('give the second where candles are shorter than a minute', () => {
    const lastCandleMs = STATUS.lastCandleMs! + 7000;
    const text = statusLines({...STATUS, timeframe: '1s', lastCandleMs}).join('\n');
    expect(text).toContain('last candle   2024-01-01 00:00:07 UTC');
    expect(text).toContain('since 2023-12-31 22:00:00 UTC');
    expect(statusTable([{...STATUS, timeframe: '1s', lastCandleMs}])[1]).toMatch(
      /^ {2}2024-01-01 00:00:07 UTC/,
    );
  });

  it('say what was ordered of the kill switch and what was obeyed', () => {
    const line = (changes: Partial<RunStatus>): string =>
      statusLines({...STATUS, ...changes}).find((text) => /^ {2}halt/.test(text)) ?? '';
    expect(line({halted: COMMAND, haltOrdered: COMMAND})).toBe(
      '  halted        bad news, since 2024-01-01 00:00 UTC, closing what is held',
    );
    expect(line({halted: COMMAND})).toContain('(ordered to resume, not obeyed yet)');
    expect(line({haltOrdered: COMMAND})).toContain('(not obeyed yet)');
    expect(line({haltOrdered: COMMAND, state: 'stopped'})).toContain('(for its next start)');
    expect(line({})).toBe('');
    expect(statusLines({...STATUS, haltOrdered: COMMAND})[1]).toContain('HALTED');
    expect(statusLines({...STATUS, haltOrdered: COMMAND, state: 'finished'})[1]).not.toContain('HALTED');
  });

  it('say what is not there yet, and which orders nobody knows of', () => {
    const nothing = {
      lastCandleMs: null,
      position: null,
      openOrders: [],
      equityQuote: null,
      lastDecision: null,
    };
    const unresolved = {
      orders: [{clientOrderId: 'dlt-2', reason: 'timed out'}],
      differences: [{kind: 'base' as const, reason: 'our books hold 1 base, the venue 0'}],
    };
    const early = {...STATUS, ...nothing, unresolved};
    const text = statusLines(early).join('\n');
    expect(text).toMatch(
      /last candle +none yet[^]*position +none[^]*open orders +none[^]*last decision none yet/,
    );
    expect(text).toContain('UNRESOLVED    dlt-2: timed out');
    expect(statusTable([early])[1]).toBe('  no candle yet');
    expect(statusTable([early]).slice(2)).toEqual([
      '  UNRESOLVED  dlt-2: timed out; nothing is opened until the venue answers',
      '  UNRESOLVED  our books hold 1 base, the venue 0; nothing is opened until the books agree',
    ]);
  });
});

describe('statusTable', () => {
  it('says plainly where no run has begun yet', () => {
    const none = {stateDirectory: 'state', state: 'no run yet'} as const;
    expect(statusTable([none])).toEqual(['state', '  no run yet']);
    expect(statusLines(none)).toEqual(['state: no run yet']);
  });

  it('names open orders, also where nothing is held yet', () => {
    const openOrders = [{clientOrderId: 'dlt-1', side: 'buy' as const, quantityBase: '0.0033'}];
    expect(statusTable([{...STATUS, position: null, openOrders}])[1]).toMatch(
      / flat {2}open orders: buy 0\.0033 BTC \(dlt-1\) {2}equity /,
    );
    const stop = {clientOrderId: 'dlt-2', side: 'sell' as const, quantityBase: '0.5', stopPrice: '98.02'};
    expect(statusTable([{...STATUS, openOrders: [stop]}])[1]).toContain(
      'long 0.5 BTC  open orders: sell 0.5 BTC, a stop that rests at 98.02 (dlt-2)  equity',
    );
  });

  it('gives each strategy two lines, those that cannot be read as well', () => {
    const broken = {
      stateDirectory: 'broken',
      error: {code: 'JOURNAL_CORRUPT', message: 'journal is damaged'},
    };
    const lines = statusTable([STATUS, broken]);
    expect(lines[0]).toBe('state  lstm on BTC/USDT 1h, paper, running (process 4711)');
    expect(lines[1]).toMatch(
      /long 0\.5 BTC {2}open orders: .*equity 10,001\.50 USDT {2}today's drawdown 1\.25%/,
    );
    expect(lines.slice(2)).toEqual(['broken', '  journal is damaged [JOURNAL_CORRUPT]']);
    const held = {
      ...STATUS,
      position: null,
      openOrders: [],
      lastDecision: {...STATUS.lastDecision!, probability: null},
    };
    expect(statusTable([held])[1]).toMatch(/ flat .*p\(up\) - ->/);
  });
});

describe('reportLines', () => {
  const trade: ReportedTrade = {
    ...{side: 'long', openedAtMs: 1_704_067_200_000, closedAtMs: 1_704_074_400_000, quantityBase: '1'},
    ...{
      averageEntryPrice: '100',
      averageExitPrice: '110',
      grossPnlQuote: '10',
      feesQuote: '1',
      pnlQuote: '9',
    },
  };
  const report: RunReport = {
    stateDirectory: 'state',
    identity: {
      ...{model: 'lstm', symbol: 'BTC/USDT', timeframe: '1h', broker: 'paper', feed: {source: 'sim'}},
      ...{threshold: 0.6, startingCashQuote: 10_000},
    } as unknown as RunReport['identity'],
    finished: true,
    summary: {
      ...{candles: 700, warmUpCandles: 649, decisions: 51, orders: 2, fills: 2},
      ...{firstDecisionMs: 1_704_067_200_000, lastDecisionMs: 1_704_074_400_000},
      ...{signals: {buy: 1, sell: 1, neutral: 49}, probability: {lowest: 0.4, highest: 0.6}},
      ...{refusals: {COOLDOWN: 2}, unfilledOrders: {expired: 1}, feesPaidQuote: '1'},
      ...{startEquityQuote: '10000', endEquityQuote: '10009', maxDrawdown: 0.01, openBase: '0'},
    },
    performance: {
      ...{candles: 51, totalReturn: 0.0009, annualisedReturn: 0.2, annualisedVolatility: 0.1},
      ...{sharpe: 1.5, sortino: null, maxDrawdown: 0.01},
    },
    trades: {
      ...{
        closed: 1,
        won: 1,
        lost: 0,
        pnlQuote: '9',
        feesQuote: '1',
        profitFactor: null,
        meanHoldingMs: 7_200_000,
      },
      ...{best: trade, worst: trade, list: [trade]},
    },
    ordersByReason: {'open-buy': 1, 'stop-loss': 1},
    refusalsByCheck: {cooldown: {COOLDOWN: 2}, gap: {AFTER_GAP: 1}},
    halts: 2,
  };

  it('say what a run came to', () => {
    const text = reportLines(report).join('\n');
    expect(text).toContain('orders        2 (open-buy 1, stop-loss 1), fills 2, fees 1.00 USDT');
    expect(text).toContain('trades        1 closed: 1 won, 0 lost, 9.00 USDT after 1.00 of fees');
    expect(text).toContain(
      'best 9.00 USDT: long from 100.00 to 110.00, 2024-01-01 00:00 to 2024-01-01 02:00',
    );
    expect(text).toContain('Sharpe 1.50, Sortino -, max drawdown 1.00%');
    expect(text).toMatch(/refusals {6}cooldown \(COOLDOWN 2\)\n {16}gap \(AFTER_GAP 1\)/);
    expect(text).toContain('not filled    expired 1');
    expect(text).toContain('halted        2 times by the kill switch');
  });

  it('say so where nothing happened', () => {
    const text = reportLines({
      ...report,
      ...{finished: false, performance: null, refusalsByCheck: {}, halts: 0, ordersByReason: {}},
      summary: {...report.summary, firstDecisionMs: null, endEquityQuote: null, unfilledOrders: {}},
      trades: {...report.trades, closed: 0, best: null, worst: null},
    }).join('\n');
    expect(text).toMatch(
      /\(not finished\)[^]*nothing was decided[^]*10,000\.00 -> 10,000\.00[^]*refusals {6}none/,
    );
    expect(text).not.toMatch(/Sharpe|halted|best/);
  });
});

describe('the lines of a run under the kill switch', () => {
  it('say what was ordered, and how to end it', () => {
    expect(switchNote({kind: 'halted', command: COMMAND}, 'state')).toMatch(
      /^HALTED \(bad news\): .*sold, on paper at the next candle's open; dl-trade resume --state-dir state ends it$/,
    );
    expect(switchNote({kind: 'halted', command: {...COMMAND, flatten: false}}, 'state')).toContain(
      'watched on',
    );
    expect(switchNote({kind: 'resumed'}, 'state')).toMatch(/may be opened again/);
    expect(switchNote({kind: 'warming-up', candle: candleAt(0, 100)}, 'state')).toBeUndefined();
  });

  it('show the order that closes', () => {
    const record = {
      ...({kind: 'flattened', candle: candleAt(0, 100), account: account()} as const),
      intent: intent({side: 'sell', reason: 'flatten', reduceOnly: true}),
      verdict: {
        kind: 'approved',
        order: approved({side: 'sell'}),
        audit: {decisionId: 'x', findings: []},
      } as const,
    };
    const context = {symbol: 'BTC/USDT', timeframe: '1h', simulated: true};
    expect(lineOf(record, context)).toBe('    flatten -> sell 1 (flatten) [simulated]');
    expect(lineOf({kind: 'resumed'}, context)).toBeUndefined();
  });

  it('show the stop that rests, and say where none does', () => {
    const stop = {
      ...({kind: 'stop', candle: candleAt(0, 100), account: account()} as const),
      intent: intent({side: 'sell', reason: 'resting-stop', reduceOnly: true, stopPrice: d('98.02')}),
    };
    const audit = {decisionId: 'x', findings: []};
    const context = {symbol: 'BTC/USDT', timeframe: '1h', simulated: false};
    const order = approved({side: 'sell', type: 'stop', stopPrice: d('98.02')});
    expect(lineOf({...stop, verdict: {kind: 'approved', order, audit}}, context)).toBe(
      '    stop -> sell 1 rests at 98.02 USDT',
    );
    const reasons = ['NOTIONAL_TOO_SMALL'];
    expect(lineOf({...stop, verdict: {kind: 'refused', reasons, audit}}, context)).toBe(
      '    stop -> refused: NOTIONAL_TOO_SMALL; the stop loss is watched at closes alone',
    );
    expect(exitWords({stopLoss: 0.02, restingStop: true})).toBe(', stop-loss 2% resting at the venue');
  });

  it('name the exit rules that are set', () => {
    expect(exitWords({})).toBe('');
    expect(
      exitWords({stopLoss: 0.007, takeProfit: 0.02, trailingStop: 0.011, maxHoldingMs: 43_200_000}),
    ).toBe(', stop-loss 0.7%, take-profit 2%, trailing stop 1.1%, held at most 12h');
  });
});
