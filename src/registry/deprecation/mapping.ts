/** Proves a successor mapping before a plan is announced: on events made from both schemas, and on recorded ones sent along. */
import { Fault } from '../../errors.ts';
import type { Failure, MappingSide, Proof } from '../../mapping/prove.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import { trustedSchema } from '../../schema/parse.ts';
import type { Context } from '../context.ts';
import type { Counterexample, MappingProof, PlanMapping, VersionRecord } from '../records.ts';
import { loadBundle } from '../versions/bundle.ts';
import type { SubjectKey } from '../versions/look-up.ts';
import { catalogOf } from '../versions/look-up.ts';

export interface MappingInput {
  readonly backward: string;
  readonly forward?: string | undefined;
  /** Events that really happened: for the forward mapping of the subject, for the backward one of its successor. */
  readonly recorded?:
    | { readonly subject?: readonly Json[] | undefined; readonly successor?: readonly Json[] | undefined }
    | undefined;
}

/**
 * Undefined where a side has no version: then there is no plan either, and its own check says so. Faults: MAPPING_INVALID,
 * MAPPING_REFUTED (unless forced), MAPPING_TOO_COSTLY.
 */
export async function proveMapping(
  context: Context,
  key: SubjectKey & { readonly successor: string },
  input: MappingInput,
  forced: boolean,
): Promise<PlanMapping | undefined> {
  const { store } = context;
  const { rules } = await catalogOf(store, key.catalog);
  const old = await store.version(key.catalog, key.subject, 'latest');
  const successor = await store.version(key.catalog, key.successor, 'latest');
  if (!old || !successor) return undefined;
  const { backward, forward, recorded = {} } = input;
  const expressions = { backward, ...(forward !== undefined && { forward }) };
  const proof = await proveSides(context, {
    expressions,
    old: { number: old.number, side: await sideOfVersion(context, rules, old, recorded.subject) },
    successor: { number: successor.number, side: await sideOfVersion(context, rules, successor, recorded.successor) },
    isForced: forced,
    remedy: 'A steward may force the plan, which then records the counterexamples.',
  });
  return { ...expressions, proof };
}

/** A version, or what would be one, as a proof takes it. */
export interface ProofSide {
  readonly number: number;
  readonly side: MappingSide;
}

export interface ProofInput {
  readonly expressions: { readonly backward: string; readonly forward?: string };
  readonly old: ProofSide;
  readonly successor: ProofSide;
  /** Counterexamples do not refuse. */
  readonly isForced: boolean;
  /** What whoever is refused can do. */
  readonly remedy: string;
}

export async function proveSides(
  { mappings, caller }: Pick<Context, 'mappings' | 'caller'>,
  { expressions, old, successor, isForced, remedy }: ProofInput,
): Promise<MappingProof> {
  const proof = await mappings.prove({ expressions, old: old.side, successor: successor.side }, caller);
  if (proof.problems.length > 0) throw invalid(proof);
  if (proof.failed > 0 && !isForced) throw refuted(proof, remedy);
  return kept(proof, old, successor);
}

export async function sideOfVersion(
  context: Context,
  rules: Catalog,
  { schema, subject }: VersionRecord,
  recorded: readonly Json[] = [],
): Promise<MappingSide> {
  const { documents } = await loadBundle(context.store, JSON.parse(schema.text), context.limits.bundle);
  const settings = (await context.store.subject(rules.name, subject))?.settings;
  const document = trustedSchema(schema.text, schema.dialect, documents);
  return { document, formats: rules.formats, world: settings?.world ?? rules.world, recorded };
}

function invalid({ problems }: Proof): Fault {
  const listed = problems.map(({ at, message }) => ({ pointer: `/mapping${at}`, message }));
  return new Fault('MAPPING_INVALID', { problems: listed }, { message: 'The mapping cannot be tested:' });
}

function refuted({ failed, generated, recorded, failures }: Proof, remedy: string): Fault {
  const problems = failures.map((failure) => ({
    pointer: `/mapping/${failure.direction}`,
    message: failureText(failure),
  }));
  const counterexamples: readonly JsonObject[] = failures.map((failure) => ({ ...failure }));
  return new Fault(
    'MAPPING_REFUTED',
    { failed, generated, recorded, problems, counterexamples },
    {
      message: `The mapping fails for ${failed} of the ${generated + recorded} events it was tested on. ${remedy}`,
    },
  );
}

/** Characters of an event shown in a sentence. */
const shownChars = 300;

function failureText(failure: Failure): string {
  if ('recorded' in failure) return `for recorded event ${failure.recorded}: ${failure.problem}`;
  const event = JSON.stringify(failure.event);
  return `for ${event.length > shownChars ? `${event.slice(0, shownChars)}…` : event}: ${failure.problem}`;
}

/** Longer counterexamples are not stored in a plan. */
const storableChars = 10_000;

function kept(proof: Proof, old: Pick<ProofSide, 'number'>, successor: Pick<ProofSide, 'number'>): MappingProof {
  const { generated, recorded, failed } = proof;
  const counterexamples = proof.failures.flatMap((failure): readonly Counterexample[] =>
    'recorded' in failure || JSON.stringify(failure).length > storableChars ? [] : [failure],
  );
  return {
    subjectVersion: old.number,
    successorVersion: successor.number,
    generated,
    recorded,
    failed,
    ...(counterexamples.length > 0 && { counterexamples }),
  };
}
