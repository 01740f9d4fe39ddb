import { describe, expect, test } from 'vitest';
import type { Facts } from './facts.ts';
import { noticeHeaders } from './notice.ts';
import { stages } from './stage.ts';
import { evaluateTransition, nextTransition, type Transition, transitions } from './transition.ts';

/** Everything that every transition wants is true here, but for the stage. */
const ready: Facts = {
  subject: 'order.placed',
  stage: 'active',
  today: '2026-06-01',
  periods: { notice: 30, dualWrite: 7, quiet: 14 },
  plan: {
    successor: 'order.placed.v2',
    announcedOn: '2026-04-01',
    sunset: '2026-07-01',
    reason: 'amounts become integers',
    migration: 'read amount_cents',
    entered: { announced: '2026-04-01T00:00:00Z', 'dual-writing': '2026-05-01T00:00:00Z' },
  },
  successor: { stage: 'active', versions: 1, leadsBackHere: false },
  here: { produced: '2026-05-31', seen: '2026-05-10' },
  there: { produced: '2026-05-31', seen: '2026-05-31' },
  consumers: [{ service: 'billing', acknowledged: true, seenHere: 'unknown', seenOnSuccessor: 'unknown' }],
  attestedUnused: false,
  pairs: undefined,
  readers: [],
};

const missing = (transition: Transition, facts: Facts) => {
  const judgement = evaluateTransition(transition, facts);
  return judgement.allowed ? [] : judgement.missing.map(({ condition }) => condition);
};

describe('announce', () => {
  const announce = (change: Partial<Facts>, plan: Partial<Facts['plan']> = {}) =>
    missing('announce', { ...ready, ...change, plan: { ...ready.plan, ...plan } });

  test('a complete plan is announced', () =>
    expect(evaluateTransition('announce', ready)).toEqual({ allowed: true, to: 'announced' }));
  test('a successor that does not exist', () =>
    expect(announce({ successor: undefined })).toEqual(['successor-exists']));
  test('a successor without a version', () =>
    expect(announce({ successor: { stage: 'active', versions: 0, leadsBackHere: false } })).toEqual([
      'successor-exists',
    ]));
  test('a successor that is the subject itself', () =>
    expect(announce({}, { successor: 'order.placed' })).toEqual(['successor-is-another']));
  test('a successor that is itself deprecated', () =>
    expect(announce({ successor: { stage: 'announced', versions: 1, leadsBackHere: false } })).toEqual([
      'successor-is-live',
    ]));
  test('a cycle of successors', () =>
    expect(announce({ successor: { stage: 'active', versions: 1, leadsBackHere: true } })).toEqual(['no-cycle']));
  test('a sunset in the past', () =>
    expect(announce({}, { sunset: '2026-05-31' })).toEqual(['sunset-ahead', 'notice-given']));
  test('a sunset one day inside the notice period', () =>
    expect(announce({}, { sunset: '2026-06-30' })).toEqual(['notice-given']));
  test('a sunset that is no date', () => expect(announce({}, { sunset: '2026-02-30' })).toEqual(['sunset-is-a-date']));
  test('everything that is missing is listed at once', () =>
    expect(announce({ successor: undefined }, { sunset: '2026-06-02', reason: ' ', migration: '' })).toEqual([
      'successor-exists',
      'notice-given',
      'reason-given',
      'migration-described',
    ]));
  test('the refusal names the earliest day', () => {
    const judgement = evaluateTransition('announce', { ...ready, plan: { ...ready.plan, sunset: '2026-06-02' } });
    expect(judgement).toMatchObject({ missing: [{ from: '2026-07-01' }] });
  });
});

describe('dual-write', () => {
  const facts: Facts = { ...ready, stage: 'announced' };
  test('both lines were produced', () => expect(missing('dual-write', facts)).toEqual([]));
  test('no evidence is not evidence', () =>
    expect(missing('dual-write', { ...facts, there: { produced: 'unknown', seen: 'unknown' } })).toEqual([
      'both-produced',
    ]));
  test('evidence older than the window does not count', () =>
    expect(missing('dual-write', { ...facts, here: { ...facts.here, produced: '2026-05-24' } })).toEqual([
      'both-produced',
    ]));
  test('the producer attests it', () =>
    expect(
      missing('dual-write', {
        ...facts,
        there: { produced: 'unknown', seen: 'unknown' },
        plan: { ...facts.plan, attestedBy: 'orders' },
      }),
    ).toEqual([]));
});

