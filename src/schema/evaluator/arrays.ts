/** Keywords that apply subschemas to the items of an array (Core §10.3.1, §11.2; 2019-09 Core §9.3.1). */
import { active, type Keyword } from '../dialect.ts';
import { isArray, type Json } from '../json.ts';
import { isSchema } from '../walk.ts';
import { apply } from './apply.ts';
import { isItemEvaluated } from './evaluated.ts';
import type { Maker, Reject } from './maker.ts';
import { type Check, type Frame, inside, isSettled, type Node, type Step, silent } from './step.ts';

type Make = (asked: Json, maker: Maker, reject: Reject) => Check | undefined;

export const arrays: Readonly<Partial<Record<Keyword, Make>>> = {
  prefixItems: (asked, maker) => (isArray(asked) ? tuple('prefixItems', asked, maker) : undefined),
  items: (asked, maker) => {
    if (isArray(asked)) return maker.dialect === '2020-12' ? undefined : tuple('items', asked, maker);
    const prefix = active(maker.schema, 'prefixItems', maker.dialect);
    return rest(maker.child(['items'], asked), isArray(prefix) ? prefix.length : 0);
  },
  additionalItems: (asked, maker, reject) => {
    const before = active(maker.schema, 'items', maker.dialect);
    // without a list before it there is nothing additional
    if (!isArray(before)) return undefined;
    if (asked === false)
      return (value, frame) =>
        !isArray(value) || value.length <= before.length || reject(frame, { limit: before.length });
    return rest(maker.child(['additionalItems'], asked), before.length);
  },
  contains: (asked, maker, reject) => {
    const { schema, dialect } = maker;
    const node = maker.child(['contains'], asked);
    const least = active(schema, 'minContains', dialect);
    const greatest = active(schema, 'maxContains', dialect);
    const bounds = {
      minContains: typeof least === 'number' ? least : 1,
      ...(typeof greatest === 'number' && { maxContains: greatest }),
    };
    // what `contains` matched counts as evaluated since 2020-12 (Core §10.3.1.3)
    const isEvaluating = dialect === '2020-12';
    return (value, frame) => !isArray(value) || counted(value, node, frame, bounds, isEvaluating, reject);
  },
  unevaluatedItems: (asked, maker, reject) => {
    const node = maker.child(['unevaluatedItems'], asked);
    if (asked === false)
      return (value, frame) => {
        const limit = isArray(value) ? value.findIndex((_, index) => isLeft(index, frame)) : -1;
        return limit < 0 || reject(frame, { limit });
      };
    return (value, frame) => !isArray(value) || unevaluated(value, node, frame);
  },
};

function tuple(keyword: Keyword, asked: readonly Json[], maker: Maker): Check {
  const nodes = asked.map((schema, index) =>
    isSchema(schema) ? maker.child([keyword, String(index)], schema) : undefined,
  );
  return (value, frame) => !isArray(value) || positions(value, nodes, frame);
}

function* positions(value: readonly Json[], nodes: readonly ((() => Node) | undefined)[], frame: Frame): Step {
  let isValid = true;
  const { evaluated } = frame;
  if (evaluated !== undefined) evaluated.prefix = Math.max(evaluated.prefix, nodes.length);
  for (const [index, node] of nodes.slice(0, value.length).entries()) {
    if (node === undefined) continue;
    const outcome = apply(node(), value[index] ?? null, inside(frame, index));
    if (typeof outcome === 'boolean' ? outcome : yield outcome) continue;
    if (isSettled(frame)) return false;
    isValid = false;
  }
  return isValid;
}

function rest(node: () => Node, from: number): Check {
  return (value, frame) => {
    if (!isArray(value)) return true;
    if (frame.evaluated !== undefined) frame.evaluated.allItems = true;
    return value.length <= from || items(value, node, frame, (index) => index >= from);
  };
}

function unevaluated(value: readonly Json[], node: () => Node, frame: Frame): Step {
  const left = value.map((_, index) => isLeft(index, frame));
  if (frame.evaluated !== undefined) frame.evaluated.allItems = true;
  return items(value, node, frame, (index) => left[index] === true);
}

function isLeft(index: number, { evaluated }: Frame): boolean {
  return evaluated === undefined || !isItemEvaluated(evaluated, index);
}

function* items(value: readonly Json[], node: () => Node, frame: Frame, isMet: (index: number) => boolean): Step {
  let isValid = true;
  for (const [index, item] of value.entries()) {
    if (!isMet(index)) continue;
    const outcome = apply(node(), item, inside(frame, index));
    if (typeof outcome === 'boolean' ? outcome : yield outcome) continue;
    if (isSettled(frame)) return false;
    isValid = false;
  }
  return isValid;
}

interface Bounds {
  readonly minContains: number;
  readonly maxContains?: number;
}

function* counted(
  value: readonly Json[],
  node: () => Node,
  frame: Frame,
  bounds: Bounds,
  isEvaluating: boolean,
  reject: Reject,
): Step {
  const question = silent(frame);
  let matches = 0;
  for (const [index, item] of value.entries()) {
    const outcome = apply(node(), item, inside(question, index));
    if (!(typeof outcome === 'boolean' ? outcome : yield outcome)) continue;
    matches += 1;
    if (isEvaluating) frame.evaluated?.indexes.add(index);
  }
  const { minContains, maxContains = Number.POSITIVE_INFINITY } = bounds;
  return (matches >= minContains && matches <= maxContains) || reject(frame, { ...bounds });
}
