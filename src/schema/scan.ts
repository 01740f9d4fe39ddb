/**
 * One pass over JSON text for what `JSON.parse` lets through or cannot tell: a name given twice, a number that a double
 * cannot hold, nesting beyond the limit, and where in the text each value stands.
 */
import type { SchemaProblem } from './document.ts';
import { inexactText, isExact } from './exact-number.ts';
import { append, type Pointer, segments } from './pointer.ts';

export interface TextPosition {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export interface Scan {
  readonly problems: readonly SchemaProblem[];
  /** Offset in the text of the value (for members: of its name) at each pointer. Filled only on request. */
  readonly offsets: ReadonlyMap<Pointer, number>;
}

interface Frame {
  readonly at: Pointer;
  readonly names: Set<string> | undefined;
  index: number;
}

const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\],:]|true|false|null/y;

/** Scans text that `JSON.parse` accepts; for anything else the result is meaningless. */
export function scan(text: string, options: { readonly maxDepth: number; readonly places?: boolean }): Scan {
  const problems: SchemaProblem[] = [];
  const isDraft04 = text.includes('json-schema.org/draft-04/');
  const offsets = new Map<Pointer, number>();
  const stack: Frame[] = [];
  let at: Pointer = '';
  let expectName = false;
  let tooDeep = false;

  const begin = (offset: number) => {
    if (options.places && !offsets.has(at)) offsets.set(at, offset);
  };
  const open = (names: Set<string> | undefined) => {
    stack.push({ at, names, index: 0 });
    if (stack.length > options.maxDepth && !tooDeep) {
      tooDeep = true;
      problems.push({
        rule: 'SCHEMA_TOO_DEEP',
        pointer: '',
        message: `nests deeper than ${options.maxDepth} levels`,
        params: { limit: options.maxDepth },
      });
    }
    if (names === undefined && !tooDeep) at = append(stack.at(-1)!.at, 0);
    expectName = names !== undefined;
  };

  for (let offset = 0; offset < text.length && !tooDeep; ) {
    token.lastIndex = offset;
    const match = token.exec(text);
    if (!match) {
      offset += 1;
      continue;
    }
    const lexeme = match[0];
    const frame = stack.at(-1);
    const first = lexeme[0];
    if (first === '{' || first === '[') {
      begin(offset);
      open(first === '{' ? new Set() : undefined);
    } else if (first === '}' || first === ']') {
      at = stack.pop()?.at ?? '';
      expectName = false;
    } else if (first === ',' && frame) {
      expectName = frame.names !== undefined;
      if (!frame.names) {
        frame.index += 1;
        at = append(frame.at, frame.index);
      }
    } else if (first === '"' && expectName && frame?.names) {
      const name: string = JSON.parse(lexeme);
      at = append(frame.at, name);
      if (frame.names.has(name))
        problems.push({
          rule: 'SCHEMA_DUPLICATE_NAME',
          pointer: at,
          message: `the name "${name}" stands twice in one object`,
        });
      frame.names.add(name);
      if (options.places) offsets.set(at, offset);
      expectName = false;
    } else if (first !== ':') {
      begin(offset);
      if (/[-\d]/.test(first!) && !isExact(lexeme))
        problems.push({
          rule: 'SCHEMA_NUMBER_PRECISION',
          pointer: at,
          message: inexactText(lexeme, segments(at).at(-1), isDraft04),
        });
    }
    offset += lexeme.length;
  }
  return { problems, offsets };
}

/** Line and column of `offset` in `text`. */
export function positionAt(text: string, offset: number): TextPosition {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', end + 1)) {
    line += 1;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
}
