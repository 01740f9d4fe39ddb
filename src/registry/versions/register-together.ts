/**
 * Registrations of one subject that wait for each other, in one transaction: each is checked against the history as it will be once
 * those before it are written. Who cannot be registered in this way is left to be registered alone.
 */
import { isLetIn } from '../../check/in-order.ts';
import { Fault } from '../../errors.ts';
import { timestamp } from '../context.ts';
import type { Reads, VersionContent, WantedVersions } from '../ports.ts';
import type { PastRecord, SubjectRecord, VersionRecord } from '../records.ts';
import { withOrigin } from '../refusal.ts';
import type { CheckedCandidate } from './check.ts';
import { checkInOrder, type KnownSubject } from './check-in-order.ts';
import { rememberWritten } from './checked-history.ts';
import type { Served } from './line.ts';
import {
  type Asked,
  type Attempt,
  attempt,
  BasisChanged,
  isShort,
  judged,
  lineKey,
  lockSubject,
  type Registered,
  schemaOf,
  write,
} from './registration.ts';

/** What came of a check; `number`: the version that is there, or that is to be written. */
type Tried = Attempt & { readonly asked: Asked; readonly number: number };
type New = Extract<Tried, { readonly kind: 'new' }>;

interface Outcome {
  readonly tried: readonly Tried[];
  readonly refused: ReadonlyMap<Asked, unknown>;
}

/** What brings the result of each that was settled. All are of one subject. */
export async function registerTogether(all: readonly Asked[]): Promise<ReadonlyMap<Asked, Served<Registered>>> {
  const [first] = all;
  if (first === undefined) return new Map();
  const { context, input } = first;
  const around = await context.store.surroundings(input.catalog, input.subject);
  const { catalog, subject } = around;
  // mappings are proved again for one version at a time
  if (!catalog || !subject || around.plans.length > 0) return new Map();
  const { tried, refused } = await tryEach(context.store, all.filter(isPlain), { ...around, catalog, subject });
  const written = await writeAll(
    first,
    tried.filter((one): one is New => one.kind === 'new'),
  );
  // what was said of the others may rest on a version that was not written
  if (written === undefined) return new Map();
  rememberWritten(context, subject, catalog.rules, [...written.values()]);
  const settled = new Map<Asked, Served<Registered>>();
  for (const [asked, error] of refused) settled.set(asked, () => Promise.reject(error));
  for (const { asked, number, kind, report } of tried) {
    const version = written.get(number) ?? (await context.store.version(input.catalog, input.subject, number));
    if (version) settled.set(asked, async () => ({ version, report, created: kind === 'new' }));
  }
  return settled;
}

/** Without anything that is looked up, placed or proved for itself. */
function isPlain({ input }: Asked): boolean {
  const { given, place, only, level, world } = input;
  return [given, place, only, level, world].every((one) => one === undefined) && isShort(input);
}

async function tryEach(store: Reads, all: readonly Asked[], around: KnownSubject): Promise<Outcome> {
  const { subject } = around;
  const tried: Tried[] = [];
  const refused = new Map<Asked, unknown>();
  const pending: PastRecord[] = [];
  const reads = withPending(store, subject, pending);
  /** As it will be once those are written that are let in so far. */
  const place = (): KnownSubject => {
    const issued = subject.issued + pending.length;
    return pending.length === 0 ? around : { ...around, subject: { ...subject, latest: issued, issued } };
  };
  const note = (asked: Asked, made: Attempt) => {
    if (made.kind === 'same') tried.push({ ...made, asked });
    else if (made.outcome.references.length === 0) {
      const number = subject.issued + pending.length + 1;
      tried.push({ ...made, asked, number });
      pending.push(pendingRecord(asked, subject, number, made.outcome));
    }
  };
  const alone = async (asked: Asked) => {
    try {
      if (asked.context.caller.signal?.aborted) throw new Fault('CANCELLED');
      note(asked, await attempt(asked, reads, place()));
    } catch (error) {
      refused.set(asked, error);
    }
  };
  /** How many are settled: those after one that may not register what was let in were held against it. */
  const settle = (run: readonly Asked[], checked: readonly CheckedCandidate[]): number => {
    for (const [index, outcome] of checked.entries()) {
      const asked = run[index]!;
      try {
        note(asked, judged(asked, outcome));
      } catch (error) {
        refused.set(asked, error);
        if (isLetIn(outcome.checked)) return index + 1;
      }
    }
    return checked.length;
  };
  for (let rest = all; rest.length > 0; ) {
    const run = await checkInOrder(rest, reads, place());
    const settled = settle(rest, run.checked);
    const next = settled < run.checked.length ? 0 : run.alone;
    for (const asked of rest.slice(settled, settled + next)) await alone(asked);
    rest = rest.slice(settled + next);
  }
  return { tried, refused };
}

