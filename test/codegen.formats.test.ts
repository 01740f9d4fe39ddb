/** Formats as types of their own: what was not validated does not pass for it, and two modules mean the same by one format. */
import { expect, it } from 'vitest';
import { typesText } from '../src/codegen/types.ts';
import { readCatalog } from '../src/schema/catalog.ts';
import type { Json } from '../src/schema/json.ts';
import { compile } from './support/compile.ts';

function text(subject: string, properties: Record<string, Json>, formats: 'assert' | 'annotate' = 'assert'): string {
  const reading = readCatalog({
    name: 'shop',
    title: 'Shop',
    formats,
    names: { segments: [{ name: 'entity', style: 'any' }], major: 'optional' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['public'] },
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const document = { root: { type: 'object', properties }, dialect: '2020-12', bundle: new Map() } as const;
  return typesText({ catalog: reading.catalog, subject, document, contract: {} }, { formats: 'branded' });
}

const id = { type: 'string', format: 'uuid' };

it('takes a validated string for its format, and no other', async () => {
  const uses = `
import type { Order, UuidString } from './order.js';
import type { Refund, UuidString as SameUuid } from './refund.js';
declare const order: Order;
declare const refund: Refund;
export const same: Refund = { id: order.id };
export const either: SameUuid | undefined = order.id satisfies UuidString | undefined;
export const asString: string | undefined = order.id;
export const asserted: Order = { id: 'x' as UuidString, mail: null };
// @ts-expect-error any string is no UUID
export const plain: Order = { id: '5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c11' };
// @ts-expect-error an address is no UUID
export const other: Order = { id: order.mail };
export const free: Order = { code: 'int32 is not checked by anyone' };
`;
  const files = new Map([
    [
      'order.ts',
      text('order', {
        id,
        mail: { type: ['string', 'null'], format: 'email' },
        code: { type: 'string', format: 'int32' },
      }),
    ],
    ['refund.ts', text('refund', { id })],
    ['uses.ts', uses],
  ]);
  expect(await compile(files)).toEqual([]);
}, 60_000);

it('steps aside where the name is taken, and brands nothing the catalog does not check', () => {
  expect(text('uuid.string', { id })).toContain('  id?: UuidString2;\n');
  expect(text('order', { id }, 'annotate')).toContain('  id?: string;\n');
});
