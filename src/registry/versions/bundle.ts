/** Loads the registered versions a document refers to, and what they refer to, as the bundle its references resolve against. */
import { Fault } from '../../errors.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { parseSchema, trustedSchema } from '../../schema/parse.ts';
import { type RegisteredReference, registeredReferences } from '../../schema/registered.ts';
import type { Reads } from '../ports.ts';

export interface Bundle {
  readonly documents: ReadonlyMap<string, SchemaDocument>;
  /** What the document itself names, not what those name in turn. */
  readonly direct: readonly RegisteredReference[];
}

/** The bundle of a registered text. Most name no other version, and are not parsed to find that out. */
export async function bundleOf(
  reads: Reads,
  text: string,
  limit: number,
): Promise<ReadonlyMap<string, SchemaDocument>> {
  const mayRefer = text.includes('herald:') || text.includes('\\u') || text.includes('\\/');
  return mayRefer ? (await loadBundle(reads, JSON.parse(text), limit)).documents : noDocuments;
}

const noDocuments: ReadonlyMap<string, SchemaDocument> = new Map();

/** A version that would be registered together with the document; what is no schema its own check says. */
function pendingDocument(
  value: Json | undefined,
  bundle: ReadonlyMap<string, SchemaDocument>,
): SchemaDocument | undefined {
  const parsed = value === undefined ? undefined : parseSchema({ value }, { closed: false, bundle });
  return parsed?.ok ? parsed.document : undefined;
}

/** `pending`: documents that are no versions yet, by the URI they would have. A reference to a version that is not registered is simply not in the bundle: the parser says so, with its pointer. */
export async function loadBundle(
  reads: Reads,
  value: Json,
  limit: number,
  pending: ReadonlyMap<string, Json> = new Map(),
): Promise<Bundle> {
  const documents = new Map<string, SchemaDocument>();
  const direct = registeredReferences(value);
  const queue = new Map(direct);
  for (const [uri, reference] of queue) {
    if (queue.size > limit)
      throw new Fault(
        'SCHEMA_TOO_LARGE',
        { limit },
        { message: `The schema reaches more than ${limit} other versions through $ref.` },
      );
    const version = await reads.version(reference.catalog, reference.subject, reference.number);
    const document = version
      ? trustedSchema(version.schema.text, version.schema.dialect, documents)
      : pendingDocument(pending.get(uri), documents);
    if (!document) continue;
    documents.set(uri, document);
    // a Map iterates over what is added meanwhile
    for (const [next, named] of registeredReferences(document.root)) queue.set(next, named);
  }
  return { documents, direct: [...direct.values()] };
}
