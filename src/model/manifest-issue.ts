import type {z} from 'zod';

const LONGEST_QUOTE = 60;

/** One broken rule of a manifest, for one line of a message. */
export interface ManifestIssue {
  /** Such as `scaler.mean.3`. */
  readonly field: string;
  readonly was: string;
  readonly want: string;
}

/** Puts zod's finding into our words: which field, the value that it has, what is wanted. */
export function describeIssue(issue: z.core.$ZodIssue, content: unknown): ManifestIssue {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    return {
      field: [...path, key].join('.'),
      was: quoted(valueAt(content, [...path, key])),
      want: 'no such field',
    };
  }
  return {
    field: path.length === 0 ? 'the manifest' : path.join('.'),
    was: quoted(valueAt(content, path)),
    want: wanted(issue),
  };
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int'
        ? 'a whole number'
        : `${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return `${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${String(issue.maximum)}${unitOf(issue.origin)}`;
    case 'invalid_union':
      return issue.discriminator === undefined ? issue.message : 'bilstm or transformer';
    case 'invalid_format':
    case 'custom':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
      return issue.message;
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' values' : '';
}

function valueAt(content: unknown, path: readonly string[]): unknown {
  let value = content;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function quoted(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text;
}
