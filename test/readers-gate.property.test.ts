/**
 * The gate under each policy of breaks, against its definition: by readers a catalog may let a break in, and never one of a reader that
 * counts, one of a reader nobody knows, or one that is let in by what the change itself says. Who breaks is asked here reading by
 * reading, not as the check puts them together.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../src/check/check.ts';
import type { KnownReader, PastVersion, Rules, SeenReaders } from '../src/check/input.ts';
import { catalogRules } from '../src/check/rules.ts';
import { enforcedDirections, worldReports } from '../src/compat/compare.ts';
import { confirm } from '../src/compat/confirm/confirm.ts';
import { prepare } from '../src/compat/decide/decide.ts';
import { compareReader } from '../src/compat/reading/reader.ts';
import { noNeighbours } from '../src/policy/rule.ts';
import { fingerprint } from '../src/schema/canonical.ts';
import { catalogShape } from '../src/schema/catalog.ts';
import { readContract } from '../src/schema/contract.ts';
import type { SchemaDocument } from '../src/schema/document.ts';
import { isObject, type Json } from '../src/schema/json.ts';
import { type BreakPolicy, breakPolicies, levels, worlds } from '../src/schema/level.ts';
import { registryLimits } from '../src/schema/limits.ts';
import { families, names, schema } from './support/arbitrary.ts';
import { documentOf } from './support/document.ts';
import { run, timeoutMs } from './support/fuzz.ts';
import { edit, edited, pairOf } from './support/mutate.ts';
import { shop } from './support/shop.ts';

const formats = 'annotate';
const catalog = catalogShape.parse({
  ...shop,
  formats,
  rules: Object.fromEntries(catalogRules.map(({ id }) => [id, 'off'])),
});

type Origin = 'declared' | 'before' | 'next' | 'file';

/** What one party says of one service: to the registry, in the contract of the version before or of the next, or in a file. */
interface Said {
  readonly service: string;
  readonly origin: Origin;
  readonly reads?: readonly string[];
  readonly requires?: Json;
  readonly critical?: boolean;
}

interface Case {
  /** A version before the one that readers have. */
  readonly older: Json | undefined;
  readonly previous: Json;
  readonly next: Json;
  readonly level: (typeof levels)[number];
  readonly world: (typeof worlds)[number];
  readonly said: readonly Said[];
  readonly seen: SeenReaders | undefined;
  readonly isQuiet: boolean;
}

const producer = 'orders';
const services = ['billing', 'mail', 'search', producer] as const;

const fields = fc.subarray(names.slice(0, 3), { maxLength: 2 }).map((some) => some.map((name) => `/${name}`));
const kind = fc.constantFrom(...families);

/** Events of a few fields of which one changes, so that some readers read the change and others do not; and any schema at all. */
const pairs = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('number', 'string', 'enum', 'array', 'composition'), fc.constantFrom(...names.slice(0, 3)))
      .chain(([family, changed]) =>
        fc
          .tuple(schema(family, 1), schema(family, 1), edit, fc.boolean())
          .map(([one, stranger, change, isEdit]): readonly [Json, Json] => {
            const event = (value: Json): Json => ({
              type: 'object',
              required: [changed],
              properties: Object.fromEntries(names.slice(0, 3).map((name) => [name, name === changed ? value : true])),
            });
            return [event(one), event(isEdit ? edited(one, change) : stranger)];
          }),
      ),
  },
  { weight: 1, arbitrary: kind.chain((family) => pairOf(schema(family))) },
);

const requires = fc.oneof(schema('object', 1).filter(isObject), fc.constant<Json>({}));
type Reading = Pick<Said, 'reads' | 'requires'>;
const reading: fc.Arbitrary<Reading> = fc.oneof(
  { weight: 5, arbitrary: fc.record<Reading>({ reads: fields }) },
  { weight: 1, arbitrary: fc.constant<Reading>({}) },
  { weight: 1, arbitrary: fc.record<Reading>({ requires }) },
  { weight: 1, arbitrary: fc.record<Reading>({ reads: fields, requires }) },
);
const said: fc.Arbitrary<Said> = fc
  .record(
    {
      service: fc.constantFrom(...services),
      origin: fc.constantFrom<Origin>('declared', 'declared', 'before', 'before', 'next', 'file'),
      critical: fc.boolean(),
    },
    { requiredKeys: ['service', 'origin'] },
  )
  .chain((who) => reading.map((what) => ({ ...who, ...what })));

