/**
 * A catalog as one AsyncAPI 3.0 document: a channel for each subject, an operation for each service that sends or receives it, a
 * message whose payload is the whole event. Schemas say their dialect (Multi Format Schema Object), since AsyncAPI's own ends at
 * draft-07; references are pointers into this document, which is all that its tools resolve.
 */
import { fingerprint } from '../schema/canonical.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { envelopeOf, wireName } from '../schema/envelope.ts';
import { expanded } from '../schema/group-members.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { append, type Pointer, segments } from '../schema/pointer.ts';
import { type References, references, type SchemaLocation } from '../schema/reference.ts';
import { subschemas } from '../schema/walk.ts';
import { type Bindings, bindingsOf } from './asyncapi-bindings.ts';
import { envelopeUri, eventDocument, payloadUri } from './event.ts';
import { names } from './identifier.ts';
import type { ArtifactInput } from './input.ts';
import { noticeText } from './types.ts';

/** The file with the document, beside the folders of a catalog's subjects. */
export const asyncApiName = 'asyncapi.json';

export function asyncApiText(catalog: Catalog, inputs: readonly ArtifactInput[]): string {
  const sorted = inputs.toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
  const { title, description } = catalog;
  const schemas = new Map<string, Json>();
  const bindings = bindingsOf(catalog, sorted);
  const messages = sorted.map((input) => [input.subject, messageOf(input, schemas)] as const);
  const content = {
    defaultContentType: 'application/json',
    channels: Object.fromEntries(sorted.map(({ subject }) => [subject, channelOf(subject, bindings)])),
    operations: Object.fromEntries(operationsOf(sorted, bindings)),
    components: {
      messages: Object.fromEntries(messages),
      schemas: Object.fromEntries([...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
  // the catalog has no version of its own: another content is another version, the same content the same one
  const version = `0.0.0-${fingerprint(content as Json).slice(0, 12)}`;
  const info = { title, version, ...(description !== undefined && { description }) };
  return `${JSON.stringify({ asyncapi: '3.0.0', info, ...content }, undefined, 2)}\n`;
}

function channelOf(subject: string, bindings: Bindings): Json {
  const messages = { event: { $ref: `#/components/messages/${subject}` } };
  return { address: subject, messages, ...bindings.channel(subject) };
}

/** Who sends and who receives, as the contracts say. A service may be called anything, an operation may not. */
function operationsOf(inputs: readonly ArtifactInput[], bindings: Bindings): readonly (readonly [string, Json])[] {
  const claims = names();
  return inputs.flatMap(({ catalog, subject, contract }) => {
    const operation = (action: 'send' | 'receive', service: string, note?: string): readonly [string, Json] => {
      const id = claims.claim(`${service.replaceAll(/[^A-Za-z0-9._-]+/g, '-')}.${action}.${subject}`);
      const channel = { $ref: `#/channels/${subject}` };
      const summary = `${service} ${action}s ${subject}.`;
      const messages = [{ $ref: `#/channels/${subject}/messages/event` }];
      const said = {
        action,
        channel,
        summary,
        messages,
        'x-service': service,
        ...(action === 'receive' && bindings.receive(subject, service)),
      };
      return [id, note === undefined ? said : { ...said, description: note }];
    };
    const receivers: readonly { readonly service: string; readonly note?: string | undefined }[] = expanded(
      catalog,
      contract.consumers ?? [],
      contract.producer,
    );
    const sent = contract.producer === undefined ? [] : [operation('send', contract.producer)];
    return [...sent, ...receivers.map(({ service, note }) => operation('receive', service, note))];
  });
}

function messageOf(input: ArtifactInput, schemas: Map<string, Json>): Json {
  const { catalog, subject, contract, document, notice, label } = input;
  const { correlation } = envelopeOf(catalog).at;
  const isDeprecated =
    notice !== undefined || (isObject(document.root) && member(document.root, 'deprecated') === true);
  const stated = (keyword: 'title' | 'description') => {
    const value = isObject(document.root) ? member(document.root, keyword) : undefined;
    return typeof value === 'string' ? { [keyword]: value } : {};
  };
  const warning = notice === undefined ? 'Deprecated.' : noticeText(notice);
  return {
    name: wireName(catalog, subject, contract).type,
    ...stated('title'),
    ...stated('description'),
    contentType: 'application/json',
    ...(correlation !== undefined && { correlationId: { location: `$message.payload#${correlation}` } }),
    ...(isDeprecated && { tags: [{ name: 'deprecated', description: warning }], 'x-deprecated': true }),
    ...(notice?.sunset !== undefined && { 'x-sunset': notice.sunset }),
    ...(notice?.successor !== undefined && { 'x-successor': notice.successor }),
    ...(label !== undefined && { 'x-version': label }),
    payload: payloadOf(input, isDeprecated, schemas),
  };
}

/** The whole event; envelope, payload and what they refer to go to the components, each once. */
function payloadOf(input: ArtifactInput, isDeprecated: boolean, schemas: Map<string, Json>): Json {
  const { catalog, subject, contract, document } = input;
  const whole = eventDocument(catalog, subject, contract, document);
  const keys = new Map<SchemaDocument, string>();
  const reach = (from: SchemaDocument) => {
    for (const [uri, other] of from.bundle) {
      if (keys.has(other)) continue;
      keys.set(other, componentKey(uri, subject));
      reach(other);
    }
  };
  reach(whole);
  for (const [other, key] of keys) if (!schemas.has(key)) schemas.set(key, formatted(other, keys));
  const { schemaFormat, schema } = formatted(whole, keys);
  return { schemaFormat, schema: isDeprecated ? { deprecated: true, ...schema } : schema };
}

function componentKey(uri: string, subject: string): string {
  if (uri === payloadUri) return `payload.${subject}`;
  return uri === envelopeUri ? 'envelope' : `version.${uri.slice('herald://'.length).replaceAll('/', '.')}`;
}

function formatted(document: SchemaDocument, keys: ReadonlyMap<SchemaDocument, string>) {
  const refs = references(document);
  const schema = rewritten(refs.root, { refs, keys });
  // a schema that accepts or refuses everything is no object, and the tools want one
  const object: JsonObject = isObject(schema) ? schema : schema === false ? { not: {} } : {};
  return { schemaFormat: `application/schema+json;version=${document.dialect}`, schema: object };
}

interface Rewriting {
  readonly refs: References;
  readonly keys: ReadonlyMap<SchemaDocument, string>;
}

/** `place` with every reference as a pointer into the AsyncAPI document; its own names for places go, nothing uses them any more. */
function rewritten(place: SchemaLocation, how: Rewriting): Json {
  const { schema } = place;
  if (!isObject(schema)) return schema;
  const dialect = place.resource.dialect;
  const children = new Map<string, Json>();
  for (const held of subschemas(schema, dialect))
    children.set(append('', ...held.path), rewritten(how.refs.descend(place, held.path, held.schema), how));
  const copy: JsonObject = Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => !(identifying.has(name) && typeof value === 'string'))
      .map(([name, value]) => [name, children.size === 0 ? value : withChildren(value, append('', name), children)]),
  );
  const reference = member(schema, '$ref');
  const target = typeof reference === 'string' ? how.refs.resolve(place, reference) : undefined;
  return target === undefined ? copy : { ...copy, $ref: addressOf(target, how) };
}

const identifying: ReadonlySet<string> = new Set(['$schema', '$id', 'id']);

function addressOf({ resource, pointer }: SchemaLocation, { keys }: Rewriting): string {
  const key = keys.get(resource.document) ?? '';
  // a fragment may hold "$" as it is (RFC 3986 §3.5), and people look for "$defs"
  const below = segments(pointer).map((part) =>
    encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('%24', '$'),
  );
  return ['#/components/schemas', key, 'schema', ...below].join('/');
}

/** A keyword's value with the subschemas in it, or directly below it, replaced. */
function withChildren(value: Json, at: Pointer, children: ReadonlyMap<string, Json>): Json {
  const own = children.get(at);
  if (own !== undefined) return own;
  const below = (name: string | number, item: Json) => children.get(append(at, name)) ?? item;
  if (isArray(value)) return value.map((item, index) => below(index, item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, below(name, item)]));
}
