import {describe, expect, it} from 'vitest';
import {findCandleFault, isOnGrid} from '../../../src/candles/check-candle.js';
import {CandleSequencer, sequenceCandles} from '../../../src/candles/sequence-candles.js';
import type {Candle} from '../../../src/domain/candle.js';
import {FIVE_MINUTES, START_MS, candleAt} from '../../support/candles.js';

const options = {timeframe: FIVE_MINUTES};

describe('CandleSequencer', () => {
  it('hands a sound sequence on unchanged', () => {
    const candles = [0, 1, 2].map((step) => candleAt(step));
    expect([...sequenceCandles(candles, options)]).toEqual(candles);
  });

  it('fills a gap of three flat at the last close, with volume 0 and a flag', () => {
    const sequencer = new CandleSequencer(options);
    sequencer.push(candleAt(0));
    const bridge = sequencer.push(candleAt(4));
    expect(bridge).toHaveLength(4);
    expect(bridge[0]).toEqual({
      openTimeMs: START_MS + 300_000,
      ...{open: 101, high: 101, low: 101, close: 101, volume: 0, filled: true},
    });
    expect(bridge.map(({openTimeMs}) => (openTimeMs - START_MS) / 300_000)).toEqual([1, 2, 3, 4]);
    expect(bridge[3]).toEqual(candleAt(4));
    expect(sequencer.gaps).toEqual([
      {fromMs: START_MS + 300_000, toMs: START_MS + 900_000, missing: 3, filled: true},
    ]);
    expect(sequencer.last).toEqual(candleAt(4));
  });

  it('starts a new segment behind a gap of four', () => {
    const sequencer = new CandleSequencer(options);
    sequencer.push(candleAt(0));
    expect(sequencer.push(candleAt(5))).toEqual([{...candleAt(5), afterGap: true}]);
    expect(sequencer.push(candleAt(6))).toEqual([candleAt(6)]);
    expect(sequencer.gaps).toMatchObject([{missing: 4, filled: false}]);
  });

  it('fills as far as it is told to', () => {
    const none = new CandleSequencer({...options, maxFilledGap: 0});
    none.push(candleAt(0));
    expect(none.push(candleAt(2))).toEqual([{...candleAt(2), afterGap: true}]);
  });

  it('drops a duplicate that agrees and counts it', () => {
    const sequencer = new CandleSequencer(options);
    sequencer.push(candleAt(0));
    expect(sequencer.push(candleAt(0))).toEqual([]);
    expect(sequencer.duplicates).toBe(1);
  });

  it('refuses a duplicate that disagrees, naming both values', () => {
    const sequencer = new CandleSequencer({...options, locate: () => 'btc.csv line 3'});
    sequencer.push(candleAt(0));
    expect(() => sequencer.push(candleAt(0, {close: 101.5}))).toThrow(
      'btc.csv line 3: close was "101.5", but "101" in the row before of the same time, "2024-01-01T00:00:00.000Z"; keep the right one',
    );
  });

  it('refuses a time that goes back, even one that was filled in', () => {
    const sequencer = new CandleSequencer(options);
    sequencer.push(candleAt(0));
    sequencer.push(candleAt(2));
    expect(() => sequencer.push(candleAt(1))).toThrow(
      'the 5m source: timestamp was "2024-01-01T00:05:00.000Z", which goes back behind "2024-01-01T00:10:00.000Z"; sort the rows',
    );
  });

  it('refuses a time off the grid', () => {
    const sequencer = new CandleSequencer(options);
    expect(() => sequencer.push(candleAt(0, {openTimeMs: START_MS + 60_000}))).toThrow(
      /timestamp was "2024-01-01T00:01:00.000Z", which is not on the 5m grid$/,
    );
  });

  it('refuses an unsound candle and takes nothing of it in', () => {
    const sequencer = new CandleSequencer(options);
    expect(() => sequencer.push(candleAt(0, {close: NaN}))).toThrow(
      /close was "NaN", want a finite price above 0/,
    );
    expect(sequencer.last).toBeUndefined();
  });
});

describe('findCandleFault', () => {
  const faults: [Partial<Candle>, string][] = [
    [{open: 0}, 'open was 0'],
    [{open: -1}, 'open was -1'],
    [{high: Infinity}, 'high was Infinity'],
    [{low: NaN}, 'low was NaN'],
    [{close: NaN}, 'close was NaN'],
    [{volume: -1}, 'volume was -1'],
    [{volume: NaN}, 'volume was NaN'],
    [{volume: Infinity}, 'volume was Infinity'],
    [{high: 100.5}, 'high was 100.5'],
    [{low: 100.5}, 'low was 100.5'],
    [{high: 98, low: 99}, 'high was 98'],
    [{openTimeMs: 1.5}, 'timestamp was 1.5'],
    [{openTimeMs: NaN}, 'timestamp was NaN'],
    [{openTimeMs: -300_000}, 'timestamp was -300000'],
    [{openTimeMs: 1_704_067_200_000_000}, 'timestamp was 1704067200000000'],
  ];
  it.each(faults)('finds %j', (changes, was) => {
    const fault = findCandleFault(candleAt(0, changes))!;
    expect(`${fault.field} was ${fault.was}`).toBe(was);
  });

  it('says that a huge time looks like microseconds', () => {
    expect(findCandleFault(candleAt(0, {openTimeMs: 1.7e15}))!.want).toMatch(/looks like microseconds/);
  });

  it('finds none in a flat candle without volume', () => {
    const flat = {open: 1e-8, high: 1e-8, low: 1e-8, close: 1e-8, volume: 0};
    expect(findCandleFault(candleAt(0, flat))).toBeUndefined();
  });
});

describe('isOnGrid', () => {
  it('takes weeks from Monday and all else from the epoch', () => {
    const week = {name: '1w', ms: 604_800_000};
    expect(isOnGrid(Date.parse('2024-01-01'), week)).toBe(true);
    expect(isOnGrid(Date.parse('2024-01-04'), week)).toBe(false);
    expect(isOnGrid(Date.parse('2024-01-04'), {name: '1d', ms: 86_400_000})).toBe(true);
    expect(isOnGrid(Date.parse('2024-01-04T01:00Z'), {name: '1d', ms: 86_400_000})).toBe(false);
  });
});
