/** Collects the facts that decide a transition: the plan, the successor, the usage, the state of each consumer. */
import { knownReaders, partOf, type ReadPart } from '../../check/readers/known.ts';
import type { BusReaders, ConsumerFacts, Facts, Periods, Plan, Sightings } from '../../lifecycle/facts.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { groupsOf } from '../../schema/delivery.ts';
import { durationDays } from '../../schema/duration.ts';
import { expanded } from '../../schema/group-members.ts';
import { libraryLimits } from '../../schema/limits.ts';
import { type Context, dayAfter, today } from '../context.ts';
import type { Clock, Reads } from '../ports.ts';
import type { CatalogRecord, DeprecationRecord, SubjectRecord, UsageRecord } from '../records.ts';
import { declaredReader } from '../versions/check.ts';
import type { SubjectKey } from '../versions/look-up.ts';

/** The plan as it would be, and what the caller states. */
export interface Proposed {
  readonly plan: Plan;
  readonly sunsetSoFar?: string;
  readonly attestedUnused?: boolean;
}

export async function collectFacts(
  context: Pick<Context, 'clock'>,
  reads: Reads,
  catalog: CatalogRecord,
  subject: SubjectRecord,
  { plan, sunsetSoFar, attestedUnused = false }: Proposed,
): Promise<Facts> {
  const successor = await reads.subject(subject.catalog, plan.successor);
  const here = notAhead(await reads.usage({ catalog: subject.catalog, subject: subject.name }), context.clock);
  const successorUsage = successor ? await reads.usage({ catalog: subject.catalog, subject: plan.successor }) : [];
  const there = notAhead(successorUsage, context.clock);
  const recorded = await reads.deprecation(subject.catalog, subject.name);
  const key = { catalog: subject.catalog, subject: subject.name };
  const pairs = (await reads.pairs({ ...key, since: plan.announcedOn })).at(-1);
  const last = (await reads.transitions(subject.catalog, subject.name)).at(-1);
  return {
    subject: subject.name,
    stage: subject.stage,
    today: today(context.clock),
    periods: periodsOf(catalog.rules),
    plan,
    ...(sunsetSoFar !== undefined && { sunsetSoFar }),
    attestedUnused,
    successor: successor && {
      stage: successor.stage,
      versions: successor.latest,
      leadsBackHere: await leadsTo(reads, subject.catalog, plan.successor, subject.name),
    },
    here: sightings(here, await producerOf(reads, key)),
    there: sightings(there, successor && (await producerOf(reads, { ...key, subject: plan.successor }))),
    consumers: await consumerFacts(reads, catalog.rules, subject, recorded, here, there),
    pairs,
    readers: await readersOnBuses(reads, catalog.rules, key),
    ...(last && { last: { actor: last.actor, at: last.at } }),
  };
}

export function periodsOf(catalog: Catalog): Periods {
  const { notice, dualWrite, quiet } = catalog.deprecation;
  // readCatalog refuses everything that is not a duration
  return {
    notice: durationDays(notice) ?? 0,
    dualWrite: durationDays(dualWrite) ?? 0,
    quiet: durationDays(quiet) ?? 0,
  };
}

/** Whether following successors from `from` arrives at `target`. */
async function leadsTo(reads: Reads, catalog: string, from: string, target: string): Promise<boolean> {
  const seen = new Set<string>();
  for (let at: string | undefined = from; at !== undefined && !seen.has(at); ) {
    if (at === target) return true;
    seen.add(at);
    const plan: DeprecationRecord | undefined = await reads.deprecation(catalog, at);
    at = plan?.successor;
  }
  return false;
}

async function readersOnBuses(reads: Reads, catalog: Catalog, key: SubjectKey): Promise<readonly BusReaders[]> {
  const consumers = await reads.consumers(key.catalog, key.subject);
  const producer = await producerOf(reads, key);
  const contract = { consumers: consumers.map(({ service }) => ({ service })), ...(producer && { producer }) };
  const declared = new Set(
    groupsOf(catalog, [{ subject: key.subject, contract }])
      .filter(({ subjects }) => subjects.includes(key.subject))
      .map(({ name }) => name),
  );
  return (await reads.busReaders(key.catalog, key.subject)).map(({ bus, groups, reportedAt }) => ({
    bus,
    groups,
    undeclared: groups.filter((group) => !declared.has(group)),
    seenOn: reportedAt.slice(0, 10),
  }));
}

