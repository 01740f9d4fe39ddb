import { expect, test } from 'vitest';
import { notesOf } from './notes.ts';

test.each([
  [undefined, { keywords: {} }],
  ['An order.', { description: 'An order.', keywords: {} }],
  ['x-classification: confidential', { keywords: { 'x-classification': 'confidential' } }],
  ['The buyer.\nx-tags: ["pii"]\nAs typed.', { description: 'The buyer.\nAs typed.', keywords: { 'x-tags': ['pii'] } }],
  [
    'x-contract: {\n  "producer": "orders"\n}\nAn order.',
    { description: 'An order.', keywords: { 'x-contract': { producer: 'orders' } } },
  ],
  // what never becomes JSON is the text of its line: whoever reads the keyword says what is wrong with it
  [
    'x-contract: { producer: orders\nAn order.',
    { description: 'An order.', keywords: { 'x-contract': '{ producer: orders' } },
  ],
  ['x-note: { "text": "}{" }\nMore.', { description: 'More.', keywords: { 'x-note': { text: '}{' } } }],
  ['see x-contract: elsewhere', { description: 'see x-contract: elsewhere', keywords: {} }],
])('%j', (comment, notes) => {
  expect(notesOf(comment)).toEqual(notes);
});

test('values that are never closed cost no more than their lines', () => {
  const lines = Array.from({ length: 20_000 }, () => 'x-contract: { "a": [1,');
  const { keywords, description } = notesOf(lines.join('\n'));
  expect(keywords).toEqual({ 'x-contract': '{ "a": [1,' });
  expect(description).toBeUndefined();
});
