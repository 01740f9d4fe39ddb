/**
 * `redact.js`: masks what is above a level, so that events can be logged at all. A field's level is what its schema states,
 * else what the nearest one around it states, else the event's. Every branch of a choice counts, the highest statement wins,
 * and what no schema describes is masked: a mistake here must hide too much, never too little.
 */
import { active, keywordRow } from '../schema/dialect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type JsonObject } from '../schema/json.ts';
import { references, type SchemaLocation } from '../schema/reference.ts';
import { statedSensitivity } from '../schema/sensitivity.ts';
import { eventLevel } from './classification.ts';
import { envelopeUri, eventDocument, payloadUri } from './event.ts';
import type { ArtifactInput } from './input.ts';
import { linearText, patternMatcher } from './pattern/matcher.ts';
import { type Scope, scopeOf } from './scope.ts';
import { header } from './types.ts';
import { text } from './validator/emission.ts';

/** What the masking code knows about one schema; numbers name other nodes. */
interface Node {
  level?: number;
  /** Of the names of its members. */
  names?: number;
  also?: number[];
  properties?: Record<string, number>;
  /** Of matchers and nodes. */
  patterns?: [number, number][];
  rest?: number;
  prefix?: number[];
  items?: number;
  some?: number[];
}

interface Graph {
  readonly scope: Scope;
  readonly levels: readonly string[];
  readonly nodes: Node[];
  readonly numbers: Map<string, number>;
  readonly queue: SchemaLocation[];
  /** Patterns of names, each once, with its number. */
  readonly sources: Map<string, number>;
  readonly documents: Map<SchemaDocument, number>;
}

export function redactText(input: ArtifactInput): string {
  const { catalog, subject, contract, document } = input;
  const whole = eventDocument(catalog, subject, contract, document);
  const { levels } = catalog.classification;
  const graph: Graph = {
    scope: scopeOf(whole, '', []),
    levels,
    nodes: [],
    numbers: new Map(),
    queue: [],
    sources: new Map(),
    documents: new Map(),
  };
  const refs = references(whole);
  const root = numberOf(graph, refs.root);
  const payload = numberOf(graph, refs.resolve(refs.root, payloadUri)!); // eventDocument() put it there
  const envelope = numberOf(graph, refs.resolve(refs.root, envelopeUri)!);
  for (let place = graph.queue.shift(); place !== undefined; place = graph.queue.shift()) fill(graph, place);
  const event = levels.indexOf(eventLevel(input));
  const base = event < 0 ? levels.length - 1 : event;
  const nodes = graph.nodes.map((node) => `  ${text(node as JsonObject)},\n`).join('');
  const matchers = [...graph.sources.keys()].map(patternMatcher);
  const expressions = matchers.map((matcher) => `  ${matcher.text},\n`).join('');
  return `${header(input)}
const levels = ${text(levels)};

// what names of members are matched with
const expressions = [
${expressions}];

// one node a schema: what it states, and the nodes of what it holds
const nodes = [
${nodes}];
// the payload is as sensitive as the event; what the envelope does not state is there to be read
nodes[${payload}].unstated = ${base};
nodes[${envelope}].unstated = 0;

${entry('redact', root, 'a whole event')}
${entry('redactPayload', payload, 'a payload')}
${masking}${matchers.some(({ isLinear }) => isLinear) ? `\n${linearText}\n` : ''}`;
}

function entry(name: string, node: number, what: string): string {
  return `/** A copy of ${what} with everything above the level \`upTo\` masked. */
export function ${name}(value, upTo) {
  const limit = levels.indexOf(upTo);
  if (limit < 0) throw new TypeError('"' + upTo + '" is none of ' + levels.join(', '));
  try {
    return masked(value, [${node}], 0, false, limit);
  } catch (error) {
    if (error instanceof RangeError) return '[too deep]';
    throw error;
  }
}
`;
}

