import {InvalidArgumentError} from 'commander';

/** Reads a flag's number for commander; commas and blanks are no numbers.
 *  @param want in words, for the message */
export function numberFlag(holds: (value: number) => boolean, want: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (holds(value)) return value;
    throw new InvalidArgumentError(`It was "${text}", want ${want}.`);
  };
}

export const countFlag = numberFlag(
  (value) => Number.isInteger(value) && value >= 1,
  'a whole number of at least 1',
);
export const seedFlag = numberFlag(
  (value) => Number.isSafeInteger(value) && value >= 0,
  'a whole number of at least 0',
);
export const positiveFlag = numberFlag((value) => value > 0 && value < Infinity, 'a number above 0');
export const bpsFlag = numberFlag((value) => value >= 0 && value < 10_000, 'basis points from 0 to 10,000');
export const shareFlag = numberFlag((value) => value > 0 && value < 1, 'a share above 0 and below 1');
