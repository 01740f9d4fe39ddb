/**
 * `catalog.json` as a JSON Schema, for editors and for the reference page. The forms come from the shape that reads catalogs; a row of
 * `members` says what a member means, by its path, with `*` for a name or a position. A test holds the rows to the shape.
 */
import * as z from 'zod';
import { catalogShape } from './catalog.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

function streamMembers(at: string): Readonly<Record<string, string>> {
  return {
    [`${at}/replicas`]: 'Copies of the stream.',
    [`${at}/acknowledgement`]: '`explicit`: consumers settle each event by itself.',
    [`${at}/storage`]: '`file` or `memory`.',
    [`${at}/retention`]:
      '`limits`: until they are too old or too many; `workqueue`: until the one group has handled them; `interest`: until all groups have.',
    [`${at}/duplicateWindow`]: 'For how long an id is known again, such as `PT2M`.',
    [`${at}/maxAge`]: 'How long the stream keeps events; the longest retention among its subjects where left out.',
    [`${at}/maxBytes`]: 'Bytes it holds at most.',
    [`${at}/maxMessages`]: 'Events it holds at most.',
    [`${at}/maxMessageBytes`]: 'Bytes of one event at most.',
    [`${at}/lanes`]: 'Partitions, where a broker has them.',
  };
}

