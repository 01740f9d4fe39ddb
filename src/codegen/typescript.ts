/** Type model → TypeScript text. Own printer: two spaces, lines up to 100 columns where they can be broken, nothing random. */
import { union } from './algebra.ts';
import { isIdentifier } from './identifier.ts';
import type { Declaration, Doc, Model, ObjectType, TupleType, Type } from './type.ts';

export interface PrintOptions {
  /** Every property and array `readonly`. */
  readonly readonly?: boolean;
  /** Strings of a format the catalog asserts: plain strings, the default, or types of their own. */
  readonly formats?: FormatStyle;
}

export const formatStyles = ['plain', 'branded'] as const;
export type FormatStyle = (typeof formatStyles)[number];

const width = 100;

/** All declarations of `model`, the root first. */
export function printModel(model: Model, options: PrintOptions = {}): string {
  return [model.root, ...model.definitions].map((declaration) => printDeclaration(declaration, options)).join('\n');
}

/**
 * A type alias also for objects: unlike an interface it is assignable to `Record<string, unknown>`, which is what loggers
 * and serializers ask for.
 */
export function printDeclaration({ name, type, doc }: Declaration, options: PrintOptions = {}): string {
  const head = `export type ${name} =`;
  const text = printType(type, options, '');
  const separator = text.startsWith('\n') ? '' : ' ';
  return `${printDoc(doc, '', name)}${head}${separator}${text};\n`;
}

/** `type` as it stands after `indent`; a text that begins with a line break wants no space before it. */
export function printType(type: Type, options: PrintOptions, indent: string): string {
  switch (type.kind) {
    case 'unknown':
    case 'never':
      return type.kind;
    case 'primitive':
      return type.name;
    case 'literal':
      return typeof type.value === 'string' ? quote(type.value) : String(type.value);
    case 'reference':
      return type.to;
    case 'array':
      return `${readonlyWord(options)}${operand(type.items, options, indent)}[]`;
    case 'tuple':
      return printTuple(type, options, indent);
    case 'object':
      return printObject(type, options, indent);
    case 'union':
      return printUnion(type.members, options, indent);
    case 'intersection':
      return type.members.map((member) => parenthesized(member, options, indent, ['union'])).join(' & ');
  }
}

function readonlyWord(options: PrintOptions): string {
  return options.readonly ? 'readonly ' : '';
}

/** A type in front of `[]` or `?`. */
function operand(type: Type, options: PrintOptions, indent: string): string {
  const wrapped = options.readonly
    ? (['union', 'intersection', 'array', 'tuple'] as const)
    : (['union', 'intersection'] as const);
  return parenthesized(type, options, indent, wrapped);
}

function parenthesized(type: Type, options: PrintOptions, indent: string, wrapped: readonly Type['kind'][]): string {
  const text = printType(type, options, indent);
  if (!wrapped.includes(type.kind)) return text;
  return text.startsWith('\n') ? `(${text}\n${indent})` : `(${text})`;
}

function printUnion(members: readonly Type[], options: PrintOptions, indent: string): string {
  const inner = `${indent}  `;
  const single = members.map((member) => printType(member, options, indent)).join(' | ');
  const isShort = !single.includes('\n') && indent.length + single.length <= width;
  // a nullable object stays in one piece: `{ … } | null`
  if (isShort || members.filter((member) => member.kind !== 'primitive').length <= 1) return single;
  return members.map((member) => `\n${inner}| ${printType(member, options, `${inner}  `)}`).join('');
}

function printTuple(type: TupleType, options: PrintOptions, indent: string): string {
  const elements = type.prefix.map((element, at) =>
    at < type.required ? printType(element, options, indent) : `${operand(element, options, indent)}?`,
  );
  if (type.rest !== undefined) elements.push(`...${operand(type.rest, options, indent)}[]`);
  return `${readonlyWord(options)}[${elements.map((text) => text.trimStart()).join(', ')}]`;
}

function printObject(type: ObjectType, options: PrintOptions, indent: string): string {
  const inner = `${indent}  `;
  const lines: string[] = [];
  for (const { name, type: of, required, doc } of type.properties) {
    const text = printType(of, options, inner);
    const separator = text.startsWith('\n') ? '' : ' ';
    const key = isIdentifier(name) ? name : quote(name);
    lines.push(
      `${printDoc(doc, inner)}${inner}${readonlyWord(options)}${key}${required ? '' : '?'}:${separator}${text};\n`,
    );
  }
  for (const [key, of] of indexes(type)) {
    const text = printType(of, options, inner);
    lines.push(`${inner}${readonlyWord(options)}[key: ${key}]:${text.startsWith('\n') ? '' : ' '}${text};\n`);
  }
  if (lines.length > 0) return `{\n${lines.join('')}${indent}}`;
  return type.rest === 'open'
    ? `{ ${readonlyWord(options)}[key: string]: unknown }`
    : `{ ${readonlyWord(options)}[key: string]: never }`;
}

