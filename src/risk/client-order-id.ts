import {createHash} from 'node:crypto';

/** The id under which a venue knows an order: the same decision always gives the same one.
 *  @returns `dlt-` and 32 hex digits: 36 characters of [A-Za-z0-9_-], the shortest limit among exchanges */
export function clientOrderIdOf(decisionId: string): string {
  return `dlt-${createHash('sha256').update(decisionId).digest('hex').slice(0, 32)}`;
}