describe('migrate and retire', () => {
  test('dual-writing holds for the minimum', () => {
    const entered = { 'dual-writing': '2026-05-26T10:00:00Z' };
    expect(missing('migrate', { ...ready, stage: 'dual-writing', plan: { ...ready.plan, entered } })).toEqual([
      'dual-write-held',
    ]);
    expect(missing('migrate', { ...ready, stage: 'dual-writing' })).toEqual([]);
  });

  const migrating: Facts = { ...ready, stage: 'migrating', today: '2026-07-01' };
  test('after the sunset, quiet and with nobody pending it retires', () =>
    expect(missing('retire', migrating)).toEqual([]));
  test('before the sunset it stays', () =>
    expect(missing('retire', { ...migrating, today: '2026-06-30' })).toEqual(['sunset-passed']));
  test('a pending consumer holds it', () => {
    const consumers = [
      { service: 'late', acknowledged: false, seenHere: 'unknown', seenOnSuccessor: 'unknown' } as const,
    ];
    expect(missing('retire', { ...migrating, consumers })).toEqual(['no-consumer-pending']);
  });
  test('a consumer that reads nothing does not hold it, where the catalog waits for readers', () => {
    const idle = { service: 'idle', acknowledged: false, seenHere: 'unknown', seenOnSuccessor: 'unknown' } as const;
    const named = (isUnconcerned: boolean) => ({ ...migrating, consumers: [{ ...idle, reads: [], isUnconcerned }] });
    expect(missing('retire', named(false))).toEqual(['no-consumer-pending']);
    expect(missing('retire', named(true))).toEqual([]);
  });
  test('a consumer that moved does not hold it; one that came back does', () => {
    const moved = {
      service: 'late',
      acknowledged: false,
      seenHere: '2026-06-01',
      seenOnSuccessor: '2026-06-02',
      movedOn: '2026-06-02',
    } as const;
    expect(missing('retire', { ...migrating, consumers: [moved] })).toEqual([]);
    const { movedOn: _, ...back } = moved;
    expect(missing('retire', { ...migrating, consumers: [{ ...back, seenHere: '2026-06-03' }] })).toEqual([
      'no-consumer-pending',
    ]);
  });
  test('pairs that disagree hold it in dual-writing until pairs of a later day agree', () => {
    const writing: Facts = { ...ready, stage: 'dual-writing' };
    const pairs = (disagreed: number) => ({ ...writing, pairs: { day: '2026-05-30', agreed: 9, disagreed } });
    expect(missing('migrate', pairs(1))).toEqual(['pairs-agree']);
    expect(missing('migrate', pairs(0))).toEqual([]);
  });
  test('no usage at all is unknown and holds it, unless the owner attests that nothing uses it', () => {
    const silent: Facts = { ...migrating, here: { produced: 'unknown', seen: 'unknown' } };
    expect(missing('retire', silent)).toEqual(['quiet']);
    expect(missing('retire', { ...silent, attestedUnused: true })).toEqual([]);
    const seen = { ...migrating.here, seen: '2026-06-20' };
    expect(missing('retire', { ...migrating, here: seen, attestedUnused: true })).toEqual(['quiet']);
  });
  test('a durable group that a bus shows holds it, by name, until nobody has seen it for the quiet period', () => {
    const shown = (seenOn: string, groups: readonly string[], bus = 'nats') => ({
      bus,
      groups,
      undeclared: groups.filter((group) => group.endsWith('-shadow')),
      seenOn,
    });
    const held: Facts = {
      ...migrating,
      readers: [
        shown('2026-07-01', ['mail', 'billing']),
        shown('2026-06-30', []),
        shown('2026-06-30', ['mail'], 'redis'),
      ],
    };
    const refused = (facts: Facts) => {
      const decision = evaluateTransition('retire', facts);
      return decision.allowed ? [] : decision.missing;
    };
    const message = (facts: Facts) => refused(facts)[0]?.message;
    expect(refused(held)).toMatchObject([{ condition: 'no-reader-on-bus', names: ['billing', 'mail'] }]);
    expect(message(held)).not.toContain('does not declare');
    const shadowed = { ...migrating, readers: [shown('2026-07-01', ['billing', 'billing-shadow'])] };
    expect(message(shadowed)).toContain('billing, billing-shadow (nats, seen on 2026-07-01)');
    expect(message(shadowed)).toContain('The catalog does not declare billing-shadow: ');
    // of what a bus showed too long ago nothing is said
    const old = [shown('2026-06-16', ['mail-shadow']), shown('2026-07-01', ['billing'], 'redis')];
    expect(message({ ...migrating, readers: old })).not.toContain('mail-shadow');
    expect(missing('retire', { ...migrating, readers: [shown('2026-07-01', [])] })).toEqual([]);
    expect(missing('retire', { ...migrating, readers: [shown('2026-06-17', ['mail'])] })).toEqual(['no-reader-on-bus']);
    expect(missing('retire', { ...migrating, readers: [shown('2026-06-16', ['mail'])] })).toEqual([]);
  });
  test('use in the quiet period holds it', () => {
    expect(missing('retire', { ...migrating, here: { ...migrating.here, seen: '2026-06-20' } })).toEqual(['quiet']);
    expect(missing('retire', { ...migrating, here: { ...migrating.here, seen: '2026-06-16' } })).toEqual([]);
  });
});

