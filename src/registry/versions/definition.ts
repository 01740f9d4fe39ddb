/** A definition with everything it refers to, from the versions that are pinned in it. */
import { Fault } from '../../errors.ts';
import type { Definition, NamedReference } from '../../schema/definition.ts';
import type { Reads } from '../ports.ts';
import type { SchemaRecord } from '../records.ts';

/** Faults: VERSION_NOT_FOUND, SCHEMA_TOO_LARGE where it reaches more than `limit` versions. */
export async function loadDefinition(
  reads: Reads,
  catalog: string,
  { format, text, source, attached }: Pick<SchemaRecord, 'format' | 'text' | 'source' | 'attached'>,
  limit: number,
): Promise<Definition> {
  const loading = { reads, catalog, limit, known: new Map<string, Promise<Definition>>() };
  return { format, text: source ?? text, references: await referenced(loading, attached?.references ?? []) };
}

interface Loading {
  readonly reads: Reads;
  readonly catalog: string;
  readonly limit: number;
  /** By subject and version: what two refer to is loaded once. */
  readonly known: Map<string, Promise<Definition>>;
}

export async function loadReferences(
  reads: Reads,
  catalog: string,
  references: readonly NamedReference[],
  limit: number,
): Promise<Definition['references']> {
  return referenced({ reads, catalog, limit, known: new Map() }, references);
}

async function referenced(loading: Loading, references: readonly NamedReference[]): Promise<Definition['references']> {
  const found: { name: string; definition: Definition }[] = [];
  for (const reference of references) found.push({ name: reference.name, definition: await one(loading, reference) });
  return found;
}

function one(loading: Loading, { subject, version }: NamedReference): Promise<Definition> {
  const key = JSON.stringify([subject, version]);
  const known = loading.known.get(key) ?? load(loading, subject, version);
  loading.known.set(key, known);
  if (loading.known.size > loading.limit)
    throw new Fault(
      'SCHEMA_TOO_LARGE',
      { limit: loading.limit },
      { message: `The schema reaches more than ${loading.limit} other versions through its references.` },
    );
  return known;
}

async function load(loading: Loading, subject: string, number: number): Promise<Definition> {
  const { reads, catalog } = loading;
  const version = await reads.version(catalog, subject, number);
  if (!version) throw new Fault('VERSION_NOT_FOUND', { catalog, subject, version: number });
  const { format, text, source, attached } = version.schema;
  return { format, text: source ?? text, references: await referenced(loading, attached?.references ?? []) };
}
