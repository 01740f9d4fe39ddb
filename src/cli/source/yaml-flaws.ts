/** What YAML can hold and JSON cannot: it would change in silence, or never end. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { isExact } from '../../schema/exact-number.ts';

export interface YamlFlaw {
  readonly offset: number;
  readonly message: string;
}

interface Step {
  readonly node: unknown;
  readonly around: Chain | undefined;
}

/** The nodes around one, from the inside. */
interface Chain {
  readonly node: Node;
  readonly outer: Chain | undefined;
}

export function yamlFlaws(document: Document, text: string): readonly YamlFlaw[] {
  const found: YamlFlaw[] = [...versionFlaws(document)];
  const cyclic = new Set<Node>();
  const stack: Step[] = [{ node: document.contents, around: undefined }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { node, around } = at;
    if (isAlias(node)) {
      const anchor = node.resolve(document);
      if (anchor && isAround(anchor, around) && !cyclic.has(anchor)) {
        cyclic.add(anchor);
        found.push({
          offset: anchorOffset(anchor, node.source, text),
          message: `the anchor &${node.source} holds itself, which JSON cannot`,
        });
      }
    } else if (isMap(node)) {
      const inner = { node, outer: around };
      for (const pair of node.items) {
        const message = keyFlaw(pair);
        if (message !== undefined) found.push({ offset: offsetOf(pair.key ?? node), message });
        stack.push({ node: pair.key, around: inner }, { node: pair.value, around: inner });
      }
    } else if (isSeq(node)) {
      const inner = { node, outer: around };
      for (const item of node.items) stack.push({ node: item, around: inner });
    } else if (isScalar(node)) {
      const message = numberFlaw(node);
      if (message !== undefined) found.push({ offset: offsetOf(node), message });
    }
  }
  return found;
}

/** Of YAML 1.1 `yes` is true, `010` is eight and a date is no text. */
function versionFlaws({ directives }: Document): readonly YamlFlaw[] {
  const version = directives?.yaml.explicit ? directives.yaml.version : '1.2';
  return version === '1.1'
    ? [{ offset: 0, message: 'it declares YAML 1.1, where "yes" and dates are no text; declare 1.2 or nothing' }]
    : [];
}

function isAround(node: Node, around: Chain | undefined): boolean {
  for (let at = around; at !== undefined; at = at.outer) if (at.node === node) return true;
  return false;
}

function keyFlaw({ key }: Pair): string | undefined {
  if (isAlias(key) || isMap(key) || isSeq(key)) return 'a key must be text; this one is a list, a map or an alias';
  if (!isScalar(key)) return 'a key must be text; this one is missing';
  if (typeof key.value === 'string' || typeof key.value === 'symbol') return undefined;
  const written = key.source ?? '';
  const kind = key.value === null ? 'null' : typeof key.value;
  return written === ''
    ? 'a key must be text; this one is missing'
    : `the key ${written} is a ${kind} in YAML and would be spelt "${String(key.value ?? '')}"; write it as "${written}"`;
}

function numberFlaw({ value, source = '' }: Scalar): string | undefined {
  if (typeof value !== 'number') return undefined;
  if (!Number.isFinite(value)) return `${source} is no number of JSON`;
  return isHeldExactly(value, source)
    ? undefined
    : 'a number that a double cannot hold exactly; readers would see another one';
}

function isHeldExactly(value: number, source: string): boolean {
  if (/^0[xo]/i.test(source)) return BigInt(source) === BigInt(value);
  if (!/^[-+]?[\d.eE+-]+$/.test(source)) return true;
  return isExact(jsonNumber(source));
}

/** `+.5` as `0.5`, `007` as `7`, `1.` as `1`: what YAML lets be written and JSON does not. */
function jsonNumber(source: string): string {
  return source
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=[eE]|$)/, '');
}

/** A node begins behind its anchor. */
function anchorOffset(node: Node, name: string, text: string): number {
  const at = offsetOf(node);
  const written = text.lastIndexOf(`&${name}`, at);
  return written < 0 ? at : written;
}

function offsetOf(node: unknown): number {
  return (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined) ?? 0;
}
