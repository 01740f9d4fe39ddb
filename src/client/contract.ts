/** The contract of a version, as its document carries it. Read without the checks of registration, which it has passed. */
import type { Contract } from '../schema/contract.ts';
import { isRecord, type Json } from '../schema/json.ts';
import type { Version } from './versions.ts';

export function contractOf({ contract, schema }: Partial<Pick<Version, 'contract' | 'schema'>>): Contract {
  if (contract !== undefined) return contract;
  const stated = isRecord(schema) ? schema['x-contract'] : undefined;
  if (!isRecord(stated)) return {};
  const consumers = Array.isArray(stated.consumers) ? stated.consumers.map(consumerOf) : undefined;
  return { ...(stated as Contract), ...(consumers !== undefined && { consumers }) };
}

/** In documents a consumer may be its bare name. */
function consumerOf(stated: Json): { readonly service: string } {
  return isRecord(stated) && typeof stated.service === 'string'
    ? { ...stated, service: stated.service }
    : { service: String(stated) };
}
