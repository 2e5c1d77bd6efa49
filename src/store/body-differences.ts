/** One place where two bodies say different things; `undefined` where one says nothing. */
export interface BodyDifference {
  /** Such as `verdict.order.quantityBase` or `orders[0].reason`; empty for the whole. */
  readonly path: string;
  readonly was: unknown;
  readonly now: unknown;
}

/** Every place where two plain JSON values differ, in the order of the first one's fields. */
export function bodyDifferences(was: unknown, now: unknown, path = ''): BodyDifference[] {
  if (Object.is(was, now)) return [];
  if (!isContainer(was) || !isContainer(now) || Array.isArray(was) !== Array.isArray(now)) {
    return [{path, was, now}];
  }
  const names = new Set([...Object.keys(was), ...Object.keys(now)]);
  return [...names].flatMap((name) => {
    const place = Array.isArray(was) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    return bodyDifferences(was[name], now[name], place);
  });
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
