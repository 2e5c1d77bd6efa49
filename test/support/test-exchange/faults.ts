import type {ServerResponse} from 'node:http';
import type {VenueAnswer} from './venue.js';

/** What goes wrong with one answer.
 *  `answer`: another status or body, headers as well. `rewrite`: the true body, changed. `truncated`: half of it, as if it were
 *  whole. `cut`: the connection breaks off in the middle of it. `stalled`: it stops in the middle. `silent`: no answer at all.
 *  `dropped`: the connection breaks off, before the venue has seen the request or after. `refused`: the venue never sees it, and
 *  this is the answer. `late`: no answer, and the venue sees it only when its clock has moved on so far. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status?: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {readonly kind: 'rewrite'; readonly change: (body: unknown) => unknown}
  | {readonly kind: 'truncated' | 'cut' | 'stalled' | 'silent'}
  | {readonly kind: 'dropped'; readonly when: 'before' | 'after'}
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {readonly kind: 'late'; readonly afterMs: number};

/** An error as Binance words it. */
export function binanceError(code: number, msg: string): string {
  return JSON.stringify({code, msg});
}

/** The page of a proxy that has lost its server. */
export const HTML = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';

/** Sends the venue's answer, spoilt as the fault says. */
export function sendAnswer(
  response: ServerResponse,
  {status, body}: VenueAnswer,
  fault: Fault | undefined,
): void {
  const text = JSON.stringify(body);
  const half = text.slice(0, Math.floor(text.length / 2));
  const headers = {'content-type': 'application/json'};
  switch (fault?.kind) {
    case undefined:
      response.writeHead(status, headers).end(text);
      break;
    case 'answer':
      response.writeHead(fault.status ?? status, {...headers, ...fault.headers}).end(fault.body ?? text);
      break;
    case 'rewrite':
      response.writeHead(status, headers).end(JSON.stringify(fault.change(body)));
      break;
    case 'truncated':
      response.writeHead(status, headers).end(half);
      break;
    case 'cut':
      response.writeHead(status, {...headers, 'content-length': String(text.length)});
      response.write(half, () => response.destroy());
      break;
    case 'stalled':
      response.writeHead(status, {...headers, 'content-length': String(text.length)});
      response.write(half);
      break;
    case 'refused':
      response.writeHead(fault.status, {...headers, ...fault.headers}).end(fault.body);
      break;
    case 'silent':
    case 'late':
      break;
    case 'dropped':
      response.destroy();
      break;
  }
}
