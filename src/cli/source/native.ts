/**
 * Avro and Protobuf files with the files they use: an import is a path from the file's own folder, its catalog's or the root, a name
 * that an Avro schema does not define is defined by another file of the catalog. Commands that know JSON Schema alone see the JSON
 * Schema of their events.
 */
import { posix } from 'node:path';
import { avroPointer } from '../../avro/json-schema.ts';
import { avroNames } from '../../avro/names.ts';
import { type Native, readDefinition } from '../../check/definition.ts';
import { importsOf } from '../../protobuf/parse.ts';
import { offsetInProto } from '../../protobuf/place.ts';
import { sha256 } from '../../schema/canonical.ts';
import type { Attached, Definition } from '../../schema/definition.ts';
import type { SchemaProblem } from '../../schema/document.ts';
import { registryLimits } from '../../schema/limits.ts';
import { positionAt } from '../../schema/scan.ts';
import type { Collection, Located, NativeDefinition } from './collection.ts';
import { nativeFormatOf } from './file-names.ts';
import { type Locate, locateInJson, start } from './place.ts';
import type { Flaw, Unreadable } from './unreadable.ts';

/** The collection with these files read; those that cannot be read stand among the unreadable ones. */
export function withNativeDefinitions(collection: Collection): Collection {
  if (!collection.definitions.some(({ file }) => nativeFormatOf(file))) return collection;
  const reading = readingOf(collection);
  const definitions: Located[] = [];
  const unreadable: Unreadable[] = [...collection.unreadable];
  for (const located of collection.definitions) {
    const read = nativeFormatOf(located.file) ? readNative(located, reading) : located;
    if ('flaws' in read) unreadable.push(read);
    else definitions.push(read);
  }
  return { ...collection, definitions, unreadable };
}

interface Use {
  readonly name: string;
  readonly target: Located;
}

/** What is made of a file once, however many ways lead to it. */
interface Reading {
  readonly uses: (located: Located) => readonly Use[];
  readonly definition: (located: Located) => Definition;
  /** Of its content and of all it uses. */
  readonly digest: (located: Located) => string;
  /** The subjects of a circle that it leads to. */
  readonly circle: (located: Located) => readonly string[] | undefined;
}

function once<Result>(make: (located: Located) => Result): (located: Located) => Result {
  const made = new Map<Located, Result>();
  return (located) => {
    const known = made.get(located);
    if (known !== undefined || made.has(located)) return known!;
    const result = make(located);
    made.set(located, result);
    return result;
  };
}

function readingOf(collection: Collection): Reading {
  const uses = once(usesIn(collection));
  const definition = once(
    (located: Located): Definition => ({
      format: nativeFormatOf(located.file) ?? 'json',
      text: located.text,
      references: uses(located).map(({ name, target }) => ({ name, definition: definition(target) })),
    }),
  );
  const digest = once((located: Located): string =>
    sha256(JSON.stringify([located.text, uses(located).map(({ name, target }) => [name, digest(target)])])),
  );
  const circle = once((located: Located) => circleFrom(located, uses, [], new Set()));
  return { uses, definition, digest, circle };
}

/** `cleared`: those that lead to no circle. */
function circleFrom(
  located: Located,
  uses: Reading['uses'],
  path: readonly string[],
  cleared: Set<Located>,
): readonly string[] | undefined {
  const at = path.indexOf(located.subject);
  if (at >= 0) return [...path.slice(at), located.subject];
  if (cleared.has(located)) return undefined;
  for (const { target } of uses(located)) {
    const circle = circleFrom(target, uses, [...path, located.subject], cleared);
    if (circle) return circle;
  }
  cleared.add(located);
  return undefined;
}

function readNative(located: Located, reading: Reading): Located | Unreadable {
  const { subject, file, text } = located;
  const refused = (flaws: readonly Flaw[]): Unreadable => ({ subject, file, flaws, isModule: false });
  const circle = reading.circle(located);
  if (circle) return refused([{ place: start, message: `references go round in a circle: ${circle.join(' → ')}` }]);
  const definition = reading.definition(located);
  const uses = reading.uses(located);
  // there are no versions in a folder: what it uses counts by its content
  const attached: Attached =
    uses.length === 0 ? {} : { metadata: { uses: uses.map(({ name, target }) => [name, reading.digest(target)]) } };
  const read = readDefinition(definition, attached, { limits: registryLimits });
  if (!read.ok) return refused(read.problems.map((problem) => flawOf(problem, definition.format, text)));
  const native: NativeDefinition = {
    definition,
    attached,
    document: read.native.document,
    fingerprint: read.fingerprint,
    uses: uses.map(({ name, target }) => ({ name, subject: target.subject })),
  };
  return { ...located, source: { value: native.document.root }, locate: placesOf(read.native, text), native };
}

function usesIn(collection: Collection): Reading['uses'] {
  const natives = collection.definitions.filter(({ file }) => nativeFormatOf(file));
  const byFile = new Map(natives.map((located) => [located.file, located]));
  const byName = new Map(
    natives.flatMap((located) => [...(namesOf(located)?.defined ?? [])].map((name) => [name, located] as const)),
  );
  return (located) =>
    nativeFormatOf(located.file) === 'protobuf'
      ? importsOf(located.text).flatMap((name) => {
          const paths = importPaths(located.file, collection.folder ?? '.', name);
          const target = paths.map((path) => byFile.get(path)).find((each) => each !== undefined);
          return target ? [{ name, target }] : [];
        })
      : namedElsewhere(located, byName);
}

/** Where an import may lead, most likely first. */
function importPaths(from: string, folder: string, name: string): readonly string[] {
  const bases: string[] = [];
  for (let at = posix.dirname(from); ; at = posix.dirname(at)) {
    bases.push(at);
    if (at === '.' || at === '/' || at === '..') break;
  }
  return [...new Set([folder, ...bases, '.'])].map((base) => posix.join(base, name));
}

function namedElsewhere(located: Located, byName: ReadonlyMap<string, Located>): readonly Use[] {
  const names = namesOf(located);
  const found = new Map<string, Use>();
  for (const meant of names?.used ?? []) {
    if (meant.some((name) => names?.defined.has(name))) continue;
    const name = meant.find((each) => byName.has(each));
    const target = name === undefined ? undefined : byName.get(name);
    if (name !== undefined && target) found.set(target.subject, { name, target });
  }
  return [...found.values()];
}

function namesOf({ file, text }: Located) {
  if (nativeFormatOf(file) !== 'avro') return undefined;
  try {
    return avroNames(JSON.parse(text));
  } catch {
    return undefined; // whoever parses the file itself says what is wrong with it
  }
}

function flawOf({ pointer, message }: SchemaProblem, format: Definition['format'], text: string): Flaw {
  const line = /\(line (\d+)\)/.exec(message)?.[1];
  const place = format === 'avro' ? locateInJson(text)(pointer) : { ...start, ...(line && { line: Number(line) }) };
  return { place, message: `${pointer === '' ? 'it' : pointer} ${message}` };
}

function placesOf(native: Native, text: string): Locate {
  if (native.format === 'protobuf')
    return (pointer) => {
      const offset = offsetInProto(native.protobuf, pointer);
      return offset === undefined ? start : positionAt(text, offset);
    };
  const locate = locateInJson(text);
  return (pointer) => locate((native.format === 'avro' ? avroPointer(native.avro, pointer) : undefined) ?? '');
}
