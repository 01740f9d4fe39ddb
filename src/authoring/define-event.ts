/** An event written in TypeScript: its contract and a Zod payload become one JSON Schema document. */
import { Fault } from '../errors.ts';
import { contractKeyword, contractShape } from '../schema/contract.ts';
import { fieldAt } from '../schema/envelope.ts';
import { issueText } from '../schema/issue-text.ts';
import { isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { resolve, segments } from '../schema/pointer.ts';
import type { Inexpressible } from './inexpressible.ts';
import * as zod3 from './zod3.ts';
import * as zod4 from './zod4.ts';

/** Who else consumes an event, when it takes more words than the service's name. */
export interface EventConsumer {
  readonly service: string;
  /** JSON Pointers of the payload fields it reads; absent: taken as all. */
  readonly reads?: readonly string[];
  /** A condition in words, such as "only for completed orders". */
  readonly note?: string;
}

/** What `defineEvent` takes. Everything but subject, producer and payload may be left to the catalog's defaults. */
export interface EventDefinition {
  /** The full name, with its major line where the catalog asks for one: `parliament.motion.scheduled.v1`. */
  readonly subject: string;
  /** The one service that emits it. */
  readonly producer: string;
  /** The accountable team; the domain's owner where absent. */
  readonly owner?: string;
  readonly consumers?: readonly (string | EventConsumer)[];
  /** A level of the catalog, at least the highest of the fields'. */
  readonly classification?: string;
  /** An ISO 8601 duration such as `P90D`, `permanent`, or a retention class of the catalog. */
  readonly retention?: string;
  /** JSON Pointer of the payload field that orders the stream: `/motionId`. */
  readonly orderingKey?: string;
  /** The decision record that introduced it. */
  readonly decision?: string;
  /** What the wire calls it, where that is not the subject. */
  readonly type?: string;
  readonly aggregate?: string;
  readonly title?: string;
  readonly description?: string;
  /** A Zod 4 or Zod 3 schema of the payload, without the envelope. */
  readonly payload: zod4.Zod4Schema | zod3.Zod3Schema;
  /** Keywords for payload fields by JSON Pointer, where Zod cannot carry them: `{ '/proposer': { 'x-tags': ['pii'] } }`. */
  readonly fields?: Readonly<Record<string, JsonObject>>;
  /** `z.toJSONSchema` of the Zod 4 copy the payload was made with; needed for Zod 4.0 only. */
  readonly toJSONSchema?: zod4.ToJsonSchema;
}

/** What a TypeScript event file exports by default. */
export interface DefinedEvent {
  readonly subject: string;
  readonly document: JsonObject;
}

/** The event as subject and document. Throws a Fault `DEFINITION_INVALID` that lists every field JSON Schema cannot express. */
export function defineEvent(definition: EventDefinition): DefinedEvent {
  const { subject } = definition;
  refuseUnknown(definition);
  const payload = annotated(payloadSchema(definition), definition);
  const { $schema, title, description, ...rest } = payload;
  const head = {
    ...($schema !== undefined && { $schema }),
    title: definition.title ?? title ?? subject,
    ...((definition.description ?? description) !== undefined && {
      description: definition.description ?? description,
    }),
    [contractKeyword]: contractOf(definition),
  };
  // through text: what a document holds is JSON and nothing else
  return { subject, document: JSON.parse(JSON.stringify({ ...head, ...rest })) };
}

/** Every member, so that a misspelt one is refused and not left out: types do not reach JavaScript. */
const members: Readonly<Record<keyof EventDefinition, true>> = {
  subject: true,
  producer: true,
  owner: true,
  consumers: true,
  classification: true,
  retention: true,
  orderingKey: true,
  decision: true,
  type: true,
  aggregate: true,
  title: true,
  description: true,
  payload: true,
  fields: true,
  toJSONSchema: true,
};

function refuseUnknown(definition: EventDefinition): void {
  const unknown = Object.keys(definition).filter((name) => !Object.hasOwn(members, name));
  if (unknown.length > 0)
    throw invalid(
      definition,
      unknown.map((name) => `${name}: is no member of an event; there are ${Object.keys(members).join(', ')}`),
    );
}

function contractOf(definition: EventDefinition): object {
  const { producer, owner, consumers, classification, retention, orderingKey, decision, type, aggregate } = definition;
  const stated = { producer, owner, consumers, classification, retention, orderingKey, decision, type, aggregate };
  const parsed = contractShape.safeParse(stated);
  if (parsed.success) return stated;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issueText(issue)}`);
  throw invalid(definition, lines);
}

function invalid(definition: EventDefinition, lines: readonly string[], cause?: unknown): Fault {
  const message = `${definition.subject} cannot become a JSON Schema:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  return new Fault('DEFINITION_INVALID', { subject: definition.subject, problems: [...lines] }, { message, cause });
}

