/** Checks input against a shape: the one file where zod's issues become the fault that callers see. It never quotes values. */
import type * as z from 'zod';
import { Fault } from '../errors.ts';
import { issueText } from '../schema/issue-text.ts';
import { append } from '../schema/pointer.ts';

export type Where = 'path' | 'query' | 'body';

interface Problem {
  readonly in: Where;
  readonly at: string;
  readonly message: string;
}

const maxProblems = 20;

/** `value` as the shape reads it. Throws Fault PARAMETER_INVALID with each problem and where it is. */
export function checked<T extends z.ZodType>(shape: T, value: unknown, where: Where): z.output<T> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap((issue) => problemsOf(issue, where)));
}

export function invalid(problems: readonly Problem[]): Fault {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const message = first && `${nameOf(first)} ${first.message}${more}.`;
  return new Fault(
    'PARAMETER_INVALID',
    { problems: problems.slice(0, maxProblems).map((problem) => ({ ...problem })) },
    message === undefined ? {} : { message },
  );
}

function nameOf({ in: where, at }: Problem): string {
  if (where === 'body') return at === '' ? 'The body' : `The body at ${at}`;
  return `The ${where} parameter "${at.slice(1)}"`;
}

function problemsOf(issue: z.core.$ZodIssue, where: Where): readonly Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ in: where, at: append('', ...path, key), message: 'is not known here' }));
  return [{ in: where, at: append('', ...path), message: issueText(issue) }];
}