/** As `stored` will answer once the versions are written; what it says of those that are there is asked once. */
function withPending(stored: Reads, { catalog, name }: SubjectRecord, pending: readonly PastRecord[]): Reads {
  const isHere = (inCatalog: string, named: string) => inCatalog === catalog && named === name;
  let contents: Promise<readonly VersionContent[]> | undefined;
  return {
    ...stored,
    history: async (inCatalog, named, wanted) => {
      const found = await stored.history(inCatalog, named, wanted);
      return isHere(inCatalog, named) ? [...found, ...pending.filter((one) => isWanted(one, pending, wanted))] : found;
    },
    versionContents: async (inCatalog, named) => {
      if (!isHere(inCatalog, named)) return stored.versionContents(inCatalog, named);
      contents ??= stored.versionContents(inCatalog, named);
      return [...(await contents), ...pending.map(({ number, schema }) => ({ number, pending: schema.fingerprint }))];
    },
  };
}

function isWanted(one: PastRecord, pending: readonly PastRecord[], wanted: WantedVersions | undefined): boolean {
  if (wanted === undefined || one === pending.at(-1)) return true;
  const { contents = [], numbers = [], after } = wanted;
  const { number, schema } = one;
  return contents.includes(schema.fingerprint) || numbers.includes(number) || (after !== undefined && number > after);
}

function pendingRecord(
  { context, input }: Asked,
  subject: SubjectRecord,
  number: number,
  outcome: CheckedCandidate,
): PastRecord {
  const { report, version } = outcome.checked;
  if (!version) throw new Error('the gate allowed a document that could not be read');
  const { contract, classification, tags } = version;
  return {
    catalog: subject.catalog,
    subject: subject.name,
    number,
    label: report.label,
    // 0: it has none yet
    schema: { id: 0, ...schemaOf(input, outcome) },
    contract,
    ...(classification !== undefined && { classification }),
    tags,
    createdAt: timestamp(context.clock),
    createdBy: context.caller.actor,
  };
}

/** By number. Undefined where not all could be written: then none is. */
async function writeAll(
  first: Asked,
  writing: readonly New[],
): Promise<ReadonlyMap<number, VersionRecord> | undefined> {
  if (writing.length === 0) return new Map();
  const { context, input } = first;
  try {
    const written = await context.store.writeInGroup(lineKey(input), async (transaction) => {
      await transaction.expectSchemas(writing.map(({ report }) => report.fingerprint));
      const { catalog, subject, around } = await lockSubject(transaction, input);
      const schemas = await Promise.all(
        writing.map(({ asked, outcome }) => transaction.putSchema(schemaOf(asked.input, outcome))),
      );
      const versions: VersionRecord[] = [];
      for (const [index, { asked, outcome }] of writing.entries()) {
        const number = subject.issued + index;
        const held = index === 0 ? subject : { ...subject, latest: number, issued: number };
        const own = withOrigin(transaction, asked.context.caller);
        const put = async () => schemas[index]!;
        versions.push(await write(asked, outcome, own, put, { catalog, subject: held, around }));
      }
      return versions;
    });
    return new Map(written.map((version) => [version.number, version]));
  } catch (error) {
    // each meets again alone what is its own fault, and whether the database is there
    if (error instanceof BasisChanged || error instanceof Fault) return undefined;
    throw error;
  }
}
