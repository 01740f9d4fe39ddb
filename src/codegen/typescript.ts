/** Type model → TypeScript text. Own printer: two spaces, lines up to 100 columns where they can be broken, nothing random. */
import { union } from './algebra.ts';
import type { FormatStyle } from './format-style.ts';
import { isIdentifier } from './identifier.ts';
import { type NameTemplate, nameTemplates, templateMatches, templatesMeet } from './pattern/names.ts';
import type { Siblings } from './siblings.ts';
import type { Declaration, Doc, Model, ObjectType, TupleType, Type } from './type.ts';

export interface PrintOptions {
  /** Every property and array `readonly`. */
  readonly readonly?: boolean;
  /** Strings of a format the catalog asserts: plain strings, the default, or types of their own. */
  readonly formats?: FormatStyle;
  /** Where modules stand side by side: the envelope is imported from one, and what is referred to from its own. */
  readonly beside?: Siblings;
}

/** Columns that types keep to where they can be broken, and doc comments where words allow it. */
const maxColumns = 100;

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
  return `${printDoc(doc, '', name)}${placedAfter(head, type, options, '')};\n`;
}

/** `head` and `type` behind it, on the next line where only that keeps to the columns. */
function placedAfter(head: string, type: Type, options: PrintOptions, indent: string): string {
  const text = printType(type, options, indent, head.length + 1);
  if (text.startsWith('\n')) return `${head}${text}`;
  const below = `${indent}  `;
  const isBetterBelow =
    !text.includes('\n') && head.length + 1 + text.length > maxColumns && text.length < head.length + 60;
  return isBetterBelow ? `${head}\n${below}${text}` : `${head} ${text}`;
}

/** `type` from `column` of a line that is indented by `indent`; a text that begins with a line break wants no space before it. */
export function printType(type: Type, options: PrintOptions, indent: string, column = indent.length): string {
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
      return `${readonlyWord(options)}${operand(type.items, options, indent, column)}[]`;
    case 'tuple':
      return printTuple(type, options, indent, column);
    case 'object':
      return printObject(type, options, indent);
    case 'union':
      return printUnion(type.members, options, indent, column);
    case 'intersection':
      return printIntersection(type.members, options, indent, column);
  }
}

function readonlyWord(options: PrintOptions): string {
  return options.readonly ? 'readonly ' : '';
}

/** Room for what follows a type on its last line: `)[];`. */
const tail = 4;

function fits(text: string, column: number): boolean {
  const [first = '', ...others] = text.split('\n');
  return column + first.length + tail <= maxColumns && others.every((line) => line.length + tail <= maxColumns);
}

/** A type in front of `[]` or `?`. */
function operand(type: Type, options: PrintOptions, indent: string, column: number): string {
  const wrapped = options.readonly
    ? (['union', 'intersection', 'array', 'tuple'] as const)
    : (['union', 'intersection'] as const);
  return parenthesized(type, options, indent, column, wrapped);
}

function parenthesized(
  type: Type,
  options: PrintOptions,
  indent: string,
  column: number,
  wrapped: readonly Type['kind'][],
): string {
  const text = printType(type, options, indent, column + 1);
  if (!wrapped.includes(type.kind)) return text;
  return text.startsWith('\n') ? `(${text}\n${indent})` : `(${text})`;
}

function printUnion(members: readonly Type[], options: PrintOptions, indent: string, column: number): string {
  const inner = `${indent}  `;
  const single = members.map((member) => printType(member, options, indent, column)).join(' | ');
  const isShort = !single.includes('\n') && fits(single, column);
  // a nullable object stays in one piece: `{ … } | null`
  const isOnePiece = members.filter((member) => member.kind !== 'primitive').length <= 1 && fits(single, column);
  if (isShort || isOnePiece) return single;
  return members.map((member) => `\n${inner}| ${printType(member, options, `${inner}  `)}`).join('');
}

function printIntersection(members: readonly Type[], options: PrintOptions, indent: string, column: number): string {
  const single = members.map((member) => parenthesized(member, options, indent, column, ['union'])).join(' & ');
  if (fits(single, column)) return single;
  const inner = `${indent}  `;
  const lines = members.map(
    (member) => `\n${inner}& ${parenthesized(member, options, `${inner}  `, inner.length + 2, ['union'])}`,
  );
  return lines.join('');
}

function printTuple(type: TupleType, options: PrintOptions, indent: string, column: number): string {
  const print = (within: string) => {
    const elements = type.prefix.map((element, at) =>
      at < type.required ? printType(element, options, within) : `${operand(element, options, within, within.length)}?`,
    );
    if (type.rest !== undefined) elements.push(`...${operand(type.rest, options, within, within.length + 3)}[]`);
    return elements.map((text) => text.trimStart());
  };
  const single = `${readonlyWord(options)}[${print(indent).join(', ')}]`;
  if (fits(single, column)) return single;
  const inner = `${indent}  `;
  return `${readonlyWord(options)}[\n${print(inner)
    .map((text) => `${inner}${text},\n`)
    .join('')}${indent}]`;
}