describe('postpone', () => {
  const postpone = (sunset: string) =>
    missing('postpone', {
      ...ready,
      stage: 'announced',
      sunsetSoFar: '2026-07-01',
      plan: { ...ready.plan, sunset },
    });
  test('a later day is taken', () => expect(postpone('2026-07-02')).toEqual([]));
  test('the same day is no postponement', () => expect(postpone('2026-07-01')).toEqual(['sunset-not-earlier']));
  test('an earlier day is not taken', () => expect(postpone('2026-06-30')).toEqual(['sunset-not-earlier']));
  test('a day in the past is named as such too', () =>
    expect(postpone('2026-05-31')).toEqual(['sunset-ahead', 'sunset-not-earlier']));
});

test('who comes too late learns by whom and when the step was taken', () => {
  const late = { ...ready, stage: 'dual-writing', last: { actor: 'ann', at: '2026-06-01T09:00:00Z' } } as const;
  expect(evaluateTransition('dual-write', late)).toMatchObject({
    missing: [{ condition: 'order', message: expect.stringContaining('"ann" took the last step at 2026-06-01T09') }],
  });
});

test('a transition starts only from its stages', () => {
  for (const [name, row] of Object.entries(transitions) as [Transition, (typeof transitions)[Transition]][])
    for (const stage of stages) {
      const judgement = evaluateTransition(name, {
        ...ready,
        stage,
        today: '2026-07-01',
        plan: { ...ready.plan, sunset: name === 'announce' ? '2026-09-01' : '2026-07-01' },
      });
      const outOfOrder = !judgement.allowed && judgement.missing.some(({ condition }) => condition === 'order');
      expect(outOfOrder, `${name} from ${stage}`).toBe(!(row.from as readonly string[]).includes(stage));
    }
});

test('from each stage one step leads on, until retired', () => {
  expect(stages.map(nextTransition)).toEqual(['announce', 'dual-write', 'migrate', 'retire', undefined]);
});

test('the headers have the formats of RFC 9745, RFC 8594 and RFC 8288', () => {
  expect(
    noticeHeaders({ successor: 'b', announcedOn: '2026-04-01', sunset: '2026-07-01' }, '/v1/catalogs/shop/subjects/b'),
  ).toEqual({
    Deprecation: '@1775001600',
    Sunset: 'Wed, 01 Jul 2026 00:00:00 GMT',
    Link: '</v1/catalogs/shop/subjects/b>; rel="successor-version"',
  });
});
