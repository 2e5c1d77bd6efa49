import {redactSecrets} from './secrets.js';

/** Every failure that a user can meet, with the exit code of the CLI and what to do about it. */
export const ERROR_CODES = {
  UNEXPECTED: {exitCode: 1, summary: 'A defect of dl-trade: please report it with the message.'},
  INTERRUPTED: {
    exitCode: 1,
    summary:
      'A signal stopped the command before it had finished; the message says what is left, if anything.',
  },
  OUTPUT_FAILED: {
    exitCode: 1,
    summary:
      'A result could not be written: no space, or no permission. A reader that has gone, as behind `| head`, ends a command with 0.',
  },

  USAGE: {exitCode: 2, summary: 'The command line was not understood; see --help.'},
  CONFIG_INVALID: {
    exitCode: 2,
    summary: 'A flag or an environment variable holds a value that is not allowed.',
  },
  MODEL_UNKNOWN: {exitCode: 2, summary: 'No model of that name lies under models/.'},
  SYMBOL_UNKNOWN: {exitCode: 2, summary: 'The provider does not trade that symbol.'},
  PROVIDER_UNSUPPORTED: {exitCode: 2, summary: 'The provider is not one that this version can trade with.'},
  LIVE_REFUSED: {exitCode: 2, summary: 'Live trading was asked for without what it needs.'},
  STATE_LOCKED: {
    exitCode: 2,
    summary: 'Another process is using the state directory, or writing the same file.',
  },
  STATE_MISMATCH: {
    exitCode: 2,
    summary: 'The state directory belongs to another strategy, symbol or configuration.',
  },
  TRAINING_MISMATCH: {
    exitCode: 2,
    summary: 'The checkpoint to resume is that of a training with other settings, data or architecture.',
  },
  OUTPUT_MISMATCH: {
    exitCode: 2,
    summary: 'The file to go on with holds other candles than those that were asked for.',
  },

  FILE_UNREADABLE: {exitCode: 3, summary: 'A data file is missing, is no file or cannot be read.'},
  CANDLES_EMPTY: {exitCode: 3, summary: 'The source holds no candle.'},
  CANDLES_INVALID: {
    exitCode: 3,
    summary: 'A candle breaks a data rule: order, grid, a duplicate that disagrees, a value out of range.',
  },
  CANDLES_TOO_FEW: {exitCode: 3, summary: 'The history is shorter than what is asked of it.'},
  SENTIMENT_INVALID: {
    exitCode: 3,
    summary: 'A sentiment file or an answer with sentiment breaks its format.',
  },
  JOURNAL_CORRUPT: {exitCode: 3, summary: 'The journal is damaged; it was kept aside, never overwritten.'},
  JOURNAL_FAILED: {
    exitCode: 3,
    summary:
      'There is no journal, it holds no run yet, or it could not be opened, read or written: no space, no permission, a newer version.',
  },

  MODEL_INVALID: {exitCode: 4, summary: 'A model disagrees with its manifest, schema or shapes.'},
  MODEL_NOT_FOUND: {exitCode: 4, summary: 'The path holds no model.'},
  MANIFEST_INVALID: {exitCode: 4, summary: 'A manifest is missing a field or holds one of the wrong kind.'},
  SCALER_NOT_FITTED: {exitCode: 4, summary: 'A scaler or preprocessor was used before it was fitted.'},
  REGIME_FIT_FAILED: {
    exitCode: 4,
    summary: 'The volatility regime could not be fitted to the training returns.',
  },
  CHECKPOINT_REFUSED: {
    exitCode: 4,
    summary: 'A .pth file is not one that dl-trade reads; details.checkpointCode says which rule it broke.',
  },
  TRAINING_DIVERGED: {
    exitCode: 4,
    summary:
      'A loss or a gradient was not finite; the last checkpoint is untouched. Use a lower learning rate.',
  },
  NATIVE_UNAVAILABLE: {exitCode: 4, summary: 'The native addon is not built, or LibTorch cannot be loaded.'},
  NATIVE_FAILED: {exitCode: 4, summary: 'The native addon reported a failure.'},

  EXCHANGE_FAILED: {exitCode: 5, summary: 'The exchange rejected the request, or failed to serve it.'},
  EXCHANGE_UNREACHABLE: {
    exitCode: 5,
    summary: 'The exchange could not be reached, broke off or did not answer in time.',
  },
  EXCHANGE_RATE_LIMITED: {
    exitCode: 5,
    summary: 'The exchange wants fewer requests, or bans this address for a while.',
  },
  EXCHANGE_ANSWER_INVALID: {
    exitCode: 5,
    summary: 'The exchange answered with something other than what was asked for.',
  },
  RISK_HALTED: {exitCode: 6, summary: 'The risk audit halted trading.'},
} as const satisfies Record<string, {exitCode: 1 | 2 | 3 | 4 | 5 | 6; summary: string}>;

/** A code of the registry: it stays what it is between versions. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error came of, and its parts. */
export interface DlTradeErrorOptions {
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error class: message = what, where, the value in quotes with "was", what to do. */
export class DlTradeError extends Error {
  override readonly name: string = 'DlTradeError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: DlTradeErrorOptions = {}) {
    super(redactSecrets(message), options.cause === undefined ? undefined : {cause: options.cause});
    this.code = code;
    this.details = options.details ?? {};
  }

  get exitCode(): number {
    return ERROR_CODES[this.code].exitCode;
  }
}
