import {DlTradeError} from './errors.js';

const UNIT_MS = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000} as const;

/** A candle's length: the exchange spelling (`5m`, `1h`, `1d`) and its ms. */
export interface Timeframe {
  readonly name: string;
  readonly ms: number;
}

/** Reads an exchange's spelling of a timeframe.
 *  @throws CONFIG_INVALID for anything but a count and one of s, m, h, d, w */
export function parseTimeframe(name: string): Timeframe {
  const match = /^([1-9]\d{0,3})([smhdw])$/.exec(name);
  if (match === null) {
    throw new DlTradeError(
      'CONFIG_INVALID',
      `timeframe was "${name}", want a count and a unit such as 5m, 1h or 1d`,
      {
        details: {setting: 'timeframe', value: name},
      },
    );
  }
  return {name, ms: Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]};
}

/** The spelling of a length, in its largest whole unit: 3600000 -> `1h`. */
export function timeframeOfMs(ms: number): Timeframe {
  for (const unit of ['w', 'd', 'h', 'm', 's'] as const) {
    if (ms > 0 && ms % UNIT_MS[unit] === 0) return {name: `${String(ms / UNIT_MS[unit])}${unit}`, ms};
  }
  throw new DlTradeError(
    'CANDLES_INVALID',
    `candles are ${String(ms)} ms apart, which is no whole number of seconds`,
    {
      details: {ms},
    },
  );
}
