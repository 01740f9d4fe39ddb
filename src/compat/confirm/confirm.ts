/**
 * A second opinion on every witness, from code that shares no line with the engine's own evaluator: Ajv, and where Ajv is known to
 * depart from the specification the evaluator of `schema/`. Only where it agrees with the engine is a witness confirmed. Compiling
 * costs more than deciding, so what was compiled is kept by content, and of a large document Ajv compiles what the witness touches
 * while that is cheaper.
 */

import { lru } from '../../lru.ts';
import { type Compiled, compileAjv } from '../../schema/ajv.ts';
import { isAjvFaithful, maxAjvSchemas } from '../../schema/departures.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { type Evaluator, evaluatorOf } from '../../schema/evaluator/evaluator.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { reachOf } from '../../schema/locations.ts';
import { patternProblems } from '../../schema/pattern-problems.ts';
import { referenceProblems } from '../../schema/reference-problems.ts';
import { measure } from '../../schema/value-size.ts';
import { WorkExceeded } from '../../schema/work.ts';
import type { FormatPolicy } from '../report.ts';
import { shortWordPattern, TooLong } from './backtracking.ts';
import type { Confirm } from './confirmation.ts';
import { nestsDeeper } from './nesting.ts';
import { touchedPart } from './touched.ts';

interface Voices {
  readonly validator: Compiled;
  readonly isAjv: boolean;
  /** Members of its largest object. */
  readonly members: number;
}

const maxDepth = 256;
const byDocument = new WeakMap<SchemaDocument, Map<FormatPolicy, Voices | undefined>>();

/** Compiled, the smallest schema takes what the code of this many characters does: some 40 kB, and 25 to 40 bytes each. */
const leastText = 1_000;
/** By content: other versions of a check come with documents of their own. */
const byContent = lru<{ readonly voices: Voices | undefined }>(2_000_000);

/** `ignore` is not known here: where it is used, pass the documents with the ignored places already made `true`. */
export const confirm: Confirm = (writer, reader, value, formats) => {
  if (measure(value).depth > maxDepth) return 'unavailable';
  if (isConfirmedCheaply(writer, reader, value, formats)) return 'confirmed';
  const writers = voices(writer, formats);
  const readers = voices(reader, formats);
  if (writers === undefined || readers === undefined) {
    // where the whole cannot be compiled its part may be: what was compiled before may not decide
    const [sent, read] = [
      writers ?? voicesInPart(writer, value, formats),
      readers ?? voicesInPart(reader, value, formats),
    ];
    return isConfirmedBy(sent, read, { writer, reader, value, formats }) ? 'confirmed' : 'unavailable';
  }
  try {
    const shown = Math.max(writers.members, readers.members) > maxFastMembers ? looseValue(value) : value;
    const sent = hear(writer, formats, () => accepts(writers.validator, shown));
    const refused = hear(reader, formats, () => !accepts(readers.validator, shown));
    return sent && refused ? 'confirmed' : 'disagrees';
  } catch (error) {
    if (error instanceof WorkExceeded || error instanceof TooLong || error instanceof RangeError) return 'unavailable';
    throw error;
  }
};

interface Asked {
  readonly writer: SchemaDocument;
  readonly reader: SchemaDocument;
  readonly value: Json;
  readonly formats: FormatPolicy;
}

/** Where Ajv by the parts that the value touches and the evaluator by the whole documents both say so. */
function isConfirmedBy(writers: Voices | undefined, readers: Voices | undefined, asked: Asked): boolean {
  if (writers === undefined || readers === undefined) return false;
  const { writer, reader, value, formats } = asked;
  try {
    const isSent = accepts(writers.validator, value) && wholeEvaluator(writer, formats).accepts(value);
    return isSent && !accepts(readers.validator, value) && !wholeEvaluator(reader, formats).accepts(value);
  } catch (error) {
    if (error instanceof WorkExceeded || error instanceof TooLong || error instanceof RangeError) return false;
    throw error;
  }
}

/** By parts, while they cost less than the whole. Whatever else comes of it, the whole documents are compiled and decide. */
function isConfirmedCheaply(
  writer: SchemaDocument,
  reader: SchemaDocument,
  value: Json,
  formats: FormatPolicy,
): boolean {
  // compiled, the whole documents answer at once
  if (isCompiled(writer, formats) && isCompiled(reader, formats)) return false;
  const writers = cheapVoices(writer, value, formats);
  const readers = writers && cheapVoices(reader, value, formats);
  return isConfirmedBy(writers, readers, { writer, reader, value, formats });
}

function isCompiled(document: SchemaDocument, formats: FormatPolicy): boolean {
  return byDocument.get(document)?.has(formats) === true;
}

/** A document of fewer schemas is compiled as a whole. */
const fewSchemas = 8;
/** A validator of one schema costs what the code of so many of them does. */
const setupSchemas = 3;
const maxSchemasOfLarge = 60;

interface InParts {
  /** Schemas compiled in parts: once they are a third of the document, more witnesses are to be expected, and all of it is compiled. */
  schemas: number;
  readonly keys: Set<string>;
}

const inParts = new WeakMap<SchemaDocument, InParts>();

function partsOf(document: SchemaDocument): InParts {
  const known = inParts.get(document) ?? { schemas: 0, keys: new Set() };
  inParts.set(document, known);
  return known;
}

