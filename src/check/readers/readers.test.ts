import { describe, expect, test } from 'vitest';
import { noNeighbours } from '../../policy/rule.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { catalogShape } from '../../schema/catalog.ts';
import { readContract } from '../../schema/contract.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import type { BreakPolicy } from '../../schema/level.ts';
import { registryLimits } from '../../schema/limits.ts';
import { parseSchema } from '../../schema/parse.ts';
import { check } from '../check.ts';
import { emptyHistory, type History, type KnownReader, type PastVersion, type Rules } from '../input.ts';
import type { Report } from '../report.ts';

const catalog = catalogShape.parse({
  name: 'shop',
  title: 'Shop',
  names: {
    segments: [
      { name: 'domain', style: 'snake' },
      { name: 'fact', style: 'snake' },
    ],
    major: 'optional',
  },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public', 'internal'] },
  domains: { order: { owner: 'orders', classification: 'internal', retention: 'P90D' } },
  services: { orders: {}, billing: {}, mail: {}, search: {} },
});
const rules: Rules = { catalog, waivers: [], neighbours: noNeighbours, limits: registryLimits, today: '2026-06-01' };

const billing = { service: 'billing', reads: ['/amount'] };
const mail = { service: 'mail', reads: ['/mail'] };

function event(
  properties: JsonObject,
  consumers: readonly Json[] = [billing, mail],
  required = ['id', 'amount', 'mail'],
): Json {
  return {
    title: 'OrderPlaced',
    'x-contract': { producer: 'orders', orderingKey: '/id', consumers },
    type: 'object',
    required,
    properties: { id: { type: 'string' }, mail: { type: 'string' }, ...properties },
  };
}

function past(value: Json): History {
  const parsed = parseSchema({ value });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { document } = parsed;
  const { contract } = readContract(document.root);
  const version: PastVersion = {
    number: 1,
    label: '1.0.0',
    fingerprint: fingerprint(document.root),
    document,
    contract,
  };
  return { ...emptyHistory, versions: [version] };
}

function run(next: Json, previous: Json | undefined, more: Partial<Rules> = {}): Report {
  const history = previous === undefined ? emptyHistory : past(previous);
  return check({ subject: 'order.placed', source: { value: next } }, history, { ...rules, ...more }).report;
}

const breaks = (report: Report) => report.findings.filter(({ kind }) => kind === 'compatibility');
const about = (report: Report) => report.findings.filter(({ kind }) => kind === 'reader');
const number = event({ amount: { type: 'number' } });
const text = event({ amount: { type: 'string' } });
const withPolicy = (policy: BreakPolicy, readers: readonly KnownReader[] = []): Partial<Rules> => ({
  breaks: policy,
  readers,
});

describe('a break names its readers', () => {
  test('those it breaks, and those who do not read it', () => {
    const report = run(text, number);
    expect(breaks(report)[0]).toMatchObject({ rule: 'TYPE_REPLACED', consumers: ['billing'], unaffected: ['mail'] });
    expect(report.readers?.map(({ service, verdict }) => [service, verdict])).toEqual([
      ['billing', 'incompatible'],
      ['mail', 'compatible'],
    ]);
    expect(report.readers?.[0]?.worlds.closed.forward).toMatchObject({ fields: ['/amount'], against: 1 });
    expect(report.gate).toMatchObject({ allowed: false, fault: 'INCOMPATIBLE' });
  });

  test('what a service says of itself counts, not what the producer says of it', () => {
    const report = run(text, number, withPolicy('any', [{ service: 'mail', origin: 'declared', reads: ['/amount'] }]));
    expect(breaks(report)[0]).toMatchObject({ consumers: ['billing', 'mail'] });
  });

  test('and a change cannot take the readers of before out of the contract', () => {
    const report = run(event({ amount: { type: 'string' } }, []), number);
    expect(breaks(report)[0]).toMatchObject({ consumers: ['billing'] });
  });
});

test('past a bound readers are taken to read everything, and the report says so', () => {
  const readers = Array.from(
    { length: 400 },
    (_, index): KnownReader => ({
      service: `reader${index}`,
      origin: 'declared',
      reads: ['/mail'],
    }),
  );
  const report = run(text, number, withPolicy('any', readers));
  const skipped = (report.readers ?? []).filter(({ whole }) => whole?.startsWith('there are too many'));
  expect(skipped).toHaveLength(102);
  expect(skipped.every(({ verdict }) => verdict === 'incompatible')).toBe(true);
});

