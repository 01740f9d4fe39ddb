/** Definitions of any format as a request states them, with the versions they use by name found. */
import { readDefinition } from '../../check/definition.ts';
import { Fault } from '../../errors.ts';
import type { Definition, NamedReference, SchemaFormat } from '../../schema/definition.ts';
import type { Limits } from '../../schema/limits.ts';
import type { Reads } from '../ports.ts';
import type { CheckInput } from './check.ts';
import { loadReferences } from './definition.ts';

export interface StatedReference {
  /** As the text uses it: the path of an import; in Avro any name. */
  readonly name: string;
  readonly subject: string;
  /** Absent: what the same request would register, else the latest version. */
  readonly version?: number | undefined;
}

export interface StatedDefinition {
  readonly catalog: string;
  readonly subject: string;
  readonly format: SchemaFormat;
  readonly text: string;
  readonly references: readonly StatedReference[];
}

/** What a reference without a version stands for, and the definition of what is not registered yet. */
export interface Pending {
  readonly number: number;
  readonly definition: Definition;
}

export type PendingOf = (catalog: string, subject: string) => Promise<Pending | undefined>;

/**
 * What registration and checks are given; a JSON Schema that uses nothing by name is its text alone. Faults: VERSION_NOT_FOUND for a
 * reference to what is not registered, SCHEMA_TOO_LARGE where it reaches more versions than `limits` allow.
 */
export async function inputOfStated(
  reads: Reads,
  limits: Limits,
  { catalog, subject, format, text, references }: StatedDefinition,
  pendingOf: PendingOf = async () => undefined,
): Promise<CheckInput> {
  if (format === 'json' && references.length === 0) return { catalog, subject, source: { text } };
  const named: NamedReference[] = [];
  const pending = new Map<string, Definition>();
  for (const { name, subject: target, version } of references) {
    const found = version === undefined ? await pendingOf(catalog, target) : undefined;
    if (found) pending.set(name, found.definition);
    const number = found?.number ?? version ?? (await latestOf(reads, catalog, target));
    named.push({ name, subject: target, version: number });
  }
  const registered = named.filter(({ name }) => !pending.has(name));
  const loaded = new Map(
    (await loadReferences(reads, catalog, registered, limits.bundle)).map(({ name, definition }) => [name, definition]),
  );
  const known = named.flatMap(({ name }) => {
    const definition = pending.get(name) ?? loaded.get(name);
    return definition ? [{ name, definition }] : [];
  });
  return {
    catalog,
    subject,
    source: { text: '' },
    given: {
      definition: { format, text, references: known },
      attached: named.length > 0 ? { references: named } : {},
    },
    references: named.map(({ subject: target, version }) => ({ catalog, subject: target, number: version })),
  };
}

async function latestOf(reads: Reads, catalog: string, subject: string): Promise<number> {
  const number = (await reads.version(catalog, subject, 'latest'))?.number;
  if (number === undefined) throw new Fault('VERSION_NOT_FOUND', { catalog, subject, version: 'latest' });
  return number;
}

/** What each definition of one request would be registered as, so that one change may alter a type and whoever uses it. */
export function pendingAmong(reads: Reads, limits: Limits, all: readonly StatedDefinition[]): PendingOf {
  const keyOf = (catalog: string, subject: string) => JSON.stringify([catalog, subject]);
  const stated = new Map(all.map((each) => [keyOf(each.catalog, each.subject), each]));
  const found = new Map<string, Pending>();
  const underway: string[] = [];
  const pendingOf: PendingOf = async (catalog, subject) => {
    const key = keyOf(catalog, subject);
    const definition = stated.get(key);
    if (definition === undefined || found.has(key)) return found.get(key);
    if (underway.includes(subject)) {
      const circle = [...underway.slice(underway.indexOf(subject)), subject].join(' → ');
      throw new Fault('SCHEMA_REFERENCE_UNRESOLVED', {}, { message: `References go round in a circle: ${circle}.` });
    }
    underway.push(subject);
    const pending = await pendingFor(definition);
    underway.pop();
    if (pending) found.set(key, pending);
    return pending;
  };
  const pendingFor = async (definition: StatedDefinition): Promise<Pending | undefined> => {
    const { catalog, subject } = definition;
    const { given } = await inputOfStated(reads, limits, definition, pendingOf);
    if (given === undefined) return undefined;
    const read = readDefinition(given.definition, given.attached, { limits });
    const same = read.ok ? await reads.placed({ catalog, subject, fingerprint: read.fingerprint, live: true }) : [];
    const issued = (await reads.subject(catalog, subject))?.issued ?? 0;
    return { number: same.at(-1)?.number ?? issued + 1, definition: given.definition };
  };
  return pendingOf;
}