const someServices = fc.subarray([...services.slice(0, 3), 'ghost']);
const since = '2026-05-01';
type Usage = Pick<Case, 'said' | 'seen' | 'isQuiet'>;
const allSaid = fc.uniqueArray(said, {
  minLength: 1,
  maxLength: 4,
  selector: ({ service, origin }) => `${service} ${origin}`,
});
/** Nobody was seen to read, anybody, or one alone who reads nothing that breaks: then the others may be quiet. */
const usage: fc.Arbitrary<Usage> = fc.oneof(
  fc.record<Usage>({ said: allSaid, seen: fc.constant(undefined), isQuiet: fc.boolean() }),
  fc.record<Usage>({
    said: allSaid,
    seen: fc.record({ since: fc.constant(since), services: someServices, earlier: someServices }),
    isQuiet: fc.boolean(),
  }),
  fc.tuple(allSaid, someServices).map(([all, earlier]) => ({
    said: [...all, { service: 'calm', origin: 'declared' as const, reads: [] }],
    seen: { since, services: ['calm'], earlier },
    isQuiet: true,
  })),
);

const cases: fc.Arbitrary<Case> = fc
  .record({
    pair: pairs,
    older: fc.option(pairs, { nil: undefined, freq: 2 }),
    level: fc.constantFrom(...levels.filter((level) => level !== 'NONE')),
    world: fc.constantFrom(...worlds),
    isAsBefore: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
    usage,
  })
  // where the latest version is as the next, only the one before it can break anybody
  .map(({ pair: [previous, next], older, isAsBefore, usage: found, ...more }) => ({
    older: older?.[0],
    previous: isAsBefore ? next : previous,
    next,
    ...more,
    ...found,
  }));

/** `title`: so that no two versions are the same. */
function versionOf(title: string, root: Json, consumers: readonly Said[]): SchemaDocument {
  const rows = consumers.map(({ origin: _, ...row }) => ({ ...row }));
  const shape = isObject(root) ? root : { allOf: [root] };
  const contract = { producer, ...(rows.length > 0 && { consumers: rows }) };
  return documentOf({ ...shape, title, 'x-contract': contract } as Json);
}

function from(all: readonly Said[], ...origins: readonly Origin[]): readonly Said[] {
  return all.filter(({ origin }) => origins.includes(origin));
}

/** Those before, oldest first, and the next. */
function documents({ older, previous, next, said: all }: Case) {
  const latest = versionOf('latest', previous, from(all, 'before'));
  const past = older === undefined ? [latest] : [versionOf('older', older, []), latest];
  return { past, after: versionOf('next', next, from(all, 'next')) };
}

function pastVersion(document: SchemaDocument, index: number): PastVersion {
  const { contract } = readContract(document.root);
  const number = index + 1;
  return { number, label: `1.${index}.0`, fingerprint: fingerprint(document.root), document, contract };
}

function report(one: Case, policy: BreakPolicy) {
  const { past, after } = documents(one);
  const history = { versions: past.map(pastVersion), stage: 'active' } as const;
  const readers = from(one.said, 'declared', 'file').map((row): KnownReader => ({ ...row }) as KnownReader);
  const rules: Rules = {
    catalog: { ...catalog, ...(one.isQuiet && { quietReaders: 'P30D' }) },
    neighbours: noNeighbours,
    waivers: [],
    limits: registryLimits,
    today: '2026-06-01',
    level: one.level,
    world: one.world,
    breaks: policy,
    readers,
    ...(one.seen && { seen: one.seen }),
  };
  return check({ subject: 'order.placed', source: { document: after } }, history, rules).report;
}

const isLetIn = (one: Case, policy: BreakPolicy) => report(one, policy).gate.allowed;
/** As if nobody were known to read. */
const isLetInByAll = (one: Case) => isLetIn({ ...one, said: [], seen: undefined, isQuiet: false }, 'any');

const isCritical = ({ said: all }: Case, service: string) =>
  all.some((row) => row.service === service && row.critical === true);

/** Seen before and not lately, while others were. */
function isExcused(one: Case, service: string): boolean {
  const { isQuiet, seen } = one;
  if (!isQuiet || seen === undefined || seen.services.length === 0 || isCritical(one, service)) return false;
  return seen.earlier.includes(service) && !seen.services.includes(service);
}

/** Whether some reading of it, for itself, is broken. A bare name gives way to what the service says to the registry. */
function isBroken(one: Case, service: string): boolean {
  const { past, after } = documents(one);
  const own = one.said.filter((row) => row.service === service);
  const isDeclared = from(own, 'declared').length > 0;
  const counted = own.filter(
    ({ origin, reads, requires }) =>
      !isDeclared || origin === 'declared' || origin === 'file' || reads !== undefined || requires !== undefined,
  );
  const looked = past.slice(one.level.endsWith('_TRANSITIVE') ? 0 : -1);
  const breaks = (reading: Parameters<typeof compareReader>[2]) =>
    looked.some((before) => {
      const whole = worldReports(prepare(before, after, { formats, confirm }));
      const { worlds: found } = compareReader(before, after, reading, { formats, confirm, whole });
      return enforcedDirections(one.level).some((direction) => found[one.world][direction].verdict === 'incompatible');
    });
  return counted.some(
    ({ reads, requires }) =>
      (reads !== undefined && breaks({ reads })) ||
      (reads === undefined && requires === undefined && breaks({})) ||
      (requires !== undefined && breaks({ requires: documentOf(requires) })),
  );
}

