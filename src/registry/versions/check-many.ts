/** The dry run over several documents: one report each, in their order. */
import { type FieldIndex, type NeighbourEntry, unchecked } from '../../check/neighbours.ts';
import type { Report } from '../../check/report.ts';
import { Fault } from '../../errors.ts';
import type { SchemaFormat } from '../../schema/definition.ts';
import type { Json } from '../../schema/json.ts';
import { registeredUri } from '../../schema/registered.ts';
import { measure } from '../../schema/value-size.ts';
import type { Context } from '../context.ts';
import { type CheckInput, checkCandidate, readable } from './check.ts';
import { inputOfStated, pendingAmong, type StatedReference } from './stated.ts';

export interface NamedDocument {
  readonly catalog?: string | undefined;
  readonly subject: string;
  readonly schema?: unknown;
  readonly text?: string;
  /** Of `text`. Absent: JSON Schema. */
  readonly format?: SchemaFormat | undefined;
  readonly references?: readonly StatedReference[] | undefined;
}

export async function checkMany(
  context: Context,
  catalog: string | undefined,
  candidates: readonly NamedDocument[],
): Promise<readonly Report[]> {
  const inputs = await inputsOf(context, catalog, candidates);
  const beside = await besideOneAnother(context, inputs);
  const pending = await pendingVersions(context, inputs);
  const reports: Report[] = [];
  for (const input of inputs) {
    if (context.caller.signal?.aborted) throw new Fault('CANCELLED');
    reports.push(await checkCandidate(context, input, beside.get(input.catalog), pending));
  }
  return reports;
}

async function inputsOf(
  { store, limits }: Context,
  common: string | undefined,
  candidates: readonly NamedDocument[],
): Promise<readonly CheckInput[]> {
  const named = candidates.map((candidate, index) => ({ candidate, catalog: catalogOf(common, candidate, index) }));
  const stated = new Map(
    named.flatMap(({ candidate, catalog }) => {
      const { subject, format = 'json', text, references = [] } = candidate;
      const isStated = text !== undefined && (format !== 'json' || references.length > 0);
      return isStated ? [[candidate, { catalog, subject, format, text, references }] as const] : [];
    }),
  );
  const pendingOf = pendingAmong(store, limits, [...stated.values()]);
  const inputs: CheckInput[] = [];
  for (const { candidate, catalog } of named) {
    const { subject, text, schema } = candidate;
    const definition = stated.get(candidate);
    if (definition) inputs.push(await inputOfStated(store, limits, definition, pendingOf));
    // what came as JSON is JSON
    else inputs.push({ catalog, subject, source: text === undefined ? { value: schema as Json } : { text } });
  }
  return inputs;
}

function catalogOf(common: string | undefined, { catalog }: NamedDocument, index: number): string {
  const named = catalog ?? common;
  if (named !== undefined) return named;
  const message = 'is missing, and the request names none for all';
  throw new Fault('PARAMETER_INVALID', {
    problems: [{ in: 'body', at: `/candidates/${index}/catalog`, message }],
  });
}

/** What each document would be registered as: one change may alter a type and whoever refers to it. */
async function pendingVersions({ store }: Context, inputs: readonly CheckInput[]): Promise<ReadonlyMap<string, Json>> {
  const pending = new Map<string, Json>();
  if (inputs.length < 2) return pending;
  for (const { catalog, subject, source } of inputs) {
    const number = ((await store.subject(catalog, subject))?.issued ?? 0) + 1;
    pending.set(registeredUri({ catalog, subject, number }), readable(source));
  }
  return pending;
}

/** Documents that would come in together are each other's neighbours, in place of what is registered: as in their repository. */
async function besideOneAnother(
  { store, fields, limits }: Context,
  inputs: readonly CheckInput[],
): Promise<ReadonlyMap<string, FieldIndex>> {
  const entries = new Map<string, NeighbourEntry[]>();
  for (const { catalog, subject, source } of inputs) {
    const root = readable(source);
    // what is too large is refused by its own check, and nobody's neighbour
    const { depth, values } = measure(root);
    const usable = depth <= limits.depth && values <= limits.values;
    entries.set(catalog, [...(entries.get(catalog) ?? []), ...(usable ? [unchecked(subject, root)] : [])]);
  }
  const found = new Map<string, FieldIndex>();
  for (const [catalog, more] of entries)
    if (more.length > 1) {
      await fields.ready(store, catalog);
      found.set(catalog, (await fields.of(store, catalog)).with(more));
    }
  return found;
}
