import { describe, expect, it } from 'vitest';
import { type Catalog, catalogShape } from '../../schema/catalog.ts';
import { stricterCatalog } from './index.ts';

const base = {
  name: 'shop',
  title: 'Shop',
  level: 'BACKWARD',
  names: {
    segments: [
      { name: 'domain', style: 'snake' },
      { name: 'fact', style: 'snake' },
    ],
    major: 'optional',
  },
  envelope: {
    schema: {
      type: 'object',
      required: ['id', 'data'],
      properties: { id: { type: 'string' }, trace: { type: 'string' }, data: {} },
    },
    at: { id: '/id', payload: '/data' },
  },
  classification: {
    levels: ['public', 'internal', 'secret'],
    tags: { pii: { description: 'A person.', encryption: 'required' } },
  },
  domains: { order: { owner: 'orders', classification: 'internal', retention: 'short' } },
  services: { orders: { publish: ['order.**'] }, spy: { clearance: 'public', deny: ['order.paid'] } },
  retention: { classes: { short: { min: 'P1D', max: 'P30D' } } },
  rules: {
    'description-present': 'error',
    'correlation-reachable': { options: { required: ['correlation'] } },
    'field-naming': [{ severity: 'error', subjects: ['order.*'] }],
  },
  exceptions: [{ id: 'old', rule: 'name-grammar', subjects: ['order.placed'], reason: 'old' }],
  deprecation: { notice: 'P30D' },
};

type Edit = Readonly<Record<string, unknown>>;

const catalog = (edit: Edit = {}): Catalog => catalogShape.parse({ ...base, ...edit });

function found(edit: Edit, before: Edit = {}) {
  const { findings, catalog: strict } = stricterCatalog({
    before: catalog(before),
    now: catalog({ ...before, ...edit }),
    subjects: ['order.placed', 'order.paid'],
    baseline: 'main',
    waivers: [],
    today: '2026-06-01',
  });
  return { places: findings.map(({ nextPointer }) => nextPointer), strict };
}

const { names, envelope, classification, domains, services } = base;

describe('an edit that lowers a demand is found, and taken back for the check', () => {
  it.each<[string, Edit, readonly string[]]>([
    ['no level', { level: 'NONE' }, ['/level']],
    ['annotated formats', { formats: 'annotate' }, ['/formats']],
    [
      'a rule at a lower severity',
      { rules: { ...base.rules, 'description-present': 'info' } },
      ['/rules/description-present'],
    ],
    [
      'a rule off for one subject',
      { rules: { ...base.rules, 'name-grammar': [{ severity: 'off', subjects: ['order.paid'] }] } },
      ['/rules/name-grammar'],
    ],
    [
      'a rule off for subjects to come',
      { rules: { ...base.rules, 'name-grammar': [{ severity: 'off', subjects: ['**'] }] } },
      ['/rules/name-grammar'],
    ],
    [
      'an option that asks for less',
      { rules: { ...base.rules, 'correlation-reachable': 'error' } },
      ['/rules/correlation-reachable'],
    ],
    [
      'an option below the rule’s own',
      { rules: { ...base.rules, 'description-present': { severity: 'error', options: { fields: false } } } },
      ['/rules/description-present'],
    ],
    [
      'a new exception',
      { exceptions: [...base.exceptions, { id: 'new', rule: 'field-naming', subjects: ['**'], reason: 'x' }] },
      ['/exceptions'],
    ],
    [
      'a wider exception',
      { exceptions: [{ id: 'old', rule: 'name-grammar', subjects: ['order.placed', 'stock.*'], reason: 'x' }] },
      ['/exceptions'],
    ],
    ['any style', { names: { ...names, segments: [names.segments[0], { name: 'fact', style: 'any' }] } }, ['/names']],
    [
      'an optional segment',
      { names: { ...names, segments: [{ ...names.segments[0], optional: true }, names.segments[1]] } },
      ['/names'],
    ],
    [
      'another order of levels',
      { classification: { ...classification, levels: ['public', 'secret', 'internal'] } },
      ['/classification/levels'],
    ],
    [
      'a tag without encryption',
      { classification: { ...classification, tags: { pii: { description: 'x' } } } },
      ['/classification/tags/pii'],
    ],
    ['another owner', { domains: { order: { ...domains.order, owner: 'spy' } } }, ['/domains/order/owner']],
    [
      'a domain taken away from its events',
      { domains: {} },
      ['/domains/order/owner', '/domains/order/classification', '/domains/order/retention'],
    ],
    [
      'a lower level of a domain',
      { domains: { order: { ...domains.order, classification: 'public' } } },
      ['/domains/order/classification'],
    ],
    [
      'a higher clearance',
      { services: { ...services, spy: { ...services.spy, clearance: 'secret' } } },
      ['/services/spy/clearance'],
    ],
    ['no clearance', { services: { ...services, spy: { deny: ['order.paid'] } } }, ['/services/spy/clearance']],
    ['more to publish', { services: { ...services, orders: {} } }, ['/services/orders/publish']],
    ['less denied', { services: { ...services, spy: { clearance: 'public' } } }, ['/services/spy/deny']],
    [
      'a longer retention class',
      { retention: { classes: { short: { min: 'P1D', max: 'P90D' } } } },
      ['/domains/order/retention', '/retention/classes/short'],
    ],
    [
      'an envelope whose events its readers refuse',
      { envelope: { ...envelope, schema: { ...envelope.schema, required: ['id', 'trace', 'data'] } } },
      ['/envelope/schema/required'],
    ],
    [
      'a payload in another place',
      { envelope: { ...envelope, at: { ...envelope.at, payload: '/id' } } },
      ['/envelope/at/payload'],
    ],
    [
      'another envelope',
      { envelope: 'cloudevents-1.0' },
      [
        '/envelope/schema/properties/id/minLength',
        '/envelope/schema/properties/source',
        '/envelope/schema/properties/specversion',
        '/envelope/schema/properties/type',
      ],
    ],
    ['a shorter notice', { deprecation: { notice: 'P7D' } }, ['/deprecation/notice']],
  ])('%s', (_, edit, places) => {
    const { places: got, strict } = found(edit);
    expect(got).toEqual(places);
    expect({ ...strict, retention: strict.retention }).toEqual(catalog());
  });
});

