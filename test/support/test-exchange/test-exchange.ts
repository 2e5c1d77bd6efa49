import {once} from 'node:events';
import {createServer} from 'node:http';
import type {IncomingMessage, Server, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {sendAnswer} from './faults.js';
import type {Fault} from './faults.js';
import type {Venue, VenueAnswer, VenueRequest} from './venue.js';

interface PlannedFault {
  readonly fault: Fault;
  /** A path, or a method and a path, or `*` for all of them. */
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
  /** Called at every request, before it is answered. */
  onRequest: (request: VenueRequest) => void = () => undefined;
  /** Called at every fault, when it meets a request. */
  onFault: (fault: Fault, request: VenueRequest) => void = () => undefined;
  /** Answers requests under `/control/`, which are no part of the exchange. */
  control: ((request: VenueRequest) => VenueAnswer) | undefined;
  readonly #venue: Venue;
  readonly #server: Server;
  readonly #faults: PlannedFault[] = [];
  /** Requests on their way, which arrive when the clock gets there. */
  readonly #late: {readonly request: VenueRequest; readonly dueMs: number}[] = [];
  #clock: () => number;

  private constructor(venue: Venue, server: Server, nowMs: number) {
    this.#venue = venue;
    this.#server = server;
    this.#clock = () => nowMs;
    this.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  /** Starts it for the running test.
   *  @param nowMs where its clock stands, and stays until the test moves it */
  static async start(venue: Venue, nowMs: number): Promise<TestExchange> {
    // A process of its own has no tests.
    const {onTestFinished} = await import('vitest');
    const exchange = await TestExchange.listen(venue, nowMs);
    onTestFinished(() => exchange.stop());
    return exchange;
  }

  /** Starts it until it is stopped.
   *  @param port any free one unless said otherwise */
  static async listen(venue: Venue, nowMs: number, port = 0): Promise<TestExchange> {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const exchange = new TestExchange(venue, server, nowMs);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void exchange.#answer(request, response);
    });
    return exchange;
  }

  /** The exchange's clock, ms. */
  get nowMs(): number {
    return this.#clock();
  }

  /** Moves the clock there, and lets arrive what was on its way until then. */
  set nowMs(ms: number) {
    this.#clock = () => ms;
    this.#arrive();
  }

  /** From now on the clock goes by itself.
   *  @param speed of its time over real time */
  run(speed: number): void {
    const [fromMs, startMs] = [this.nowMs, performance.now()];
    this.#clock = () => Math.floor(fromMs + (performance.now() - startMs) * speed);
  }

  /** Spoils the next answers of one path, such as `/api/v3/klines`, or of one method there, such as `POST /api/v3/order`;
   *  `*` is every path. */
  fail(path: string, fault: Fault, {skip = 0, times = 1}: {skip?: number; times?: number} = {}): void {
    this.#faults.push({fault, path, skip, times});
  }

  /** Nothing more goes wrong; what is on its way still arrives. */
  heal(): void {
    this.#faults.length = 0;
  }

  /** How often a path, or a method and a path, was asked for. */
  count(what: string): number {
    return this.requests.filter(({method, path}) => [path, `${method} ${path}`].includes(what)).length;
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
    const query = {query: url.searchParams, rawQuery: url.search.slice(1)};
    const request = {method, path: url.pathname, ...query, headers, body};
    if (this.control !== undefined && request.path.startsWith('/control/')) {
      sendAnswer(response, this.control(request), undefined);
      return;
    }
    this.#arrive();
    this.requests.push(request);
    this.onRequest(request);
    const fault = this.#takeFault(request);
    if (fault !== undefined) this.onFault(fault, request);
    if (fault?.kind === 'dropped' && fault.when === 'before') response.destroy();
    else if (fault?.kind === 'refused') sendAnswer(response, {status: fault.status, body: null}, fault);
    else if (fault?.kind === 'late') this.#late.push({request, dueMs: this.nowMs + fault.afterMs});
    else sendAnswer(response, this.#venue.answer(request, this.nowMs), fault);
  }

  #arrive(): void {
    while (this.#late[0] !== undefined && this.#late[0].dueMs <= this.nowMs) {
      const {request, dueMs} = this.#late.shift()!;
      this.#venue.answer(request, dueMs);
    }
  }

  #takeFault({method, path}: VenueRequest): Fault | undefined {
    const planned = this.#faults.find(
      (candidate) => [path, `${method} ${path}`, '*'].includes(candidate.path) && candidate.times > 0,
    );
    if (planned === undefined) return undefined;
    if (planned.skip > 0) {
      planned.skip -= 1;
      return undefined;
    }
    planned.times -= 1;
    return planned.fault;
  }
}
