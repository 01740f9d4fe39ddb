/** `herald.lock.json`: the versions a project uses, by number and fingerprint. Pulling again gives the same bytes until another version is asked for. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Fault } from '../../errors.ts';
import { issueText } from '../../schema/issue-text.ts';

export const lockfileName = 'herald.lock.json';

const shape = z.strictObject({
  lockVersion: z.literal(1),
  registry: z.string().min(1),
  /** `catalog/subject` → what is pinned. */
  subjects: z.record(
    z.string(),
    z.strictObject({
      version: z.int().min(1),
      fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
      /** As it was known when it was last pulled. */
      deprecated: z.strictObject({ successor: z.string(), sunset: z.string() }).optional(),
    }),
  ),
});

export type Lockfile = z.output<typeof shape>;

export async function readLockfile(cwd: string): Promise<Lockfile | undefined> {
  const content = await readFile(join(cwd, lockfileName), 'utf8').catch(() => undefined);
  if (content === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw corrupt('it is not JSON', cause);
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success)
    throw corrupt(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issueText(issue)}`).join('; '));
  return parsed.data;
}

export function lockfileText(lock: Lockfile): string {
  const subjects = Object.fromEntries(Object.entries(lock.subjects).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ ...lock, subjects }, null, 2)}\n`;
}

function corrupt(what: string, cause?: unknown): Fault {
  return new Fault(
    'LOCKFILE_INVALID',
    {},
    {
      message: `${lockfileName} cannot be used: ${what}. Restore it from version control, or delete it and pull again.`,
      cause,
    },
  );
}
