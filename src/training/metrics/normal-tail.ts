/** P(Z > z) of a standard normal, to about 14 digits.
 *  @param z at least 0
 *  source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.2.11 and 26.2.14 */
export function normalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let [term, sum] = [z, z];
    for (let odd = 3; term > sum * 1e-17; odd += 2) {
      term *= (z * z) / odd;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = 100; k >= 1; k--) fraction = z + k / fraction;
  return density / fraction;
}
