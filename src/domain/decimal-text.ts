const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** Whether what `Number` made of a text was meant: it reads blank text as 0, and hexadecimal.
 *  @param value `Number(text)` */
export function isDecimalText(text: string, value: number): boolean {
  // Candle files are long: the pattern is asked only where blank text may be meant.
  return (value !== 0 || NUMBER.test(text)) && !isPrefixed(text);
}

function isPrefixed(cell: string): boolean {
  // `0x1F`, `0b1`, `0o7`: the only texts with a letter there that `Number` takes; an exponent has an `e`.
  const code = cell.charCodeAt(1) | 0x20;
  return code === 0x78 || code === 0x62 || code === 0x6f;
}
