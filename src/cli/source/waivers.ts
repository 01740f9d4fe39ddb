/** `waivers.json` beside a catalog.json: recorded, expiring permissions for single findings, reviewed like any change. */
import * as z from 'zod';
import type { Waiver } from '../../check/input.ts';
import { Fault } from '../../errors.ts';
import { isDate } from '../../schema/duration.ts';
import type { Place } from '../../schema/scan.ts';
import { locateInJson } from './place.ts';
import { notJson, textOf } from './required.ts';
import type { Tree } from './tree.ts';

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
  readonly file: string;
  readonly place: Place;
}

export async function readWaivers(tree: Tree, path: string): Promise<readonly PlacedWaiver[]> {
  const decoded = (await tree.read([path])).get(path);
  if (decoded === undefined) return [];
  const text = textOf(path, decoded);
  const locate = locateInJson(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Fault('INPUT_UNREADABLE', { file: path }, { message: notJson(path, text), cause: error });
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const pointer = issue.path.map((part) => `/${String(part)}`).join('');
      return { pointer, message: issue.message, place: `${path}:${locate(pointer).line}` };
    });
    throw new Fault('INPUT_UNREADABLE', { problems }, { message: `${path} holds no list of waivers:` });
  }
  return parsed.data.map((waiver, index) => ({
    ...waiver,
    id: `${path}#${index}`,
    file: path,
    place: locate(`/${index}`),
  }));
}