describe('the policy of a catalog', () => {
  const unread = event({ amount: { type: 'number' }, note: { type: 'string' } }, [billing, mail]);
  const unreadChanged = event({ amount: { type: 'number' }, note: { type: 'number' } }, [billing, mail]);

  test('any: a break that nobody is known to read is an error', () => {
    expect(run(unreadChanged, unread).gate.allowed).toBe(false);
  });

  test('declared-readers: it is a warning, which says so', () => {
    const report = run(unreadChanged, unread, withPolicy('declared-readers'));
    expect(report).toMatchObject({ verdict: 'incompatible', gate: { allowed: true } });
    expect(breaks(report).map(({ severity }) => severity)).not.toContain('error');
    expect(breaks(report)[0]?.lowered).toContain('no reader that is known breaks');
  });

  test('an unknown reader reads everything', () => {
    const seen = { since: '2026-05-01', services: ['ghost'], earlier: [] };
    for (const policy of ['declared-readers', 'critical-readers'] as const) {
      const report = run(unreadChanged, unread, { ...withPolicy(policy), seen });
      expect(breaks(report)[0]).toMatchObject({ severity: 'error', consumers: ['ghost'] });
      expect(report.gate.allowed).toBe(false);
    }
  });

  test('where nobody is known to read, every break counts', () => {
    const [before, after] = [event({ amount: { type: 'number' } }, []), event({ amount: { type: 'string' } }, [])];
    expect(run(after, before, withPolicy('declared-readers')).gate.allowed).toBe(false);
  });

  test('readers that the change itself names lower nothing: from the next version on they do', () => {
    const without = event({ amount: { type: 'number' }, note: { type: 'string' } }, []);
    for (const policy of ['declared-readers', 'critical-readers'] as const) {
      expect(run(unreadChanged, without, withPolicy(policy)).gate.allowed).toBe(false);
      expect(run(unreadChanged, unread, withPolicy(policy)).gate.allowed).toBe(true);
    }
  });

  test('nor does the producer, which says nothing of others by reading its own events', () => {
    const [before, after] = [event({ amount: { type: 'number' } }, []), event({ amount: { type: 'string' } }, [])];
    for (const service of ['orders', 'mail']) {
      const declared = withPolicy('declared-readers', [{ service, origin: 'declared', reads: [] }]);
      expect(run(after, before, declared).gate.allowed).toBe(service !== 'orders');
    }
  });

  test('critical-readers: the break of a reader that is not critical is a warning', () => {
    expect(run(text, number, withPolicy('critical-readers')).gate.allowed).toBe(true);
    const critical = { ...billing, origin: 'declared', critical: true } as const;
    expect(run(text, number, withPolicy('critical-readers', [critical])).gate.allowed).toBe(false);
  });

  test('a quiet reader counts no more where the catalog says so, and the report says why', () => {
    const seen = { since: '2026-05-01', services: ['mail'], earlier: ['billing', 'mail'] };
    const quiet = { ...catalog, quietReaders: 'P30D' };
    expect(run(text, number, { ...withPolicy('declared-readers'), seen }).gate.allowed).toBe(false);
    const report = run(text, number, { ...withPolicy('declared-readers'), seen, catalog: quiet });
    expect(report.gate.allowed).toBe(true);
    expect(breaks(report)[0]?.lowered).toContain('billing is left out: it was not seen since 2026-05-01');
    // where nobody is seen any more, and of who was never seen, nothing is known
    for (const unknown of [
      { ...seen, services: [] },
      { ...seen, earlier: ['mail'] },
    ])
      expect(run(text, number, { ...withPolicy('declared-readers'), seen: unknown, catalog: quiet }).gate.allowed).toBe(
        false,
      );
  });

  test('findings that break nobody are not lowered', () => {
    const raised = event({ amount: { type: 'number' }, note: { type: 'string', 'x-tags': ['pii'] } });
    const untagged = event({ amount: { type: 'number' }, note: { type: 'string' } });
    const severities = (more: Partial<Rules>) =>
      run(untagged, raised, more).findings.map(({ rule, severity }) => [rule, severity]);
    expect(severities(withPolicy('declared-readers'))).toEqual(severities({}));
  });
});

