/**
 * What a reader sees of a schema, against the definition: a projection accepts an event if and only if some event of the schema looks
 * the same at the places that are read. The definition is asked of the engine, which is asked about nothing here but whether a
 * schema accepts anything.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { worldReports } from '../src/compat/compare.ts';
import { confirm } from '../src/compat/confirm/confirm.ts';
import { prepare } from '../src/compat/decide/decide.ts';
import { project } from '../src/compat/reading/project.ts';
import { compareReader } from '../src/compat/reading/reader.ts';
import { isNothing, type Reads, readsBelow, readsOf } from '../src/compat/reading/reads.ts';
import { sourceOf } from '../src/compat/reading/source.ts';
import { directions, worlds } from '../src/compat/report.ts';
import type { SchemaDocument } from '../src/schema/document.ts';
import { isArray, isObject, type Json } from '../src/schema/json.ts';
import { families, names, schema, value } from './support/arbitrary.ts';
import { documentOf } from './support/document.ts';
import { run, timeoutMs } from './support/fuzz.ts';
import { pairOf } from './support/mutate.ts';
import { ajvValidator } from './support/validators.ts';

const kinds = [...families, 'mixed'] as const;
const formats = 'annotate';
const segment = fc.constantFrom(...names, '*', '0', '1');
const pointers = fc.array(
  fc.array(segment, { minLength: 1, maxLength: 2 }).map((path) => `/${path.join('/')}`),
  { minLength: 1, maxLength: 2 },
);
const values = fc.array(value, { minLength: 25, maxLength: 25 });

/** A schema of everything that looks like `seen` to a reader. */
function lookingLike(seen: Json, reads: Reads): Json {
  if (isNothing(reads)) return true;
  if (reads.whole) return { const: seen };
  if (isArray(seen)) {
    const items = seen.map((item, index) => lookingLike(item, readsBelow(reads, String(index))));
    const counted = reads.any !== undefined || [...reads.named.keys()].some((name) => /^\d+$/.test(name));
    if (!counted) return { type: 'array' };
    return { type: 'array', ...(items.length > 0 && { prefixItems: items }), ...length(seen.length) };
  }
  if (isObject(seen)) {
    const named = reads.any ? Object.keys(seen) : [...reads.named.keys()].filter((name) => Object.hasOwn(seen, name));
    const gone = [...reads.named.keys()].filter((name) => !Object.hasOwn(seen, name));
    return {
      type: 'object',
      required: named,
      properties: Object.fromEntries([
        ...named.map((name) => [name, lookingLike(seen[name] as Json, readsBelow(reads, name))]),
        ...gone.map((name) => [name, false]),
      ]),
      ...(reads.any && { additionalProperties: false }),
    };
  }
  return seen === null ? { type: 'null' } : { type: typeof seen };
}

function length(items: number): { minItems: number; maxItems: number } {
  return { minItems: items, maxItems: items };
}

function acceptsSomething(document: SchemaDocument): boolean | undefined {
  const { verdict } = prepare(document, documentOf(false), { formats }).decide('backward', 'open');
  return verdict === 'undecided' ? undefined : verdict === 'incompatible';
}

function seen(root: Json, reads: Reads): SchemaDocument {
  return project(documentOf(root), reads, { formats }).document;
}

describe.each(kinds)('%s', (kind) => {
  test(
    'an event that a projection accepts looks like one that the schema accepts',
    () => {
      fc.assert(
        fc.property(schema(kind), pointers, values, (root, stated, tried) => {
          const reads = readsOf(stated);
          const pair = prepare(documentOf(root), seen(root, reads), { formats });
          const hidden = tried.filter(
            (each) => pair.accepts('next', each) === true && pair.accepts('previous', each) === false,
          );
          const source = sourceOf(documentOf(root), { formats });
          const whole = source.refTo(source.refs.root);
          const alone = hidden.find(
            (each) => acceptsSomething(source.documentOf({ allOf: [whole, lookingLike(each, reads)] })) === false,
          );
          expect({ stated, alone }).toEqual({ stated, alone: undefined });
        }),
        run(15),
      );
    },
    timeoutMs,
  );

  test(
    'a projection accepts all that its schema accepts, and reading more accepts no more',
    () => {
      fc.assert(
        fc.property(schema(kind), pointers, pointers, (root, stated, more) => {
          const fewer = seen(root, readsOf(stated));
          const further = seen(root, readsOf([...stated, ...more]));
          const lost = prepare(documentOf(root), further, { formats, confirm }).decide('backward', 'open');
          const gained = prepare(further, fewer, { formats, confirm }).decide('backward', 'open');
          expect({ lost: lost.witness?.value, gained: gained.witness?.value }).toEqual({
            lost: undefined,
            gained: undefined,
          });
        }),
        run(12),
      );
    },
    timeoutMs,
  );

  test(
    'reading everything is the verdict on the schema, reading nothing never breaks, reading more never mends',
    () => {
      fc.assert(
        fc.property(pairOf(schema(kind)), pointers, pointers, ([previous, next], stated, more) => {
          const [before, after] = [documentOf(previous), documentOf(next)];
          const whole = worldReports(prepare(before, after, { formats, confirm }));
          const of = (reads: readonly string[]) => compareReader(before, after, { reads }, { formats, confirm, whole });
          const [everything, nothing, fewer, further] = [of(['']), of([]), of(stated), of([...stated, ...more])];
          for (const world of worlds)
            for (const direction of directions) {
              const verdict = (found: typeof fewer) => found.worlds[world][direction].verdict;
              expect(verdict(everything)).toBe(whole[world][direction].verdict);
              expect(verdict(nothing)).toBe('compatible');
              if (verdict(fewer) === 'incompatible') expect(verdict(further)).not.toBe('compatible');
              const { witness } = fewer.worlds[world][direction];
              if (witness === undefined) continue;
              const [writer, reader] = direction === 'backward' ? [before, after] : [after, before];
              // undefined: Ajv cannot compile the schema, or its two modes differ
              expect(ajvValidator(writer, formats)(witness.value)).not.toBe(false);
              expect(ajvValidator(seen(reader.root, readsOf(stated)), formats)(witness.value)).not.toBe(true);
            }
        }),
        run(8),
      );
    },
    timeoutMs,
  );
});
