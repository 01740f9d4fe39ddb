/** Writing `waivers.json` beside a catalog.json. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Waiver } from '../../check/input.ts';
import { Fault } from '../../errors.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';

export async function addToFile(path: string, waiver: Omit<Waiver, 'id'>): Promise<void> {
  const { subject, fingerprint, author, reason, expires } = waiver;
  await writeRows(path, [...(await rowsOf(path)), { subject, fingerprint, author, reason, expires }]);
}

/** How many went: those with this fingerprint. */
export async function removeFromFile(path: string, fingerprint: string): Promise<number> {
  const rows = await rowsOf(path);
  const kept = rows.filter((row) => !(isObject(row) && row.fingerprint === fingerprint));
  if (kept.length < rows.length) await writeRows(path, kept);
  return rows.length - kept.length;
}

export function waiversPath(cwd: string, folder: string): string {
  return join(cwd, folder, 'waivers.json');
}

async function rowsOf(path: string): Promise<readonly Json[]> {
  const text = await readFile(path, 'utf8').catch(() => '[]');
  const value: Json = JSON.parse(text);
  return isArray(value) ? value : [];
}

async function writeRows(path: string, rows: readonly Json[]): Promise<void> {
  await writeFile(path, `${JSON.stringify(rows, null, 2)}\n`).catch((cause: unknown) => {
    throw new Fault('INPUT_UNREADABLE', { path }, { message: `${path} cannot be written.`, cause });
  });
}