describe('a check is never milder than the registration, which has no files', () => {
  const onFile = (stated: Omit<KnownReader, 'service' | 'origin'>): KnownReader => ({
    service: 'billing',
    origin: 'file',
    ...stated,
  });
  const declaredToo: KnownReader = { service: 'billing', origin: 'declared', reads: ['/amount'], critical: true };
  const differ = (report: Report) => about(report).filter(({ rule }) => rule === 'READER_STATEMENTS_DIFFER');

  test.each<readonly [string, Omit<KnownReader, 'service' | 'origin'>, string]>([
    ['names other fields', { reads: ['/mail'], critical: true }, 'leaves out /amount, adds /mail'],
    ['names none', { reads: [], critical: true }, 'leaves out /amount'],
    ['has other samples', { samples: [{ mail: 'a' }], critical: true }, 'leaves out /amount, adds /mail'],
    ['demands less', { requires: { type: 'object' }, critical: true }, 'states a schema that is not stated there'],
    ['is not critical', { reads: ['/amount'] }, 'does not call it critical'],
  ])('a file that %s does not take back what is declared', (_, stated, difference) => {
    for (const policy of ['declared-readers', 'critical-readers'] as const) {
      const report = run(text, number, withPolicy(policy, [declaredToo, onFile(stated)]));
      expect(report.gate).toMatchObject({ allowed: false, fault: 'INCOMPATIBLE' });
      expect(report.readers?.[0]).toMatchObject({ service: 'billing', verdict: 'incompatible', critical: true });
      expect(differ(report)[0]?.message).toContain(difference);
    }
  });

  test('nor what the contract says, be it the bare name alone', () => {
    for (const consumers of [[billing], ['billing']]) {
      const [before, after] = [{ type: 'number' }, { type: 'string' }].map((amount) => event({ amount }, consumers));
      const report = run(after ?? null, before, withPolicy('declared-readers', [onFile({ reads: ['/mail'] })]));
      expect(report.gate.allowed).toBe(false);
      expect(differ(report)).toHaveLength(1);
    }
  });

  test('a file that says the same is not worth a word, and more of it counts', () => {
    expect(differ(run(text, number, withPolicy('any', [onFile({ reads: ['/amount'] })])))).toEqual([]);
    const wider = run(
      text,
      number,
      withPolicy('declared-readers', [{ service: 'mail', origin: 'file', reads: ['/amount'] }]),
    );
    expect(breaks(wider)[0]).toMatchObject({ severity: 'error', consumers: ['billing', 'mail'] });
    expect(differ(wider)[0]?.message).toContain('mail reads is said in its file and in the contract');
  });

  test('readers that files alone name lower nothing', () => {
    const [before, after] = [event({ amount: { type: 'number' } }, []), event({ amount: { type: 'string' } }, [])];
    const files = withPolicy('declared-readers', [onFile({ reads: ['/mail'] })]);
    expect(run(after, before, files).gate.allowed).toBe(false);
  });

  test('a demand counts beside the fields, and one that accepts everything says nothing', () => {
    const both = { service: 'billing', origin: 'declared', reads: ['/amount'], requires: { type: 'object' } } as const;
    expect(run(text, number, withPolicy('declared-readers', [both])).gate.allowed).toBe(false);
    const { reads: _, ...idle } = { ...both, requires: {} };
    const report = run(text, event({ amount: { type: 'number' } }, []), withPolicy('declared-readers', [idle]));
    expect(report.gate.allowed).toBe(false);
    expect(about(report)).toMatchObject([{ rule: 'READER_REQUIRES_NOTHING', severity: 'warning' }]);
  });

  test('no samples say nothing', () => {
    const none = { service: 'billing', origin: 'declared', samples: [] } as const;
    const report = run(text, event({ amount: { type: 'number' } }, []), withPolicy('declared-readers', [none]));
    expect(report.gate.allowed).toBe(false);
    expect(report.readers?.[0]?.reading).toBe('everything');
  });
});

describe('what a change says less of its consumers counts from the next version on', () => {
  const critical = { ...billing, critical: true };
  test.each<readonly [string, readonly JsonObject[], string]>([
    ['fewer fields', [{ ...critical, reads: [] }], 'does not read /amount'],
    ['not critical', [billing], 'is no longer critical'],
    ['not named', [], 'is no longer named'],
    [
      'samples in place of fields',
      [{ service: 'billing', critical: true, samples: [{ mail: 'a' }] }],
      'does not read /amount',
    ],
  ])('%s', (_, consumers, lost) => {
    for (const policy of ['declared-readers', 'critical-readers'] as const) {
      const [before, after] = [
        event({ amount: { type: 'number' } }, [critical]),
        event({ amount: { type: 'string' } }, consumers),
      ];
      const report = run(after, before, withPolicy(policy));
      expect(report.gate).toMatchObject({ allowed: false, fault: 'INCOMPATIBLE' });
      const kept = report.findings.filter(({ rule }) => rule === 'readers-kept');
      expect(kept).toMatchObject([{ severity: 'warning', params: { service: 'billing', lost: [lost] } }]);
    }
  });

  test('a name alone reads everything until the version after the one that says what it reads', () => {
    const bare = ['billing'];
    const [before, after] = [
      event({ amount: { type: 'number' } }, bare),
      event({ amount: { type: 'string' } }, [mail, { ...billing, reads: [] }]),
    ];
    expect(run(after, before, withPolicy('declared-readers')).gate.allowed).toBe(false);
  });

  test('more of it counts at once', () => {
    const [before, after] = [
      event({ amount: { type: 'number' } }, [{ ...billing, reads: [] }]),
      event({ amount: { type: 'string' } }, [billing]),
    ];
    expect(run(after, before, withPolicy('declared-readers')).gate.allowed).toBe(false);
  });

  test('a service that left a group in the same change is still a reader', () => {
    const grouped = { ...catalog, services: { ...catalog.services, all: { members: ['billing'] } } };
    const emptied = { ...catalog, services: { ...catalog.services, all: { members: ['mail'] } } };
    const consumers = [{ service: 'all', reads: ['/amount'] }];
    const [before, after] = [
      event({ amount: { type: 'number' } }, consumers),
      event({ amount: { type: 'string' } }, consumers),
    ];
    const more = { ...withPolicy('any'), catalog: emptied, before: { catalog: grouped, neighbours: noNeighbours } };
    expect(run(after, before, more).readers?.map(({ service }) => service)).toEqual(['billing', 'mail']);
  });
});

