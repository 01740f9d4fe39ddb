/**
 * What is wrong with a value, as the rest of a sentence that begins with its place: `/classification/levels is missing`. Zod's own
 * words begin a sentence of their own; texts that a shape states itself are left as they are. Values are never in it.
 */
import type * as z from 'zod';
import { append } from './pointer.ts';

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
      return unionText(issue.errors);
    default:
      return `is not right (${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)})`;
  }
}

type Branches = readonly (readonly z.core.$ZodIssue[])[];

/** Of a value that fits no form: that it is missing, what is wrong with the one form it was meant to have, or which forms there are. */
function unionText(branches: Branches): string {
  const failures = branches.map((issues) => issues[0]).filter((issue) => issue !== undefined);
  const atRoot = failures.filter(({ path }) => path.length === 0);
  const texts = [...new Set(atRoot.map(issueText))];
  if (texts.includes('is missing')) return 'is missing';
  const [meant, other] = failures.filter(({ path }) => path.length > 0);
  if (meant !== undefined && other === undefined) return `is wrong at ${at(meant.path)}, which ${issueText(meant)}`;
  const forms = texts.filter((text) => text.startsWith('must be ')).map((text) => text.slice('must be '.length));
  return forms.length === 0 ? 'has none of the forms it may have' : `must be ${forms.join(' or ')}`;
}

function at(path: readonly PropertyKey[]): string {
  return append('', ...path.map(String));
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
