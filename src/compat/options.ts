/** Options as strangers give them: an unknown name or value is refused, since what is silently ignored would enforce nothing. */
import { dialects, type SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json } from '../schema/json.ts';
import { locations } from '../schema/locations.ts';
import { isPointer } from '../schema/pointer.ts';
import { formatPolicies, levels, worlds } from './report.ts';

type Check = (value: unknown) => string | undefined;

/** A row is an option and what is wrong with a value of it; undefined: nothing. */
const checks: Readonly<Record<string, Check>> = {
  level: oneOf(levels),
  world: oneOf(worlds),
  formats: oneOf(formatPolicies),
  dialect: oneOf(dialects),
  ignore: (value) =>
    isArray(value as Json) && (value as readonly unknown[]).every((each) => typeof each === 'string' && isPointer(each))
      ? undefined
      : 'must be a list of JSON pointers such as "/properties/version"',
  budget: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value > 0
      ? undefined
      : 'must be a whole number above 0',
  references: (value) => (isObject(value as Json) ? undefined : 'must be an object of schemas by absolute URI'),
};

function oneOf(names: readonly string[]): Check {
  return (value) =>
    typeof value === 'string' && names.includes(value)
      ? undefined
      : `must be one of ${names.map((name) => JSON.stringify(name)).join(', ')}`;
}

export interface OptionProblem {
  readonly parameter: string;
  /** What is wrong with it, to be read after its name. */
  readonly problem: string;
}

/** The first option that is unknown or has a value it may not have. */
export function optionProblem(options: object): OptionProblem | undefined {
  for (const [parameter, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const check = Object.hasOwn(checks, parameter) ? checks[parameter] : undefined;
    if (check === undefined) return { parameter, problem: `is no option; there are ${Object.keys(checks).join(', ')}` };
    const problem = check(value);
    if (problem !== undefined) return { parameter, problem: `${problem}, not ${shown(value)}` };
  }
  return undefined;
}

/** The first pointer that leads to a schema in none of the documents, or to the whole schema. */
export function ignoredProblem(
  documents: readonly SchemaDocument[],
  ignore: readonly string[] = [],
): OptionProblem | undefined {
  const parameter = 'ignore';
  const known = new Set(
    ignore.length === 0 ? [] : documents.flatMap((each) => locations(each).map((at) => at.pointer)),
  );
  if (ignore.includes(''))
    return { parameter, problem: 'may not hold "", which is the whole schema: nothing would be compared' };
  const unknown = ignore.find((pointer) => !known.has(pointer));
  if (unknown === undefined) return undefined;
  return { parameter, problem: `holds ${JSON.stringify(unknown)}, which leads to no schema in any of the documents` };
}

const maxShown = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= maxShown ? text : `${text.slice(0, maxShown)}…`;
}
