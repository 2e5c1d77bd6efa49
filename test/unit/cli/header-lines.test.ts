import {describe, expect, it} from 'vitest';
import {headerLines} from '../../../src/cli/header-lines.js';
import type {RunHeader} from '../../../src/session/run.js';

const header: RunHeader = {
  ...{model: 'lstm', label: 'binance', simulated: false, symbol: 'BTC/USDT', timeframe: '1h'},
  ...{threshold: 0.6, startingCashQuote: '500', maxPositionSizeQuote: '50', maxDailyDrawdown: 0.07},
  ...{exits: {}, stateDirectory: 'there', resumes: false, account: 'paper'},
};

describe('headerLines', () => {
  it('says what trades where', () => {
    expect(headerLines(header)).toEqual([
      'dl-trade: lstm on BTC/USDT 1h, binance, paper account, threshold 0.6',
      'journal in there',
    ]);
  });

  it('says with how much where orders leave', () => {
    const live = {...header, account: 'binance', resumes: true, exits: {stopLoss: 0.02}};
    expect(headerLines(live)).toEqual([
      'dl-trade: lstm on BTC/USDT 1h, binance, ORDERS GO TO BINANCE, threshold 0.6, stop-loss 2%',
      'positions of up to 50.00 USDT out of 500.00; nothing is opened once the day has lost 7% from its peak',
      'going on with there',
    ]);
  });
});
