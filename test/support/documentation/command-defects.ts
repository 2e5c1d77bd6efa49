import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {CommandHelp, ProgramHelp} from './command-help.js';
import type {ShellCommand} from './shell-lines.js';

/** Where documented commands are held against. */
export interface CommandSurroundings {
  readonly help: ProgramHelp;
  /** Of package.json. */
  readonly scripts: readonly string[];
  /** Of the repository. */
  readonly root: string;
}

/** Verbs of npm that need no script. */
const NPM_VERBS = new Set(['install', 'ci', 'link', 'init', 'audit', 'pack']);

/** What is wrong with documented commands, as sentences: a command, flag, script or file that does not exist. Programs that are not
 *  ours are left alone. */
export function commandDefects(
  commands: readonly ShellCommand[],
  around: CommandSurroundings,
): readonly string[] {
  return commands.flatMap((command) => {
    const defect = defectOf(command, around);
    return defect === undefined
      ? []
      : [`${command.page}:${String(command.line)}: ${command.words.join(' ')}: ${defect}`];
  });
}

function defectOf({page, words}: ShellCommand, around: CommandSurroundings): string | undefined {
  const [program, ...rest] = words;
  if (program === 'dl-trade') return lineDefect(rest, around.help);
  if (program === 'npx' && rest[0] === 'dl-trade') return lineDefect(rest.slice(1), around.help);
  if (program === 'npm') return npmDefect(rest, around);
  if (program === 'node') return nodeDefect(rest, around);
  if (program === 'python') return pythonDefect(page, rest, around);
  return undefined;
}

function lineDefect(words: readonly string[], help: ProgramHelp): string | undefined {
  const [name] = words;
  if (name === undefined || name.startsWith('-')) return flagDefect(words, help.run);
  const command = help.commands.get(name);
  return command === undefined ? `there is no command "${name}"` : flagDefect(words.slice(1), command);
}

function flagDefect(words: readonly string[], {flags, operands}: CommandHelp): string | undefined {
  let left = operands;
  for (let i = 0; i < words.length; i += 1) {
    const [flag, inline] = words[i]!.split('=', 2) as [string, string?];
    if (!flag.startsWith('-')) {
      left -= 1;
      if (left < 0) return `"${flag}" is no flag, and no more operands are taken`;
      continue;
    }
    const takesValue = flags.get(flag);
    if (takesValue === undefined) return `there is no flag "${flag}"`;
    if (!takesValue || inline !== undefined) continue;
    i += 1;
    if (words[i] === undefined || words[i]!.startsWith('--')) return `"${flag}" wants a value`;
  }
  return left > 0 && !words.includes('--help') ? 'an operand is missing' : undefined;
}

function npmDefect(
  [verb, ...rest]: readonly string[],
  {help, scripts}: CommandSurroundings,
): string | undefined {
  if (verb === undefined || NPM_VERBS.has(verb)) return undefined;
  const script = verb === 'run' ? rest[0] : verb;
  if (script === undefined || !scripts.includes(script)) return `there is no script "${script ?? ''}"`;
  const given = rest.includes('--') ? rest.slice(rest.indexOf('--') + 1) : [];
  return script === 'start' ? lineDefect(given, help) : undefined;
}

function nodeDefect(words: readonly string[], {help, root}: CommandSurroundings): string | undefined {
  const at = words.findIndex((word) => !word.startsWith('-'));
  // Behind -e and --import stands something else than the program.
  if (at < 0 || at > 0) return undefined;
  const file = words[at]!.replace(/^node_modules\/dl-trade\//, '');
  if (!existsSync(join(root, file))) return `there is no file "${file}"`;
  return file === 'dist/cli/main.js' ? lineDefect(words.slice(at + 1), help) : undefined;
}

function pythonDefect(
  page: string,
  [file]: readonly string[],
  {root}: CommandSurroundings,
): string | undefined {
  if (file === undefined || file.startsWith('-')) return undefined;
  const installed = file.replace(/^node_modules\/dl-trade\//, '');
  const isThere = [installed, join(dirname(page), file)].some((path) => existsSync(join(root, path)));
  return isThere ? undefined : `there is no file "${file}"`;
}
