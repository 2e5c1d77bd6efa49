import {once} from 'node:events';
import {createServer} from 'node:http';
import type {IncomingMessage, Server, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {onTestFinished} from 'vitest';
import {sendAnswer} from './faults.js';
import type {Fault} from './faults.js';
import type {Venue, VenueRequest} from './venue.js';

interface PlannedFault {
  readonly fault: Fault;
  readonly path: string;
  /** Requests that pass before it. */
  skip: number;
  /** Requests that it meets. */
  times: number;
}

/** An exchange on the loopback interface, which ccxt talks to as to the real one, with a clock of its own and faults by command. */
export class TestExchange {
  /** For {PROVIDER}_BASE_URL. */
  readonly url: string;
  /** Everything that was asked, in order. */
  readonly requests: VenueRequest[] = [];
  /** The exchange's clock, ms. */
  nowMs: number;
  /** Called at every request, before it is answered. */
  onRequest: (request: VenueRequest) => void = () => undefined;
  readonly #venue: Venue;
  readonly #server: Server;
  readonly #faults: PlannedFault[] = [];

  private constructor(venue: Venue, server: Server, nowMs: number) {
    this.#venue = venue;
    this.#server = server;
    this.nowMs = nowMs;
    this.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  /** Starts it for the running test.
   *  @param nowMs where its clock stands, and stays until the test moves it */
  static async start(venue: Venue, nowMs: number): Promise<TestExchange> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const exchange = new TestExchange(venue, server, nowMs);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void exchange.#answer(request, response);
    });
    onTestFinished(() => exchange.stop());
    return exchange;
  }

  /** Spoils the next answers of one path. */
  fail(path: string, fault: Fault, {skip = 0, times = 1}: {skip?: number; times?: number} = {}): void {
    this.#faults.push({fault, path, skip, times});
  }

  /** How often a path was asked for. */
  count(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  /** From now on nobody listens there. Twice is fine. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of incoming.setEncoding('utf8') as AsyncIterable<string>) body += chunk;
    const url = new URL(incoming.url ?? '/', this.url);
    const {method = 'GET', headers} = incoming;
    const request = {method, path: url.pathname, query: url.searchParams, headers, body};
    this.requests.push(request);
    this.onRequest(request);
    const fault = this.#takeFault(request.path);
    if (fault?.kind === 'dropped' && fault.when === 'before') {
      response.destroy();
      return;
    }
    sendAnswer(response, this.#venue.answer(request, this.nowMs), fault);
  }

  #takeFault(path: string): Fault | undefined {
    const planned = this.#faults.find((candidate) => candidate.path === path && candidate.times > 0);
    if (planned === undefined) return undefined;
    if (planned.skip > 0) {
      planned.skip -= 1;
      return undefined;
    }
    planned.times -= 1;
    return planned.fault;
  }
}
