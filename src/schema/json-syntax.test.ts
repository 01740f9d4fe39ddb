import { describe, expect, it } from 'vitest';
import { syntaxFlaw } from './json-syntax.ts';

describe('the place where text stops being JSON', () => {
  it.each([
    ['', 0, 'it is empty'],
    ['{"a":1,}', 7, 'a comma stands before the end; JSON allows none there'],
    ['[1,]', 3, 'a comma stands before the end; JSON allows none there'],
    ['{"a" 1}', 5, 'a colon is missing'],
    ['{"a":1 "b":2}', 7, 'a comma or } is missing'],
    ['{a:1}', 1, 'a name in double quotes or } is missing'],
    ["{'a':1}", 1, 'a single quote; JSON takes double ones'],
    ['{"a": // why\n1}', 6, 'a comment; JSON has none'],
    ['{"a":01}', 5, 'a value is missing'],
    ['{"a":"b\n"}', 5, 'a string that is not closed, or holds a bare control character or an unknown escape'],
    ['{"a":1', 6, 'it ends too early: a comma or } is missing'],
    ['{} {}', 3, 'the document has ended, and more follows'],
    ['{\n<<<<<<< HEAD\n"a":1}', 2, 'a mark of an unresolved merge conflict'],
    ['[1}', 2, 'a comma or ] is missing'],
  ])('%j: at %i, %s', (text, offset, message) => {
    expect(syntaxFlaw(text)).toEqual({ offset, message });
  });
});
