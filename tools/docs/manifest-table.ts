import {z} from 'zod';
import {manifestShape} from '../../src/model/manifest.js';

/** A node of a JSON Schema, as far as a manifest's has one. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly prefixItems?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** One line of the table. */
export interface ManifestField {
  /** Dotted, with `[]` behind what is in a list. */
  readonly path: string;
  readonly type: string;
  readonly meaning: string;
}

/** Every field of `manifest.json`, read off the schema that checks it. */
export function manifestFields(): readonly ManifestField[] {
  return fieldsOf('', z.toJSONSchema(manifestShape, {io: 'input', unrepresentable: 'any'}) as Node);
}

/** The same as a table for docs/model-bundle.md. */
export function manifestTable(): string {
  const rows = manifestFields().map(({path, type, meaning}) => `| \`${path}\` | ${type} | ${meaning} |`);
  return ['| field | holds | meaning |', '|---|---|---|', ...rows].join('\n');
}

function fieldsOf(prefix: string, node: Node): readonly ManifestField[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const isRequired = node.required?.includes(name) === true;
    const field = {
      path,
      type: typeOf(property) + (isRequired ? '' : ', may be missing'),
      meaning: property.description ?? '',
    };
    return [field, ...nestedFields(path, property)];
  });
}

function nestedFields(path: string, node: Node): readonly ManifestField[] {
  if (node.items !== undefined) return fieldsOf(`${path}[]`, node.items);
  const variants = (node.oneOf ?? node.anyOf ?? []).filter(({properties}) => properties !== undefined);
  if (variants.length === 1) return fieldsOf(path, variants[0]!);
  // A union of objects: each is told by its constant first field.
  const named = variants.flatMap((variant) => {
    const name = String(Object.values(variant.properties!)[0]!.const);
    return fieldsOf(path, variant).map((field) => ({...field, type: `${name}: ${field.type}`}));
  });
  return [...named, ...fieldsOf(path, node)];
}

function typeOf(node: Node): string {
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(' or ');
  const variants = node.oneOf ?? node.anyOf;
  if (variants !== undefined) return [...new Set(variants.map(typeOf))].join(' or ');
  if (node.prefixItems !== undefined)
    return `${String(node.prefixItems.length)} x ${typeOf(node.prefixItems[0]!)}`;
  if (node.type === 'array') return `list of ${node.items === undefined ? 'anything' : typeOf(node.items)}`;
  if (node.type === 'string') return stringType(node);
  if (node.type === 'integer' || node.type === 'number') return numberType(node);
  return node.type ?? 'anything';
}

function stringType({format, pattern}: Node): string {
  if (format === 'date-time') return 'UTC time, ISO 8601';
  if (pattern === '^[0-9a-f]{64}$') return 'sha256, 64 hexadecimal digits';
  return 'text';
}

function numberType({type, minimum, maximum, exclusiveMinimum, exclusiveMaximum}: Node): string {
  const low = exclusiveMinimum === undefined ? minimum : exclusiveMinimum;
  const bounds = [
    low === undefined || low === Number.MIN_SAFE_INTEGER
      ? ''
      : `${exclusiveMinimum === undefined ? 'from' : 'above'} ${String(low)}`,
    exclusiveMaximum === undefined ? '' : `below ${String(exclusiveMaximum)}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? '' : `up to ${String(maximum)}`,
  ].filter((text) => text !== '');
  return [type === 'integer' ? 'whole number' : 'number', ...bounds].join(' ');
}
