/** Patterns as syntax trees (ECMA-262 §22.2.1): what matches them in linear time, emits them as code or compares them starts here. */
import { type AST, RegExpParser } from '@eslint-community/regexpp';

const maxDepth = 200;

/** The syntax tree with the `u` flag, without it where only that parses (as Ajv and browsers do); else what is wrong. */
export function parsePattern(source: string): AST.Pattern | string {
  // the parser is recursive: a pattern that nests deeper than any person writes would end the process' stack
  if (nesting(source) > maxDepth) return 'nests too deep';
  const parser = new RegExpParser({ ecmaVersion: 2025 });
  try {
    return parser.parsePattern(source, 0, source.length, { unicode: true });
  } catch {
    try {
      return parser.parsePattern(source, 0, source.length, { unicode: false });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

function nesting(source: string): number {
  let depth = 0;
  let maxOpen = 0;
  for (let index = 0; index < source.length; index++) {
    const unit = source[index];
    if (unit === '\\') index += 1;
    else if (unit === '(') maxOpen = Math.max(maxOpen, ++depth);
    else if (unit === ')') depth -= 1;
  }
  return maxOpen;
}
