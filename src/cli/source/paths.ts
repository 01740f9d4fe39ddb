/** What commands that take `[PATH…]` read when none is given. */
import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { Fault } from '../../errors.ts';
import type { Io } from '../io.ts';

/** The paths as named, relative to where the command runs; `schemas`, else the folder itself, where none is named. */
export async function namedPaths(io: Io, positionals: readonly string[]): Promise<readonly string[]> {
  if (positionals.length > 0) return positionals.map((path) => normal(io.cwd, path));
  const schemas = await stat(join(io.cwd, 'schemas')).catch(() => undefined);
  return [schemas?.isDirectory() ? 'schemas' : '.'];
}

function normal(cwd: string, path: string): string {
  const inside = relative(cwd, resolve(cwd, path)).replaceAll('\\', '/');
  if (isAbsolute(inside)) throw new Fault('INPUT_UNREADABLE', { path }, { message: `${path} is on another drive.` });
  return inside === '' ? '.' : inside;
}
