/** The waivers a registry holds, and giving it those of a file: a waiver means the same in both places. */
import type { Waiver } from '../../check/input.ts';
import { Fault } from '../../errors.ts';
import { isArray, isObject } from '../../schema/json.ts';
import type { Api } from '../api.ts';

export interface RegistryWaiver extends Waiver {
  readonly catalog: string;
}

export async function registryWaivers(api: Api, catalog?: string): Promise<readonly RegistryWaiver[]> {
  const query = catalog === undefined ? '' : `?catalog=${encodeURIComponent(catalog)}`;
  const { items } = (await api.call('GET', `/v1/waivers${query}`)).json;
  return (isArray(items) ? items.filter(isObject) : []).map((item) => {
    const text = (name: string) => String(item[name] ?? '');
    return {
      id: text('id'),
      catalog: text('catalog'),
      subject: text('subject'),
      fingerprint: text('fingerprint'),
      author: text('author'),
      reason: text('reason'),
      expires: text('expires'),
    };
  });
}

export async function giveWaiver(
  api: Api,
  { catalog, subject, fingerprint, reason, expires }: Omit<RegistryWaiver, 'id' | 'author'>,
): Promise<void> {
  await api.call('POST', '/v1/waivers', { catalog, subject, fingerprint, reason, expires });
}

export function isSameWaiver(one: Waiver, other: Waiver): boolean {
  return one.subject === other.subject && one.fingerprint === other.fingerprint;
}

export interface Carried {
  readonly given: number;
  /** Why a waiver could not be given. */
  readonly refused: readonly { readonly waiver: Waiver; readonly because: string }[];
}

/** Gives the registry what it does not have; what has expired is of no use to it. */
export async function carryWaivers(
  api: Api,
  catalog: string,
  waivers: readonly Waiver[],
  today: string,
): Promise<Carried> {
  const valid = waivers.filter(({ expires }) => expires >= today);
  if (valid.length === 0) return { given: 0, refused: [] };
  const known = await registryWaivers(api, catalog);
  const missing = valid.filter((waiver) => !known.some((one) => isSameWaiver(one, waiver) && one.expires >= today));
  const refused: { waiver: Waiver; because: string }[] = [];
  for (const waiver of missing)
    try {
      await giveWaiver(api, { ...waiver, catalog, reason: `${waiver.reason} (${waiver.author})` });
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.exit === 3) throw fault;
      refused.push({ waiver, because: fault.message });
    }
  return { given: missing.length - refused.length, refused };
}