function cheapVoices(document: SchemaDocument, value: Json, formats: FormatPolicy): Voices | undefined {
  if (isCompiled(document, formats)) {
    const whole = voices(document, formats);
    return whole?.isAjv ? whole : undefined;
  }
  const { length } = reachOf(document).own;
  // too large for Ajv as a whole, it is evaluated, which costs less than the next part
  const enough = length > maxAjvSchemas ? maxSchemasOfLarge : length / 3;
  return voicesInPart(document, value, formats, enough);
}

/** `enough`: schemas compiled in parts before, past which no further part is. Whether other documents had the same part does not count. */
function voicesInPart(
  document: SchemaDocument,
  value: Json,
  formats: FormatPolicy,
  enough = Number.POSITIVE_INFINITY,
): Voices | undefined {
  const { length } = reachOf(document).own;
  if (length < fewSchemas) return undefined;
  const part = touchedPart(document, value);
  const spent = partsOf(document);
  const isWorthIt = part !== undefined && part.schemas <= length / 2;
  const key = isWorthIt ? contentKey(part.document, formats) : '';
  if (!isWorthIt || !spent.keys.has(key)) {
    if (spent.schemas >= enough) return undefined;
    spent.schemas += setupSchemas + (part?.schemas ?? length);
    if (isWorthIt) spent.keys.add(key);
  }
  const found = isWorthIt ? voicesByContent(part.document, formats, key) : undefined;
  return found?.isAjv ? found : undefined;
}

const evaluators = new WeakMap<SchemaDocument, Map<FormatPolicy, Evaluator>>();

function wholeEvaluator(document: SchemaDocument, formats: FormatPolicy): Evaluator {
  const known = evaluators.get(document) ?? new Map<FormatPolicy, Evaluator>();
  evaluators.set(document, known);
  const evaluator = known.get(formats) ?? evaluatorOf(document, { formats, otherwise: shortWordPattern });
  known.set(formats, evaluator);
  return evaluator;
}

/** Code too deep for the engine is read anew, and fails anew, at every call: it is not called again. */
function hear(document: SchemaDocument, formats: FormatPolicy, ask: () => boolean): boolean {
  try {
    return ask();
  } catch (error) {
    if (error instanceof RangeError) byDocument.get(document)?.set(formats, undefined);
    throw error;
  }
}

/** Where only the first error is looked for, each keyword's code stands inside the one before: past this that is too deep. */
const maxNestedKeywords = 1_000;
/** Schemas that apply to one value through one another: each takes some stack, and how much there is may not decide an answer. */
const maxLevels = 200;
/** Properties past which the layout of a value decides how long they take to be asked for. */
const maxFastMembers = 100;

function largestObject(root: Json): number {
  let max = 0;
  const stack = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (typeof at !== 'object' || at === null) continue;
    const members = Object.values(at);
    max = Math.max(max, members.length);
    for (const member of members) stack.push(member);
  }
  return max;
}

/**
 * A copy whose objects are hash tables from the start. Code that asks for thousands of properties is slow where each value has a
 * layout of its own: every question is asked of the runtime then. Removing a member that was not the last one makes them so.
 */
function looseValue(value: Json): Json {
  if (isArray(value)) return value.map(looseValue);
  if (!isObject(value)) return value;
  let spare = '-';
  while (Object.hasOwn(value, spare)) spare += '-';
  const members = Object.entries(value).map(([key, inside]): [string, Json] => [key, looseValue(inside)]);
  const copy = Object.fromEntries([[spare, null], ...members]);
  Reflect.deleteProperty(copy, spare);
  return copy;
}

function accepts(voice: Compiled, value: Json): boolean {
  voice.restart();
  return voice.validate(value);
}

/** Compiled once for each content and policy; undefined where no validator compiles the document. */
function voices(document: SchemaDocument, formats: FormatPolicy): Voices | undefined {
  const known = byDocument.get(document) ?? new Map<FormatPolicy, Voices | undefined>();
  byDocument.set(document, known);
  // what a reference reaches beside the document is not part of its text
  const make = document.bundle.size > 0 ? compileVoices : voicesByContent;
  if (!known.has(formats)) known.set(formats, make(document, formats));
  return known.get(formats);
}

function contentKey({ root, dialect }: SchemaDocument, formats: FormatPolicy): string {
  return `${formats} ${dialect} ${JSON.stringify(root)}`;
}

function voicesByContent(
  document: SchemaDocument,
  formats: FormatPolicy,
  key = contentKey(document, formats),
): Voices | undefined {
  const held = byContent.get(key) ?? { voices: compileVoices(document, formats) };
  byContent.set(key, held, key.length + leastText);
  return held.voices;
}

function compileVoices(document: SchemaDocument, formats: FormatPolicy): Voices | undefined {
  if (nestsDeeper(document, maxLevels)) return undefined;
  if (patternProblems(document).some(({ params }) => params?.reason === 'invalid')) return undefined;
  // what is not here may say anything
  if (referenceProblems(document).length > 0) return undefined;
  const members = largestObject(document.root);
  if (!isAjvFaithful(document)) return evaluated(document, formats, members);
  const options = { formats, allErrors: members > maxNestedKeywords, otherwise: shortWordPattern };
  try {
    return { validator: compileAjv(document, options), isAjv: true, members };
  } catch {
    // an identifier used twice, code too deep for the parser
    return evaluated(document, formats, members);
  }
}

function evaluated(document: SchemaDocument, formats: FormatPolicy, members: number): Voices {
  const { accepts: validate } = wholeEvaluator(document, formats);
  return { validator: { validate, restart: () => undefined }, isAjv: false, members };
}
