/**
 * Registered versions as what code is generated from. Content is held against its fingerprint, so that neither a proxy nor
 * another registry can slip something else under a pinned version, and code is generated here, never fetched.
 */
import type { ArtifactInput, Notice } from '../../codegen/input.ts';
import { Fault } from '../../errors.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { type Catalog, readCatalog } from '../../schema/catalog.ts';
import { readContract } from '../../schema/contract.ts';
import type { SchemaDocument, SchemaProblem } from '../../schema/document.ts';
import { isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { parseSchema } from '../../schema/parse.ts';
import { parseRegisteredUri, registeredReferences } from '../../schema/registered.ts';
import { type Api, subjectPath } from '../api.ts';

export interface Registered {
  readonly input: ArtifactInput;
  readonly number: number;
  readonly fingerprint: string;
}

export interface Registry {
  version(catalog: string, subject: string, number: number | 'latest'): Promise<Registered>;
}

interface FetchedVersion {
  readonly number: number;
  readonly label: string;
  readonly fingerprint: string;
  readonly schema: Json;
  readonly isDeprecated: boolean;
}

const maxReferences = 1_000;

/** What is asked twice is fetched once. */
export function registryOf(api: Api): Registry {
  const catalogs = new Map<string, Promise<Catalog>>();
  const versions = new Map<string, Promise<FetchedVersion>>();
  const once = <Value>(held: Map<string, Promise<Value>>, key: string, fetch: () => Promise<Value>) => {
    const known = held.get(key) ?? fetch();
    held.set(key, known);
    return known;
  };
  const versionAt = (catalog: string, subject: string, number: number | 'latest') =>
    once(versions, `${catalog}/${subject}/${number}`, () => fetchVersion(api, catalog, subject, number));
  return {
    async version(catalog, subject, number) {
      const found = await versionAt(catalog, subject, number);
      const documents = await bundleOf(found.schema, async (uri) => {
        const named = parseRegisteredUri(uri)!; // bundleOf() asks for nothing else
        return (await versionAt(named.catalog, named.subject, named.number)).schema;
      });
      const parsed = parseSchema({ value: found.schema }, { bundle: documents });
      if (!parsed.ok)
        throw unexpectedReply(api, `${catalog}/${subject} version ${found.number} is not a schema`, parsed.problems);
      const input: ArtifactInput = {
        catalog: await once(catalogs, catalog, () => catalogAt(api, catalog)),
        subject,
        version: found.number,
        label: found.label,
        document: parsed.document,
        contract: readContract(found.schema).contract,
        ...(found.isDeprecated && { notice: await noticeOf(api, catalog, subject) }),
      };
      return { input, number: found.number, fingerprint: found.fingerprint };
    },
  };
}

async function fetchVersion(
  api: Api,
  catalog: string,
  subject: string,
  number: number | 'latest',
): Promise<FetchedVersion> {
  const key = `${catalog}/${subject}`;
  const asked = api.call('GET', `${subjectPath(catalog, subject)}/versions/${number}`);
  const { json, headers } = await asked.catch((error: unknown) => refused(error, key));
  const { schema, label } = json;
  if (typeof json.number !== 'number' || typeof json.fingerprint !== 'string' || schema === undefined)
    throw unexpectedReply(api, `it did not answer a version for ${key}`);
  if (number !== 'latest' && json.number !== number)
    throw unexpectedReply(api, `it answered another version of ${key}`);
  if (fingerprint(schema) !== json.fingerprint)
    throw unexpectedReply(api, `the content of ${key} version ${json.number} does not have the fingerprint it states`);
  return {
    number: json.number,
    label: typeof label === 'string' ? label : '',
    fingerprint: json.fingerprint,
    schema,
    isDeprecated: headers.has('deprecation'),
  };
}

/** The registry knows what was asked for; who asked for a hundred subjects does not know for which. */
function refused(error: unknown, key: string): never {
  if (!(error instanceof Fault) || !error.code.endsWith('_NOT_FOUND')) throw error;
  throw new Fault(error.code, error.details, { message: `${key}: ${error.message}`, cause: error });
}

/** What `schema` refers to, and what that refers to in turn, by URI. */
async function bundleOf(schema: Json, load: (uri: string) => Promise<Json>) {
  const documents = new Map<string, SchemaDocument>();
  const queue = new Set(registeredReferences(schema).keys());
  for (const uri of queue) {
    if (queue.size > maxReferences)
      throw new Fault(
        'SCHEMA_TOO_LARGE',
        { limit: maxReferences },
        { message: `More than ${maxReferences} references.` },
      );
    const root = await load(uri);
    const parsed = parseSchema({ value: root }, { closed: false, bundle: documents });
    if (!parsed.ok)
      throw new Fault(
        'SCHEMA_INVALID',
        { problems: problemDetails(parsed.problems) },
        { message: `${uri} is not a schema:` },
      );
    documents.set(uri, parsed.document);
    // a Set iterates over what is added meanwhile
    for (const next of registeredReferences(root).keys()) queue.add(next);
  }
  return documents;
}

async function catalogAt(api: Api, name: string): Promise<Catalog> {
  const { json } = await api.call('GET', `/v1/catalogs/${encodeURIComponent(name)}`);
  const reading = isObject(json.rules) ? readCatalog(json.rules) : undefined;
  if (!reading?.ok) throw unexpectedReply(api, `it did not answer the catalog ${name}`, reading?.problems);
  return reading.catalog;
}

async function noticeOf(api: Api, catalog: string, subject: string): Promise<Notice> {
  const { json } = await api.call('GET', `${subjectPath(catalog, subject)}/deprecation`);
  const plan: JsonObject = isObject(json.plan) ? json.plan : {};
  const text = (name: 'sunset' | 'successor' | 'reason') =>
    typeof plan[name] === 'string' ? { [name]: plan[name] } : {};
  return { ...text('sunset'), ...text('successor'), ...text('reason') };
}

function problemDetails(problems: readonly SchemaProblem[]): Json {
  return problems.map(({ pointer, message }) => ({ pointer, message }));
}

export function unexpectedReply({ url }: Api, what: string, problems: readonly SchemaProblem[] = []): Fault {
  return new Fault(
    'REGISTRY_ANSWER_INVALID',
    { url, problems: problemDetails(problems) },
    { message: `${url} did not answer as a registry does: ${what}.` },
  );
}