describe('what makes breaks of fewer readers and versions count', () => {
  const counting = { breaks: 'declared-readers', history: 'retained', quietReaders: 'P30D', samples: 'internal' };
  const shorter = { domains: { order: { ...domains.order, retention: 'P7D' } } };
  const shorterClass = { retention: { classes: { short: { min: 'P1D', max: 'P7D' } } } };

  it.each<[string, Edit, readonly string[]]>([
    ['fewer breaks', { breaks: 'critical-readers' }, ['/breaks']],
    ['readers that are quiet sooner', { quietReaders: 'P7D' }, ['/quietReaders']],
    ['samples of a higher level', { samples: 'secret' }, ['/samples']],
    ['samples of the level of each event', { samples: undefined }, ['']],
    ['versions that are left out sooner', shorter, ['/domains/order/retention']],
    ['the same by a class', shorterClass, ['/domains/order/retention', '/retention/classes/short']],
  ])('%s', (_, edit, places) => {
    const { places: got, strict } = found(edit, counting);
    expect(got).toEqual(places);
    expect(strict).toEqual(catalog(counting));
  });

  it.each<[string, Edit, readonly string[]]>([
    ['fewer breaks', { breaks: 'declared-readers' }, ['/breaks']],
    ['fewer versions', { history: 'retained' }, ['/history']],
    ['fewer readers', { quietReaders: 'P400D' }, ['/quietReaders']],
    ['samples of what is tagged', { samples: 'public' }, ['/samples']],
  ])('%s where all counted', (_, edit, places) => {
    const { places: got, strict } = found(edit);
    expect(got).toEqual(places);
    expect(strict).toEqual(catalog());
  });

  it.each<[string, Edit]>([
    ['all of them again', { breaks: 'any', history: 'all', quietReaders: undefined }],
    ['a longer quiet', { quietReaders: 'P60D' }],
    ['samples of a lower level', { samples: 'public' }],
  ])('%s is none', (_, edit) => {
    expect(found(edit, counting).places).toEqual([]);
  });
});

it('a demand in the other direction keeps what was demanded', () => {
  const { places, strict } = found({ level: 'FORWARD_TRANSITIVE' });
  expect([places, strict.level]).toEqual([['/level'], 'FULL_TRANSITIVE']);
});

describe('an edit that demands as much or more is none', () => {
  it.each<[string, Edit]>([
    ['nothing', {}],
    ['a higher level', { level: 'FULL' }],
    ['the open world', { world: 'open' }],
    ['a higher severity', { rules: { ...base.rules, 'retention-stated': 'error', 'consumers-cleared': 'error' } }],
    [
      'one more required place',
      { rules: { ...base.rules, 'correlation-reachable': { options: { required: ['correlation', 'causation'] } } } },
    ],
    ['no exception', { exceptions: [] }],
    ['one more level', { classification: { ...classification, levels: ['public', 'internal', 'team', 'secret'] } }],
    [
      'one more domain, service and tag',
      { domains: { ...domains, stock: { owner: 'orders' } }, services: { ...services, new: {} } },
    ],
    ['a lower clearance list', { services: { ...services, orders: { publish: [] } } }],
    ['a shorter retention', { domains: { order: { ...domains.order, retention: 'P7D' } } }],
    ['a longer notice', { deprecation: { notice: 'P90D' } }],
    [
      'one more optional member of the envelope',
      {
        envelope: {
          schema: { ...envelope.schema, properties: { ...envelope.schema.properties, tenant: { type: 'string' } } },
          at: { ...envelope.at, tenant: '/tenant' },
        },
      },
    ],
    ['a title', { title: 'The shop' }],
  ])('%s', (_, edit) => {
    const { places, strict } = found(edit);
    expect(places).toEqual([]);
    expect(strict).toEqual(catalog(edit));
  });
});
