import type {CommanderError} from 'commander';
import {DlTradeError} from '../domain/errors.js';
import {printable} from '../domain/printable.js';
import {redactSecrets} from '../domain/secrets.js';

/** How a command is told to stop, and where its words go. */
export interface CommandContext {
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Writes a line of the result to stdout. */
  readonly print: (line: string) => void;
  /** Writes a warning or note to stderr. */
  readonly note: (line: string) => void;
}

/** Runs one command: signals, errors and exit codes are the same for all of them.
 *  The first SIGINT or SIGTERM asks it to stop, a second ends the process at once. */
export async function runAction(
  action: (context: CommandContext) => Promise<number | undefined>,
): Promise<void> {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const exitCode = await action({
      signal: controller.signal,
      print: (line) => process.stdout.write(`${line}\n`),
      note: (line) => process.stderr.write(`dl-trade: ${printable(redactSecrets(line))}\n`),
    });
    process.exitCode = exitCode ?? 0;
  } catch (error) {
    process.exitCode = reportFailure(error);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

// By its name: `--version` need not load commander.
function isOfCommander(error: unknown): error is CommanderError {
  return error instanceof Error && error.name === 'CommanderError';
}

/** Prints a failure in one line and says which exit code it has. */
export function reportFailure(error: unknown): number {
  if (isOfCommander(error)) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof DlTradeError) {
    // `… --out - | head -1`: the reader has what it wanted.
    if (systemCodeOf(error.cause) === 'EPIPE') return 0;
    process.stderr.write(`dl-trade: ${printable(error.message)} [${error.code}]\n`);
    return error.exitCode;
  }
  if ((error as NodeJS.ErrnoException).syscall === 'uv_cwd') {
    process.stderr.write(
      'dl-trade: the folder that this was started in is gone; change to another one [USAGE]\n',
    );
    return 2;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `dl-trade: unexpected failure, please report it: ${redactSecrets(text)} [UNEXPECTED]\n`,
  );
  return 1;
}

/** A reader that goes away ends the command or its words, and is no failure. */
export function leaveQuietlyWhenReaderIsGone(): void {
  // A log that nobody reads any more is no reason to stop.
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `dl-trade … | head` closes the pipe: that is no failure.
    if (error.code === 'EPIPE') process.exit(0);
    process.exitCode = reportFailure(
      new DlTradeError('OUTPUT_FAILED', `stdout could not be written (${error.message}); check the disk`, {
        cause: error,
      }),
    );
    process.exit();
  });
}
