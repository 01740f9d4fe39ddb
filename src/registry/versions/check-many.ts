/** The dry run over several documents: one report each, in their order. */

import { readDefinition } from '../../check/definition.ts';
import type { KnownReader } from '../../check/input.ts';
import { asksForFields, type FieldIndex, type NeighbourEntry, unchecked } from '../../check/neighbours.ts';
import type { Report } from '../../check/report.ts';
import { Fault } from '../../errors.ts';
import type { SchemaFormat } from '../../schema/definition.ts';
import { asJson, type Json } from '../../schema/json.ts';
import type { Limits } from '../../schema/limits.ts';
import { registeredUri } from '../../schema/registered.ts';
import { measure } from '../../schema/value-size.ts';
import { inTurns } from '../../turns.ts';
import type { Context } from '../context.ts';
import { type CheckInput, checkCandidate, readable } from './check.ts';
import { inputOfStated, pendingAmong, type StatedDefinition, type StatedReference } from './stated.ts';

export interface NamedDocument {
  readonly catalog?: string | undefined;
  readonly subject: string;
  readonly schema?: unknown;
  readonly text?: string;
  /** Of `text`. Absent: JSON Schema. */
  readonly format?: SchemaFormat | undefined;
  readonly references?: readonly StatedReference[] | undefined;
  readonly readers?: readonly StatedReader[] | undefined;
}

/** As a request states it: values that came as JSON. */
interface StatedReader {
  readonly service: string;
  readonly origin: 'file';
  readonly reads?: readonly string[] | undefined;
  readonly requires?: unknown;
  readonly samples?: readonly unknown[] | undefined;
  readonly sampleNames?: readonly string[] | undefined;
  readonly critical?: boolean | undefined;
}

function readersOf({ readers = [] }: NamedDocument): readonly KnownReader[] {
  return readers.map(({ service, origin, reads, requires, samples, sampleNames, critical }) => ({
    service,
    origin,
    ...(reads && { reads }),
    ...(requires !== undefined && { requires: asJson(requires) }),
    ...(samples && { samples: samples.map(asJson) }),
    ...(sampleNames && { sampleNames }),
    ...(critical !== undefined && { critical }),
  }));
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
  { store, limits, caller }: Context,
  common: string | undefined,
  candidates: readonly NamedDocument[],
): Promise<readonly CheckInput[]> {
  const stated = candidates.map((candidate, index): StatedDefinition | undefined => {
    const { subject, text, format = 'json', references = [] } = candidate;
    return text === undefined
      ? undefined
      : { catalog: catalogOf(common, candidate, index), subject, text, format, references };
  });
  const pendingOf = pendingAmong(
    store,
    limits,
    stated.filter((each) => each !== undefined),
  );
  const inputs: CheckInput[] = [];
  for (const [index, candidate] of candidates.entries()) {
    if (caller.signal?.aborted) throw new Fault('CANCELLED');
    const definition = stated[index];
    const readers = readersOf(candidate);
    if (definition)
      inputs.push({ ...readBeside(limits, await inputOfStated(store, limits, definition, pendingOf)), readers });
    // what came as JSON is JSON
    else
      inputs.push({
        readers,
        catalog: catalogOf(common, candidate, index),
        subject: candidate.subject,
        source: { value: candidate.schema as Json },
      });
  }
  return inputs;
}

/** With the JSON Schema of its events, which its neighbours compare their fields with. */
function readBeside(limits: Limits, input: CheckInput): CheckInput {
  if (input.given === undefined) return input;
  const read = readDefinition(input.given.definition, input.given.attached, { limits });
  return read.ok ? { ...input, source: { value: read.native.document.root } } : input;
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
async function pendingVersions(
  { store, caller }: Context,
  inputs: readonly CheckInput[],
): Promise<ReadonlyMap<string, Json>> {
  const pending = new Map<string, Json>();
  if (inputs.length < 2) return pending;
  // an embedded database answers on this very thread: between its answers others get a turn
  const add = async ({ catalog, subject, source }: CheckInput) => {
    const number = ((await store.subject(catalog, subject))?.issued ?? 0) + 1;
    pending.set(registeredUri({ catalog, subject, number }), readable(source));
  };
  await inTurns(inputs, add, caller.signal);
  return pending;
}

/** Documents that would come in together are each other's neighbours, in place of what is registered: as in their repository. */
async function besideOneAnother(
  { store, fields, limits }: Context,
  inputs: readonly CheckInput[],
): Promise<ReadonlyMap<string, FieldIndex>> {
  const entries = new Map<string, NeighbourEntry[]>();
  const subjects = new Map<string, string[]>();
  for (const { catalog, subject, source } of inputs) {
    const root = readable(source);
    // what is too large is refused by its own check, and nobody's neighbour
    const { depth, values } = measure(root);
    const usable = depth <= limits.depth && values <= limits.values;
    subjects.set(catalog, [...(subjects.get(catalog) ?? []), subject]);
    entries.set(catalog, [...(entries.get(catalog) ?? []), ...(usable ? [unchecked(subject, root)] : [])]);
  }
  const found = new Map<string, FieldIndex>();
  for (const [catalog, more] of entries) {
    const named = subjects.get(catalog) ?? [];
    const rules = more.length > 1 ? (await store.catalog(catalog))?.rules : undefined;
    // where no rule compares them, nothing is read, and nothing that is missing is written down first
    if (rules && named.some((subject) => asksForFields(rules, subject)))
      found.set(catalog, await fields.beside(store, catalog, named, more));
  }
  return found;
}
