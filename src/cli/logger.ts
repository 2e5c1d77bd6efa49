import {pino} from 'pino';
import type {DestinationStream, Logger} from 'pino';
import {DlTradeError} from '../domain/errors.js';
import {redactingReplacer} from '../domain/secrets.js';
import type {StepRecord} from '../index.js';

/** From most to least. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** The run's log: JSON lines on stderr, written at once, so that the last words before a crash are there. No registered
 *  credential can be in them, wherever it came from.
 *  @param setting where the level was given, for the message
 *  @throws CONFIG_INVALID for a level that is none */
export function createLogger(
  level: string,
  setting: string,
  destination: DestinationStream = pino.destination({dest: 2, sync: true}),
): Logger {
  if (!(LOG_LEVELS as readonly string[]).includes(level)) {
    throw new DlTradeError(
      'CONFIG_INVALID',
      `${setting} was "${level}", want one of ${LOG_LEVELS.join(', ')}`,
      {
        details: {setting, value: level},
      },
    );
  }
  // Names and numbers of the process are nobody's business and would differ between two runs of the same.
  return pino({level, base: {name: 'dl-trade'}, hooks: {streamWrite: redactLine}}, destination);
}

function redactLine(line: string): string {
  return `${JSON.stringify(JSON.parse(line), redactingReplacer)}\n`;
}

/** Logs what happened: decisions at debug, orders and fills at info, refusals at info with their reasons. */
export function logRecord(logger: Logger, record: StepRecord): void {
  switch (record.kind) {
    case 'warming-up':
      logger.debug({openTimeMs: record.candle.openTimeMs}, 'warming up');
      break;
    case 'decided': {
      const {candle, prediction, intent, verdict} = record;
      const about = {
        openTimeMs: candle.openTimeMs,
        probability: prediction?.probability,
        signal: prediction?.signal,
      };
      if (verdict.kind === 'refused')
        logger.info({...about, reasons: verdict.reasons}, 'order refused by risk');
      else logger.debug({...about, intent: intent.kind, reason: intent.reason}, 'decided');
      break;
    }
    // Said as a warning, in words.
    case 'halted':
    case 'resumed':
      break;
    case 'flattened': {
      const {intent, verdict} = record;
      logger.info({intent, verdict: verdict.kind}, 'closing what is held');
      break;
    }
    case 'stop': {
      const {intent, verdict} = record;
      logger.info({intent, verdict: verdict.kind}, 'stop for what is held');
      break;
    }
    case 'order':
      logger.info({order: record.report}, 'order news');
      break;
    case 'fill':
      logger.info({fill: record.fill, realisedPnlQuote: record.change.realisedPnlQuote}, 'fill');
      break;
  }
}
