import {createServer} from 'node:http';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {onTestFinished} from 'vitest';

/** A server on this machine alone, which goes when the test ends. */
export interface LoopbackServer {
  readonly baseUrl: string;
  /** Path and query of every request, in order. */
  readonly requests: string[];
  /** What it answers from now on. */
  answer: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Starts one that answers with a text and status 200 until it is told otherwise. */
export async function loopbackServer(text: string): Promise<LoopbackServer> {
  const state: LoopbackServer = {
    baseUrl: '',
    requests: [],
    answer: (_, response) => response.end(text),
  };
  const server = createServer((request, response) => {
    state.requests.push(request.url ?? '');
    state.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  return Object.assign(state, {baseUrl: `http://127.0.0.1:${port}`});
}

/** A base URL at which nobody answers. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
