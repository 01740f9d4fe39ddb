/** Keywords of Ajv that are replaced or mended, each because Ajv is wrong or too slow on some values. */
import { _, type Code, type KeywordCxt, type Name } from 'ajv';
import type AjvCore from 'ajv/dist/core.js';
import { canonicalize } from './canonical.ts';
import { isArray, type Json } from './json.ts';
import { isMultipleOf } from './multiple.ts';
import { ownPrefix } from './plain-schema.ts';
import { followReference, type Work } from './work.ts';

/**
 * `uniqueItems` is quadratic in Ajv, `multipleOf` divides doubles, lengths are counted though the answer is plain; the own keywords
 * stand in for what `plainSchema` moved.
 */
export function replaceKeywords(ajv: AjvCore.default): void {
  for (const keyword of ['uniqueItems', 'multipleOf', 'maxLength', 'minLength']) ajv.removeKeyword(keyword);
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', validate: areUnique });
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    validate: (divisor: number, value: number) => isMultipleOf(value, divisor),
  });
  // a string has at most as many code points as code units, and at least half as many
  lengthKeyword(ajv, 'maxLength', (text, limit, count) => _`${text}.length > ${limit} && ${count} > ${limit}`);
  lengthKeyword(
    ajv,
    'minLength',
    (text, limit, count) => _`${text}.length < ${limit} || (${text}.length < 2 * ${limit} && ${count} < ${limit})`,
  );
  ajv.addKeyword({ keyword: `${ownPrefix}never`, schemaType: 'boolean', validate: () => false });
  ajv.addKeyword({ keyword: `${ownPrefix}const`, compile: (constant: Json) => memberOf([constant]) });
  ajv.addKeyword({ keyword: `${ownPrefix}enum`, compile: (list: Json) => memberOf(isArray(list) ? list : []) });
}

function lengthKeyword(
  ajv: AjvCore.default,
  keyword: 'maxLength' | 'minLength',
  fails: (text: Name, limit: number, count: Code) => Code,
): void {
  ajv.addKeyword({
    keyword,
    type: 'string',
    schemaType: 'number',
    code(context: KeywordCxt) {
      const { gen, data, schema } = context;
      const count = _`${gen.scopeValue('func', { ref: codePointsIn })}(${data})`;
      context.fail(fails(data, Number(schema), count));
    },
  });
}

function codePointsIn(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function areUnique(unique: boolean, items: readonly Json[]): boolean {
  return !unique || new Set(items.map(canonicalize)).size === items.length;
}

function memberOf(members: readonly Json[]): (value: Json) => boolean {
  const known = new Set(members.map(canonicalize));
  return (value) => known.has(canonicalize(value));
}

/**
 * Ajv 8.20 declares the verdict of a tuple and of `contains` without a value: an array too short for the tuple skips every
 * keyword after it, and an empty one inherits what the array before it had contained.
 */
export function initialiseVerdicts(ajv: AjvCore.default): void {
  const tuple = ({ schema }: KeywordCxt) => (isArray(schema) ? true : undefined);
  const contains = ({ parentSchema: { minContains = 1, maxContains }, it }: KeywordCxt) => {
    const counted = it.opts.next && (minContains !== 1 || maxContains !== undefined);
    return counted ? undefined : false;
  };
  wrap(ajv, 'prefixItems', (context) => initialise(context, tuple(context)));
  wrap(ajv, 'items', (context) => initialise(context, tuple(context)));
  wrap(ajv, 'contains', (context) => initialise(context, contains(context)));
}

/** Gives the first variable named `valid` that the keyword's code asks for the value `start`. */
function initialise({ gen }: KeywordCxt, start: boolean | undefined): (() => void) | undefined {
  if (start === undefined) return undefined;
  const { name } = gen;
  const restore = () => {
    gen.name = name;
  };
  gen.name = (prefix: string): Name => {
    if (prefix !== 'valid') return name.call(gen, prefix);
    restore();
    return gen.var(name.call(gen, prefix), start);
  };
  return restore;
}

type Follow = (value: Json) => void;

/** By the instance that compiles: its keywords are those of others too. */
const follows = new WeakMap<AjvCore.default, Follow>();

/** What `ajv` compiles from now on takes from `work` for each reference. */
export function countReferences(ajv: AjvCore.default, work: Work): void {
  follows.set(ajv, (value) => followReference(work, value));
}

export function prepareToCount(ajv: AjvCore.default): void {
  for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef']) {
    wrap(ajv, keyword, ({ gen, data, it }) => {
      gen.code(_`${gen.scopeValue('func', { ref: follows.get(it.self) })}(${data})`);
      return undefined;
    });
  }
}

type Before = (context: KeywordCxt) => (() => void) | undefined;

/**
 * Lets `before` act ahead of the keyword's own code, and what it returns after it. In place: a keyword added anew would run
 * after `unevaluatedProperties`.
 */
function wrap(ajv: AjvCore.default, keyword: string, before: Before): void {
  const rule = ajv.RULES.all[keyword];
  if (typeof rule !== 'object' || !('code' in rule.definition)) return;
  const { definition } = rule;
  const { code } = definition;
  rule.definition = {
    ...definition,
    code(context: KeywordCxt, type?: string) {
      const after = before(context);
      code(context, type);
      after?.();
    },
  };
}
