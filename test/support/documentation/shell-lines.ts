import type {CodeBlock} from './pages.js';

/** A simple command of a block, its words as a shell splits them. */
export interface ShellCommand {
  readonly page: string;
  readonly line: number;
  readonly words: readonly string[];
}

/** The commands of a block: comments, redirections and assignments in front are left out; `|`, `&&` and `;` part commands. */
export function commandsOf({page, line, code}: CodeBlock): readonly ShellCommand[] {
  return code
    .replaceAll(/\\\n/g, '  ')
    .split('\n')
    .flatMap((text, i) => simpleCommands(text).map((words) => ({page, line: line + 1 + i, words})));
}

function simpleCommands(text: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  let skipsNext = false;
  for (const word of wordsOf(text)) {
    if (word.quoted) commands.at(-1)!.push(word.text);
    else if (word.text.startsWith('#')) break;
    else if (/^(\||&&|\|\||;|&)$/.test(word.text)) commands.push([]);
    else if (skipsNext) skipsNext = false;
    else if (/^\d?[<>]{1,2}$/.test(word.text)) skipsNext = true;
    else if (/^\d?[<>]/.test(word.text)) continue;
    else if (commands.at(-1)!.length === 0 && /^[A-Z_][A-Z0-9_]*=/.test(word.text)) continue;
    else commands.at(-1)!.push(word.text);
  }
  return commands.filter((words) => words.length > 0);
}

function wordsOf(text: string): readonly {text: string; quoted: boolean}[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => ({
    text: double ?? single ?? plain!,
    quoted: plain === undefined,
  }));
}
