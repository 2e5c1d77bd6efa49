import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ROOT, runCli} from '../cli.js';
import type {CliResult} from '../cli.js';
import {withoutProgress} from '../progress-lines.js';
import {JournalFacts} from './journal-facts.js';
import {booksOf, compare, secretsLeft, violation} from './laws.js';
import type {Violation} from './laws.js';
import {live} from './one-life.js';
import type {Ending, LifeOptions, LifeResult} from './one-life.js';
import {faultName, heal} from './random-faults.js';
import {SoakExchange, isLive} from './soak-exchange.js';
import {Tally} from './tally.js';

/** After so many lives without a fault a run that has not settled never will. */
const SETTLING_LIVES = 5;
/** On a busy machine an order may be long in coming. */
const WITHIN_MS = 150_000;
/** An order under way is asked after before a run stops, and an answer may take 10 s. */
const STOPS_WITHIN_MS = 30_000;

export interface SoakRunOptions {
  readonly model: LifeOptions['model'];
  /** Of the market and the account's canaries. */
  readonly seed: number;
  /** Flags besides those of every soak. */
  readonly flags?: readonly string[];
  /** Loaded in front of the command in every life. */
  readonly preloads?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Many lives of one state directory at one exchange, and the laws that hold when it has settled. */
export class SoakRun {
  readonly soak: SoakExchange;
  readonly tally = new Tally();
  readonly stateDirectory: string;
  readonly haltFile: string;
  readonly #options: SoakRunOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'dl-trade-soak-'));
  readonly #printed: string[] = [];
  readonly #violations: Violation[] = [];

  private constructor(soak: SoakExchange, options: SoakRunOptions) {
    this.soak = soak;
    this.#options = options;
    this.stateDirectory = join(this.#folder, `.dl-trade/binance-testnet-${options.model}-BTC-USDT-1s`);
    this.haltFile = join(this.stateDirectory, 'halt.json');
    soak.exchange.onFault = (fault) => {
      this.tally.count('faults', faultName(fault));
    };
  }

  static async begin(options: SoakRunOptions): Promise<SoakRun> {
    return new SoakRun(await SoakExchange.listen(options.seed), options);
  }

  /** The journal as it is by now; between two lives. */
  get journal(): JournalFacts {
    return new JournalFacts(this.stateDirectory);
  }

  get hasStops(): boolean {
    return this.#options.flags?.includes('--resting-stop') === true;
  }

  /** One life, until it ends in the given way. */
  async live(
    ending: Ending,
    more: Partial<Pick<LifeOptions, 'flags' | 'halt' | 'withinMs'>> = {},
  ): Promise<LifeResult> {
    const {model, flags = [], preloads = [], env = {}} = this.#options;
    const {soak, haltFile} = this;
    const options = {...{model, soak, haltFile, flags, preloads, env, ending}, folder: this.#folder};
    const result = await live({withinMs: WITHIN_MS, ...options, ...more});
    this.#printed.push(result.stdout, result.stderr);
    this.tally.life(ending, result);
    this.#violations.push(...endsAsItShould(result));
    return result;
  }

  /** Ends all faults, lets the strategy live until it knows how everything ended, and holds it to the laws.
   *  @returns what was broken, of all its lives */
  async settle(): Promise<readonly Violation[]> {
    const {soak} = this;
    heal(soak);
    rmSync(this.haltFile, {force: true});
    soak.placeForeignOrder();
    const first = await this.#calmly(this.journal.decisions + 3);
    for (const {orderId} of soak.foreign) {
      if (!first.stderr.includes(`order ${String(orderId)} at binance test network is none of ours`))
        this.#violations.push(violation('others left alone', `order ${String(orderId)} was not reported`));
    }
    for (let life = 1; life < SETTLING_LIVES && this.#isUnsettled; life++) await this.#calmly(1);
    soak.settle();
    const {journal} = this;
    const outside = await this.#asked(journal);
    this.tally.journal(journal, soak);
    return [
      ...this.#violations,
      ...compare(journal, soak),
      ...outside,
      ...secretsLeft(soak, this.#printed, this.#folder),
    ];
  }

  /** @param keep leaves the state directory where it is */
  async end({keep = false} = {}): Promise<void> {
    await this.soak.stop();
    if (!keep) rmSync(this.#folder, {recursive: true, force: true});
  }

  /** True while the journal does not know the end of an order other than a stop that rests. */
  get #isUnsettled(): boolean {
    const resting = new Set(this.soak.stops.filter(isLive).map(({clientOrderId}) => clientOrderId));
    return this.journal.openOrders.some(({clientOrderId}) => !resting.has(clientOrderId));
  }

  async #calmly(decided: number): Promise<LifeResult> {
    const result = await this.live({kind: 'candles', decided});
    if (result.code !== 0)
      this.#violations.push(violation('ends as it should', `it does not settle: ${wordsOf(result)}`));
    return result;
  }

  /** What the commands say of the run. */
  async #asked({fills, openOrders}: JournalFacts): Promise<Violation[]> {
    const state = ['--state-dir', this.stateDirectory];
    const options = {cwd: this.#folder};
    const replay = await runCli(['replay', ...state, '--models-dir', join(ROOT, 'models')], options);
    const status = await runCli(['status', '--json', ...state], options);
    this.#printed.push(replay.stdout, replay.stderr, status.stdout, status.stderr);
    const found: Violation[] = [];
    if (replay.code !== 0 || withoutProgress(replay.stderr) !== '')
      found.push(violation('replay', wordsOf(replay)));
    const said = (status.code === 0 ? JSON.parse(status.stdout) : {}) as {
      cashQuote?: string;
      position?: {quantityBase: string} | null;
      openOrders?: readonly unknown[];
    };
    const {base, cash} = booksOf(fills);
    const held = said.position?.quantityBase ?? '0';
    if (said.cashQuote !== cash.toFixed() || held !== base.toFixed())
      found.push(
        violation(
          'status',
          `${String(said.cashQuote)} USDT and ${held} BTC, want ${cash.toFixed()} and ${base.toFixed()}`,
        ),
      );
    if (said.openOrders?.length !== openOrders.length)
      found.push(violation('status', 'its open orders are others'));
    return found;
  }
}

function endsAsItShould(result: LifeResult): Violation[] {
  const {code, signal, stoppedWithinMs = 0} = result;
  const found: Violation[] = [];
  const stoppedAtStart = code === 1 && stoppedWithinMs > 0 && result.stderr.includes('[INTERRUPTED]');
  // Killed, stopped, an exchange that does not answer, or halted.
  if (signal === null && ![0, 5, 6].includes(code ?? -1) && !stoppedAtStart)
    found.push(violation('ends as it should', wordsOf(result)));
  if (stoppedWithinMs > STOPS_WITHIN_MS)
    found.push(
      violation('ends as it should', `it stopped ${stoppedWithinMs.toFixed(0)} ms after the signal`),
    );
  return found;
}

function wordsOf({code, signal, stdout, stderr}: CliResult): string {
  const last = (text: string): string => text.trim().split('\n').slice(-3).join(' | ');
  return `it ended with ${signal ?? `code ${String(code)}`}: ${last(stdout)} | ${last(stderr)}`;
}
