import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rememberingUris } from './ajv-uris.ts';

const { uriResolver: own } = new Ajv().opts;

const piece = fc.constantFrom(
  '#',
  '/',
  ':',
  '%',
  '%41',
  '%7e',
  '~',
  '.',
  '..',
  '?',
  'a',
  'A',
  'é',
  ' ',
  '_',
  '-',
  'https:',
  '//',
  '@',
  '[',
  '"',
);
const text = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.array(piece, { maxLength: 8 }).map((pieces) => `#${pieces.join('')}`),
);

function said(ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    return String(error);
  }
}

test('identifiers and references mean what they do without remembering, whatever was asked before', () => {
  const remembering = rememberingUris(own);
  const base = fc.oneof(fc.constant(''), text);
  fc.assert(
    fc.property(base, text, (from, reference) => {
      for (const uris of [remembering, remembering]) {
        expect(said(() => uris.resolve(from, reference))).toEqual(said(() => own.resolve(from, reference)));
        expect(said(() => uris.parse(reference))).toEqual(said(() => own.parse(reference)));
        expect(said(() => uris.serialize(uris.parse(reference)))).toEqual(
          said(() => own.serialize(own.parse(reference))),
        );
      }
    }),
    { numRuns: 2_000 },
  );
});

test('what was asked is not asked again', () => {
  let asked = 0;
  const counted = <Args extends readonly unknown[], Answer>(ask: (...args: Args) => Answer) => {
    return (...args: Args): Answer => {
      asked += 1;
      return ask(...args);
    };
  };
  const uris = rememberingUris({
    parse: counted(own.parse),
    serialize: counted(own.serialize),
    resolve: counted(own.resolve),
  });
  for (const _ of [1, 2]) {
    uris.resolve('', '#/definitions/a');
    uris.resolve('https://schemas.example/', 'b#/c');
    uris.serialize(uris.parse('b#/c'));
  }
  expect(asked).toBe(3);
});
