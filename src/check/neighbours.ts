/** An index of the fields of all documents of a catalog, updated as they change, for the rules about consistency. */
import { fieldTypes } from '../policy/field-types.ts';
import type { Neighbours } from '../policy/rule.ts';

export { asksForFields } from '../policy/ruleset.ts';

import { type NameStyle, onlyStyleOf } from '../policy/words.ts';
import { declaredDialect } from '../schema/dialect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json } from '../schema/json.ts';
import { parseSubject } from '../schema/subject.ts';

export interface NeighbourEntry {
  readonly subject: string;
  readonly document: SchemaDocument;
}

export interface FieldIndex {
  /** Replaces the fields the subject had before. */
  put(entry: NeighbourEntry): void;
  remove(subject: string): void;
  /** What the other events say; of fields, about those called `names`. `stages`: by `catalog/subject`, where they are known. */
  around(subject: string, names: ReadonlySet<string>, stages?: ReadonlyMap<string, string>): Neighbours;
  /** A copy with `entries` added; this index does not change. */
  with(entries: readonly NeighbourEntry[]): FieldIndex;
}

interface Field {
  readonly name: string;
  readonly type: string;
}

interface SubjectFields {
  readonly subject: string;
  /** All major lines of an event are one: a line may differ from the one before it. */
  readonly event: string;
  readonly fields: readonly Field[];
}

type Line = Pick<SubjectFields, 'subject' | 'event'>;

/** The subjects that give a name one type: counted, and only two of them listed, since a rule names one example. */
interface TypeUse {
  subjects: number;
  /** Undefined after one of them was removed: computed again when asked for. */
  leaders: readonly Line[] | undefined;
}

export function fieldIndex(entries: readonly NeighbourEntry[] = []): FieldIndex {
  return indexOf(entries.map(fieldsOf));
}

export const emptyFields: FieldIndex = fieldIndex();

/** Each name with each of its types once. */
function fieldsOf({ subject, document }: NeighbourEntry): SubjectFields {
  const fields = new Map(fieldTypes(document).map(({ name, type }) => [JSON.stringify([name, type]), { name, type }]));
  return { subject, event: eventOf(subject), fields: [...fields.values()] };
}

function eventOf(subject: string): string {
  return parseSubject(subject)?.type ?? subject;
}

function indexOf(entries: Iterable<SubjectFields>): FieldIndex {
  const bySubject = new Map<string, SubjectFields>();
  const byEvent = new Map<string, readonly string[]>();
  const names = new Map<string, Map<string, TypeUse>>();
  const styles = new Map<NameStyle, number>();
  const lists = sharedLists();

  const add = ({ name, type }: Field, line: Line) => {
    if (!names.has(name)) count(styles, onlyStyleOf(name), 1);
    const types = getOr(names, name, () => new Map<string, TypeUse>());
    const use = getOr(types, type, () => ({ subjects: 0, leaders: [] }));
    use.subjects += 1;
    if (use.leaders) use.leaders = leadersOf([...use.leaders, line]);
  };
  const withdraw = ({ name, type }: Field, { subject }: Line) => {
    const types = names.get(name);
    const use = types?.get(type);
    if (!types || !use) return;
    use.subjects -= 1;
    if (use.leaders?.some((line) => line.subject === subject)) use.leaders = undefined;
    if (use.subjects === 0) types.delete(type);
    if (types.size > 0) return;
    names.delete(name);
    count(styles, onlyStyleOf(name), -1);
  };
  const replace = (subject: string, next: SubjectFields | undefined) => {
    const previous = bySubject.get(subject);
    const fields = next ? lists.take(next.fields) : [];
    const line = { subject, event: eventOf(subject) };
    const gone = previous?.fields.filter((field) => !has(fields, field)) ?? [];
    const come = fields.filter((field) => !previous || !has(previous.fields, field));
    if (previous) lists.leave(previous.fields);
    bySubject.delete(subject);
    if (next) bySubject.set(subject, { ...line, fields });
    const lines = (byEvent.get(line.event) ?? []).filter((one) => one !== subject);
    if (next) lines.push(subject);
    if (lines.length > 0) byEvent.set(line.event, lines);
    else byEvent.delete(line.event);
    for (const field of gone) withdraw(field, line);
    for (const field of come) add(field, line);
  };
  const leaders = (field: Field, use: TypeUse): readonly Line[] => {
    use.leaders ??= leadersOf([...bySubject.values()].filter(({ fields }) => has(fields, field)));
    return use.leaders;
  };
  const usedElsewhere = (name: string, own: string) =>
    [...(names.get(name) ?? [])].flatMap(([type, use]) => {
      const first = leaders({ name, type }, use).find(({ event }) => event !== own)?.subject;
      return first === undefined ? [] : [[type, [first]] as const];
    });

  for (const entry of entries) replace(entry.subject, entry);
  return {
    put: (entry) => replace(entry.subject, fieldsOf(entry)),
    remove: (subject) => replace(subject, undefined),
    around: (subject, wanted, stages = new Map()) => {
      const own = eventOf(subject);
      const fields = [...wanted]
        .sort()
        .map((name) => [name, new Map(usedElsewhere(name, own))] as const)
        .filter(([, types]) => types.size > 0);
      const elsewhere = new Map(styles);
      const ownNames = (byEvent.get(own) ?? []).flatMap((line) => bySubject.get(line)?.fields ?? []);
      for (const name of new Set(ownNames.map((field) => field.name)))
        if (usedElsewhere(name, own).length === 0) count(elsewhere, onlyStyleOf(name), -1);
      return { fields: new Map(fields), styles: elsewhere, stages };
    },
    with: (more) => indexOf([...bySubject.values(), ...more.map(fieldsOf)]),
  };
}

