/** The dry run over several documents: one report each, in their order. */
import { type FieldIndex, type NeighbourEntry, unchecked } from '../../check/neighbours.ts';
import type { Report } from '../../check/report.ts';
import { Fault } from '../../errors.ts';
import type { Json } from '../../schema/json.ts';
import { registeredUri } from '../../schema/registered.ts';
import { measure } from '../../schema/value-size.ts';
import type { Context } from '../context.ts';
import { type CheckInput, checkCandidate, readable } from './check.ts';

export interface NamedDocument {
  readonly catalog?: string | undefined;
  readonly subject: string;
  readonly schema?: unknown;
  readonly text?: string;
}

export async function checkMany(
  context: Context,
  catalog: string | undefined,
  candidates: readonly NamedDocument[],
): Promise<readonly Report[]> {
  const inputs = candidates.map((candidate, index) => inputOf(catalog, candidate, index));
  const beside = await besideOneAnother(context, inputs);
  const pending = await pendingVersions(context, inputs);
  const reports: Report[] = [];
  for (const input of inputs) {
    if (context.caller.signal?.aborted) throw new Fault('CANCELLED');
    reports.push(await checkCandidate(context, input, beside.get(input.catalog), pending));
  }
  return reports;
}

function inputOf(catalog: string | undefined, candidate: NamedDocument, index: number): CheckInput {
  const named = candidate.catalog ?? catalog;
  if (named === undefined)
    throw new Fault('PARAMETER_INVALID', {
      problems: [
        {
          in: 'body',
          at: `/candidates/${index}/catalog`,
          message: 'is missing, and the request names none for all',
        },
      ],
    });
  // what came as JSON is JSON
  const source = candidate.text === undefined ? { value: candidate.schema as Json } : { text: candidate.text };
  return { catalog: named, subject: candidate.subject, source };
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
