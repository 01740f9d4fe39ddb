/**
 * Where a TypeScript file spells a field of its schema. The file is not understood, only read for names: objects in braces, the
 * names before their colons, and which constant a value names. A field of an imported schema is placed where the import is used.
 */
import { type Pointer, segments } from '../../schema/pointer.ts';
import { positionAt } from '../../schema/scan.ts';
import { type Locate, start } from './place.ts';

interface Name {
  readonly name: string;
  readonly offset: number;
  /** From behind the colon to the comma or bracket that ends the value. */
  readonly from: number;
  to: number;
  readonly depth: number;
}

export function locateInTypeScript(text: string): Locate {
  let names: readonly Name[] | undefined;
  return (pointer) => {
    names ??= namesIn(text);
    const offset = fieldOffset(text, names, fieldPath(pointer));
    return offset === undefined ? start : positionAt(text, offset);
  };
}

const applicators = new Set([
  'items',
  'prefixItems',
  'anyOf',
  'oneOf',
  'allOf',
  'additionalProperties',
  'not',
  '$defs',
]);

/** `/properties/a/items/properties/b/type` → a, b. Beside the payload: `/x-contract/producer` → producer. */
function fieldPath(pointer: Pointer): readonly string[] {
  const path: string[] = [];
  const parts = segments(pointer);
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at]!;
    if (part === 'properties' && parts[at + 1] !== undefined) path.push(parts[++at]!);
    else if (at === 0 && part === 'x-contract' && parts[1] !== undefined) return [parts[1]];
    else if (at === 0 && !applicators.has(part)) return [part];
  }
  return path;
}

/** Each name within the value of the one before, else within the constant that value names; as deep as it is found. */
function fieldOffset(text: string, names: readonly Name[], path: readonly string[]): number | undefined {
  const payload = names.find(({ name }) => name === 'payload');
  let range = path.length > 0 && payload && within(text, names, payload, path[0]!) ? payload : undefined;
  let found: Name | undefined;
  for (const name of path) {
    const next = range || found ? within(text, names, range ?? found!, name) : first(names, name, 0, text.length);
    range = undefined;
    if (!next) break;
    found = next;
  }
  return found?.offset;
}

function within(text: string, names: readonly Name[], outer: Name, name: string): Name | undefined {
  const inside = first(names, name, outer.from, outer.to);
  if (inside) return inside;
  for (const [word] of text.slice(outer.from, outer.to).matchAll(/[A-Za-z_$][\w$]*/g)) {
    const declared = new RegExp(`\\b(?:const|let|var)\\s+${word.replaceAll('$', '\\$')}\\b[^=;]*=`).exec(text);
    if (!declared) continue;
    const from = declared.index + declared[0].length;
    const found = first(names, name, from, endOfStatement(text, from));
    if (found) return found;
  }
  return undefined;
}

/** The shallowest of that name in the range, and of these the first. */
function first(names: readonly Name[], name: string, from: number, to: number): Name | undefined {
  const inside = names.filter(
    (candidate) => candidate.name === name && candidate.offset >= from && candidate.offset < to,
  );
  return inside.toSorted((left, right) => left.depth - right.depth || left.offset - right.offset)[0];
}

function endOfStatement(text: string, from: number): number {
  const next = /\n(?:export|const|let|var|function|type|interface)\b/g;
  next.lastIndex = from;
  return next.exec(text)?.index ?? text.length;
}

const token =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`(?:[^`\\]|\\[\s\S])*`|(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_$][\w$]*)(\s*:)?|[{}()[\],]/g;

/** Every `name:` and `'name':`, outside of comments and texts. */
function namesIn(text: string): readonly Name[] {
  const names: Name[] = [];
  const open: Name[] = [];
  let depth = 0;
  const close = () => {
    while ((open.at(-1)?.depth ?? -1) >= depth) open.pop()!.to = at;
  };
  let at = 0;
  for (const match of text.matchAll(token)) {
    at = match.index;
    const [lexeme, colon] = match;
    if (lexeme === '{' || lexeme === '(' || lexeme === '[') depth += 1;
    else if (lexeme === '}' || lexeme === ')' || lexeme === ']') {
      close();
      depth -= 1;
    } else if (lexeme === ',') close();
    else if (colon !== undefined) {
      const name = lexeme.slice(0, -colon.length).replace(/^["']|["']$/g, '');
      const made: Name = { name, offset: at, from: at + lexeme.length, to: text.length, depth };
      names.push(made);
      open.push(made);
    }
  }
  return names;
}