const masking = `function masked(value, at, around, isStated, limit) {
  const all = [...closure(at)].map((number) => nodes[number]);
  const highest = (name) => all.reduce((top, node) => Math.max(top, node[name] ?? -1), -1);
  const own = highest('level');
  const unstated = highest('unstated');
  const level = own < 0 && unstated < 0 ? around : Math.max(own, unstated);
  const known = isStated || own >= 0;
  const isHeld = typeof value === 'object' && value !== null;
  if (isHeld ? Math.max(own, highest('names')) > limit : level > limit) return '[' + levels[Math.max(level, highest('names'))] + ']';
  if (!isHeld) return value;
  const held = (child, numbers) => {
    if (numbers.length > 0) return masked(child, numbers, level, known, limit);
    // nothing describes it: it is as sensitive as what is stated around it, else nobody knows how sensitive
    if (known ? level <= limit : limit === levels.length - 1) return child;
    return known ? '[' + levels[level] + ']' : '[unclassified]';
  };
  if (Array.isArray(value)) return value.map((child, index) => held(child, elements(all, index)));
  return Object.fromEntries(Object.keys(value).map((name) => [name, held(value[name], members(all, name))]));
}

function closure(at) {
  const found = new Set(at);
  for (const number of found) for (const also of nodes[number].also ?? []) found.add(also);
  return found;
}

function elements(all, index) {
  return all.flatMap(({ prefix = [], items, some = [] }) => {
    if (index < prefix.length) return [prefix[index], ...some];
    return items === undefined ? some : [items, ...some];
  });
}

function members(all, name) {
  return all.flatMap(({ properties = {}, patterns = [], rest }) => {
    const found = patterns.filter(([at]) => expressions[at].test(name)).map(([, number]) => number);
    if (Object.hasOwn(properties, name)) found.push(properties[name]);
    return found.length > 0 || rest === undefined ? found : [rest];
  });
}
`;

function numberOf(graph: Graph, place: SchemaLocation): number {
  const owner = place.resource.document;
  if (!graph.documents.has(owner)) graph.documents.set(owner, graph.documents.size);
  const id = `${graph.documents.get(owner)} ${place.pointer}`;
  const known = graph.numbers.get(id);
  if (known !== undefined) return known;
  const number = graph.nodes.length;
  graph.numbers.set(id, number);
  graph.nodes.push({});
  graph.queue.push(place);
  return number;
}

function fill(graph: Graph, place: SchemaLocation): void {
  const node = graph.nodes[numberOf(graph, place)]!; // it was numbered when it was queued
  const { dialect } = place.resource;
  const level = levelOf(graph, place);
  if (level !== undefined) node.level = level;
  const also = graph.scope.targets(place).flatMap((target) => (target === undefined ? [] : [numberOf(graph, target)]));
  for (const { held, place: child } of graph.scope.below(place)) {
    const row = keywordRow(held.keyword, dialect);
    if (row === undefined || row.meets === 'none' || held.keyword === 'not') continue;
    if (held.schema === false) continue;
    if (row.meets === 'same') also.push(numberOf(graph, child));
    else hold(graph, node, place, held.keyword, held.path.at(-1)!, child);
  }
  if (also.length > 0) node.also = also;
}

/** A level the catalog does not know counts as the highest. */
function levelOf({ levels }: Graph, { schema }: SchemaLocation): number | undefined {
  const stated = statedSensitivity(schema)?.classification;
  if (stated === undefined) return undefined;
  return levels.includes(stated) ? levels.indexOf(stated) : levels.length - 1;
}

function hold(
  graph: Graph,
  node: Node,
  place: SchemaLocation,
  keyword: string,
  key: string,
  child: SchemaLocation,
): void {
  const isList =
    keyword === 'items' && isObject(place.schema) && isArray(active(place.schema, 'items', place.resource.dialect));
  if (keyword === 'propertyNames') {
    const names = levelOf(graph, child);
    if (names !== undefined) node.names = names;
    return;
  }
  const number = numberOf(graph, child);
  if (keyword === 'properties') addProperty(node, key, number);
  else if (keyword === 'patternProperties') node.patterns = appended(node.patterns, [sourceAt(graph, key), number]);
  else if (keyword === 'additionalProperties') node.rest = number;
  else if (keyword === 'unevaluatedProperties') node.rest ??= number;
  else if (keyword === 'prefixItems' || isList) node.prefix = appended(node.prefix, number);
  else if (keyword === 'contains') node.some = [number];
  else node.items = number;
}

/** In place: a schema may have thousands. */
function appended<Item>(list: Item[] | undefined, item: Item): Item[] {
  const known = list ?? [];
  known.push(item);
  return known;
}

/** Defined, not assigned: a member may be called `__proto__`. */
function addProperty(node: Node, name: string, value: number): void {
  node.properties ??= {};
  Object.defineProperty(node.properties, name, { value, enumerable: true, configurable: true, writable: true });
}

function sourceAt({ sources }: Graph, source: string): number {
  const known = sources.get(source) ?? sources.size;
  sources.set(source, known);
  return known;
}

export function redactTypesText(input: ArtifactInput): string {
  const levels = input.catalog.classification.levels.map((level) => text(level)).join(' | ');
  return `${header(input)}
/** From harmless to most sensitive. */
export type Level = ${levels};

/** A copy of a whole event with everything above the level \`upTo\` masked: it is fit for a log that may hold that level. */
export declare function redact(value: unknown, upTo: Level): unknown;
/** The same for a payload alone. */
export declare function redactPayload(value: unknown, upTo: Level): unknown;
`;
}
