import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { confirm } from '../confirm/confirm.ts';
import { directions, worlds } from '../report.ts';
import { prepare } from './decide.ts';

function verdicts(previous: Json, next: Json, ignore: readonly string[] = [], dialect: Dialect = '2020-12') {
  const document = (root: Json) => ({ root, dialect, bundle: new Map() });
  const pair = prepare(document(previous), document(next), { ignore, confirm });
  const reports = worlds.flatMap((world) => directions.map((direction) => pair.decide(direction, world)));
  return reports.map(
    ({ verdict, witness, undecided }) => undecided?.[0]?.reason ?? witness?.confirmedBy.length ?? verdict,
  );
}

const alike = ['compatible', 'compatible', 'compatible', 'compatible'];
const text = { type: 'string' };

describe('an ignored place', () => {
  it.each<[string, Json, Json, readonly string[]]>([
    ['that is false on one side', { properties: { v: false } }, { properties: { v: { const: 2 } } }, ['/properties/v']],
    ['that is true on one side', { properties: { v: true } }, { properties: { v: { const: 2 } } }, ['/properties/v']],
    [
      'marked where the other side is closed',
      { properties: { a: text }, additionalProperties: false },
      { properties: { a: text }, additionalProperties: { type: 'integer', 'x-compat': 'ignore' } },
      [],
    ],
    [
      'reached through a reference',
      { $ref: '#/$defs/v', $defs: { v: { const: 1 } } },
      { $ref: '#/$defs/v', $defs: { v: { const: 2 } } },
      ['/$defs/v'],
    ],
    [
      'with an identifier that others refer to',
      { properties: { v: { $id: 'https://v.example/', const: 1 }, w: { $ref: 'https://v.example/' } } },
      { properties: { v: { $id: 'https://v.example/', const: 2 }, w: { $ref: 'https://v.example/' } } },
      ['/properties/v'],
    ],
  ])('%s says nothing, to the engine and to the second validator', (_, previous, next, ignore) => {
    expect(verdicts(previous, next, ignore)).toEqual(alike);
  });

  it('keeps the definitions that others refer to', () => {
    const schema = (type: string) => ({
      properties: { v: { const: type, $defs: { w: { type } } }, w: { $ref: '#/properties/v/$defs/w' } },
    });
    expect(verdicts(schema('string'), schema('string'), ['/properties/v'])).toEqual(alike);
    expect(verdicts(schema('string'), schema('integer'), ['/properties/v'])).toEqual([2, 2, 2, 2]);
  });

  it('that is no schema is not ignored, by either', () => {
    expect(verdicts({ enum: ['a', 'b'] }, { enum: ['a'] }, ['/enum'])).toEqual([2, 'compatible', 2, 'compatible']);
    expect(verdicts({ required: ['a'] }, { required: ['a', 'b'] }, ['/required'])[0]).toBe(2);
  });

  it('says nothing in draft-04 either, which has no boolean schemas', () => {
    const schema = (value: Json) => ({ properties: { v: { enum: [value] } } });
    expect(verdicts(schema(1), schema(2), ['/properties/v'], 'draft-04')).toEqual(alike);
  });
});
