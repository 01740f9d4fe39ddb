/** Where sensitive data is, who receives it and how long it is kept: one row for each field of each event of a catalog. */
import { type Catalog, retentionDays } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { envelopeOf } from '../schema/envelope.ts';
import { expanded } from '../schema/group-members.ts';
import type { Pointer } from '../schema/pointer.ts';
import { parseSubject } from '../schema/subject.ts';
import { type Effective, effectiveSensitivity, eventLevel } from './effective.ts';

/** What its rows are made from: the latest version of one subject, and who is known to consume it. */
export interface DataMapEntry {
  readonly subject: string;
  readonly document: SchemaDocument;
  readonly contract: Contract;
  readonly receivers: readonly string[];
  /** Where it is not active. */
  readonly stage?: string;
}

export interface DataMapRow {
  /** `*`: every event of the catalog, for what the envelope carries. */
  readonly subject: string;
  readonly part: 'payload' | 'envelope';
  /** The field's place in that part of the event; `*` in it stands for any element. */
  readonly field: Pointer;
  /** Where its schema stands. */
  readonly pointer: Pointer;
  readonly level?: string;
  readonly tags: readonly string[];
  readonly producer?: string;
  readonly receivers: readonly string[];
  /** As stated, a class with its window. */
  readonly retention?: string;
  readonly stage?: string;
}

export interface DataMap {
  readonly catalog: string;
  /** From harmless to most sensitive. */
  readonly levels: readonly string[];
  readonly filter: DataMapFilter;
  readonly rows: readonly DataMapRow[];
}

export interface DataMapFilter {
  readonly tag?: string;
  /** This level and those above it. */
  readonly level?: string;
}

/** What is wrong with a filter: a tag or level the catalog does not know would find nothing, and look like good news. */
export function filterProblem({ classification }: Catalog, { tag, level }: DataMapFilter): string | undefined {
  const tags = Object.keys(classification.tags).sort();
  if (tag !== undefined && !tags.includes(tag))
    return `"${tag}" is no tag of this catalog; there are ${tags.join(', ') || 'none'}.`;
  if (level !== undefined && !classification.levels.includes(level))
    return `"${level}" is no level of this catalog; there are ${classification.levels.join(', ')}.`;
  return undefined;
}

/** Rows by subject, fields in document order; what the envelope carries comes first. */
export function dataMap(catalog: Catalog, entries: readonly DataMapEntry[], filter: DataMapFilter = {}): DataMap {
  const { levels } = catalog.classification;
  const sorted = entries
    .map((entry) => withMembers(catalog, entry))
    .toSorted((left, right) => (left.subject < right.subject ? -1 : 1));
  const rows = [...envelopeRows(catalog, sorted), ...sorted.flatMap((entry) => payloadRows(catalog, entry))];
  const minRank = filter.level === undefined ? -1 : levels.indexOf(filter.level);
  const kept = rows.filter(
    ({ tags, level }) =>
      (filter.tag === undefined || tags.includes(filter.tag)) && levels.indexOf(level ?? '') >= minRank,
  );
  return { catalog: catalog.name, levels, filter, rows: kept };
}

/** Who is named by a group receives as if named itself. */
function withMembers(catalog: Catalog, entry: DataMapEntry): DataMapEntry {
  const rows = entry.receivers.map((service) => ({ service }));
  return { ...entry, receivers: expanded(catalog, rows, entry.contract.producer).map(({ service }) => service) };
}

function payloadRows(catalog: Catalog, { subject, document, contract, receivers, stage }: DataMapEntry): DataMapRow[] {
  const name = parseSubject(subject);
  const level = eventLevel(contract, name, catalog);
  const parts = effectiveSensitivity(document, catalog.classification.levels, level);
  const retention = retentionText(catalog, contract.retention ?? domainOf(catalog, name?.domain)?.retention);
  const about = {
    subject,
    part: 'payload',
    ...(contract.producer !== undefined && { producer: contract.producer }),
    receivers: [...new Set(receivers)].sort(),
    ...(retention !== undefined && { retention }),
    ...(stage !== undefined && stage !== 'active' && { stage }),
  } as const;
  const fields = [...parts.values()].filter((part) => isField(part, parts));
  // an event without fields is in the map all the same
  return (fields.length > 0 ? fields : [...parts.values()].slice(0, 1)).map((part) => rowOf(part, about));
}

/** What every event of the catalog carries around its payload, where something is said about how sensitive it is. */
function envelopeRows(catalog: Catalog, entries: readonly DataMapEntry[]): DataMapRow[] {
  const { schema, at } = envelopeOf(catalog);
  const document: SchemaDocument = { root: schema, dialect: '2020-12', bundle: new Map() };
  const receivers = [...new Set(entries.flatMap((entry) => entry.receivers))].sort();
  const about = { subject: '*', part: 'envelope', receivers } as const;
  return [...effectiveSensitivity(document, catalog.classification.levels, undefined).values()]
    .filter((part) => part.instance !== at.payload && (part.classification !== undefined || part.tags.length > 0))
    .map((part) => rowOf(part, about));
}

function rowOf(
  { instance, pointer, classification, tags }: Effective,
  about: Omit<DataMapRow, 'field' | 'pointer' | 'level' | 'tags'>,
): DataMapRow {
  const { subject, part, ...rest } = about;
  return {
    subject,
    part,
    field: instance,
    pointer,
    ...(classification !== undefined && { level: classification }),
    tags,
    ...rest,
  };
}

/** A property; an element or further property only where it says something that what holds it does not. */
function isField(part: Effective, parts: ReadonlyMap<Pointer, Effective>): boolean {
  if (part.instance === '') return false;
  if (part.name !== undefined) return true;
  const around = parts.get(part.instance.slice(0, part.instance.lastIndexOf('/')));
  return part.classification !== around?.classification || part.tags.length !== around?.tags.length;
}

function domainOf({ domains }: Catalog, domain: string | undefined) {
  return domain !== undefined && Object.hasOwn(domains, domain) ? domains[domain] : undefined;
}

function retentionText(catalog: Catalog, stated: string | undefined): string | undefined {
  if (stated === undefined) return undefined;
  const classes = catalog.retention?.classes ?? {};
  const row = Object.hasOwn(classes, stated) ? classes[stated] : undefined;
  if (!row || !retentionDays(catalog, stated)) return stated;
  return row.min === row.max ? row.min : `${stated} (${row.min} to ${row.max})`;
}
