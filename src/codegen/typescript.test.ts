import { expect, it } from 'vitest';
import type { Json } from '../schema/json.ts';
import { modelOf } from './model.ts';
import { printDoc, printModel } from './typescript.ts';

function types(root: Json, readonly = false): string {
  return printModel(modelOf({ root, dialect: '2020-12', bundle: new Map() }, 'T'), { readonly });
}

it('makes properties, lists and tuples readonly on request', () => {
  const list = { type: 'array', items: { type: 'array', items: { type: ['string', 'null'] } } };
  const pair = { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'array' } };
  const root = { properties: { list, pair }, additionalProperties: { type: 'array' }, type: 'object' };
  expect(types(root, true)).toBe(`export type T = {
  readonly list?: readonly (readonly (string | null)[])[];
  readonly pair?: readonly [string?, ...(readonly unknown[])[]];
  readonly [key: string]:
    | readonly unknown[]
    | readonly (readonly (string | null)[])[]
    | readonly [string?, ...(readonly unknown[])[]]
    | undefined;
};
`);
});

it('keeps a comment a comment', () => {
  expect(printDoc({ description: 'a */ b\r\nc', format: 'x\ny', default: '*/' }, '')).toBe(
    '/**\n * a *\\/ b\n * c\n *\n * @format x y\n * @default "*\\/"\n */\n',
  );
  expect(printDoc({}, '')).toBe('');
  expect(printDoc({ title: 'T' }, '  ', 'T')).toBe('');
});
