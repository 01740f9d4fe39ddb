/**
 * What is wrong with a value, as the rest of a sentence that begins with its place: `/classification/levels is missing`. Zod's own
 * words begin a sentence of their own; texts that a shape states itself are left as they are. Values are never in it.
 */
import type * as z from 'zod';

export function issueText(issue: z.core.$ZodIssue): string {
  if (!zodsOwn.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'is missing'
        : `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'unrecognized_keys':
      return `does not know ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_union':
      return 'has none of the forms it may have';
    default:
      return `is not right (${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)})`;
  }
}

const zodsOwn = /^(Invalid|Unrecognized|Too (big|small))\b/;

const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
