/** References and combinators (JSON Schema core §8.2.3, §10.2): each meets the same value. */
import { active, type Keyword } from '../../schema/dialect.ts';
import { isArray, type Json, type JsonObject } from '../../schema/json.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import { call, demand, type Emission, fail, use } from './emission.ts';

/** Two branches that refer to the same schema double the work with each level of the event, so references are counted. */
const countdown = "if ((left -= 1) < 0) throw new RangeError('too many references');";

export function logicChecks(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const lines: string[] = [];
  for (const target of emission.scope.targets(place)) {
    // what a dynamic reference means cannot always be known in advance: then nothing is demanded
    if (target === undefined) continue;
    const demanded = demand(call(emission, target, 'v', { at: 'at', seen: 'seen' }));
    if (demanded !== '') lines.push(countdown, demanded);
  }
  const branches = (keyword: Keyword) => {
    const list = active(schema, keyword, dialect);
    return isArray(list) ? list.map((of, at) => emission.scope.child(place, [keyword, String(at)], of)) : undefined;
  };
  for (const branch of branches('allOf') ?? [])
    lines.push(demand(call(emission, branch, 'v', { at: 'at', seen: 'seen' })));
  const any = branches('anyOf');
  if (any !== undefined) lines.push(...anyOf(emission, place, any));
  const one = branches('oneOf');
  if (one !== undefined) lines.push(...oneOf(emission, place, one));
  const not = active(schema, 'not', dialect);
  if (not !== undefined) {
    const valid = call(emission, emission.scope.child(place, ['not'], not), 'v', { at: 'at', out: 'null' });
    lines.push(`if (${valid}) ${fail(emission, place, 'not', '{}')}`);
  }
  return [...lines, ...conditional(emission, place, schema)].filter((line) => line !== '');
}

/** Calls that may fail without harm: errors go to a list of their own, evaluations count only when they hold. */
function attempt(
  emission: Emission,
  place: SchemaLocation,
  out: string,
): { readonly before: string; readonly valid: string; readonly after: string } {
  const valid = call(emission, place, 'v', { at: 'at', out, seen: emission.tracks ? 'tried' : 'null' });
  if (!emission.tracks) return { before: '', valid, after: '' };
  return {
    before: `const tried = seen && ${use(emission, 'fresh')}();`,
    valid,
    after: `${use(emission, 'merge')}(seen, tried);`,
  };
}

function anyOf(emission: Emission, place: SchemaLocation, branches: readonly SchemaLocation[]): readonly string[] {
  const lines = ['{', '  const failed = out && [];', '  let any = false;'];
  for (const branch of branches) {
    const { before, valid, after } = attempt(emission, branch, 'inner');
    // where evaluations are recorded every branch has to be looked at
    const guard = emission.tracks ? '' : 'if (!any) ';
    const note = 'else if (out) failed.push(inner);';
    lines.push(`  ${guard}{ const inner = out && []; ${before} if (${valid}) { any = true; ${after} } ${note} }`);
  }
  return [
    ...lines,
    `  if (!any) { if (!out) return false; out.push(...${use(emission, 'nearest')}(failed, at)); ok = false; ${note(emission, place, 'anyOf')} }`,
    '}',
  ];
}

function note(emission: Emission, place: SchemaLocation, keyword: string): string {
  return fail(emission, place, keyword, '{}')
    .replace(/^\{ if \(!out\) return false; /, '')
    .replace(/ \}$/, '');
}

function oneOf(emission: Emission, place: SchemaLocation, branches: readonly SchemaLocation[]): readonly string[] {
  const lines = ['{', '  const failed = out && [];', '  const passing = [];'];
  branches.forEach((branch, index) => {
    const { before, valid, after } = attempt(emission, branch, 'inner');
    const note = 'else if (out) failed.push(inner);';
    lines.push(`  { const inner = out && []; ${before} if (${valid}) { passing.push(${index}); ${after} } ${note} }`);
  });
  const passing = fail(emission, place, 'oneOf', '{ passingSchemas: passing.length > 1 ? passing : null }');
  return [
    ...lines,
    `  if (passing.length !== 1) { if (out && passing.length === 0) out.push(...${use(emission, 'nearest')}(failed, at)); ${passing} }`,
    '}',
  ];
}

function conditional(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const test = active(schema, 'if', dialect);
  if (test === undefined) return [];
  const { before, valid, after } = attempt(emission, emission.scope.child(place, ['if'], test), 'null');
  const branch = (keyword: 'then' | 'else') => {
    const held: Json | undefined = active(schema, keyword, dialect);
    if (held === undefined) return '';
    return demand(call(emission, emission.scope.child(place, [keyword], held), 'v', { at: 'at', seen: 'seen' }));
  };
  const [then, otherwise] = [branch('then'), branch('else')];
  if (then === '' && otherwise === '' && after === '') return [];
  return [`{ ${before} if (${valid}) { ${after} ${then} } else { ${otherwise} } }`];
}