export const catalogMembers: Readonly<Record<string, string>> = {
  $schema: 'The JSON Schema of this file, for editors.',
  name: 'Name of the catalog: its folder, and the first part of `catalog/subject` in tokens, webhooks and references.',
  title: 'What people call it.',
  description: 'What its events are about.',
  source: 'The document this catalog was taken from.',
  level:
    'What a new version must be compatible with: `NONE`, `BACKWARD` (stored events stay readable), `FORWARD` (running consumers stay able to read), `FULL` (both), each with `_TRANSITIVE` for all earlier versions and not only the latest. A subject may have its own.',
  world:
    'What consumers are assumed to do with members that the schema does not declare: `closed` (producers send none) or `open` (they may).',
  formats: 'Whether `format` is asserted or only an annotation.',
  breaks:
    'Whose break refuses a change: `any` (the schema’s readers at large), `declared-readers` (who is known to read what changes; an unknown reader reads everything) or `critical-readers`. A subject may have its own.',
  history:
    'Which earlier versions a transitive level holds a change against: `all`, or those `retained`, of which an event can still exist; a version is left out where retention has passed since a newer one took over and its last event was seen.',
  quietReaders:
    'A reader that was seen before and not for so long, while others were, counts no more; nobody is left out without it, and never who is critical.',
  samples:
    'The highest level that samples which readers record may hold. Left out: that of the event itself, and nothing that is tagged.',
  names: 'How subjects are called.',
  'names/segments': 'The parts of a name between its dots, in order. The last one states what happened.',
  'names/segments/*/name': 'What the part is: `domain`, `entity`, `fact`.',
  'names/segments/*/style': 'Style of the part: `lower`, `snake`, `camel`, `kebab`, `pascal` or `any`.',
  'names/segments/*/optional': 'Whether the part may be left out.',
  'names/major': 'Whether a name ends in `.v2` and so on: `required`, `optional` (the bare name is line 1) or `none`.',
  envelope:
    'What surrounds the payload: the name of a known envelope such as `cloudevents-1.0`, or `schema` and `at` of your own.',
  'envelope/schema': 'JSON Schema of the whole event, payload included.',
  'envelope/at': 'Pointers into the event to what Herald must find there.',
  'envelope/at/id': 'Pointer to the id of the event.',
  'envelope/at/type': 'Pointer to the type, which names the subject.',
  'envelope/at/version': 'Pointer to the version of the schema.',
  'envelope/at/domain': 'Pointer to the domain, where it is not part of the type.',
  'envelope/at/time': 'Pointer to the time at which it happened.',
  'envelope/at/producer': 'Pointer to the service that sent it.',
  'envelope/at/tenant': 'Pointer to the tenant.',
  'envelope/at/correlation': 'Pointer to the correlation id.',
  'envelope/at/causation': 'Pointer to the id of the event that caused it.',
  'envelope/at/trace': 'Pointer to the trace context.',
  'envelope/at/span': 'Pointer to the id of the span within the trace.',
  'envelope/at/classification': 'Pointer to the level of the event as a whole.',
  'envelope/at/key': 'Pointer to the value of the contract’s `orderingKey`, as text.',
  'envelope/at/aggregate': 'Pointer to the contract’s `aggregate`, in lower case.',
  'envelope/at/payload': 'Pointer to the payload, which is what the schemas of subjects describe.',
  'envelope/at/metadata': 'Pointer to further metadata.',
  classification: 'How sensitive data is.',
  'classification/levels': 'Levels from harmless to most sensitive. Contracts, fields and clearances name them.',
  'classification/tags': 'Tags of fields (`x-tags`), by name.',
  'classification/tags/*/description': 'What the tag means.',
  'classification/tags/*/encryption': '`required`: fields of this tag must be encrypted.',
  'classification/tags/*/forbidden': 'Whether no event may have such a field.',
  domains: 'Domains by name: the first part of a subject. Each has one owner and may state defaults for its events.',
  'domains/*/title': 'What people call it.',
  'domains/*/owner': 'The service that owns it: only it may produce its events.',
  'domains/*/classification': 'Level of its events where a contract states none.',
  'domains/*/retention':
    'How long its events are kept where a contract states nothing: a duration such as `P90D`, or a retention class.',
  'domains/*/stream': 'The stream or topic group its events travel in.',
  'domains/*/description': 'What its events are about.',
  'domains/*/subjects': 'The order in which tables list its subjects; others follow by name.',
  services: 'Services by name, in the order in which tables list them.',
  'services/*/title': 'What people call it.',
  'services/*/description': 'What it does.',
  'services/*/clearance': 'The highest level it may receive; any where it is left out.',
  'services/*/publish':
    'Patterns of subjects it may publish, such as `order.*`; where it is left out, contracts alone decide.',
  'services/*/subscribe': 'Patterns of subjects it may subscribe to.',
  'services/*/deny': 'Patterns of subjects it may neither publish nor subscribe to, whatever else is said.',
  'services/*/members':
    'Makes the row a group: these services, or `*` for all. Contracts name it among consumers, and each member consumes.',
  retention: 'How long events may be kept.',
  'retention/classes': 'Retention classes by name: contracts may name one instead of a duration.',
  'retention/classes/*/min': 'The shortest time, as an ISO 8601 duration.',
  'retention/classes/*/max': 'The longest time.',
  'retention/classes/*/keep': 'How long brokers keep such events; the longest time where it is left out.',
  'retention/classes/*/storage': 'Where such events are kept.',
  delivery: 'How brokers keep events and hand them out; `herald provision` makes them agree.',
  'delivery/cluster': 'How many servers the cluster has.',
  'delivery/cluster/min': 'At least.',
  'delivery/cluster/max': 'At most.',
  'delivery/defaults': 'Settings of every stream, unless its own row says otherwise.',
  ...streamMembers('delivery/defaults'),
  'delivery/streams': 'Streams by name, as domains name them (`EVT_<DOMAIN>` where one names none).',
  ...streamMembers('delivery/streams/*'),
  'delivery/groups':
    'Durable groups by name. A service that consumes and has none is a group of its own name that reads all it consumes.',
  'delivery/groups/*/service': 'The service whose group it is.',
  'delivery/groups/*/description': 'What it does.',
  'delivery/groups/*/subjects': 'Patterns among what the service consumes; all of it where left out.',
  'delivery/groups/*/ordered': 'Whether events of one key are handled in their order.',
  'delivery/groups/*/ackWait':
    'Silence after which the broker gives an event to another process, such as `PT1M`; `ackWaitMs` of the consumer says the same.',
  'delivery/groups/*/start': 'Where the group begins: `earliest` or `new`.',
  'delivery/queues': 'Work queues of commands by name, `service.action.priority`.',
  'delivery/queues/*/description': 'What is asked for.',
  'delivery/queues/*/service': 'The service that carries the commands out.',
  'delivery/queues/*/senders': 'Services that send them.',
  'delivery/environments': 'By environment: what differs there.',
  'delivery/environments/*/defaults': 'Settings of every stream there.',
  ...streamMembers('delivery/environments/*/defaults'),
  'delivery/environments/*/streams': 'Settings of single streams there.',
  ...streamMembers('delivery/environments/*/streams/*'),
  rules:
    'Policy rules by id: a severity (`error`, `warning`, `info`, `off`), or a setting, or a list of settings for different subjects.',
  'rules/*/severity': 'How serious a finding of the rule is.',
  'rules/*/subjects': 'Patterns of subjects the setting is for; all where it is left out.',
  'rules/*/options': 'Options of the rule.',
  exceptions: 'Subjects that may break a rule, with the reason. The finding stays in reports as an exception.',
  'exceptions/*/id': 'An id of its own.',
  'exceptions/*/rule': 'The rule.',
  'exceptions/*/subjects': 'Patterns of subjects.',
  'exceptions/*/reason': 'Why.',
  'exceptions/*/source': 'Where that was decided.',
  notes: 'Remarks about the source document that no rule is about.',
  'notes/*/id': 'An id of its own.',
  'notes/*/text': 'The remark.',
  'notes/*/source': 'Where it is from.',
  transports: 'Names on the wire, with `{subject}`, `{type}`, `{domain}` and `{major}` filled in.',
  'transports/nats': 'On NATS.',
  'transports/nats/subject': 'The NATS subject, such as `events.{subject}`.',
  'transports/kafka': 'On Kafka.',
  'transports/kafka/topic': 'The topic, such as `{domain}`.',
  deprecation: 'How long the steps of a deprecation take at least, and whom they wait for.',
  'deprecation/notice': 'From the announcement to the sunset.',
  'deprecation/dualWrite': 'How long both lines are written.',
  'deprecation/quiet': 'How long nobody may have used the subject before it retires.',
  'deprecation/waitFor':
    'Whom a retirement waits for: all `consumers` (default), or `readers`: not for services that say they read nothing of the subject and were not seen to.',
};

