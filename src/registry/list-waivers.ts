/** Lists waivers, expired ones too: the record of what was let pass. */
import type { Context } from './context.ts';
import type { WaiverRecord } from './ports.ts';

export async function listWaivers(
  { store }: Pick<Context, 'store'>,
  filter: { readonly catalog?: string | undefined; readonly subject?: string | undefined },
): Promise<readonly WaiverRecord[]> {
  const { catalog, subject } = filter;
  return store.waivers({ ...(catalog !== undefined && { catalog }), ...(subject !== undefined && { subject }) });
}
