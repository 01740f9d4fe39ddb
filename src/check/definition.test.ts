import { expect, test } from 'vitest';
import type { Definition } from '../schema/definition.ts';
import { registryLimits } from '../schema/limits.ts';
import { readDefinition } from './definition.ts';

/** Forty definitions, each of which uses the one before under two names: 2^40 ways to the first. */
function tower(format: Definition['format'], text: (level: number) => string, names: (level: number) => string[]) {
  let definition: Definition = { format, text: text(0), references: [] };
  for (let level = 1; level < 40; level += 1) {
    const below = definition;
    definition = { format, text: text(level), references: names(level).map((name) => ({ name, definition: below })) };
  }
  return definition;
}

test.each([
  tower(
    'avro',
    (level) =>
      JSON.stringify({
        type: 'record',
        name: `R${level}`,
        fields: [{ name: 'a', type: level === 0 ? 'int' : `R${level - 1}` }],
      }),
    () => ['left', 'right'],
  ),
  tower(
    'protobuf',
    (level) =>
      `syntax = "proto3"; ${level === 0 ? '' : `import "l${level - 1}.proto"; `}message M${level} { int32 a = 1; ${
        level === 0 ? '' : `M${level - 1} b = 2; `
      }}`,
    (level) => [`l${level - 1}.proto`, `r${level - 1}.proto`],
  ),
  tower(
    'json',
    (level) =>
      JSON.stringify(
        level === 0
          ? { type: 'object' }
          : { properties: { a: { $ref: `l${level}.json` }, b: { $ref: `r${level}.json` } } },
      ),
    (level) => [`l${level}.json`, `r${level}.json`],
  ),
])('$format: what many ways lead to is read once', (definition) => {
  const read = readDefinition(definition, {}, { limits: registryLimits });
  expect(read).toMatchObject({ ok: true });
});

test('notes of a type that another Avro schema defines come along', () => {
  const money = {
    type: 'record',
    name: 'Money',
    fields: [{ name: 'iban', type: 'string', doc: 'Whose.', 'x-classification': 'confidential' }],
  };
  const paid = { type: 'record', name: 'Paid', fields: [{ name: 'by', type: 'Money' }] };
  const references = [
    { name: 'Money', definition: { format: 'avro', text: JSON.stringify(money), references: [] } as const },
  ];
  const read = readDefinition(
    { format: 'avro', text: JSON.stringify(paid), references },
    {},
    { limits: registryLimits },
  );
  expect(read).toMatchObject({
    native: {
      document: {
        root: {
          title: 'Paid',
          properties: { by: { $ref: '#/$defs/Money' } },
          $defs: {
            Money: { properties: { iban: { description: 'Whose.', 'x-classification': 'confidential' } } },
          },
        },
      },
    },
  });
});
