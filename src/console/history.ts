/** A subject's versions as the pages need them: parsed once, newest first, and since when each field is there. */

import type { Context } from '../registry/context.ts';
import type { VersionRecord } from '../registry/records.ts';
import { bundleOf } from '../registry/versions/bundle.ts';
import { listVersions } from '../registry/versions/look-up.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { trustedSchema } from '../schema/parse.ts';
import type { Pointer } from '../schema/pointer.ts';
import { reach } from '../schema/reach.ts';

/** Versions a page looks back at; older ones are on the next page of the list. */
export const maxVersionsShown = 50;

type Reading = Pick<Context, 'store' | 'limits'>;

export async function recentVersions(
  context: Reading,
  at: { readonly catalog: string; readonly subject: string },
  cursor?: string,
): Promise<{ readonly items: readonly VersionRecord[]; readonly cursor?: string }> {
  return listVersions(context, at, { limit: maxVersionsShown, ...(cursor !== undefined && { cursor }) });
}

export async function documentOf({ store, limits }: Reading, { schema }: VersionRecord): Promise<SchemaDocument> {
  return trustedSchema(schema.text, schema.dialect, await bundleOf(store, schema.text, limits.bundle));
}

/** As it was given; JSON laid out alike, so that only what means something differs. */
export function sourceOf({ schema: { source, text } }: VersionRecord): string {
  return pretty(source ?? text);
}

export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Protobuf, or what somebody pasted
    return text;
  }
}

const maxPlaces = 1_000;

/**
 * The version in which each field of `shown` came in and has been since, as far back as `versions` go; a field older than that
 * has none.
 */
export async function sinceOf(
  context: Reading,
  versions: readonly VersionRecord[],
  shown: number,
): Promise<ReadonlyMap<Pointer, number>> {
  const earlier = versions
    .filter(({ number }) => number <= shown)
    .toSorted((left, right) => right.number - left.number);
  const since = new Map<Pointer, number>();
  const open = new Set<Pointer>();
  for (const [index, version] of earlier.entries()) {
    const places = placesOf(await documentOf(context, version));
    if (index === 0) for (const place of places) open.add(place);
    for (const place of open) {
      if (places.has(place)) since.set(place, version.number);
      else open.delete(place);
    }
    if (open.size === 0) break;
  }
  const oldest = earlier.at(-1)?.number ?? 1;
  return oldest === 1 ? since : new Map([...since].filter(([, number]) => number > oldest));
}

function placesOf(document: SchemaDocument): ReadonlySet<Pointer> {
  const places = new Set<Pointer>();
  for (const { instance } of reach(document)) {
    places.add(instance);
    if (places.size >= maxPlaces) break;
  }
  return places;
}
