import {runCli} from '../cli.js';

/** What a command's help says that it takes. */
export interface CommandHelp {
  /** By flag, long or short: whether a value follows. */
  readonly flags: ReadonlyMap<string, boolean>;
  readonly operands: number;
}

/** The command line of the built command, as its own help describes it. */
export interface ProgramHelp {
  /** Without a subcommand: the run. */
  readonly run: CommandHelp;
  readonly commands: ReadonlyMap<string, CommandHelp>;
}

/** Asks the built command, and each of its subcommands, for its help. */
export async function readProgramHelp(): Promise<ProgramHelp> {
  const text = await helpOf();
  const names = [...sectionOf(text, 'Commands').matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name!);
  const commands = new Map<string, CommandHelp>();
  for (const name of names) commands.set(name, parseHelp(await helpOf(name)));
  return {run: parseHelp(text), commands};
}

async function helpOf(...command: readonly string[]): Promise<string> {
  const {code, stdout, stderr} = await runCli([...command, '--help']);
  if (code !== 0)
    throw new Error(`dl-trade ${command.join(' ')} --help ended with ${String(code)}: ${stderr}`);
  return stdout;
}

/** Reads the text of a help as commander prints it. */
export function parseHelp(text: string): CommandHelp {
  const flags = new Map<string, boolean>();
  for (const [, short, long, value] of sectionOf(text, 'Options').matchAll(
    /^ {2}(?:(-\w), )?(--[a-z-]+)( <[^>]+>)?/gm,
  )) {
    for (const flag of [short, long]) if (flag !== undefined) flags.set(flag, value !== undefined);
  }
  const [usage = ''] = text.split('\n', 1);
  return {flags, operands: [...usage.matchAll(/<[^>]+>/g)].length};
}

function sectionOf(text: string, title: string): string {
  const start = text.indexOf(`\n${title}:\n`);
  if (start < 0) return '';
  const body = text.slice(start + title.length + 3);
  const end = body.search(/\n\n/);
  return end < 0 ? body : body.slice(0, end);
}
