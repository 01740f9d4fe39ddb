/** An index of the fields of the documents of a catalog, for the rules about consistency. */
import { fieldTypes } from '../policy/field-types.ts';
import type { Neighbours } from '../policy/rule.ts';

export { asksForFields, mayAskForFields } from '../policy/ruleset.ts';

export type { NameStyle } from '../policy/words.ts';

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
  /** What the other events say; of fields, about those called `names`. `stages`: by `catalog/subject`, where they are known. */
  around(subject: string, names: ReadonlySet<string>, stages?: ReadonlyMap<string, string>): Neighbours;
}

export interface Field {
  readonly name: string;
  readonly type: string;
  /** The one style the name can be in. */
  readonly style?: NameStyle;
}

export interface SubjectFields {
  readonly subject: string;
  /** All major lines of an event are one: a line may differ from the one before it. */
  readonly event: string;
  /** Each name with each of its types once. */
  readonly fields: readonly Field[];
}

type Line = Pick<SubjectFields, 'subject' | 'event'>;

/** A subject that has a field. */
export interface FieldUse extends Line, Field {}

/** What a registry has of the fields of a catalog, as far as a check asks for it; without the subjects that are checked together. */
export interface StoredFields {
  /** Of each name that is asked about and each of its types: the first subject by name, and the first one of another event. */
  readonly uses: readonly FieldUse[];
  /** All fields of the events that ask, also of the subjects that are left out elsewhere. */
  readonly own: readonly FieldUse[];
  /** How many names there are in all that only one style allows; here too of all subjects. */
  readonly styles: ReadonlyMap<NameStyle, number>;
}

export function fieldIndex(entries: readonly NeighbourEntry[]): FieldIndex {
  return indexOf(entries.map(fieldsOf));
}

export const emptyFields: FieldIndex = fieldIndex([]);

/** Over what is stored; `beside` stands in place of what is stored of the same subjects. Those have to be left out of `uses`. */
export function storedFieldIndex(
  { uses, own, styles }: StoredFields,
  beside: readonly NeighbourEntry[] = [],
): FieldIndex {
  const replaced = new Set(beside.map(({ subject }) => subject));
  const known = new Map(uses.map(({ name, style }) => [name, style]));
  const gone = new Map(own.filter(({ name }) => !known.has(name)).map(({ name, style }) => [name, style]));
  const uncounted = new Map(styles);
  for (const style of [...known.values(), ...gone.values()]) count(uncounted, style, -1);
  const bySubject = new Map<string, FieldUse[]>();
  for (const use of [...uses, ...own])
    if (!replaced.has(use.subject)) getOr(bySubject, use.subject, () => []).push(use);
  const stored = [...bySubject].map(([subject, fields]) => ({
    subject,
    event: eventOf(subject),
    fields: once(fields),
  }));
  return indexOf([...stored, ...beside.map(fieldsOf)], uncounted);
}

export function fieldsOf({ subject, document }: NeighbourEntry): SubjectFields {
  const fields = fieldTypes(document).map(({ name, type }): Field => {
    const style = onlyStyleOf(name);
    return { name, type, ...(style && { style }) };
  });
  return { subject, event: eventOf(subject), fields: once(fields) };
}

function once(fields: readonly Field[]): readonly Field[] {
  return [...new Map(fields.map((field) => [`${field.name.length}:${field.name}${field.type}`, field])).values()];
}

export function eventOf(subject: string): string {
  return parseSubject(subject)?.type ?? subject;
}

/**
 * Over what documents were found to have, which need not be at hand any more. `uncounted`: of names that no entry has, how many each
 * style has.
 */
export function indexOf(
  entries: readonly SubjectFields[],
  uncounted: ReadonlyMap<NameStyle, number> = new Map(),
): FieldIndex {
  const bySubject = new Map(entries.map((entry) => [entry.subject, entry]));
  const namesOfEvent = new Map<string, Set<string>>();
  const styleOf = new Map<string, NameStyle | undefined>();
  /** By name and type. Two of the subjects are listed, since a rule names one example. */
  const leaders = new Map<string, Map<string, readonly Line[]>>();
  for (const { subject, event, fields } of bySubject.values())
    for (const { name, type, style } of fields) {
      styleOf.set(name, style);
      getOr(namesOfEvent, event, () => new Set()).add(name);
      const types = getOr(leaders, name, () => new Map<string, readonly Line[]>());
      types.set(type, leadersOf([...(types.get(type) ?? []), { subject, event }]));
    }
  const styles = new Map(uncounted);
  for (const style of styleOf.values()) count(styles, style, 1);

  const usedElsewhere = (name: string, own: string) =>
    [...(leaders.get(name) ?? [])].flatMap(([type, lines]) => {
      const first = lines.find(({ event }) => event !== own)?.subject;
      return first === undefined ? [] : [[type, [first]] as const];
    });
  const isUsedElsewhere = (name: string, own: string) => {
    for (const lines of leaders.get(name)?.values() ?? []) if (lines.some(({ event }) => event !== own)) return true;
    return false;
  };
  return {
    around: (subject, wanted, stages = new Map()) => {
      const own = eventOf(subject);
      const fields = [...wanted]
        .filter((name) => leaders.has(name))
        .sort()
        .map((name) => [name, new Map(usedElsewhere(name, own))] as const)
        .filter(([, types]) => types.size > 0);
      const elsewhere = new Map(styles);
      for (const name of namesOfEvent.get(own) ?? [])
        if (!isUsedElsewhere(name, own)) count(elsewhere, styleOf.get(name), -1);
      return { fields: new Map(fields), styles: elsewhere, stages };
    },
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
