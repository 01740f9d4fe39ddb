/**
 * Schema → validator in JavaScript: one ES module without imports. Each schema is a function `(value, where, errors)`; without
 * an error list it stops at the first failure and builds no paths. Written ourselves because Ajv's stand-alone code imports
 * Ajv, and disagrees with itself on `contains` and with the specification on evaluated items.
 */
import type { SchemaDocument } from '../../schema/document.ts';
import { isObject } from '../../schema/json.ts';
import { mentions } from '../../schema/mentions.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import { references } from '../../schema/reference.ts';
import { scopeOf } from '../scope.ts';
import { arrayChecks, unevaluatedItems } from './arrays.ts';
import { withDynamicScopes } from './dynamic.ts';
import { call, type Emission, text, use } from './emission.ts';
import { logicChecks } from './logic.ts';
import { objectChecks, unevaluatedProperties } from './objects.ts';
import { preludeText } from './prelude.ts';
import { anyChecks, numberChecks, stringChecks } from './scalars.ts';
import { sentencesText } from './sentences.ts';

export interface EmittedValidator {
  /** Constants and functions of the module. */
  readonly text: string;
  /** For each entry: an expression that validates the variable `v` into the error list `out`. */
  readonly entries: readonly string[];
}

export interface EmitOptions {
  /** Whether `format` constrains values. */
  readonly asserts: boolean;
  /** References as the document's root would write them; `#`, the default, is the root itself. */
  readonly entries?: readonly string[];
}

/** The module's variable `left` bounds how many references are followed: it is to be set before each validation. */
export const maxReferences = 1_000_000;

export function emitValidator(document: SchemaDocument, options: EmitOptions): EmittedValidator {
  const { asserts, entries = ['#'] } = options;
  const emission = begin(document, asserts);
  const calls = entries.map((reference) => {
    const place = references(document).resolve(emission.scope.root, reference);
    if (place === undefined) throw new Error(`${reference} is not in the bundle`);
    return call(emission, place, 'v', { at: "''" });
  });
  const bodies: string[] = [];
  for (let place = emission.queue.shift(); place !== undefined; place = emission.queue.shift())
    bodies.push(functionText(emission, place));
  const constants = [...emission.constants].map(([value, name]) => `const ${name} = ${value};\n`).join('');
  const formats = [...emission.formatFunctions].sort().map((row) => `${row}\n`);
  const sentences = emission.keywords.size > 0 ? sentencesText(emission.keywords) : '';
  const parts = ['let left = 0;\n', constants, sentences, preludeText(emission.helpers), ...formats, ...bodies];
  return { text: parts.filter((part) => part !== '').join('\n'), entries: calls };
}

function begin(document: SchemaDocument, asserts: boolean): Emission {
  const ids = new Map<SchemaDocument, number>();
  const { scope, keyOf } = withDynamicScopes(scopeOf(document, '', []), references(document));
  return {
    scope,
    asserts,
    tracks: documents(document).some(usesUnevaluated),
    functions: new Map(),
    queue: [],
    helpers: new Set(),
    constants: new Map(),
    formatFunctions: new Set(),
    keywords: new Set(),
    idOf(place) {
      const owner = place.resource.document;
      if (!ids.has(owner)) ids.set(owner, ids.size);
      return `${ids.get(owner)} ${place.pointer} ${keyOf(place)}`;
    },
  };
}

function documents(document: SchemaDocument): readonly SchemaDocument[] {
  const found = new Set([document]);
  for (const each of found) for (const other of each.bundle.values()) found.add(other);
  return [...found];
}

const unevaluated: ReadonlySet<string> = new Set(['unevaluatedItems', 'unevaluatedProperties']);

/** Asked of the whole text: a reference may lead to schemas that no keyword holds. */
function usesUnevaluated({ root }: SchemaDocument): boolean {
  return mentions(root, unevaluated);
}

function functionText(emission: Emission, place: SchemaLocation): string {
  const { schema } = place;
  if (!isObject(schema)) throw new Error('only object schemas become functions');
  const name = emission.functions.get(emission.idOf(place));
  const late = [...unevaluatedItems(emission, place, schema), ...unevaluatedProperties(emission, place, schema)];
  const own = late.length > 0;
  const lines = [
    'let ok = true;',
    // what a cousin has evaluated does not count here: a list of its own, handed on afterwards
    ...(own ? [`const seen = ${use(emission, 'fresh')}();`] : []),
    ...anyChecks(emission, place, schema),
    ...guarded("typeof v === 'number'", numberChecks(emission, place, schema)),
    ...guarded("typeof v === 'string'", stringChecks(emission, place, schema)),
    ...guarded('Array.isArray(v)', arrayChecks(emission, place, schema)),
    ...guarded("typeof v === 'object' && v !== null && !Array.isArray(v)", objectChecks(emission, place, schema)),
    ...logicChecks(emission, place, schema),
    ...late,
    ...(own ? [`${use(emission, 'merge')}(around, seen);`] : []),
    'return ok;',
  ];
  const parameters = ['v', 'at', 'out', ...(emission.tracks ? [own ? 'around' : 'seen'] : [])].join(', ');
  const body = lines.map((line) => `  ${line}\n`).join('');
  return `// ${place.pointer === '' ? 'the whole' : text(place.pointer)}\nfunction ${name}(${parameters}) {\n${body}}\n`;
}

function guarded(test: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`if (${test}) {`, ...lines.map((line) => `  ${line}`), '}'];
}