function payloadSchema(definition: EventDefinition): JsonObject {
  const { payload } = definition;
  if (!zod4.isZod4(payload) && !zod3.isZod3(payload))
    throw invalid(definition, ['payload: is no Zod schema; write payload: z.object({ … })']);
  const refused = zod4.isZod4(payload) ? zod4.inexpressible(payload) : zod3.inexpressible(payload);
  if (refused.length > 0) throw invalid(definition, refused.map(sentence));
  try {
    return zod4.isZod4(payload) ? fromZod4(definition, payload) : plain(zod3.toJsonSchema(payload));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw invalid(definition, [`payload: ${cause instanceof Error ? cause.message : String(cause)}`], cause);
  }
}

function sentence({ path, what, instead }: Inexpressible): string {
  return `payload${path}: ${what} has no JSON Schema; write ${instead}.`;
}

function fromZod4(definition: EventDefinition, payload: zod4.Zod4Schema): JsonObject {
  const { schema, lost } = zod4.toJsonSchema(payload, definition.toJSONSchema);
  if (lost.length > 0) {
    const keywords = [...new Set(lost.map((row) => row.keyword))].toSorted().join(', ');
    throw invalid(definition, [
      `payload: its copy of Zod keeps metadata to itself, ${keywords} would be lost; ` +
        'pass toJSONSchema: z.toJSONSchema of that copy, or use Zod 4.1 or later.',
    ]);
  }
  return withoutRootReference(plain(schema));
}

function plain(schema: object): JsonObject {
  return JSON.parse(JSON.stringify(schema));
}

/** A root with an id comes out as a reference to its own definition: the definition becomes the root again. */
function withoutRootReference(schema: JsonObject): JsonObject {
  const { $ref, $defs, $schema, ...beside } = schema;
  if (typeof $ref !== 'string' || !$ref.startsWith('#/$defs/') || !isObject($defs)) return schema;
  const [, name = ''] = segments($ref.slice(1));
  const root = member($defs, name);
  if (!isObject(root)) return schema;
  const { id: _, ...body } = root;
  const others = Object.entries($defs).filter(([key]) => key !== name);
  const made: JsonObject = {
    ...($schema !== undefined && { $schema }),
    ...body,
    ...beside,
    ...(others.length > 0 && { $defs: Object.fromEntries(others) }),
  };
  const repointed = JSON.stringify(made).replaceAll(`"$ref":${JSON.stringify($ref)}`, '"$ref":"#"');
  return JSON.parse(repointed);
}

/** `schema` with the definition's `fields` written into the places they name. */
function annotated(schema: JsonObject, definition: EventDefinition): JsonObject {
  return Object.entries(definition.fields ?? {}).reduce<JsonObject>((made, [pointer, keywords]) => {
    const field = fieldAt(made, pointer);
    if (field === undefined || !isObject(field.schema))
      throw invalid(definition, [`fields: the payload has no field ${pointer}.`]);
    return merged(made, segments(field.pointer), keywords);
  }, schema);
}

function merged(at: JsonObject, path: readonly string[], keywords: JsonObject): JsonObject {
  const [first, ...rest] = path;
  if (first === undefined) return { ...at, ...keywords };
  const child: Json | undefined = resolve(at, `/${first.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return isObject(child) ? { ...at, [first]: merged(child, rest, keywords) } : at;
}
