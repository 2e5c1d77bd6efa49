import {printable} from '../../domain/printable.js';

/** Markup that needs no escaping any more: only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in `html`: text, which is escaped, and markup. `false` and `null` leave nothing. */
export type HtmlPart = string | number | Html | false | null | readonly HtmlPart[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup with everything escaped that is put into it, for text between tags and for quoted attributes. Characters that reorder or hide
 *  what stands beside them are spelled out. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.map((literal, i) => (i === 0 ? '' : textOf(parts[i - 1]!)) + literal).join(''));
}

/** A value for the page's script to read with `JSON.parse`: no tag can begin in it. */
export function dataElement(id: string, value: unknown): Html {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c');
  return new Html(`<script type="application/json" id="${id}">${json}</script>`);
}

/** The page's own script, to the byte: its hash stands in the content security policy.
 *  @param text holds no end tag; the build sees to it */
export function scriptElement(text: string): Html {
  return new Html(`<script>${text}</script>`);
}

/** The page's own style sheet, as `scriptElement`. */
export function styleElement(text: string): Html {
  return new Html(`<style>${text}</style>`);
}

function textOf(part: HtmlPart): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return printable(part).replace(/[&<>"']/g, (one) => ENTITIES[one]!);
  return part.map(textOf).join('');
}
