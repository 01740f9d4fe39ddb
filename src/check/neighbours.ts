/** What the rest of a catalog says: an index of its documents' fields, kept up as they change, for the rules about consistency. */
import { fieldTypes } from '../policy/field-types.ts';
import type { Neighbours } from '../policy/rule.ts';
import { type NameStyle, styleTold } from '../policy/words.ts';
import { declaredDialect } from '../schema/dialect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json } from '../schema/json.ts';
import { parseSubject } from '../schema/subject.ts';

export interface NeighbourEntry {
  readonly subject: string;
  readonly document: SchemaDocument;
}

export interface FieldIndex {
  /** Takes the place of what the subject said before. */
  put(entry: NeighbourEntry): void;
  remove(subject: string): void;
  /** What the other events say; of fields, about those called `names`. `stages`: by `catalog/subject`, where they are known. */
  around(subject: string, names: ReadonlySet<string>, stages?: ReadonlyMap<string, string>): Neighbours;
  /** The same with `entries` put in, itself left as it is. */
  with(entries: readonly NeighbourEntry[]): FieldIndex;
}

interface Said {
  readonly subject: string;
  /** All major lines of an event are one: a line may differ from the one before it. */
  readonly event: string;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
}

export function fieldIndex(entries: readonly NeighbourEntry[] = []): FieldIndex {
  return indexOf(entries.map(said));
}

function said({ subject, document }: NeighbourEntry): Said {
  const fields = fieldTypes(document).map(({ name, type }) => ({ name, type }));
  return { subject, event: eventOf(subject), fields };
}

function eventOf(subject: string): string {
  return parseSubject(subject)?.type ?? subject;
}

function indexOf(entries: readonly Said[]): FieldIndex {
  const bySubject = new Map<string, Said>();
  const byEvent = new Map<string, Set<string>>();
  let styles: ReadonlyMap<NameStyle, number> | undefined;
  /** Name → type → event → its subjects. */
  const names: Names = new Map();
  const remove = (subject: string) => {
    styles = undefined;
    byEvent.get(eventOf(subject))?.delete(subject);
    for (const { name, type } of bySubject.get(subject)?.fields ?? []) withdraw(names, name, type, subject);
    bySubject.delete(subject);
  };
  const put = (entry: Said) => {
    remove(entry.subject);
    bySubject.set(entry.subject, entry);
    getOr(byEvent, entry.event, () => new Set<string>()).add(entry.subject);
    for (const { name, type } of entry.fields) {
      const types = getOr(names, name, () => new Map<string, Map<string, Set<string>>>());
      const events = getOr(types, type, () => new Map<string, Set<string>>());
      getOr(events, entry.event, () => new Set<string>()).add(entry.subject);
      ordered.delete(events);
    }
  };
  for (const entry of entries) put(entry);
  return {
    put: (entry) => put(said(entry)),
    remove,
    around: (subject, wanted, stages = new Map()) => {
      const own = eventOf(subject);
      styles ??= countStyles(names.keys());
      const ownNames = [...(byEvent.get(own) ?? [])].flatMap((line) => bySubject.get(line)?.fields ?? []);
      return {
        fields: others(names, wanted, own),
        styles: stylesElsewhere(styles, names, own, new Set(ownNames.map(({ name }) => name))),
        stages,
      };
    },
    with: (more) => indexOf([...bySubject.values(), ...more.map(said)]),
  };
}

/** Event → its subjects. */
type Events = Map<string, Set<string>>;
type Names = Map<string, Map<string, Events>>;

/** Subjects by name, each with its event: sorted once and not for everyone who asks, until one comes or goes. */
const ordered = new WeakMap<Events, readonly (readonly [subject: string, event: string])[]>();

function inOrder(events: Events): readonly (readonly [subject: string, event: string])[] {
  const known = ordered.get(events);
  if (known) return known;
  const made = [...events].flatMap(([event, subjects]) => [...subjects].map((subject) => [subject, event] as const));
  made.sort(([left], [right]) => (left < right ? -1 : 1));
  ordered.set(events, made);
  return made;
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

function withdraw(names: Names, name: string, type: string, subject: string): void {
  const types = names.get(name);
  const events = types?.get(type);
  const subjects = events?.get(eventOf(subject));
  subjects?.delete(subject);
  if (events) ordered.delete(events);
  if (subjects?.size === 0) events?.delete(eventOf(subject));
  if (events?.size === 0) types?.delete(type);
  if (types?.size === 0) names.delete(name);
}

/** One subject is told for each type, the first by name: a rule names one example. */
function others(names: Names, wanted: ReadonlySet<string>, own: string): Neighbours['fields'] {
  const found = new Map<string, ReadonlyMap<string, readonly string[]>>();
  for (const name of [...wanted].filter((one) => names.has(one)).sort()) {
    const types = [...(names.get(name) ?? [])].flatMap(([type, events]) => {
      const first = inOrder(events).find(([, event]) => event !== own)?.[0];
      return first === undefined ? [] : [[type, [first]] as const];
    });
    if (types.length > 0) found.set(name, new Map(types));
  }
  return found;
}

function countStyles(names: Iterable<string>): Map<NameStyle, number> {
  const counts = new Map<NameStyle, number>();
  for (const name of names) {
    const style = styleTold(name);
    if (style !== undefined) counts.set(style, (counts.get(style) ?? 0) + 1);
  }
  return counts;
}

/** All names but those that the event `own` alone has. */
function stylesElsewhere(
  all: ReadonlyMap<NameStyle, number>,
  names: Names,
  own: string,
  ownNames: Iterable<string>,
): Neighbours['styles'] {
  const isOwnAlone = (name: string) =>
    [...(names.get(name)?.values() ?? [])].every((events) => events.size === 1 && events.has(own));
  const alone = countStyles(new Set([...ownNames].filter(isOwnAlone)));
  return new Map([...all].map(([style, count]) => [style, count - (alone.get(style) ?? 0)]));
}

/** For what its neighbours compare themselves with; whether it is a schema at all its own check says. */
export function unchecked(subject: string, root: Json): NeighbourEntry {
  return { subject, document: { root, dialect: declaredDialect(root) ?? '2020-12', bundle: new Map() } };
}

/** Every name `root` may give a field: a few too many do no harm, and a document that is no schema is not walked as one. */
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
