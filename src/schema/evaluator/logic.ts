/** Keywords that apply subschemas to the value itself (Core §10.2), and references (Core §8.2.3). */
import { active, type Keyword } from '../dialect.ts';
import { isArray, type Json } from '../json.ts';
import { resolveDynamic, resolveRecursive } from '../reference.ts';
import { isSchema } from '../walk.ts';
import { followReference } from '../work.ts';
import { apply } from './apply.ts';
import type { Maker, Reject } from './maker.ts';
import { accept, beside, type Check, type Frame, isSettled, type Node, type Step, silent } from './step.ts';

type Make = (asked: Json, maker: Maker, reject: Reject) => Check | undefined;

export const logic: Readonly<Partial<Record<Keyword, Make>>> = {
  $ref: (asked, maker) => {
    const target = typeof asked === 'string' ? maker.resolve(asked) : undefined;
    return target && ((value, frame) => follow(target, value, frame));
  },
  $dynamicRef: (asked, maker) => {
    if (typeof asked !== 'string') return undefined;
    return (value, frame) => {
      const target = resolveDynamic(frame.run.refs, maker.location, asked, frame.scope);
      return target === undefined || follow(() => maker.node(target), value, frame);
    };
  },
  $recursiveRef: (asked, maker) => {
    if (typeof asked !== 'string') return undefined;
    return (value, frame) => {
      const target = resolveRecursive(frame.run.refs, maker.location, asked, frame.scope);
      return target === undefined || follow(() => maker.node(target), value, frame);
    };
  },
  allOf: (asked, maker) => {
    const nodes = branches('allOf', asked, maker);
    return (value, frame) => all(nodes, value, frame);
  },
  anyOf: (asked, maker, reject) => {
    const nodes = branches('anyOf', asked, maker);
    return (value, frame) => any(nodes, value, frame, reject);
  },
  oneOf: (asked, maker, reject) => {
    const nodes = branches('oneOf', asked, maker);
    return (value, frame) => one(nodes, value, frame, reject);
  },
  not: (asked, maker, reject) => {
    const node = maker.child(['not'], asked);
    return (value, frame) => negated(node, value, frame, reject);
  },
  // without `then` and `else` it decides nothing, and still evaluates (Core §10.2.2.1)
  if: (asked, maker, reject) => {
    const node = maker.child(['if'], asked);
    const branch = (keyword: 'then' | 'else') => {
      const schema = active(maker.schema, keyword, maker.dialect);
      return schema === undefined || !isSchema(schema) ? undefined : maker.child([keyword], schema);
    };
    const [consequence, alternative] = [branch('then'), branch('else')];
    return (value, frame) => conditional(node, consequence, alternative, value, frame, reject);
  },
};

function branches(keyword: Keyword, asked: Json, maker: Maker): readonly (() => Node)[] {
  const list = isArray(asked) ? asked : [];
  return list.flatMap((schema, index) => (isSchema(schema) ? [maker.child([keyword, String(index)], schema)] : []));
}

function* follow(target: () => Node, value: Json, frame: Frame): Step {
  followReference(frame.run.work, value);
  const own = beside(frame);
  const outcome = apply(target(), value, own);
  const isValid = typeof outcome === 'boolean' ? outcome : yield outcome;
  if (isValid) accept(frame, own);
  return isValid;
}

function* all(nodes: readonly (() => Node)[], value: Json, frame: Frame): Step {
  let isValid = true;
  for (const node of nodes) {
    const own = beside(frame);
    const outcome = apply(node(), value, own);
    if (typeof outcome === 'boolean' ? outcome : yield outcome) accept(frame, own);
    else if (isSettled(frame)) return false;
    else isValid = false;
  }
  return isValid;
}

/** Each branch that accepts lends what it evaluated, so all of them are asked where that matters. */
function* any(nodes: readonly (() => Node)[], value: Json, frame: Frame, reject: Reject): Step {
  const { rejections } = frame.run;
  const before = rejections?.length ?? 0;
  let isValid = false;
  for (const node of nodes) {
    const own = beside(frame);
    const outcome = apply(node(), value, own);
    if (!(typeof outcome === 'boolean' ? outcome : yield outcome)) continue;
    isValid = true;
    if (frame.evaluated === undefined) break;
    accept(frame, own);
  }
  if (!isValid) return reject(frame);
  rejections?.splice(before);
  return true;
}

function* one(nodes: readonly (() => Node)[], value: Json, frame: Frame, reject: Reject): Step {
  const { rejections } = frame.run;
  const before = rejections?.length ?? 0;
  const passing: number[] = [];
  for (const [index, node] of nodes.entries()) {
    const own = beside(frame);
    const outcome = apply(node(), value, own);
    if (!(typeof outcome === 'boolean' ? outcome : yield outcome)) continue;
    passing.push(index);
    if (passing.length > 1) break;
    accept(frame, own);
  }
  if (passing.length === 0) return reject(frame);
  rejections?.splice(before);
  return passing.length === 1 || reject(frame, { passingSchemas: passing });
}

function* negated(node: () => Node, value: Json, frame: Frame, reject: Reject): Step {
  const outcome = apply(node(), value, beside(silent(frame)));
  return !(typeof outcome === 'boolean' ? outcome : yield outcome) || reject(frame);
}

function* conditional(
  condition: () => Node,
  consequence: (() => Node) | undefined,
  alternative: (() => Node) | undefined,
  value: Json,
  frame: Frame,
  reject: Reject,
): Step {
  const asked = beside(silent(frame));
  const outcome = apply(condition(), value, asked);
  const applies = typeof outcome === 'boolean' ? outcome : yield outcome;
  if (applies) accept(frame, asked);
  const node = applies ? consequence : alternative;
  if (node === undefined) return true;
  const own = beside(frame);
  const result = apply(node(), value, own);
  const isValid = typeof result === 'boolean' ? result : yield result;
  if (!isValid) return reject(frame, { failingKeyword: applies ? 'then' : 'else' });
  accept(frame, own);
  return true;
}