/** Evidence that the line is sent comes from the service that produces it: of others' word nothing follows. */
function sightings(rows: readonly UsageRecord[], producer: string | undefined): Sightings {
  const usage = rows.filter(
    ({ role, service }) => role === 'consume' || producer === undefined || service === producer,
  );
  const days = (rows: readonly UsageRecord[]) =>
    rows
      .map((row) => row.day)
      .sort()
      .at(-1) ?? 'unknown';
  return { produced: days(usage.filter((row) => row.role === 'produce')), seen: days(usage) };
}

async function producerOf(reads: Reads, { catalog, subject }: SubjectKey): Promise<string | undefined> {
  return (await reads.version(catalog, subject, 'latest'))?.contract.producer;
}

/** What is dated later than any clock may say was never seen. */
function notAhead(rows: readonly UsageRecord[], clock: Clock): readonly UsageRecord[] {
  return rows.filter(({ day }) => day <= dayAfter(clock, 1));
}

async function consumerFacts(
  reads: Reads,
  catalog: Catalog,
  subject: SubjectRecord,
  plan: DeprecationRecord | undefined,
  here: readonly UsageRecord[],
  there: readonly UsageRecord[],
): Promise<readonly ConsumerFacts[]> {
  const producer = await producerOf(reads, { catalog: subject.catalog, subject: subject.name });
  // a group of services is asked member by member: each of them moves, or has not
  const declared = expanded(catalog, await reads.consumers(subject.catalog, subject.name), producer);
  const seen = here.filter((row) => row.role === 'consume').map((row) => row.service);
  const services = [...new Set([...declared.map((row) => row.service), ...seen])].sort();
  const parts = await partsRead(reads, catalog, subject);
  const waitsForReaders = catalog.deprecation.waitFor === 'readers';
  const acknowledged = new Set(plan?.consumers.filter((row) => row.state === 'acknowledged').map((row) => row.service));
  return services.map((service) => {
    const days = seenDays(consumeDays(here, service), consumeDays(there, service));
    const { reads: read, demands = [] } = parts.get(service) ?? {};
    const isIdle = read?.length === 0 && demands.length === 0 && days.seenHere === 'unknown';
    return {
      service,
      acknowledged: acknowledged.has(service),
      ...days,
      ...(read && demands.length === 0 && { reads: read }),
      ...(waitsForReaders && isIdle && { isUnconcerned: true }),
    };
  });
}

/** What each service says that it reads, to the registry and by the contract of the latest version. */
async function partsRead(
  reads: Reads,
  catalog: Catalog,
  { catalog: name, name: subject }: SubjectRecord,
): Promise<ReadonlyMap<string, ReadPart>> {
  const contract = (await reads.version(name, subject, 'latest'))?.contract ?? {};
  const readers = (await reads.consumers(name, subject)).flatMap(declaredReader);
  const known = knownReaders(undefined, contract, { catalog, readers, limits: libraryLimits });
  return new Map(known.map(({ service, statements }) => [service, partOf(statements)]));
}

/** The days on which a service was seen consuming, oldest first. */
function consumeDays(rows: readonly UsageRecord[], service: string): readonly string[] {
  return rows
    .filter((row) => row.role === 'consume' && row.service === service)
    .map((row) => row.day)
    .sort();
}

function seenDays(here: readonly string[], there: readonly string[]) {
  const seenHere = here.at(-1) ?? 'unknown';
  const movedOn = there.find((day) => seenHere === 'unknown' || day > seenHere);
  return { seenHere, seenOnSuccessor: there.at(-1) ?? 'unknown', ...(movedOn !== undefined && { movedOn }) };
}
