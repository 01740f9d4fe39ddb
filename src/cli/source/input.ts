/** A single file the user names on the command line. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '../../errors.ts';
import type { Json } from '../../schema/json.ts';
import type { Io } from '../io.ts';

export async function readText(io: Io, path: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, path), 'utf8');
  } catch (cause) {
    throw new Fault('INPUT_UNREADABLE', { file: path }, { message: `${path} cannot be read.`, cause });
  }
}

/** The parser's own words quote the text, which may be somebody's event: they are left out. */
export async function readJson(io: Io, path: string): Promise<Json> {
  const text = await readText(io, path);
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('INPUT_UNREADABLE', { file: path }, { message: `${path} is not JSON.` });
  }
}
