/** YAML 1.2 as JSON values, with the place of each. Anchors and merge keys (`<<`) are followed, in values and in places. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLError } from 'yaml';
import type { Json } from '../../schema/json.ts';
import { type Pointer, segments } from '../../schema/pointer.ts';
import { positionAt } from '../../schema/scan.ts';
import { start as atTheStart, type Locate } from './place.ts';
import type { Flaw } from './unreadable.ts';
import { yamlFlaws } from './yaml-flaws.ts';

/** Aliases that multiply beyond this are a bomb, not a schema. */
const maxAliases = 1_000;

/** Levels; the registry's own limit is lower. */
const maxDepth = 1_000;

export type YamlReading =
  | { readonly ok: true; readonly value: Json; readonly locate: Locate }
  | { readonly ok: false; readonly flaws: readonly [Flaw, ...Flaw[]] };

export function readYaml(text: string): YamlReading {
  // the parser recurses, and near the end of the stack V8 ends the process
  if (maxNesting(text) > maxDepth) return refused({ place: atTheStart, message: `it nests deeper than ${maxDepth}` });
  // of the tags that the library knows beside JSON's, sets and bytes become what no JSON is
  const document = parseDocument(text, { uniqueKeys: true, merge: true, resolveKnownTags: false });
  const [error] = document.errors;
  if (error) return refused({ place: positionAt(text, error.pos[0]), message: messageOf(error) });
  const [flaw, ...more] = [
    ...document.warnings.map((warning) => ({ place: positionAt(text, warning.pos[0]), message: messageOf(warning) })),
    ...yamlFlaws(document, text).map(({ offset, message }) => ({ place: positionAt(text, offset), message })),
  ].toSorted((left, right) => left.place.line - right.place.line || left.place.column - right.place.column);
  if (flaw) return { ok: false, flaws: [flaw, ...more] };
  const locate: Locate = (pointer) => positionAt(text, offsetOf(document, pointer));
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: maxAliases }) as Json, locate };
  } catch (cause) {
    // the only thing that toJS refuses
    const message = cause instanceof Error ? cause.message : String(cause);
    return refused({ place: atTheStart, message });
  }
}

/** At least the depth of what `text` spells: brackets left open, or what a line begins with. */
function maxNesting(text: string): number {
  let open = 0;
  let maxOpen = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open += bracket === '[' || bracket === '{' ? 1 : -1;
    maxOpen = Math.max(maxOpen, open);
  }
  const indents = [...text.matchAll(/^[ \t?:-]+/gm)].map(([lead]) => lead.length);
  return indents.reduce((max, indent) => Math.max(max, indent), maxOpen);
}

function refused(flaw: Flaw): YamlReading {
  return { ok: false, flaws: [flaw] };
}

/** The parser's messages are for programmers: two of them name its own functions. */
function messageOf({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'it holds several documents; put each event into a file of its own';
  const [first = ''] = message.replace(/ at line \d+, column \d+:?/, '').split('\n');
  const [, tag] = /^Unresolved tag: (\S+)/.exec(first) ?? [];
  return tag === undefined ? first : `the tag ${tag} means nothing here: what it should make of the value is not JSON`;
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
