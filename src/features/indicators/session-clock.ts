import type {CandleWindow} from '../candle-window.js';
import {civilDate, isNyseClosed} from '../nyse-calendar.js';
import type {Indicator} from './indicator.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What the open time says: hour, weekday, date, which trading session, and whether New York trades that day. */
export class SessionClock implements Indicator {
  readonly name = 'session-clock';
  /** The date's features, computed once a day; follows from the open time alone, so no state. */
  readonly #date = new Float64Array(6);
  #day = Number.NaN;

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const day = Math.floor(window.openTimeMs / DAY_MS);
    if (day !== this.#day) this.#turnTo(day);
    const hour = Math.floor((window.openTimeMs - day * DAY_MS) / HOUR_MS);

    row[at] = hour;
    row[at + 1] = this.#date[0]!;
    row[at + 2] = this.#date[1]!;
    row[at + 3] = this.#date[2]!;
    row[at + 4] = this.#date[3]!;
    row[at + 5] = this.#date[4]!;
    row[at + 6] = hour < 8 ? 1 : 0;
    row[at + 7] = hour >= 8 && hour < 12 ? 1 : 0;
    row[at + 8] = hour >= 12 && hour < 21 ? 1 : 0;
    row[at + 9] = hour >= 21 ? 1 : 0;
    row[at + 10] = this.#date[5]!;
  }

  #turnTo(day: number): void {
    const {month, dayOfMonth, dayOfWeek} = civilDate(day);
    this.#day = day;
    this.#date[0] = dayOfWeek;
    this.#date[1] = dayOfMonth;
    this.#date[2] = month;
    this.#date[3] = Math.ceil(month / 3);
    this.#date[4] = dayOfWeek >= 5 ? 1 : 0;
    this.#date[5] = isNyseClosed(day) ? 1 : 0;
  }
}
