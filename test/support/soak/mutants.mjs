// Loaded in front of the built command, it gives it one of the known defects of trading software, so that a soak can show that it
// notices each:
//   MUTANT=blind-retry node --import ./test/support/soak/mutants.mjs dist/cli/main.js ...
// A mutant is the command's own text with a passage replaced; one whose passage is not found is an error, since it would prove nothing.
import {register} from 'node:module';
import {isMainThread} from 'node:worker_threads';

/** By name: a built file, and what stands there instead of what. */
const MUTANTS = {
  'send-before-journal': [
    'engine/engine.js',
    'this.#append([stepEntry(decided, row, context), ...(order === undefined ? [] : [orderEntry(order)])], order !== undefined);',
    'const sent = order === undefined ? [] : await this.#send(order);',
    'return [...news, decided, ...(order === undefined ? [] : await this.#send(order))];',
    'this.#append([stepEntry(decided, row, context), ...(order === undefined ? [] : [orderEntry(order)])], order !== undefined); return [...news, decided, ...sent];',
  ],
  'blind-retry': [
    'exchange/ccxt-connection.js',
    'return await this.#ask(what, ask, undefined);',
    'return await this.#ask(what, ask, undefined).catch(() => this.#ask(what, ask, undefined));',
  ],
  'forgets-at-restart': [
    'execution/reconcile.js',
    'if (isFinal(state.status))',
    "if (isFinal(state.status) || state.status === 'created' || state.status === 'unknown')",
  ],
  'fills-twice': [
    'ledger/position-manager.js',
    'if (this.#seenFillIds.has(fill.fillId))',
    'if (false)',
    'this.#pending.fill(fill);',
    '',
  ],
  'absent-at-once': [
    'exchange/ccxt-broker.js',
    'return receiveWindowMs === undefined ? Infinity : signedMs + receiveWindowMs + SHOWN_AFTER_MS;',
    'return signedMs;',
  ],
};

export async function load(url, context, next) {
  const loaded = await next(url, context);
  const name = process.env.MUTANT ?? '';
  const [file, ...passages] = MUTANTS[name] ?? [];
  if (file === undefined) throw new Error(`no mutant is called "${name}"`);
  if (!url.endsWith(`/dist/${file}`)) return loaded;
  let source = String(loaded.source);
  for (let index = 0; index < passages.length; index += 2) {
    if (!source.includes(passages[index])) throw new Error(`mutant ${name}: "${passages[index]}" is not in ${file}`);
    source = source.replace(passages[index], () => passages[index + 1]);
  }
  return {...loaded, source};
}

// Node loads this file twice: in the process, to register it, and in the thread of the hooks.
if (isMainThread) register(import.meta.url);
