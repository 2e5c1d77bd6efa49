import {describe, expect, it} from 'vitest';
import {createLogger, logRecord} from '../../../src/cli/logger.js';
import {registerSecret} from '../../../src/domain/secrets.js';
import type {StepRecord} from '../../../src/engine/step-record.js';
import {caught} from '../../support/caught.js';
import {MemoryJournal, TestSwitch, paperStrategy, simulatedCandles} from '../../support/strategy.js';

function collector(): {write: (line: string) => void; lines: Record<string, unknown>[]; text: () => string} {
  const lines: Record<string, unknown>[] = [];
  let text = '';
  return {
    write(line) {
      text += line;
      lines.push(JSON.parse(line) as Record<string, unknown>);
    },
    lines,
    text: () => text,
  };
}

describe('createLogger', () => {
  it('writes JSON lines of its level and above', () => {
    const out = collector();
    const logger = createLogger('warn', '--log-level', out);
    logger.info('not this');
    logger.warn('a gap');
    expect(out.lines).toMatchObject([{level: 40, name: 'dl-trade', msg: 'a gap'}]);
  });

  it('carries no registered credential, in no field, message or error', () => {
    registerSecret('canary-log-52b1');
    registerSecret('canary"quoted\\');
    registerSecret('17954196');
    const out = collector();
    const logger = createLogger('debug', '--log-level', out);
    logger.warn(
      {apiKey: 'canary-log-52b1', nested: {url: 'https://x/?signature=canary-log-52b1'}},
      'sent canary-log-52b1',
    );
    logger.error(new Error('refused canary-log-52b1'));
    expect(out.lines).toHaveLength(2);
    expect(out.text()).not.toContain('canary');
    expect(out.text()).toContain('[redacted]');
  });

  it('refuses a level that is none', () => {
    expect(caught(() => createLogger('loud', 'DL_TRADE_LOG_LEVEL')).message).toMatch(
      /DL_TRADE_LOG_LEVEL was "loud", want one of debug, info/,
    );
  });
});

describe('logRecord', () => {
  it('logs orders, fills and refusals at info, decisions at debug', async () => {
    const killSwitch = new TestSwitch();
    const run = paperStrategy(new MemoryJournal(), {killSwitch});
    const [info, debug] = [collector(), collector()];
    const loggers = [createLogger('info', '--log-level', info), createLogger('debug', '--log-level', debug)];
    const candles = simulatedCandles(80);
    const records: StepRecord[] = [];
    for (const [i, candle] of candles.entries()) {
      if (i > 630 && run.strategy.ledger.view().positions.length > 0 && killSwitch.command === undefined)
        killSwitch.halt(true);
      records.push(...(await run.strategy.onCandle(candle)));
    }
    for (const logger of loggers) for (const record of records) logRecord(logger, record);
    const said = new Set(info.lines.map(({msg}) => msg));
    expect(said).toEqual(new Set(['order news', 'fill', 'order refused by risk']));
    expect(new Set(debug.lines.map(({msg}) => msg))).toEqual(new Set([...said, 'warming up', 'decided']));
  });
});