export interface CatalogMember {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly default?: Json;
  readonly meaning: string | undefined;
}

/** The schema with what each member means. */
export function catalogSchema(): JsonObject {
  const schema = shapeSchema();
  describe(schema, '', (member, path) => {
    const meaning = catalogMembers[path];
    if (meaning !== undefined) member.description = meaning.replaceAll('`', '');
  });
  return { ...schema, title: 'catalog.json', description: 'The rules that the events of a catalog share.' };
}

/** Every member, in the order of the shape, for the reference page. */
export function listCatalogMembers(): readonly CatalogMember[] {
  const rows = new Map<string, CatalogMember>();
  describe(shapeSchema(), '', (member, path, required) => {
    if (rows.has(path)) return;
    const { default: fallback } = member;
    rows.set(path, {
      path,
      type: typeOf(member),
      required,
      ...(fallback !== undefined && { default: fallback }),
      meaning: catalogMembers[path],
    });
  });
  return [...rows.values()];
}

function shapeSchema(): Record<string, Json> {
  return JSON.parse(
    JSON.stringify(z.toJSONSchema(catalogShape, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' })),
  );
}

function typeOf({ type, enum: values, anyOf }: JsonObject): string {
  if (Array.isArray(values)) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (Array.isArray(anyOf)) return anyOf.map((branch) => (isObject(branch) ? typeOf(branch) : 'anything')).join(' or ');
  return typeof type === 'string' ? type : 'anything';
}

type Visit = (member: Record<string, Json>, path: string, required: boolean) => void;

function describe(node: Record<string, Json>, path: string, visit: Visit): void {
  const { properties, required, items, additionalProperties } = node;
  const needed = new Set(Array.isArray(required) ? required : []);
  if (isRecord(properties))
    for (const [name, member] of Object.entries(properties)) {
      if (!isRecord(member)) continue;
      const at = path === '' ? name : `${path}/${name}`;
      visit(member, at, needed.has(name));
      describe(member, at, visit);
    }
  for (const inner of [items, additionalProperties]) if (isRecord(inner)) describe(inner, `${path}/*`, visit);
  for (const branches of [node.anyOf, node.oneOf])
    if (Array.isArray(branches)) for (const branch of branches) if (isRecord(branch)) describe(branch, path, visit);
}

function isRecord(value: Json | undefined): value is Record<string, Json> {
  return value !== undefined && isObject(value);
}
