/** Subjects with fields, and what each of them has to be told of the others: the definition, read off all that is there. */
import fc from 'fast-check';
import type { Neighbours } from '../../src/policy/rule.ts';
import type { NameStyle } from '../../src/policy/words.ts';
import { sha256 } from '../../src/schema/canonical.ts';

// lines of the same event are no neighbours of each other: a.b.v1 and a.b.v2
export const eventLines = ['a.b.v1', 'a.b.v2', 'a.c.v1', 'b.b.v1', 'b.b.v2', 'c.a.v1'];

/** Too long for an index, also when it is compressed. */
const long = `aB${Array.from({ length: 100 }, (_, index) => sha256(String(index))).join('')}`;

const styleOf: ReadonlyMap<string, NameStyle | undefined> = new Map([
  ['order_id', 'snake'],
  ['sent_at', 'snake'],
  ['orderId', 'camel'],
  ['id', undefined],
  ['__proto__', undefined],
  ['\0 "\\#\ud800', undefined],
  [`${long}C`, 'camel'],
  [`${long}D`, 'camel'],
]);
export const fieldNames = [...styleOf.keys()];

/** Type by name. */
export type Fields = ReadonlyMap<string, string>;

const type = fc.constantFrom('string', 'integer', 'null|string');
export const someFields: fc.Arbitrary<Fields> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...fieldNames), type), { selector: ([name]) => name, maxLength: 5 })
  .map((pairs) => new Map(pairs));

/** As JSON text: a property may be called `__proto__`. */
export function textOf(fields: Fields): string {
  const properties = [...fields].map(
    ([name, types]) => `${JSON.stringify(name)}:{"type":${JSON.stringify(types.split('|'))}}`,
  );
  return `{"type":"object","properties":{${properties.join()}}}`;
}

const eventOf = (subject: string) => subject.slice(0, -3);

export interface Seen {
  readonly fields: readonly (readonly [string, string, string])[];
  readonly styles: readonly (readonly [string, number])[];
}

export function expectedOf(present: ReadonlyMap<string, Fields>, asker: string): Seen {
  const others = [...present].filter(([subject]) => eventOf(subject) !== eventOf(asker)).sort();
  const fields = fieldNames.flatMap((name) => {
    const types = new Set(others.flatMap(([, has]) => has.get(name) ?? []));
    return [...types].map((one) => [name, one, others.find(([, has]) => has.get(name) === one)![0]] as const);
  });
  const named = fieldNames.filter((name) => others.some(([, has]) => has.has(name)));
  const styles = (['snake', 'camel'] as const)
    .map((style) => [style, named.filter((name) => styleOf.get(name) === style).length] as const)
    .filter(([, count]) => count > 0);
  return { fields: fields.toSorted(byText), styles };
}

export function seenOf({ fields, styles }: Neighbours): Seen {
  const found = [...fields].flatMap(([name, types]) =>
    [...types].map(([one, subjects]) => [name, one, subjects.join()] as const),
  );
  const counted = (['snake', 'camel', 'kebab', 'pascal'] as const).map(
    (style) => [style, styles.get(style) ?? 0] as const,
  );
  return { fields: found.toSorted(byText), styles: counted.filter(([, count]) => count > 0) };
}

function byText(left: readonly string[], right: readonly string[]): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}
