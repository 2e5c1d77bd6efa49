import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {Lexer} from 'marked';
import type {Token, Tokens} from 'marked';

/** A Markdown file. */
export interface Page {
  /** Below the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of code. */
export interface CodeBlock {
  readonly page: string;
  /** Of its fence, from 1. */
  readonly line: number;
  /** The first word behind the fence; '' where there is none. */
  readonly language: string;
  readonly code: string;
}

const NOT_OURS = new Set(['node_modules', 'dist', 'build', 'coverage', 'third_party']);

/** Every Markdown file below a directory that is ours. */
export function pagesBelow(root: string): readonly Page[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), {withFileTypes: true})) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      // Of hidden folders that of the templates alone: the others are git's, Python's and of runs.
      const isHidden = entry.name.startsWith('.') && entry.name !== '.github';
      if (entry.isDirectory() && !NOT_OURS.has(entry.name) && !isHidden) walk(path);
      else if (entry.isFile() && entry.name.endsWith('.md')) found.push(path);
    }
  };
  walk('');
  return found.sort().map((path) => ({path, text: readFileSync(join(root, path), 'utf8')}));
}

/** All tokens of a page, whatever they stand in. */
export function tokensOf(page: Page): readonly Token[] {
  const all: Token[] = [];
  const visit = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      all.push(token);
      if (token.type === 'table') {
        const {header, rows} = token as Tokens.Table;
        for (const cell of [header, ...rows].flat()) visit(cell.tokens);
      }
      if (token.type === 'list') visit((token as Tokens.List).items);
      visit((token as Tokens.Generic).tokens ?? []);
    }
  };
  visit(Lexer.lex(page.text));
  return all;
}

/** The fenced blocks of a page, in order. */
export function codeBlocksOf(page: Page): readonly CodeBlock[] {
  let cursor = 0;
  return tokensOf(page)
    .filter((token): token is Tokens.Code => token.type === 'code')
    .map((token) => {
      const start = page.text.indexOf(token.raw.split('\n', 1)[0]!, cursor);
      cursor = start + 1;
      return {
        page: page.path,
        line: page.text.slice(0, start).split('\n').length,
        language: (token.lang ?? '').split(/\s/, 1)[0]!,
        code: token.text,
      };
    });
}