function printObject(type: ObjectType, options: PrintOptions, indent: string): string {
  const inner = `${indent}  `;
  const lines: string[] = [];
  for (const { name, type: of, required, doc } of type.properties) {
    const key = isIdentifier(name) ? name : quote(name);
    const head = `${inner}${readonlyWord(options)}${key}${required ? '' : '?'}:`;
    lines.push(`${printDoc(doc, inner)}${placedAfter(head, of, options, inner)};\n`);
  }
  for (const [key, of] of indexes(type))
    lines.push(`${placedAfter(`${inner}${readonlyWord(options)}[key: ${key}]:`, of, options, inner)};\n`);
  if (lines.length > 0) return `{\n${lines.join('')}${indent}}`;
  return type.rest === 'open'
    ? `{ ${readonlyWord(options)}[key: string]: unknown }`
    : `{ ${readonlyWord(options)}[key: string]: never }`;
}

interface Templated {
  readonly template: NameTemplate;
  readonly type: Type;
  /** Whether the template matches what its pattern matches and nothing else. */
  readonly isExact: boolean;
}

/**
 * Index signatures. TypeScript wants every property to fit the signatures that cover its name, so a signature says the union:
 * wider than the schema, never narrower. What is merely left open gets none, so that typing errors are still caught.
 */
function indexes(type: ObjectType): readonly (readonly [string, Type])[] {
  const all = type.patterns.flatMap(({ source, prefix, type: of }) =>
    nameTemplates(source).map((template): Templated => ({ template, type: of, isExact: prefix !== undefined })),
  );
  const isFree = ({ template }: Templated) => template.every((part) => part === null);
  const templated = all.filter((one) => !isFree(one));
  const rest = type.rest === 'open' || type.rest.kind === 'never' ? [] : [type.rest];
  const signatures = new Map<string, Type>();
  for (const { template, type: of, isExact } of templated) {
    const meeting = templated.filter((other) => templatesMeet(template, other.template));
    const covered = type.properties.filter((property) => templateMatches(template, property.name));
    const types = [of, ...meeting.map((other) => other.type), ...(isExact ? [] : rest)];
    signatures.set(keyType(template), fitting(types, covered));
  }
  const free = [...rest, ...all.filter(isFree).map((one) => one.type)];
  if (free.length === 0) return [...signatures];
  const others = templated.map((one) => one.type).filter((of) => of.kind !== 'never');
  return [...signatures, ['string', fitting([...free, ...others], type.properties)]];
}

/** `` `x-${string}` `` */
function keyType(template: NameTemplate): string {
  const parts = template.map((part) => (part === null ? `\${string}` : templateText(part)));
  return `\`${parts.join('')}\``;
}

function fitting(types: readonly Type[], covered: ObjectType['properties']): Type {
  const whole = union([...types, ...covered.map((property) => property.type)]);
  const isLacking = covered.some((property) => !property.required) && whole.kind !== 'unknown';
  return isLacking ? union([whole, { kind: 'reference', to: 'undefined', kinds: 0 }]) : whole;
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
  const tags = docTags(doc);
  if (lines.length > 0 && tags.length > 0) lines.push('');
  const all = [...lines, ...tags.map((tag) => tag.replaceAll(/\s+/g, ' '))]
    .map((line) =>
      line
        .trimEnd()
        .replaceAll('*/', '*\\/')
        .replaceAll(/[\u2028\u2029\r]/g, ' '),
    )
    .flatMap((line) => wrapped(line, maxColumns - indent.length - 3));
  if (all.length === 0) return '';
  if (all.length === 1 && indent.length + all[0]!.length + 7 <= maxColumns + 10) return `${indent}/** ${all[0]} */\n`;
  return `${indent}/**\n${all.map((line) => `${indent} *${line === '' ? '' : ` ${line}`}\n`).join('')}${indent} */\n`;
}

const maxDefault = 80;

function docTags(doc: Doc): readonly string[] {
  const tags: string[] = [];
  if (doc.deprecated !== undefined)
    tags.push(doc.deprecated === true ? '@deprecated' : `@deprecated ${doc.deprecated}`);
  if (doc.format !== undefined) tags.push(`@format ${doc.format}`);
  const fallback = doc.default === undefined ? undefined : JSON.stringify(doc.default);
  if (fallback !== undefined)
    tags.push(`@default ${fallback.length > maxDefault ? `${fallback.slice(0, maxDefault)}…` : fallback}`);
  const levels = [doc.classification, ...(doc.tags ?? [])].filter((word) => word !== undefined);
  if (levels.length > 0) tags.push(`@classification ${levels.join(', ')}`);
  return tags;
}

/** `line` in pieces of at most `columns`, broken at spaces and indented as it is; a longer word stays whole. */
function wrapped(line: string, columns: number): readonly string[] {
  if (line.length <= columns) return [line];
  const margin = /^\s*/.exec(line)?.[0] ?? '';
  const pieces: string[] = [];
  let piece = '';
  for (const word of line.trim().split(' ')) {
    if (piece !== '' && margin.length + piece.length + 1 + word.length > Math.max(columns, 40)) {
      pieces.push(margin + piece);
      piece = word;
    } else piece = piece === '' ? word : `${piece} ${word}`;
  }
  return [...pieces, margin + piece];
}
