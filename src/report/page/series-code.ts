/** Numbers as the page carries them: whole multiples of 10^-decimals, each as the difference from the one before it, in as few bytes as it
 *  takes (zigzag and LEB128, as in Protocol Buffers), in base64. A hundred thousand closes take about 300 kB. */
export interface CodedSeries {
  readonly decimals: number;
  readonly count: number;
  readonly bytes: string;
}

const MOST_DECIMALS = 10;
/** Beyond it doubles are not whole numbers any more. */
const LARGEST = 2 ** 52;

/** @param values finite
 *  @param decimals digits that are kept */
export function encodeSeries(values: readonly number[], decimals: number): CodedSeries {
  const scale = 10 ** decimals;
  const bytes: number[] = [];
  let before = 0;
  for (const value of values) {
    const whole = Math.round(value * scale);
    pushZigzag(bytes, whole - before);
    before = whole;
  }
  return {decimals, count: values.length, bytes: toBase64(bytes)};
}

/** What `encodeSeries` was given, rounded to its decimals.
 *  @returns shape [count] */
export function decodeSeries({decimals, count, bytes}: CodedSeries): Float64Array {
  const scale = 10 ** decimals;
  const text = atob(bytes);
  const values = new Float64Array(count);
  let [at, before] = [0, 0];
  for (let i = 0; i < count; i++) {
    let [zigzag, place, byte] = [0, 1, 0];
    do {
      byte = text.charCodeAt(at++);
      zigzag += (byte % 128) * place;
      place *= 128;
    } while (byte >= 128);
    before += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    values[i] = before / scale;
  }
  return values;
}

/** The fewest decimals that keep every value as it is, or as many as whole numbers can carry.
 *  @param values finite */
export function decimalsOf(values: readonly number[]): number {
  const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
  const most = Math.min(MOST_DECIMALS, Math.floor(Math.log10(LARGEST / largest)));
  let decimals = 0;
  for (const value of values) {
    while (decimals < most && Number(value.toFixed(decimals)) !== value) decimals += 1;
    if (decimals >= most) break;
  }
  return Math.max(0, decimals);
}

function pushZigzag(bytes: number[], difference: number): void {
  // Arithmetic, not bits: differences reach beyond 2^31.
  let rest = difference < 0 ? -2 * difference - 1 : 2 * difference;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function toBase64(bytes: readonly number[]): string {
  // In parts, as an argument list has a largest length.
  const PART = 8192;
  let text = '';
  for (let i = 0; i < bytes.length; i += PART) text += String.fromCharCode(...bytes.slice(i, i + PART));
  return btoa(text);
}
