/** `waivers.json` beside a catalog.json: recorded, expiring permissions for single findings, reviewed like any change. */
import * as z from 'zod';
import type { Waiver } from '../../check/input.ts';
import { isDate } from '../../schema/duration.ts';
import type { TextPosition } from '../../schema/scan.ts';
import { readListed } from './listed.ts';
import type { Tree } from './tree.ts';

/** As a registry has it: what should hold for longer is a change of the catalog. */
export const maxWaiverDays = 366;

const shape = z.array(
  z.strictObject({
    subject: z.string().min(1),
    fingerprint: z.string().regex(/^[0-9a-f]{64}$/, 'is not the fingerprint of a finding'),
    author: z.string().min(1),
    reason: z.string().min(1),
    expires: z.string().refine(isDate, 'is not a date such as 2027-03-31'),
  }),
);

export interface PlacedWaiver extends Waiver {
  /** Absent for one of a registry. */
  readonly file?: string;
  readonly place: TextPosition;
}

export async function readWaivers(tree: Tree, path: string): Promise<readonly PlacedWaiver[]> {
  const rows = await readListed(tree, path, shape, 'waivers');
  return rows.map(({ value, index, place }) => ({ ...value, id: `${path}#${index}`, file: path, place }));
}
