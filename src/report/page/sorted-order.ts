/** The order of values of one kind: numbers by size, words by their letters; equal ones keep their order, whichever way it goes.
 *  @returns places in `values` */
export function sortedOrder(values: readonly (number | string)[], descending: boolean): number[] {
  const way = descending ? -1 : 1;
  return values
    .map((_, index) => index)
    .sort((a, b) => {
      const [left, right] = [values[a]!, values[b]!];
      return left === right ? a - b : way * (left < right ? -1 : 1);
    });
}
