/** Random edits of a schema, the way versions of an event differ: one keyword in one place. */
import fc from 'fast-check';
import { isArray, isObject, type Json, type JsonObject } from '../../src/schema/json.ts';
import { unescapeSegment } from '../../src/schema/pointer.ts';
import { walk } from '../../src/schema/walk.ts';
import { families, schema } from './arbitrary.ts';

export interface Edit {
  readonly place: number;
  readonly choice: number;
  readonly kind: 'drop' | 'set' | 'replace' | 'wrap';
  readonly donor: Json;
}

export const edit: fc.Arbitrary<Edit> = fc.record({
  place: fc.nat(),
  choice: fc.nat(),
  kind: fc.constantFrom('drop', 'set', 'set', 'replace', 'wrap'),
  // a reference means something only where its definitions are
  donor: fc.constantFrom(...families.filter((family) => family !== 'reference')).chain((family) => schema(family, 1)),
});

export function edited(root: Json, { place, choice, kind, donor }: Edit): Json {
  const places = [...walk(root, '2020-12')].map(({ pointer }) => pointer);
  const at = places[place % places.length] ?? '';
  return replaceAt(root, at === '' ? [] : at.slice(1).split('/').map(unescapeSegment), (old) => {
    if (kind === 'replace' && at !== '') return donor;
    if (kind === 'wrap' && at !== '') return choice % 2 === 0 ? { anyOf: [old, donor] } : { allOf: [old, donor] };
    if (!isObject(old)) return donor;
    const names = Object.keys(old).filter((name) => name !== '$defs');
    if (kind === 'drop') return without(old, names[choice % Math.max(1, names.length)] ?? '');
    if (!isObject(donor)) return old;
    const given = Object.keys(donor).filter((name) => name !== '$defs' && name !== '$ref');
    const name = given[choice % Math.max(1, given.length)];
    return name === undefined ? old : { ...old, [name]: donor[name] as Json };
  });
}

function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([each]) => each !== name));
}

export function replaceAt(value: Json, path: readonly string[], change: (old: Json) => Json): Json {
  const [first, ...rest] = path;
  if (first === undefined) return change(value);
  if (isArray(value)) {
    return value.map((item, index) => (String(index) === first ? replaceAt(item, rest, change) : item));
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, part]): [string, Json] => [
    name,
    name === first ? replaceAt(part, rest, change) : part,
  ]);
  return Object.fromEntries(entries);
}

/** A pair of schemas: mostly a schema and an edit of it, sometimes two strangers. */
export function pairOf(one: fc.Arbitrary<Json>): fc.Arbitrary<readonly [Json, Json]> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(one, edit).map(([root, change]) => [root, edited(root, change)] as const) },
    {
      weight: 1,
      arbitrary: fc.tuple(one, edit, edit).map(([root, a, b]) => [root, edited(edited(root, a), b)] as const),
    },
    { weight: 1, arbitrary: fc.tuple(one, one) },
  );
}