describe('what is found of readers themselves', () => {
  test('a pointer that leads nowhere, now or from now on', () => {
    const nowhere = run(
      number,
      number,
      withPolicy('any', [{ service: 'search', origin: 'declared', reads: ['/amuont'] }]),
    );
    expect(about(nowhere)).toMatchObject([
      { rule: 'READER_FIELD_UNKNOWN', severity: 'warning', instancePointer: '/amuont' },
    ]);
    const optional = event({ amount: { type: 'number' }, note: { type: 'string' } });
    const gone = run(
      number,
      optional,
      withPolicy('any', [{ service: 'search', origin: 'declared', reads: ['/note'] }]),
    );
    expect(about(gone)).toMatchObject([{ rule: 'READER_FIELD_GONE', instancePointer: '/note' }]);
    expect(gone.verdict).toBe('compatible');
  });

  test('a schema that rejects what is sent already is its own finding, and does not refuse the change', () => {
    const requires = { type: 'object', required: ['note'] };
    const report = run(
      event({ amount: { type: 'number' }, b: { type: 'string' } }),
      number,
      withPolicy('any', [{ service: 'search', origin: 'declared', requires }]),
    );
    expect(about(report)).toMatchObject([{ rule: 'READER_ALREADY_REJECTS', severity: 'warning' }]);
    expect(report.gate.allowed).toBe(true);
  });

  test('a demand beyond the schema breaks where the schema does not', () => {
    const requires = { type: 'object', propertyNames: { enum: ['id', 'mail', 'amount'] } };
    const more = event({ amount: { type: 'number' }, b: { type: 'string' } });
    const report = run(more, number, withPolicy('any', [{ service: 'search', origin: 'declared', requires }]));
    expect(about(report)).toMatchObject([{ rule: 'READER_BREAKS', severity: 'error', consumers: ['search'] }]);
    expect(report.gate).toMatchObject({ allowed: false, fault: 'INCOMPATIBLE' });
  });

  test('what is no schema is said, and reads everything', () => {
    const report = run(
      text,
      number,
      withPolicy('any', [{ service: 'search', origin: 'declared', requires: { type: 'nonsense' } }]),
    );
    expect(about(report)).toMatchObject([{ rule: 'READER_SCHEMA_INVALID', severity: 'error' }]);
    expect(breaks(report)[0]?.consumers).toContain('search');
  });

  test('a sample that is rejected names reader, field and sample', () => {
    const samples: readonly Json[] = [{ id: '1', amount: 5, mail: 'a' }, { amount: 'five' }];
    const report = run(number, number, withPolicy('any', [{ service: 'search', origin: 'declared', samples }]));
    expect(about(report)).toMatchObject([
      {
        rule: 'READER_SAMPLE_REJECTED',
        severity: 'error',
        instancePointer: '/amount',
        consumers: ['search'],
        params: { sample: 2 },
      },
    ]);
  });

  test('a sample with personal data in a contract, which would be kept for ever', () => {
    const tagged = { type: 'string', 'x-tags': ['pii'] };
    const consumers = [{ service: 'billing', samples: [{ amount: 1, phone: '555 0100' }] }];
    const report = run(event({ amount: { type: 'number' }, phone: tagged }, consumers), undefined);
    expect(about(report)).toMatchObject([{ rule: 'READER_SAMPLE_SENSITIVE', severity: 'error' }]);
    expect(JSON.stringify(report)).not.toContain('555 0100');
  });

  test('two rows of a contract for one service', () => {
    const report = run(event({ amount: { type: 'number' } }, [billing, { service: 'billing' }]), undefined);
    expect(about(report)).toMatchObject([{ rule: 'READER_DECLARED_TWICE', nextPointer: '/x-contract/consumers/1' }]);
  });
});
