/** JSON Patch (RFC 6902) as far as fixes need it: add, remove, replace. The input is left as it is. */
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { segments } from '../../schema/pointer.ts';
import type { Patch } from '../report.ts';

type Operation = Patch[number];

/** The patched value; undefined where an operation finds nothing to work on. */
export function applyPatch(root: Json, patch: Patch): Json | undefined {
  let value: Json | undefined = root;
  for (const operation of patch) {
    if (value === undefined) return undefined;
    value = edit(value, segments(operation.path), operation);
  }
  return value;
}

function edit(value: Json, path: readonly string[], operation: Operation): Json | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return operation.op === 'remove' ? undefined : operation.value;
  if (rest.length > 0) {
    const inside = childOf(value, head);
    const edited = inside === undefined ? undefined : edit(inside, rest, operation);
    return edited === undefined ? undefined : withChild(value, head, edited);
  }
  return isArray(value) ? editArray(value, head, operation) : editObject(value, head, operation);
}

function childOf(value: Json, key: string): Json | undefined {
  if (isArray(value)) return value[Number(key)];
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function withChild(value: Json, key: string, child: Json): Json | undefined {
  if (isArray(value)) return value.map((each, index) => (index === Number(key) ? child : each));
  return isObject(value)
    ? fromEntries([...Object.entries(value).map(([name, each]) => [name, name === key ? child : each] as const)])
    : undefined;
}

function editArray(value: readonly Json[], key: string, { op, value: given }: Operation): Json | undefined {
  const index = key === '-' ? value.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > value.length - (op === 'add' ? 0 : 1)) return undefined;
  if (op === 'remove') return value.toSpliced(index, 1);
  return given === undefined ? undefined : value.toSpliced(index, op === 'add' ? 0 : 1, given);
}

function editObject(value: Json, key: string, { op, value: given }: Operation): Json | undefined {
  if (!isObject(value) || (op !== 'add' && !Object.hasOwn(value, key))) return undefined;
  const rest = Object.entries(value).filter(([name]) => name !== key);
  if (op === 'remove') return fromEntries(rest);
  return given === undefined ? undefined : fromEntries([...rest, [key, given]]);
}

/** Object.fromEntries defines own members even for `__proto__`. */
function fromEntries(entries: readonly (readonly [string, Json])[]): Json {
  return Object.fromEntries(entries);
}

/** Several patches as one: removals from lists last and from the end, so that no index moves under another. */
export function combined(patches: readonly Patch[]): Patch {
  const seen = new Set<string>();
  const operations = patches.flat().filter((operation) => {
    const key = JSON.stringify(operation);
    return seen.has(key) ? false : seen.add(key);
  });
  const isItem = ({ op, path }: Operation) => op === 'remove' && /\/\d+$/.test(path);
  const items = operations.filter(isItem).sort((left, right) => indexOf(right) - indexOf(left));
  return [...operations.filter((operation) => !isItem(operation)), ...items];
}

function indexOf({ path }: Operation): number {
  return Number(path.slice(path.lastIndexOf('/') + 1));
}
