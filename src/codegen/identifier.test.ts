import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { names, typeName } from './identifier.ts';

describe('typeName', () => {
  it.each([
    ['parliament.motionScheduled.v1', 'ParliamentMotionScheduledV1'],
    ['vote.division_opened', 'VoteDivisionOpened'],
    ['rwa-inventory.update', 'RwaInventoryUpdate'],
    ['3d-secure', '_3dSecure'],
    ['класс', 'Класс'],
    ['名前', '名前'],
    ['straße', 'Straße'],
    ['ßa', 'ßa'],
    ['𐐨a', '𐐀a'],
    ['class', 'Class'],
    ['array', 'Array_'],
    ['date', 'Date_'],
    ['---', 'Type'],
    ['', 'Type'],
    ['a\u200db', 'AB'],
    ['it’s "quoted"\n', 'ItSQuoted'],
  ])('%j is called %s', (text, name) => {
    expect(typeName(text)).toBe(name);
  });
});

describe('names', () => {
  it('never hands out a name twice, nor a reserved one', () => {
    const wanted = fc.array(fc.constantFrom('A', 'A2', 'A22', 'B', 'B2'), { maxLength: 30 });
    fc.assert(
      fc.property(wanted, (list) => {
        const claims = names(['B']);
        const given = list.map((name) => claims.claim(name));
        expect(new Set([...given, 'B']).size).toBe(list.length + 1);
      }),
    );
  });
});
