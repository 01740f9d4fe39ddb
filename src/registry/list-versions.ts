/** Lists a subject's versions, newest first, a page at a time. */
import type { Context } from './context.ts';
import { findSubject, type Place } from './look-up.ts';
import type { DeprecationRecord, Page, PageRequest, VersionRecord } from './ports.ts';

export async function listVersions(
  { store }: Pick<Context, 'store'>,
  place: Place,
  page: PageRequest,
): Promise<Page<VersionRecord> & { readonly plan?: DeprecationRecord }> {
  const { plan } = await findSubject(store, place);
  return { ...(await store.versions(place.catalog, place.subject, page)), ...(plan && { plan }) };
}
