/**
 * A second voice on every witness: Ajv, which shares no line with the engine's own evaluator. Where `contains` is used it is asked
 * in both of its error modes, because each has bugs the other has not; only where both agree with the engine is a witness
 * confirmed. Compiling costs more than deciding, so what was compiled is kept by content.
 */
import { type Compiled, compileAjv } from '../../schema/ajv.ts';
import { WorkExceeded } from '../../schema/ajv-keywords.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { patternProblems, usesContains } from '../../schema/validator.ts';
import { measure } from '../../schema/value-size.ts';
import type { FormatPolicy } from '../report.ts';
import { shortWordPattern, TooLong } from './backtracking.ts';
import type { Confirm } from './confirmation.ts';
import { recent } from './recent.ts';

interface Voices {
  readonly all: readonly Compiled[];
  /** Members of its largest object. */
  readonly members: number;
}

const maxDepth = 256;
const byDocument = new WeakMap<SchemaDocument, Map<FormatPolicy, Voices | undefined>>();

/** Compiled, the smallest schema takes what the code of this many characters does: some 40 kB, and 25 to 40 bytes each. */
const leastText = 1_000;
/** By content: other versions of a check come with documents of their own. */
const byContent = recent<Voices | undefined>(2_000_000, (text) => text.length + leastText);

/** `ignore` is not known here: where it is used, pass the documents with the ignored places already made `true`. */
export const confirm: Confirm = (writer, reader, value, formats) => {
  if (measure(value).depth > maxDepth) return 'unavailable';
  const writers = voices(writer, formats);
  const readers = voices(reader, formats);
  if (writers === undefined || readers === undefined) return 'unavailable';
  try {
    const shown = Math.max(writers.members, readers.members) > maxFastMembers ? looseValue(value) : value;
    const sent = hear(writer, formats, () => writers.all.every((voice) => accepts(voice, shown)));
    const refused = hear(reader, formats, () => readers.all.every((voice) => !accepts(voice, shown)));
    return sent && refused ? 'confirmed' : 'disagrees';
  } catch (error) {
    if (error instanceof WorkExceeded || error instanceof TooLong || error instanceof RangeError) return 'unavailable';
    // after a failure Ajv may note evaluated members in a record it has not made
    if (error instanceof TypeError) return 'unavailable';
    throw error;
  }
};

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

function names(root: Json, name: string): boolean {
  const stack = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (isObject(at) && Object.hasOwn(at, name)) return true;
    if (typeof at === 'object' && at !== null) stack.push(...Object.values(at));
  }
  return false;
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
  return voice.validate(value) === true;
}

/** Compiled once for each content and policy; undefined where Ajv cannot compile the document. */
function voices(document: SchemaDocument, formats: FormatPolicy): Voices | undefined {
  const known = byDocument.get(document) ?? new Map<FormatPolicy, Voices | undefined>();
  byDocument.set(document, known);
  if (!known.has(formats)) known.set(formats, voicesByContent(document, formats));
  return known.get(formats);
}

function voicesByContent(document: SchemaDocument, formats: FormatPolicy): Voices | undefined {
  // what a reference reaches beside the document is not part of its text
  if (document.bundle.size > 0) return compileVoices(document, formats);
  const key = `${formats} ${document.dialect} ${JSON.stringify(document.root)}`;
  return byContent.of(key, () => compileVoices(document, formats));
}

function compileVoices(document: SchemaDocument, formats: FormatPolicy): Voices | undefined {
  // Ajv leaves a property of this name out of what it compiles
  if ([document, ...document.bundle.values()].some(({ root }) => names(root, '__proto__'))) return undefined;
  if (patternProblems(document).some(({ params }) => params?.reason === 'invalid')) return undefined;
  try {
    const members = largestObject(document.root);
    const modes = usesContains(document) ? [false, true] : [members > maxNestedKeywords];
    const all = modes.map((allErrors) =>
      compileAjv(document, { formats, allErrors, verdictOnly: true, otherwise: shortWordPattern }),
    );
    return { all, members };
  } catch {
    // a reference into nowhere, an identifier used twice, code too deep for the parser: no voice, and said so
    return undefined;
  }
}
