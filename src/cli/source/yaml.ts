/** YAML 1.2 as JSON values, with the place of each. Anchors and merge keys (`<<`) are followed, in values and in places. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import { isExact } from '../../schema/exact-number.ts';
import type { Json } from '../../schema/json.ts';
import { type Pointer, segments } from '../../schema/pointer.ts';
import { positionAt } from '../../schema/scan.ts';
import { start as atTheStart, type Locate } from './place.ts';
import type { Flaw } from './unreadable.ts';

/** Aliases that multiply beyond this are a bomb, not a schema. */
const maxAliases = 1_000;

export type YamlReading =
  | { readonly ok: true; readonly value: Json; readonly locate: Locate }
  | { readonly ok: false; readonly flaw: Flaw };

export function readYaml(text: string): YamlReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: true });
  const [error] = document.errors;
  if (error) {
    const at = lines.linePos(error.pos[0]);
    const [message = ''] = error.message.replace(/ at line \d+, column \d+:?/, '').split('\n');
    return { ok: false, flaw: { place: { line: at.line, column: at.col }, message } };
  }
  const inexact = inexactNumber(document);
  if (inexact !== undefined)
    return {
      ok: false,
      flaw: {
        place: positionAt(text, inexact),
        message: 'a number that a double cannot hold exactly; readers would see another one',
      },
    };
  const locate: Locate = (pointer) => positionAt(text, offsetOf(document, pointer));
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: maxAliases }) as Json, locate };
  } catch (cause) {
    // the only thing that toJS refuses
    const message = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, flaw: { place: atTheStart, message } };
  }
}

/** Of the member's name or the item; of an alias's content where its anchor spells it. What is not there: the nearest above. */
function offsetOf(document: Document, pointer: Pointer): number {
  let node: unknown = document.contents;
  let offset = start(resolved(document, node)) ?? 0;
  for (const segment of segments(pointer)) {
    node = resolved(document, node);
    const pair = isMap(node) ? pairOf(document, node, segment) : undefined;
    const next = isSeq(node) ? node.items[Number(segment)] : pair?.value;
    if (next === undefined || next === null) return start(pair?.key) ?? offset;
    offset = start(pair ? pair.key : next) ?? offset;
    node = next;
  }
  return offset;
}

function pairOf(document: Document, map: { readonly items: readonly Pair[] }, name: string): Pair | undefined {
  const own = map.items.find(({ key }) => isScalar(key) && String(key.value) === name);
  if (own) return own;
  for (const { key, value } of map.items) {
    if (!isScalar(key) || !(typeof key.value === 'symbol' || key.value === '<<')) continue;
    const merged = resolved(document, value);
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const base = resolved(document, source);
      const found = isMap(base) ? pairOf(document, base, name) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

function resolved(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function start(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}

function inexactNumber(document: Document): number | undefined {
  const stack: unknown[] = [document.contents];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isMap(node)) for (const { value } of node.items) stack.push(value ?? undefined);
    else if (isSeq(node)) stack.push(...node.items);
    else if (isScalar(node) && typeof node.value === 'number' && /^[-+.\d][\d.eE+-]*$/.test(node.source ?? ''))
      if (!isExact(node.source ?? '')) return node.range?.[0];
  }
  return undefined;
}
