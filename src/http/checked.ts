/** Input held against a shape: the one place where zod's issues become the fault callers see. */
import type * as z from 'zod';
import { Fault } from '../errors.ts';
import { append } from '../schema/pointer.ts';

/** `value` as the shape reads it; otherwise every problem with its place, and never the value itself. */
export function checked<T extends z.ZodType>(shape: T, value: unknown, where: 'path' | 'query' | 'body'): z.output<T> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 20).map((issue) => ({
    in: where,
    at: append('', ...issue.path.map(String)),
    message: issue.message,
  }));
  throw new Fault('PARAMETER_INVALID', { problems });
}
