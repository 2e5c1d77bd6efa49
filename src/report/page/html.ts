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

/** Text that a `<script type="application/json">` may hold: no tag can begin in it. */
export function scriptJson(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

function textOf(part: HtmlPart): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return printable(part).replace(/[&<>"']/g, (one) => ENTITIES[one]!);
  return part.map(textOf).join('');
}
