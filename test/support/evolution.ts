/** Histories of one event, as they grow, and what is said of each version of them. */
import fc from 'fast-check';
import type { PastVersion, Rules } from '../../src/check/input.ts';
import type { CheckFinding, Report } from '../../src/check/report.ts';
import { directions, type Level, type World, worlds } from '../../src/compat/report.ts';
import { noNeighbours } from '../../src/policy/rule.ts';
import { fingerprint } from '../../src/schema/canonical.ts';
import { catalogShape } from '../../src/schema/catalog.ts';
import { readContract } from '../../src/schema/contract.ts';
import type { Json, JsonObject } from '../../src/schema/json.ts';
import { registryLimits } from '../../src/schema/limits.ts';
import { parseSchema } from '../../src/schema/parse.ts';
import { schema } from './arbitrary.ts';
import { edit, edited } from './mutate.ts';
import { shop } from './shop.ts';

export const rules: Rules = {
  catalog: catalogShape.parse(shop),
  waivers: [],
  neighbours: noNeighbours,
  limits: registryLimits,
  today: '2026-06-01',
};

export function versionOf(value: Json, number: number): PastVersion | undefined {
  const parsed = parseSchema({ value });
  if (!parsed.ok) return undefined;
  const { document } = parsed;
  const { contract } = readContract(document.root);
  return { number, label: `1.${number}.0`, fingerprint: fingerprint(document.root), document, contract };
}

/** What a version of an event may differ by. */
type Step = (event: JsonObject) => JsonObject;

const field = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const type = fc.constantFrom<Json>(
  { type: 'string' },
  { type: 'string', maxLength: 2 },
  { type: 'integer' },
  { type: 'number' },
  { type: ['string', 'null'] },
  { enum: ['x', 'y'] },
  { type: 'object', properties: { a: { type: 'string' } } },
  { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } } },
  { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
  { anyOf: [{ type: 'string' }, { type: 'null' }] },
  {
    oneOf: [
      { required: ['a'], properties: { a: true } },
      { required: ['b'], properties: { b: true } },
    ],
  },
);
const fieldsOf = ({ properties }: JsonObject) => properties as JsonObject;
const without = (object: JsonObject, name: string) =>
  Object.fromEntries(Object.entries(object).filter(([each]) => each !== name));
const requiredOf = ({ required }: JsonObject) => required as readonly string[];

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(field, type).map(
    ([name, one]): Step =>
      (event) => ({ ...event, properties: { ...fieldsOf(event), [name]: one } }),
  ),
  field.map(
    (name): Step =>
      (event) => ({
        ...event,
        properties: without(fieldsOf(event), name),
        required: requiredOf(event).filter((each) => each !== name),
      }),
  ),
  field.map(
    (name): Step =>
      (event) => ({ ...event, required: [...new Set([...requiredOf(event), name])] }),
  ),
  fc.string({ maxLength: 3 }).map(
    (description): Step =>
      (event) => ({ ...event, description }),
  ),
  field.map(
    (name): Step =>
      (event) => {
        const { [name]: one = {} } = fieldsOf(event);
        return {
          ...event,
          properties: { ...fieldsOf(event), [name]: { ...(one as JsonObject), 'x-compat': 'ignore' } },
        };
      },
  ),
  fc.constantFrom<Json>(true, false).map(
    (open): Step =>
      (event) => ({ ...event, additionalProperties: open }),
  ),
);

/** Every state on the way. */
function grown<T, Change>(first: T, changes: readonly Change[], change: (state: T, one: Change) => T): readonly T[] {
  const states = [first];
  for (const one of changes) states.push(change(states.at(-1) ?? first, one));
  return states;
}

const first: JsonObject = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
export const evolution = fc
  .array(step, { minLength: 2, maxLength: 10 })
  .map((steps) => grown(first, steps, (event, next) => next(event)));

export const anyHistory = fc
  .tuple(schema('mixed', 2), fc.array(edit, { minLength: 2, maxLength: 6 }))
  .map(([root, edits]) => grown(root, edits, edited));

const said = ({ kind, rule, severity, fingerprint: of, against, waiver }: CheckFinding) => [
  kind,
  rule,
  severity,
  of,
  against,
  waiver,
];

/** What a reader of the report relies on. */
export function essence({ findings, worlds: found, ...report }: Report) {
  const answers = worlds.flatMap((world) =>
    directions.map((direction) => {
      const { verdict, against } = found[world][direction];
      return [world, direction, verdict, against];
    }),
  );
  const { readers: _, ...rest } = report;
  return { ...rest, answers, errors: findings.filter(({ severity }) => severity === 'error').map(said) };
}

export const settings = fc.record({
  level: fc.constantFrom<Level>('BACKWARD_TRANSITIVE', 'FORWARD_TRANSITIVE', 'FULL_TRANSITIVE'),
  world: fc.constantFrom<World>('closed', 'open'),
  isGated: fc.boolean(),
});