/** The first subject by name, and the first one of another event: for any event that asks, at least one of the two is another event. */
function leadersOf(lines: readonly Line[]): readonly Line[] {
  let first: Line | undefined;
  let second: Line | undefined;
  for (const line of lines) {
    if (first === undefined || line.subject < first.subject) {
      if (first !== undefined && first.event !== line.event) second = first;
      first = line;
    } else if (line.event !== first.event && (second === undefined || line.subject < second.subject)) second = line;
  }
  return [first, second].filter((line) => line !== undefined);
}

function has(fields: readonly Field[], { name, type }: Field): boolean {
  return fields.some((field) => field.name === name && field.type === type);
}

/** Subjects with the same fields share one list of them: of a hundred thousand subjects most are alike. */
function sharedLists() {
  const held = new Map<string, { readonly fields: readonly Field[]; uses: number }>();
  const keyOf = (fields: readonly Field[]) => JSON.stringify(fields.map(({ name, type }) => [name, type]));
  return {
    take(fields: readonly Field[]): readonly Field[] {
      const list = getOr(held, keyOf(fields), () => ({ fields, uses: 0 }));
      list.uses += 1;
      return list.fields;
    },
    leave(fields: readonly Field[]): void {
      const key = keyOf(fields);
      const list = held.get(key);
      if (list && --list.uses === 0) held.delete(key);
    },
  };
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** A style that nothing has any more is not listed. */
function count(counts: Map<NameStyle, number>, style: NameStyle | undefined, by: number): void {
  if (style === undefined) return;
  const sum = (counts.get(style) ?? 0) + by;
  if (sum > 0) counts.set(style, sum);
  else counts.delete(style);
}

/** An entry for comparing neighbours with it. It is not parsed here: its own check reports what is wrong with it. */
export function unchecked(subject: string, root: Json): NeighbourEntry {
  return { subject, document: { root, dialect: declaredDialect(root) ?? '2020-12', bundle: new Map() } };
}

/** Every member name in `root`. A superset of its field names is enough, and a document that is no schema can be asked too. */
export function fieldNames(root: Json): ReadonlySet<string> {
  const found = new Set<string>();
  const stack: Json[] = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (isArray(at)) stack.push(...at);
    else if (isObject(at))
      for (const [name, value] of Object.entries(at)) {
        found.add(name);
        stack.push(value);
      }
  }
  return found;
}
