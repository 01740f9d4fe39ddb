/**
 * Events that a schema accepts, its edges first: what a mapping is tried on. Proposals come from the schema's own keywords and from
 * the solver; every one is held against a validator, so a keyword read too simply here costs an event and never a wrong one.
 */
import { prepare } from '../compat/decide/decide.ts';
import type { FormatPolicy, World } from '../compat/report.ts';
import { canonicalize } from '../schema/canonical.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { plainSchemas } from './plain.ts';
import { variantsOf } from './variants.ts';

export interface EventOptions {
  readonly formats: FormatPolicy;
  /** closed: events hold only what the schema declares. open: some hold more, where it allows that. */
  readonly world: World;
  readonly accepts: (event: Json) => boolean;
  readonly maxEvents?: number;
}

/** At most `maxEvents` (default 300), each once, the plainest first. */
export function eventsOf(document: SchemaDocument, options: EventOptions): readonly Json[] {
  const { accepts, world, maxEvents = 300 } = options;
  const events = new Map<string, Json>();
  for (const event of proposals(document, options.formats, world)) {
    if (events.size >= maxEvents) break;
    const key = canonicalize(event);
    if (!events.has(key) && accepts(event)) events.set(key, event);
  }
  return [...events.values()];
}

function* proposals(document: SchemaDocument, formats: FormatPolicy, world: World): Generator<Json> {
  const plainest = solved(document, formats);
  if (plainest !== undefined) yield plainest;
  yield* authored(document.root);
  const made = variantsOf(document.root, {
    plain: (schema) => plainSchemas(schema, document),
    solve: (schema) => solved({ ...document, root: beside(document.root, schema) }, formats),
  });
  yield* made;
  yield* solvedWithEach(document, formats);
  if (world === 'open')
    for (const event of made.slice(0, 8))
      if (isObject(event)) yield { ...event, undeclared: 'something nobody declared' };
}

function authored(root: Json): readonly Json[] {
  const examples = isObject(root) ? member(root, 'examples') : undefined;
  return isArray(examples) ? examples : [];
}

/** Steps of the solver for one event: a small part of what a comparison may take. */
const maxSolverSteps = 20_000;

/** A value the schema accepts: what breaks a reader that accepts nothing. */
function solved(document: SchemaDocument, formats: FormatPolicy): Json | undefined {
  const nothing: SchemaDocument = { root: false, dialect: document.dialect, bundle: new Map() };
  const reader = document.dialect === 'draft-04' ? { ...nothing, root: { not: {} } } : nothing;
  return prepare(document, reader, { formats, budget: maxSolverSteps }).decide('backward', 'closed').witness?.value;
}

/** Each optional member of the event once there and once not: where members depend on one another, keywords alone do not show it. */
function* solvedWithEach(document: SchemaDocument, formats: FormatPolicy): Generator<Json> {
  const { root } = document;
  const properties = isObject(root) ? member(root, 'properties') : undefined;
  if (!isObject(root) || !isObject(properties)) return;
  const required = member(root, 'required');
  const optional = Object.keys(properties).filter((name) => !(isArray(required) && required.includes(name)));
  for (const name of optional.slice(0, 40))
    for (const constraint of thereAndNot(name)) {
      const all = member(root, 'allOf');
      const constrained: JsonObject = { ...root, allOf: [...(isArray(all) ? all : []), constraint] };
      const event = solved({ ...document, root: constrained }, formats);
      if (event !== undefined) yield event;
    }
}

function thereAndNot(name: string): readonly JsonObject[] {
  return [{ required: [name] }, { not: { required: [name] } }];
}

/** A part of the document as a document: with the definitions it may refer to. */
function beside(root: Json, schema: Json): Json {
  if (!isObject(root) || !isObject(schema)) return schema;
  const definitions = ['$defs', 'definitions'].flatMap((name) => {
    const held = member(root, name);
    return held === undefined ? [] : [[name, held] as const];
  });
  return { ...Object.fromEntries(definitions), ...schema };
}
