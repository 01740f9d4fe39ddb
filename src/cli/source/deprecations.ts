/**
 * `deprecations.json` beside a catalog.json: what a folder knows of the plans of its catalog. `herald deprecate plans --format json
 * --catalog NAME` prints it; members that a check has no use for are let be.
 */
import * as z from 'zod';
import { stages } from '../../lifecycle/stage.ts';
import { isDate } from '../../schema/duration.ts';
import { readListed } from './listed.ts';
import type { Tree } from './tree.ts';

export const deprecationsName = 'deprecations.json';

const shape = z.array(
  z.object({
    catalog: z.string().min(1),
    subject: z.string().min(1),
    stage: z.enum(stages.filter((stage) => stage !== 'active')),
    successor: z.string().min(1),
    sunset: z.string().refine(isDate, 'is not a date such as 2027-03-31'),
    reason: z.string().optional(),
  }),
);

export type KnownDeprecation = z.output<typeof shape>[number];

/** By subject. */
export async function readDeprecations(
  tree: Tree,
  folder: string,
  catalog: string,
): Promise<ReadonlyMap<string, KnownDeprecation>> {
  const path = `${folder === '.' ? '' : `${folder}/`}${deprecationsName}`;
  const rows = await readListed(tree, path, shape, 'deprecations');
  return new Map(rows.filter(({ value }) => value.catalog === catalog).map(({ value }) => [value.subject, value]));
}
