/**
 * A second voice on every witness: Ajv, which shares no line with the engine's own evaluator. Where `contains` is used it is asked
 * in both of its error modes, because each has bugs the other has not; only where both agree with the engine is a witness
 * confirmed. Compiling costs more than deciding, so what was compiled is kept by content.
 */
import { type Compiled, compileAjv } from '../schema/ajv.ts';
import { WorkExceeded } from '../schema/ajv-keywords.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isObject, type Json } from '../schema/json.ts';
import { patternProblems, usesContains } from '../schema/validator.ts';
import { measure } from '../schema/value-size.ts';
import { shortWordPattern, TooLong } from './backtracking.ts';
import type { Confirm } from './decide.ts';
import type { FormatPolicy } from './report.ts';

type Voices = readonly Compiled[];

const maxDepth = 256;
const kept = 200;
const byDocument = new WeakMap<SchemaDocument, Map<FormatPolicy, Voices | undefined>>();
/** The last used, by content: other versions of a check come with documents of their own. */
const byContent = new Map<string, Voices | undefined>();

/** `ignore` is not known here: where it is used, pass the documents with the ignored places already made `true`. */
export const confirm: Confirm = (writer, reader, value, formats) => {
  if (measure(value).depth > maxDepth) return 'unavailable';
  const writers = voices(writer, formats);
  const readers = voices(reader, formats);
  if (writers === undefined || readers === undefined) return 'unavailable';
  try {
    const sent = hear(writer, formats, () => writers.every((voice) => accepts(voice, value)));
    const refused = hear(reader, formats, () => readers.every((voice) => !accepts(voice, value)));
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
const widest = 1_000;

function isWide(root: Json): boolean {
  const stack = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (typeof at !== 'object' || at === null) continue;
    const members = Object.values(at);
    if (members.length > widest) return true;
    stack.push(...members);
  }
  return false;
}

function names(root: Json, name: string): boolean {
  const stack = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (isObject(at) && Object.hasOwn(at, name)) return true;
    if (typeof at === 'object' && at !== null) stack.push(...Object.values(at));
  }
  return false;
}

function accepts(voice: Compiled, value: Json): boolean {
  voice.restart();
  return voice.validate(value) === true;
}

/** Compiled once for each content and policy; undefined where Ajv cannot judge the document. */
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
  const found = byContent.has(key) ? byContent.get(key) : compileVoices(document, formats);
  byContent.delete(key);
  byContent.set(key, found);
  if (byContent.size > kept) byContent.delete(byContent.keys().next().value ?? '');
  return found;
}

function compileVoices(document: SchemaDocument, formats: FormatPolicy): Voices | undefined {
  // Ajv leaves a property of this name out of what it compiles
  if ([document, ...document.bundle.values()].some(({ root }) => names(root, '__proto__'))) return undefined;
  if (patternProblems(document).some(({ params }) => params?.reason === 'invalid')) return undefined;
  try {
    const modes = usesContains(document) ? [false, true] : [isWide(document.root)];
    return modes.map((allErrors) =>
      compileAjv(document, { formats, allErrors, verdictOnly: true, otherwise: shortWordPattern }),
    );
  } catch {
    // a reference into nowhere, an identifier used twice, code too deep for the parser: no voice, and said so
    return undefined;
  }
}
