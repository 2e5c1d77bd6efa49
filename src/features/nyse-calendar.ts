/** A date of the proleptic Gregorian calendar. */
export interface CivilDate {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  /** 1..31 */
  readonly dayOfMonth: number;
  /** Monday = 0 .. Sunday = 6 */
  readonly dayOfWeek: number;
}

const SATURDAY = 5;
const SUNDAY = 6;
const MONDAY = 0;
const THURSDAY = 3;

/** Closures that no rule foretells: hurricane Sandy, mourning for G. H. W. Bush and for J. Carter. */
const SPECIAL_CLOSURES: readonly number[] = [
  dayNumber(2012, 10, 29),
  dayNumber(2012, 10, 30),
  dayNumber(2018, 12, 5),
  dayNumber(2025, 1, 9),
];

/** Days since 1970-01-01 of a date. */
export function dayNumber(year: number, month: number, dayOfMonth: number): number {
  return Date.UTC(year, month - 1, dayOfMonth) / 86_400_000;
}

/** The date of a day number. */
export function civilDate(day: number): CivilDate {
  const date = new Date(day * 86_400_000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    dayOfMonth: date.getUTCDate(),
    dayOfWeek: weekday(day),
  };
}

/** True where the New York Stock Exchange does not trade on that date: weekends, holidays, special closures.
 *  By rule and not by the package nyse-holidays, which knows no special closures and asks the machine's time zone.
 *  Right for 2010 to 2035, as pandas_market_calendars has them; other years follow today's rules alone.
 *  @param day days since 1970-01-01 of a UTC date
 *  source: NYSE rule 7.2, https://www.nyse.com/markets/hours-calendars */
export function isNyseClosed(day: number): boolean {
  const dayOfWeek = weekday(day);
  if (dayOfWeek === SATURDAY || dayOfWeek === SUNDAY) return true;
  const {year} = civilDate(day);
  return holidaysOf(year).includes(day) || SPECIAL_CLOSURES.includes(day);
}

/** Day numbers of the weekdays of a year that are holidays by rule, in order. */
export function holidaysOf(year: number): readonly number[] {
  const newYear = dayNumber(year, 1, 1);
  const independence = observed(dayNumber(year, 7, 4));
  const juneteenth = observed(dayNumber(year, 6, 19));
  const newYears =
    // On a Saturday it is not kept: the Friday before ends the accounting year.
    weekday(newYear) === SATURDAY ? [] : [weekday(newYear) === SUNDAY ? newYear + 1 : newYear];
  return [
    ...newYears,
    nthWeekday(dayNumber(year, 1, 1), MONDAY, 3), // Martin Luther King
    nthWeekday(dayNumber(year, 2, 1), MONDAY, 3), // Washington
    easterSunday(year) - 2, // Good Friday
    nthWeekday(dayNumber(year, 5, 25), MONDAY, 1), // Memorial Day, the last Monday of May
    ...(year >= 2022 ? [juneteenth] : []),
    independence,
    nthWeekday(dayNumber(year, 9, 1), MONDAY, 1), // Labor Day
    nthWeekday(dayNumber(year, 11, 1), THURSDAY, 4), // Thanksgiving
    observed(dayNumber(year, 12, 25)),
  ];
}

/** 1970-01-01 was a Thursday. */
function weekday(day: number): number {
  return (((day + THURSDAY) % 7) + 7) % 7;
}

/** The weekday on which a holiday is kept: Friday for a Saturday, Monday for a Sunday. */
function observed(day: number): number {
  if (weekday(day) === SATURDAY) return day - 1;
  return weekday(day) === SUNDAY ? day + 1 : day;
}

/** The n-th such weekday on or after a day. */
function nthWeekday(from: number, dayOfWeek: number, n: number): number {
  return from + ((dayOfWeek - weekday(from) + 7) % 7) + 7 * (n - 1);
}

/** Easter Sunday, by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, 1991, ch. 8). */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return dayNumber(year, month, ((h + l - 7 * m + 114) % 31) + 1);
}
