import { expect, test } from 'vitest';
import { Fault } from './errors.ts';

test.each([
  [
    new Fault('CATALOG_NOT_FOUND', { catalog: 'shop' }),
    'There is no catalog "shop"; GET /v1/catalogs lists those there are.',
  ],
  [
    new Fault('SUBJECT_NOT_FOUND', { catalog: 'shop', subject: 'a.b' }),
    'There is no subject "a.b" in the catalog "shop".',
  ],
  [new Fault('VERSION_NOT_FOUND', { subject: 'a.b', version: 3 }), '"a.b" has no version 3.'],
  [new Fault('SCHEMA_NOT_FOUND', { key: '17' }), 'There is no schema with the id or fingerprint "17".'],
  [new Fault('DEPRECATION_NOT_FOUND', { subject: 'a.b' }), '"a.b" has no deprecation plan.'],
  [
    new Fault('CONSUMER_NOT_FOUND', { service: 'mailer', subject: 'a.b' }),
    '"mailer" is not a declared consumer of "a.b".',
  ],
  [new Fault('WEBHOOK_NOT_FOUND', { id: 'w' }), 'There is no webhook "w".'],
  [new Fault('WEBHOOK_NOT_FOUND', { id: 'w', delivery: 'd' }), 'The webhook "w" has no delivery "d".'],
  [new Fault('SUBJECT_LOCKED', { subject: 'a.b' }), '"a.b" is being written by another request; try again.'],
  [new Fault('CATALOG_NOT_FOUND'), 'There is no such catalog.'],
  [new Fault('CATALOG_NOT_FOUND', { catalog: 'shop' }, { message: 'Own words.' }), 'Own words.'],
  [
    new Fault('CATALOG_NOT_FOUND', { catalog: 'a\nb"' }),
    'There is no catalog "a\\nb\\""; GET /v1/catalogs lists those there are.',
  ],
])('a fault names what it is about: %s', (fault, message) => {
  expect(fault.message).toBe(message);
});

test('a long name is cut', () => {
  const { message } = new Fault('CATALOG_NOT_FOUND', { catalog: 'x'.repeat(5_000) });
  expect(message.match(/x+/)?.[0]).toHaveLength(200);
});
