/**
 * While a plan has a mapping, each new version of its subject or of its successor is proved against it: a mapping that held on the
 * day of the announcement says nothing about schemas that came later. The proof takes its time, so it is made before the subject is
 * locked and recorded with the version.
 */
import { Fault } from '../../errors.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { parseSchema } from '../../schema/parse.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../ports.ts';
import type { DeprecationRecord, MappingProof, PlanMapping } from '../records.ts';
import { loadBundle } from '../versions/bundle.ts';
import { type CheckInput, readable } from '../versions/check.ts';
import { catalogOf } from '../versions/look-up.ts';
import { type ProofSide, proveSides, sideOfVersion } from './mapping.ts';

export interface ProvedAgain {
  readonly plan: DeprecationRecord;
  readonly mapping: PlanMapping;
}

/** `ofCatalog`: every plan of the catalog. Faults: MAPPING_REFUTED, unless a steward had forced the plan in spite of counterexamples, and MAPPING_TOO_COSTLY. */
export async function proveAgain(
  context: Context,
  input: CheckInput,
  ofCatalog: readonly DeprecationRecord[],
): Promise<readonly ProvedAgain[]> {
  const { catalog, subject } = input;
  const plans = ofCatalog.filter(
    (plan) => plan.mapping && plan.stage !== 'retired' && (plan.subject === subject || plan.successor === subject),
  );
  if (plans.length === 0 || !context.caller.can('publish', { catalog, subject })) return [];
  const candidate = await candidateSide(context, input);
  if (!candidate) return [];
  const proved: ProvedAgain[] = [];
  for (const plan of plans) {
    const again = await proveOne(context, plan, subject, candidate);
    if (again) proved.push(again);
  }
  return proved;
}

/** Undefined where the document is none, or the content the subject has already: then the check says so, or nothing changes. */
async function candidateSide(
  context: Context,
  { catalog, subject, source }: CheckInput,
): Promise<ProofSide | undefined> {
  const { store, limits } = context;
  const { rules } = await catalogOf(store, catalog);
  const { documents } = await loadBundle(store, readable(source), limits.bundle);
  const parsed = parseSchema(source, { limits, bundle: documents });
  const record = await store.subject(catalog, subject);
  if (!parsed.ok || !record) return undefined;
  const digest = fingerprint(parsed.document.root);
  const past = await store.history(catalog, subject, { contents: [digest] });
  if (past.some((version) => version.schema.fingerprint === digest)) return undefined;
  const world = record.settings.world ?? rules.world;
  return {
    number: record.issued + 1,
    side: { document: parsed.document, formats: rules.formats, world, recorded: [] },
  };
}

async function proveOne(
  context: Context,
  plan: DeprecationRecord,
  subject: string,
  candidate: ProofSide,
): Promise<ProvedAgain | undefined> {
  const { catalog, mapping } = plan;
  if (!mapping) return undefined;
  const isSuccessor = plan.successor === subject;
  const other = await context.store.version(catalog, isSuccessor ? plan.subject : plan.successor, 'latest');
  if (!other) return undefined;
  const { rules } = await catalogOf(context.store, catalog);
  const there = { number: other.number, side: await sideOfVersion(context, rules, other) };
  const { backward, forward } = mapping;
  const expressions = { backward, ...(forward !== undefined && { forward }) };
  const proof = await proveSides(context, {
    expressions,
    old: isSuccessor ? there : candidate,
    successor: isSuccessor ? candidate : there,
    isForced: mapping.proof.failed > 0,
    remedy: `Register a version that the mapping of "${plan.subject}" to "${plan.successor}" fits, or withdraw that plan and announce it with another mapping.`,
  });
  return { plan, mapping: { ...expressions, proof } };
}

/** Writes the proofs beside the version that was just inserted. Fault SUBJECT_LOCKED where a plan or a version changed meanwhile. */
export async function recordProofs(
  transaction: Transaction,
  { catalog, subject, number }: { readonly catalog: string; readonly subject: string; readonly number: number },
  proved: readonly ProvedAgain[],
): Promise<void> {
  for (const { plan, mapping } of proved) {
    if (plan.subject !== subject) await transaction.lockSubject(catalog, plan.subject);
    const now = await transaction.deprecation(catalog, plan.subject);
    if (!now) continue;
    const isSame = now.revision === plan.revision && now.successor === plan.successor && now.stage === plan.stage;
    if (!isSame || !(await isOf(transaction, plan, mapping.proof, { subject, number })))
      throw new Fault('SUBJECT_LOCKED', { catalog, subject });
    await transaction.putDeprecation({ ...now, mapping });
  }
}

async function isOf(
  transaction: Transaction,
  { catalog, subject, successor }: DeprecationRecord,
  { subjectVersion, successorVersion }: MappingProof,
  made: { readonly subject: string; readonly number: number },
): Promise<boolean> {
  const latest = async (name: string) =>
    name === made.subject ? made.number : (await transaction.subject(catalog, name))?.latest;
  return (await latest(subject)) === subjectVersion && (await latest(successor)) === successorVersion;
}
