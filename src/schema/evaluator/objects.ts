/** Keywords that apply subschemas to the members of an object (Core §10.3.2, §11.3). */
import { active, type Keyword } from '../dialect.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import type { Pattern } from '../pattern.ts';
import { isSchema } from '../walk.ts';
import { apply } from './apply.ts';
import { isNameEvaluated } from './evaluated.ts';
import type { Maker, Reject } from './maker.ts';
import { accept, beside, type Check, type Frame, inside, isSettled, type Node, type Step } from './step.ts';

type Make = (asked: Json, maker: Maker, reject: Reject) => Check | undefined;

export const objects: Readonly<Partial<Record<Keyword, Make>>> = {
  properties: (asked, maker) => {
    const nodes = nodesOf('properties', asked, maker);
    const positions = new Map([...nodes.keys()].map((name, at) => [name, at]));
    return (value, frame) => !isObject(value) || properties(value, nodes, positions, frame);
  },
  patternProperties: (asked, maker) => {
    const rows = [...nodesOf('patternProperties', asked, maker)].map(
      ([source, node]) => [maker.pattern(source), node] as const,
    );
    return ofMembers((name) => rows.filter(([pattern]) => pattern.test(name)).map(([, node]) => node));
  },
  additionalProperties: (asked, maker, reject) => {
    const isNamed = namedBeside(maker);
    if (asked === false) return closed((name) => !isNamed(name), reject, 'additionalProperty');
    const node = maker.child(['additionalProperties'], asked);
    return ofMembers((name) => (isNamed(name) ? [] : [node]));
  },
  unevaluatedProperties: (asked, maker, reject) => {
    const isLeft = (name: string, { evaluated }: Frame) => evaluated === undefined || !isNameEvaluated(evaluated, name);
    if (asked === false) return closed(isLeft, reject, 'unevaluatedProperty');
    const node = maker.child(['unevaluatedProperties'], asked);
    return ofMembers((name, frame) => (isLeft(name, frame) ? [node] : []));
  },
  propertyNames: (asked, maker, reject) => {
    const node = maker.child(['propertyNames'], asked);
    return (value, frame) => !isObject(value) || names(Object.keys(value), node, frame, reject);
  },
  dependentSchemas: (asked, maker) => {
    const nodes = nodesOf('dependentSchemas', asked, maker);
    return (value, frame) => !isObject(value) || dependents(value, nodes, frame);
  },
  dependentRequired: (asked, _, reject) => neededBeside(asked, reject),
  // up to draft-07 `dependencies` held both (draft-07 Validation §6.5.7)
  dependencies: (asked, maker, reject) => {
    const nodes = nodesOf('dependencies', asked, maker);
    const needs = neededBeside(asked, reject);
    return (value, frame) => !isObject(value) || both(needs(value, frame) === true, dependents(value, nodes, frame));
  },
};

function nodesOf(keyword: Keyword, asked: Json, maker: Maker): ReadonlyMap<string, () => Node> {
  const schemas = Object.entries(isObject(asked) ? asked : {}).filter(([, schema]) => isSchema(schema));
  return new Map(schemas.map(([name, schema]) => [name, maker.child([keyword, name], schema)]));
}

/** Whether `properties` or `patternProperties` of the same schema speak of a name. */
function namedBeside({ schema, dialect, pattern }: Maker): (name: string) => boolean {
  const properties = active(schema, 'properties', dialect);
  const patterns = active(schema, 'patternProperties', dialect);
  const tests: readonly Pattern[] = Object.keys(isObject(patterns) ? patterns : {}).map(pattern);
  return (name) => (isObject(properties) && Object.hasOwn(properties, name)) || tests.some((each) => each.test(name));
}

/** In the order of the schema, so that reasons are listed in it. */
function* properties(
  value: JsonObject,
  nodes: ReadonlyMap<string, () => Node>,
  positions: ReadonlyMap<string, number>,
  frame: Frame,
): Step {
  let isValid = true;
  for (const name of namesOfBoth(value, positions)) {
    const node = nodes.get(name);
    if (node === undefined) continue;
    frame.evaluated?.names.add(name);
    const outcome = apply(node(), value[name] ?? null, inside(frame, name));
    if (typeof outcome === 'boolean' ? outcome : yield outcome) continue;
    if (isSettled(frame)) return false;
    isValid = false;
  }
  return isValid;
}

/** Few members of the value are looked up among thousands of the schema. */
function namesOfBoth(value: JsonObject, positions: ReadonlyMap<string, number>): readonly string[] {
  const names = Object.keys(value).filter((name) => positions.has(name));
  return names.length < 2
    ? names
    : names.sort((left, right) => (positions.get(left) ?? 0) - (positions.get(right) ?? 0));
}

function ofMembers(nodesFor: (name: string, frame: Frame) => readonly (() => Node)[]): Check {
  return (value, frame) => !isObject(value) || members(value, frame, nodesFor);
}

function* members(
  value: JsonObject,
  frame: Frame,
  nodesFor: (name: string, frame: Frame) => readonly (() => Node)[],
): Step {
  let isValid = true;
  for (const name of Object.keys(value)) {
    for (const node of nodesFor(name, frame)) {
      frame.evaluated?.names.add(name);
      const outcome = apply(node(), value[name] ?? null, inside(frame, name));
      if (typeof outcome === 'boolean' ? outcome : yield outcome) continue;
      if (isSettled(frame)) return false;
      isValid = false;
    }
  }
  return isValid;
}

/** A keyword that is `false` rejects the object, by the name of the member that may not be there. */
function closed(isLeft: (name: string, frame: Frame) => boolean, reject: Reject, param: string): Check {
  return (value, frame) => {
    if (!isObject(value)) return true;
    const left = Object.keys(value).filter((name) => isLeft(name, frame));
    for (const name of left) reject(frame, { [param]: name });
    return left.length === 0;
  };
}

function* names(all: readonly string[], node: () => Node, frame: Frame, reject: Reject): Step {
  let isValid = true;
  for (const name of all) {
    const outcome = apply(node(), name, beside(frame));
    if (typeof outcome === 'boolean' ? outcome : yield outcome) continue;
    reject(frame, { propertyName: name });
    if (isSettled(frame)) return false;
    isValid = false;
  }
  return isValid;
}

function* dependents(value: JsonObject, nodes: ReadonlyMap<string, () => Node>, frame: Frame): Step {
  let isValid = true;
  for (const [name, node] of nodes) {
    if (!Object.hasOwn(value, name)) continue;
    const own = beside(frame);
    const outcome = apply(node(), value, own);
    if (typeof outcome === 'boolean' ? outcome : yield outcome) accept(frame, own);
    else if (isSettled(frame)) return false;
    else isValid = false;
  }
  return isValid;
}

function* both(first: boolean, second: Step): Step {
  return (yield second) && first;
}

function neededBeside(asked: Json, reject: Reject): Check {
  const rows = Object.entries(isObject(asked) ? asked : {}).flatMap(([name, needed]) =>
    isArray(needed) ? [[name, needed.filter((each) => typeof each === 'string')] as const] : [],
  );
  return (value, frame) => {
    if (!isObject(value)) return true;
    let isValid = true;
    for (const [property, needed] of rows) {
      if (!Object.hasOwn(value, property)) continue;
      for (const missingProperty of needed.filter((each) => !Object.hasOwn(value, each)))
        isValid = reject(frame, { property, missingProperty });
    }
    return isValid;
  };
}
