/** How sensitive each part of an event is in effect: stated on it, in what it refers to, or inherited from what is around it. */

import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { Pointer } from '../schema/pointer.ts';
import { reach } from '../schema/reach.ts';
import { highest, statedSensitivity } from '../schema/sensitivity.ts';
import type { SubjectName } from '../schema/subject.ts';

export interface Effective {
  readonly instance: Pointer;
  /** Where the part's schema stands in the document that was asked about; of its nearest part, where it stands in another one. */
  readonly pointer: Pointer;
  /** The property's name, where it is one. */
  readonly name?: string;
  readonly classification?: string;
  /** Stated on this part itself. */
  readonly stated: boolean;
  readonly tags: readonly string[];
  /**
   * The schema that states its level or tags, wherever it is, as `URI#POINTER` (no URI in the document itself): parts that share a
   * definition have one. Undefined where none states any.
   */
  readonly origin?: string;
}

interface Part {
  readonly pointer: Pointer;
  readonly name?: string;
  readonly levels: string[];
  readonly tags: Set<string>;
  origin?: string;
}

/** By part, parents before children; the root's level is `level`, what the event as a whole has. */
export function effectiveSensitivity(
  document: SchemaDocument,
  levels: readonly string[],
  level: string | undefined,
): ReadonlyMap<Pointer, Effective> {
  const found = new Map<Pointer, Effective>();
  for (const [instance, part] of parts(document)) {
    const around = found.get(instance.slice(0, Math.max(instance.lastIndexOf('/'), 0)));
    const classification = highest(levels, part.levels) ?? around?.classification ?? level;
    found.set(instance, {
      instance,
      pointer: part.pointer,
      ...(part.name !== undefined && { name: part.name }),
      ...(classification !== undefined && { classification }),
      stated: part.levels.length > 0,
      tags: [...new Set([...part.tags, ...(around?.tags ?? [])])].sort(),
      ...(part.origin !== undefined && { origin: part.origin }),
    });
  }
  return found;
}

const partsOfDocument = new WeakMap<SchemaDocument, ReadonlyMap<Pointer, Part>>();

/** Found once: each rule about sensitivity asks for them, now and for the version before. */
function parts(document: SchemaDocument): ReadonlyMap<Pointer, Part> {
  const known = partsOfDocument.get(document) ?? partsIn(document);
  partsOfDocument.set(document, known);
  return known;
}

function partsIn(document: SchemaDocument): ReadonlyMap<Pointer, Part> {
  const found = new Map<Pointer, Part>();
  const own = new Map<Pointer, Pointer>();
  const uris = new Map([...document.bundle].map(([uri, one]) => [one, uri]));
  for (const { place, instance, name } of reach(document)) {
    const around = instance.slice(0, Math.max(instance.lastIndexOf('/'), 0));
    if (place.resource.document === document && !own.has(instance)) own.set(instance, place.pointer);
    const known = found.get(instance);
    const part: Part = known ?? {
      pointer: own.get(instance) ?? found.get(around)?.pointer ?? '',
      ...(name !== undefined && { name }),
      levels: [],
      tags: new Set<string>(),
    };
    const stated = statedSensitivity(place.schema);
    if (stated?.classification !== undefined) part.levels.push(stated.classification);
    for (const tag of stated?.tags ?? []) part.tags.add(tag);
    if (stated) part.origin ??= `${uris.get(place.resource.document) ?? ''}#${place.pointer}`;
    if (!known) found.set(instance, part);
  }
  return found;
}

/** The level of the event as a whole: its contract's, else its domain's. */
export function eventLevel(contract: Contract, name: SubjectName | undefined, catalog: Catalog): string | undefined {
  const domain = name && Object.hasOwn(catalog.domains, name.domain) ? catalog.domains[name.domain] : undefined;
  return contract.classification ?? domain?.classification;
}

/** What the event as a whole amounts to: the highest level of the whole and its parts, wherever they are defined, and every tag. */
export function eventSensitivity(
  document: SchemaDocument,
  contract: Contract,
  name: SubjectName | undefined,
  catalog: Catalog,
): { readonly classification?: string; readonly tags: readonly string[] } {
  const { levels } = catalog.classification;
  const level = eventLevel(contract, name, catalog);
  const parts = [...effectiveSensitivity(document, levels, level).values()];
  const classification = highest(levels, [level, ...parts.map((part) => part.classification)]);
  const tags = [...new Set(parts.flatMap((part) => part.tags))].sort();
  return { ...(classification !== undefined && { classification }), tags };
}