/** Somebody spoke of it before the change, to others than a file, or it was seen; and it is not who sends the event. */
function isKnown({ said: all, seen }: Case, service: string): boolean {
  if (service === producer) return false;
  return from(all, 'declared', 'before').some((row) => row.service === service) || !!seen?.services.includes(service);
}

describe('the gate', () => {
  test(
    'with every break counted is never milder for readers that are known',
    () => {
      fc.assert(
        fc.property(cases, (one) => {
          if (isLetIn(one, 'any')) expect(isLetInByAll(one)).toBe(true);
        }),
        run(60),
      );
    },
    timeoutMs * 3,
  );

  test.each(breakPolicies)(
    'with %s lets no break of a reader in that counts',
    (policy) => {
      let letIn = 0;
      fc.assert(
        fc.property(cases, (one) => {
          if (!isLetIn(one, policy)) return;
          letIn += 1;
          const counted = services.filter(
            (service) =>
              policy === 'any' ||
              (!isExcused(one, service) && (policy === 'declared-readers' || isCritical(one, service))),
          );
          expect(counted.filter((service) => isBroken(one, service))).toEqual([]);
        }),
        run(150),
      );
      expect(letIn).toBeGreaterThan(5);
    },
    timeoutMs * 3,
  );

  test.each(['declared-readers', 'critical-readers'] as const)(
    'with %s is milder only where nobody unknown reads, and somebody was known before',
    (policy) => {
      let milder = 0;
      fc.assert(
        fc.property(cases, (one) => {
          if (!isLetIn(one, policy) || isLetInByAll(one)) return;
          milder += 1;
          const isSaid = (service: string) => one.said.some((row) => row.service === service);
          expect((one.seen?.services ?? []).filter((service) => !isSaid(service))).toEqual([]);
          expect([...services, 'calm'].filter((service) => isKnown(one, service))).not.toEqual([]);
        }),
        run(150),
      );
      expect(milder).toBeGreaterThan(5);
    },
    timeoutMs * 3,
  );

  test(
    'refuses with a policy what it refuses with a stricter one less',
    () => {
      fc.assert(
        fc.property(cases, (one) => {
          const letIn = breakPolicies.map((policy) => isLetIn(one, policy));
          expect(letIn).toEqual(letIn.toSorted((a, b) => Number(a) - Number(b)));
        }),
        run(60),
      );
    },
    timeoutMs * 3,
  );

  test.each(['declared-readers', 'critical-readers'] as const)(
    'with %s and a reader of everything is the gate of all',
    (policy) => {
      let refused = 0;
      fc.assert(
        fc.property(cases, fc.constantFrom<readonly string[] | undefined>([''], undefined), (one, reads) => {
          const whole: Said = { service: 'all', origin: 'declared', critical: true, ...(reads && { reads }) };
          const found = report({ ...one, said: [...one.said, whole] }, policy);
          const all = report({ ...one, said: [], seen: undefined }, 'any');
          if (found.gate.allowed) expect(all.gate.allowed).toBe(true);
          else if (!all.gate.allowed) refused += 1;
          expect(found.readers?.find(({ service }) => service === 'all')?.verdict).toBe(found.verdict);
        }),
        run(60),
      );
      expect(refused).toBeGreaterThan(5);
    },
    timeoutMs * 3,
  );

  test.each(['declared-readers', 'critical-readers'] as const)(
    'with %s lets nothing in because a reader reads more, or because one more reads',
    (policy) => {
      let broken = 0;
      fc.assert(
        fc.property(cases, fields, fields, (one, reads, more) => {
          const reader: Said = { service: 'audit', origin: 'declared', critical: true, reads };
          const of = (...readers: readonly Said[]) => report({ ...one, said: [...one.said, ...readers] }, policy);
          const fewer = of(reader);
          // what could not be decided of few may be decided of many
          if (fewer.gate.allowed || fewer.gate.fault !== 'INCOMPATIBLE') return;
          broken += 1;
          expect(of({ ...reader, reads: [...new Set([...reads, ...more])] }).gate.allowed).toBe(false);
          expect(of(reader, { ...reader, service: 'archive', reads: more }).gate.allowed).toBe(false);
        }),
        run(60),
      );
      expect(broken).toBeGreaterThan(5);
    },
    timeoutMs * 3,
  );
});