/**
 * Index signatures. TypeScript wants every property to fit the signature that covers its name, so the signature says the
 * union: wider than the schema, never narrower. What is merely left open gets none, so that typing errors are still caught.
 */
function indexes(type: ObjectType): readonly (readonly [string, Type])[] {
  const fits = (of: readonly Type[], covered: ObjectType['properties']) => {
    const optional = covered.some((property) => !property.required);
    const all = union([...of, ...covered.map((property) => property.type)]);
    return optional && all.kind !== 'unknown'
      ? union([...of, ...covered.map((property) => property.type), { kind: 'reference', to: 'undefined', kinds: 0 }])
      : all;
  };
  const free = type.patterns.filter((pattern) => pattern.prefix === undefined);
  const prefixed = type.patterns.filter((pattern) => pattern.prefix !== undefined);
  const found: (readonly [string, Type])[] = [];
  const isClosed = type.rest !== 'open' && type.rest.kind === 'never';
  for (const { prefix = '', type: of } of prefixed) {
    const overlapping = prefixed.filter(
      (other) => other.prefix!.startsWith(prefix) || prefix.startsWith(other.prefix!),
    );
    const covered = type.properties.filter((property) => property.name.startsWith(prefix));
    const overlaps = [of, ...overlapping.map((pattern) => pattern.type), ...free.map((pattern) => pattern.type)];
    found.push([`\`${templateText(prefix)}\${string}\``, fits(overlaps, covered)]);
  }
  const rest = type.rest === 'open' ? (free.length > 0 ? [{ kind: 'unknown' } as const] : []) : [type.rest];
  if (type.rest === 'open' ? free.length === 0 : isClosed && free.length === 0) return dedupe(found);
  const all = [...rest, ...type.patterns.map((pattern) => pattern.type)].filter((of) => of.kind !== 'never');
  return dedupe([...found, ['string', fits(all, type.properties)]]);
}

function dedupe(signatures: readonly (readonly [string, Type])[]): readonly (readonly [string, Type])[] {
  return [...new Map(signatures)];
}

function templateText(text: string): string {
  return text.replaceAll(/[\\`]|\$\{/g, (match) => `\\${match}`);
}

/** A string literal in single quotes; line separators are escaped, since some tools break lines at them. */
export function quote(text: string): string {
  const body = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${body.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** A doc comment of what is known, or nothing. `typeName`: a title that only repeats it is left out. */
export function printDoc(doc: Doc, indent: string, typeName?: string): string {
  const lines: string[] = [];
  if (doc.title !== undefined && doc.title !== typeName && doc.title !== doc.description)
    lines.push(...doc.title.split(/\r?\n/));
  if (doc.description !== undefined) {
    if (lines.length > 0) lines.push('');
    lines.push(...doc.description.trim().split(/\r?\n/));
  }
  const tags: string[] = [];
  if (doc.deprecated !== undefined)
    tags.push(doc.deprecated === true ? '@deprecated' : `@deprecated ${doc.deprecated}`);
  if (doc.format !== undefined) tags.push(`@format ${doc.format}`);
  if (doc.default !== undefined) tags.push(`@default ${JSON.stringify(doc.default)}`);
  const levels = [doc.classification, ...(doc.tags ?? [])].filter((word) => word !== undefined);
  if (levels.length > 0) tags.push(`@classification ${levels.join(', ')}`);
  if (lines.length > 0 && tags.length > 0) lines.push('');
  const all = [...lines, ...tags.map((tag) => tag.replaceAll(/\s+/g, ' '))].map((line) =>
    line
      .trimEnd()
      .replaceAll('*/', '*\\/')
      .replaceAll(/[\u2028\u2029\r]/g, ' '),
  );
  if (all.length === 0) return '';
  if (all.length === 1) return `${indent}/** ${all[0]} */\n`;
  return `${indent}/**\n${all.map((line) => `${indent} *${line === '' ? '' : ` ${line}`}\n`).join('')}${indent} */\n`;
}
