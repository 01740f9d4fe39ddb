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
  ['see x-contract: elsewhere', { description: 'see x-contract: elsewhere', keywords: {} }],
])('%j', (comment, notes) => {
  expect(notesOf(comment)).toEqual(notes);
});
