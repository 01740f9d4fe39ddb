import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldIndex } from '../src/check/neighbours.ts';
import type { SchemaDocument } from '../src/schema/document.ts';

// lines of the same event are no neighbours of each other: a.b.v1 and a.b.v2
const subjects = ['a.b.v1', 'a.b.v2', 'a.c.v1', 'b.b.v1', 'b.b.v2', 'c.a.v1'];
const styleOf = { order_id: 'snake', sent_at: 'snake', orderId: 'camel', id: undefined } as const;
const names = Object.keys(styleOf) as (keyof typeof styleOf)[];

type Fields = Partial<Record<(typeof names)[number], 'string' | 'integer'>>;

const type = fc.constantFrom('string', 'integer');
const fields: fc.Arbitrary<Fields> = fc.record(
  { order_id: type, sent_at: type, orderId: type, id: type },
  { requiredKeys: [], noNullPrototype: true },
);
const step = fc.record({ subject: fc.constantFrom(...subjects), fields: fc.option(fields, { nil: undefined }) });

function document(fields: Fields): SchemaDocument {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, { type }]));
  return { root: { type: 'object', properties }, dialect: '2020-12', bundle: new Map() };
}

const eventOf = (subject: string) => subject.slice(0, -3);

/** The definition, read off all that is there. */
function expected(present: ReadonlyMap<string, Fields>, asker: string) {
  const others = [...present].filter(([subject]) => eventOf(subject) !== eventOf(asker)).sort();
  const seen = names.flatMap((name) =>
    ['string', 'integer'].flatMap((type) => {
      const first = others.find(([, has]) => has[name] === type)?.[0];
      return first === undefined ? [] : [`${name} ${type} ${first}`];
    }),
  );
  const named = names.filter((name) => others.some(([, has]) => has[name] !== undefined));
  const styles = ['snake', 'camel'].map((style) => named.filter((name) => styleOf[name] === style).length);
  return { seen: seen.sort(), styles };
}

test('whatever comes and goes, each asker sees what stands in events other than its own', () => {
  let several = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25, size: 'max' }), (steps) => {
      const index = fieldIndex();
      const present = new Map<string, Fields>();
      for (const { subject, fields: stated } of steps) {
        if (stated === undefined) {
          index.remove(subject);
          present.delete(subject);
        } else {
          index.put({ subject, document: document(stated) });
          present.set(subject, stated);
        }
        if (present.size > 3) several += 1;
        for (const asker of subjects) {
          const around = index.around(asker, new Set(names));
          const seen = [...around.fields].flatMap(([name, types]) =>
            [...types].map(([type, [first]]) => `${name} ${type} ${first}`),
          );
          const styles = [around.styles.get('snake') ?? 0, around.styles.get('camel') ?? 0];
          expect({ seen: seen.sort(), styles }).toEqual(expected(present, asker));
        }
      }
    }),
  );
  expect(several).toBeGreaterThan(100);
});
