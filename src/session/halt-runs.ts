import {setTimeout as sleep} from 'node:timers/promises';
import {DlTradeError} from '../domain/errors.js';
import {readHalt} from '../engine/journal-bodies.js';
import {Journal} from '../store/journal.js';
import {requireJournal} from '../store/journal-file.js';
import {HALT_FILE, KillSwitch, orderHalt, withdrawHalt} from './kill-switch.js';
import {listStateDirectories, runningIn} from './state-directories.js';

/** Which strategies a command of the kill switch is for. */
export interface SwitchRequest {
  /** One; undefined: those below the default root. */
  readonly stateDirectory?: string | undefined;
  /** Without a directory: every unfinished one, whether a process runs or not. */
  readonly all?: boolean | undefined;
  /** Told of each directory that could not be seen to, once the others are; by default, and where there are no others, the first such
   *  error is thrown then. */
  readonly onFailure?: ((error: DlTradeError) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HaltRequest extends SwitchRequest {
  /** True: what is held is closed as well. */
  readonly flatten: boolean;
  readonly reason: string;
}

/** What became of a command in one state directory. */
export interface SwitchResult {
  readonly stateDirectory: string;
  /** True where a process runs there, or that may not be known. */
  readonly running: boolean;
  /** True where the run is over and will not be gone on with. */
  readonly finished: boolean;
  /** True where the journal says that the process has obeyed; false where none runs, or it has not yet. */
  readonly confirmed: boolean;
}

/** How long a running strategy is waited for: it looks four times a second. */
const CONFIRMED_WITHIN_MS = 3000;
const LOOK_MS = 50;

const WALL_CLOCK = {nowMs: () => Date.now()};

/** Turns the kill switch of strategies on, and waits until those that run have obeyed. The switch is a file, so it stands whether or
 *  not a process runs, and through every restart. By default it is for all that run below the default root. One that cannot be seen
 *  to keeps none of the others from it.
 *  @throws USAGE where there is nothing to halt, or closing was not said for which; JOURNAL_FAILED for a directory that is no state
 *    directory or may not be looked into, OUTPUT_FAILED */
export async function haltRuns({reason, flatten, ...request}: HaltRequest): Promise<SwitchResult[]> {
  const failures: DlTradeError[] = [];
  const directories = directoriesOf(request, flatten ? 'halt --flatten' : 'halt', failures);
  const command = {reason, flatten, requestedAtMs: Date.now()};
  // All of them first: the second must not wait for the first one's process.
  const ordered = await each(directories, failures, (directory) => orderHalt(directory, command));
  const results = await confirmed(ordered, failures, request.signal, (journal) => {
    const [halt, resume] = [journal.last('halt'), journal.last('resume')];
    return (
      halt !== undefined
      && halt.seq > (resume?.seq ?? 0)
      && readHalt(halt.body).requestedAtMs === command.requestedAtMs
    );
  });
  tell(failures, results, request);
  return results;
}

/** Turns the kill switch of strategies off. By default of the one that is halted below the default root.
 *  @throws USAGE where none or several are halted, JOURNAL_FAILED, OUTPUT_FAILED */
export async function resumeRuns(request: SwitchRequest): Promise<SwitchResult[]> {
  const failures: DlTradeError[] = [];
  const directories = haltedOf(request, failures);
  const withdrawn = await each(directories, failures, withdrawHalt);
  const results = await confirmed(withdrawn, failures, request.signal, (journal) => {
    const [halt, resume] = [journal.last('halt'), journal.last('resume')];
    return (resume?.seq ?? 0) >= (halt?.seq ?? 0);
  });
  tell(failures, results, request);
  return results;
}

/** @param failures told of what may not be looked into */
function directoriesOf(
  {stateDirectory, all}: SwitchRequest,
  command: string,
  failures: DlTradeError[],
): readonly string[] {
  if (stateDirectory !== undefined) return [requireStateDirectory(stateDirectory)];
  const {found, unreadable} = listStateDirectories();
  failures.push(...unreadable.map(({error}) => error));
  const unfinished = found.filter((directory) => !isFinished(directory));
  const chosen = all === true ? unfinished : unfinished.filter((directory) => mayRun(directory, []));
  if (chosen.length === 0) {
    if (failures[0] !== undefined) throw failures[0];
    throw new DlTradeError(
      'USAGE',
      all === true
        ? 'no unfinished strategy lies below .dl-trade/; name one with --state-dir DIR'
        : `no strategy runs below .dl-trade/; --all is for those that are stopped, --state-dir DIR for one elsewhere`,
    );
  }
  if (command === 'halt --flatten' && all !== true && chosen.length > 1) throw ambiguous(command, chosen);
  return chosen;
}

/** @param failures told of what may not be looked into */
function haltedOf({stateDirectory, all}: SwitchRequest, failures: DlTradeError[]): readonly string[] {
  if (stateDirectory !== undefined) {
    requireStateDirectory(stateDirectory);
    if (isOn(stateDirectory)) return [stateDirectory];
    throw new DlTradeError('USAGE', `nothing is halted in "${stateDirectory}": no ${HALT_FILE} lies there`, {
      details: {stateDirectory},
    });
  }
  const {found, unreadable} = listStateDirectories();
  failures.push(...unreadable.map(({error}) => error));
  const chosen = found.filter(isOn);
  if (chosen.length === 0) {
    if (failures[0] !== undefined) throw failures[0];
    throw new DlTradeError('USAGE', 'nothing is halted below .dl-trade/; name a --state-dir DIR elsewhere');
  }
  if (all !== true && chosen.length > 1) throw ambiguous('resume', chosen);
  return chosen;
}

/** @returns the directories in which it worked */
async function each(
  directories: readonly string[],
  failures: DlTradeError[],
  work: (directory: string) => Promise<unknown>,
): Promise<string[]> {
  const done: string[] = [];
  for (const directory of directories) {
    try {
      await work(directory);
      done.push(directory);
    } catch (error) {
      failures.push(requireKnown(error));
    }
  }
  return done;
}

/** Whether a process runs in a directory. One whose lock may not be read may have one: halting is the side to err on. */
function mayRun(directory: string, failures: DlTradeError[]): boolean {
  try {
    return runningIn(directory) !== undefined;
  } catch (error) {
    failures.push(requireKnown(error));
    return true;
  }
}

function requireKnown(error: unknown): DlTradeError {
  if (error instanceof DlTradeError) return error;
  throw error;
}

/** Says which directories could not be seen to, once the others are: a strategy may run there. */
function tell(
  failures: readonly DlTradeError[],
  results: readonly SwitchResult[],
  {onFailure}: SwitchRequest,
): void {
  for (const error of failures) {
    if (onFailure === undefined || results.length === 0) throw error;
    onFailure(error);
  }
}

function isOn(directory: string): boolean {
  return new KillSwitch(directory).command !== undefined;
}

function ambiguous(command: string, directories: readonly string[]): DlTradeError {
  return new DlTradeError(
    'USAGE',
    `${command} could mean ${directories.join(', ')}; name one with --state-dir, or say --all`,
    {details: {directories}},
  );
}

function requireStateDirectory(directory: string): string {
  requireJournal(directory);
  return directory;
}

/** A journal that cannot be read is not taken for finished: halting is the side to err on. */
function isFinished(directory: string): boolean {
  return says(directory, (journal) => journal.last('end') !== undefined);
}

async function confirmed(
  directories: readonly string[],
  failures: DlTradeError[],
  signal: AbortSignal | undefined,
  holds: (journal: Journal) => boolean,
): Promise<SwitchResult[]> {
  const until = performance.now() + CONFIRMED_WITHIN_MS;
  const results: SwitchResult[] = [];
  for (const directory of directories) {
    const running = mayRun(directory, failures);
    let done = running && says(directory, holds);
    while (running && !done && performance.now() < until && signal?.aborted !== true) {
      await sleep(LOOK_MS);
      done = says(directory, holds);
    }
    results.push({stateDirectory: directory, running, finished: isFinished(directory), confirmed: done});
  }
  return results;
}

function says(directory: string, holds: (journal: Journal) => boolean): boolean {
  try {
    const journal = Journal.openForReading(directory, WALL_CLOCK);
    try {
      return holds(journal);
    } finally {
      journal.close();
    }
  } catch {
    return false;
  }
}
