/** A JSON list beside a catalog.json that people and tools write: read strictly, refused with the place of what is wrong. */
import type * as z from 'zod';
import { Fault } from '../../errors.ts';
import { issueText } from '../../schema/issue-text.ts';
import type { TextPosition } from '../../schema/scan.ts';
import { locateInJson } from './place.ts';
import { notJson, textOf } from './required.ts';
import type { Tree } from './tree.ts';

export interface Listed<T> {
  readonly value: T;
  readonly index: number;
  readonly place: TextPosition;
}

/** Empty where there is no such file. `what` the list holds, for a refusal. */
export async function readListed<T>(
  tree: Tree,
  path: string,
  shape: z.ZodType<readonly T[]>,
  what: string,
): Promise<readonly Listed<T>[]> {
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
      return { pointer, message: issueText(issue), place: `${path}:${locate(pointer).line}` };
    });
    throw new Fault('INPUT_UNREADABLE', { problems }, { message: `${path} holds no list of ${what}:` });
  }
  return parsed.data.map((row, index) => ({ value: row, index, place: locate(`/${index}`) }));
}
