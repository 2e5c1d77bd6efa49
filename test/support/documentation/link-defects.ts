import {existsSync, readFileSync, statSync} from 'node:fs';
import {join, posix} from 'node:path';
import GithubSlugger from 'github-slugger';
import type {Token, Tokens} from 'marked';
import {tokensOf} from './pages.js';
import type {Page} from './pages.js';

/** Every link and image of the pages that leads nowhere, as a sentence. External ones are only asked to be https and well-formed:
 *  nothing is fetched.
 *  @param root of the repository */
export function linkDefects(pages: readonly Page[], root: string): readonly string[] {
  const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]));
  return pages.flatMap((page) =>
    targetsOf(page).flatMap((target) => {
      const defect = /^[a-z][a-z0-9+.-]*:/i.test(target)
        ? externalDefect(target)
        : relativeDefect(page, target, root, anchors);
      return defect === undefined ? [] : [`${page.path}: "${target}" ${defect}`];
    }),
  );
}

function externalDefect(target: string): string | undefined {
  if (!URL.canParse(target)) return 'is no address';
  const {protocol, hostname} = new URL(target);
  if (protocol !== 'https:') return 'is not https';
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(hostname) ? undefined : 'names no host of the net';
}

function relativeDefect(
  page: Page,
  target: string,
  root: string,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  const [file = '', fragment] = target.split('#', 2);
  const path = file === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), file));
  if (path.startsWith('..')) return 'leaves the repository';
  if (file.startsWith('/')) return 'is absolute';
  if (!existsSync(join(root, path)) && !anchors.has(path)) return 'does not exist';
  if (fragment === undefined) return undefined;
  const known = anchors.get(path) ?? anchorsOfFile(root, path);
  return known.has(fragment) ? undefined : 'has no such heading';
}

function anchorsOfFile(root: string, path: string): ReadonlySet<string> {
  if (!path.endsWith('.md') || !statSync(join(root, path)).isFile()) return new Set();
  return anchorsOf({path, text: readFileSync(join(root, path), 'utf8')});
}

function targetsOf(page: Page): readonly string[] {
  return tokensOf(page).flatMap((token) => {
    if (token.type === 'link' || token.type === 'image') return [(token as Tokens.Link).href];
    if (token.type !== 'html') return [];
    return [...token.raw.matchAll(/\b(?:href|src|srcset)="([^"]*)"/g)].map(([, target]) => target!);
  });
}

/** Headings as GitHub names them. */
function anchorsOf(page: Page): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  const headings = tokensOf(page).filter((token): token is Tokens.Heading => token.type === 'heading');
  return new Set(headings.map(({tokens}) => slugger.slug(plainText(tokens))));
}

function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const {tokens: inner, text} = token as Tokens.Generic;
      if (inner !== undefined) return plainText(inner);
      return typeof text === 'string' ? text : '';
    })
    .join('');
}
