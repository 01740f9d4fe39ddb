/** JSON Patch (RFC 6902) as far as fixes need it: add, remove, replace. The input is left as it is. */
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { segments } from '../../schema/pointer.ts';
import type { Patch } from '../report.ts';

type Operation = Patch[number];
type Mutable = null | boolean | number | string | Mutable[] | { [key: string]: Mutable };

/** The patched value, of which what no operation works on is the input's; undefined where one finds nothing to work on. */
export function applyPatch(root: Json, patch: Patch): Json | undefined {
  // one holder around the root, so that the whole can be replaced like a part
  const holder: { root: Mutable } = { root: root as Mutable };
  const copies = new Set<Mutable>([holder]);
  for (const operation of patch) {
    const path = ['root', ...segments(operation.path)];
    let at: Mutable | undefined = holder;
    for (const key of path.slice(0, -1)) at = at === undefined ? undefined : copiedChild(at, key, copies);
    if (at === undefined || !edit(at, path.at(-1) as string, operation)) return undefined;
  }
  return holder.root;
}

/** The part of `value` under `key`, in its place a copy that may be written to: made once, however many operations meet it. */
function copiedChild(value: Mutable, key: string, copies: Set<Mutable>): Mutable | undefined {
  const child = childOf(value, key);
  if (typeof child !== 'object' || child === null || copies.has(child)) return child;
  const copy = Array.isArray(child) ? child.slice() : { ...child };
  copies.add(copy);
  if (Array.isArray(value)) value[Number(key)] = copy;
  else setMember(value, key, copy);
  return copy;
}

function childOf(value: Mutable, key: string): Mutable | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Plain assignment to `__proto__` would set the prototype. */
function setMember(object: Mutable, key: string, value: Mutable): void {
  if (typeof object !== 'object' || object === null) return;
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function edit(at: Mutable, key: string, { op, value }: Operation): boolean {
  if (op !== 'remove' && value === undefined) return false;
  const given = value as Mutable;
  if (Array.isArray(at)) return editArray(at, key, op, given);
  if (typeof at !== 'object' || at === null || (op !== 'add' && !Object.hasOwn(at, key))) return false;
  if (op === 'remove') delete at[key];
  else setMember(at, key, given);
  return true;
}

function editArray(at: Mutable[], key: string, op: Operation['op'], given: Mutable): boolean {
  const index = key === '-' ? at.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > at.length - (op === 'add' ? 0 : 1)) return false;
  if (op === 'remove') at.splice(index, 1);
  else at.splice(index, op === 'add' ? 0 : 1, given);
  return true;
}

/**
 * Several patches as one, whatever their order: what is set twice is merged, what lies below a part that another one sets
 * anew is left out, and removals from lists come last and from the end, so that no index moves under another.
 */
export function combined(patches: readonly Patch[]): Patch {
  const kept = patches.flatMap((patch, index) =>
    patch.filter(({ path }) => !patches.some((other, at) => at !== index && other.some((each) => isAbove(each, path)))),
  );
  const operations = new Map<string, Operation>();
  for (const operation of kept) {
    const isAppended = operation.path.endsWith('/-');
    const key = isAppended ? JSON.stringify(operation) : `${operation.op} ${operation.path}`;
    const known = operations.get(key);
    operations.set(
      key,
      known === undefined ? operation : { ...operation, value: merged(known.value, operation.value) },
    );
  }
  const all = [...operations.values()];
  const isItem = ({ op, path }: Operation) => op === 'remove' && /\/\d+$/.test(path);
  const items = all.filter(isItem).sort((left, right) => indexOf(right) - indexOf(left));
  return [...all.filter((operation) => !isItem(operation)), ...items];
}

function isAbove({ op, path }: Operation, below: string): boolean {
  return op !== 'remove' && below.length > path.length && below.startsWith(path) && below[path.length] === '/';
}

function merged(left: Json | undefined, right: Json | undefined): Json | undefined {
  if (isArray(left) && isArray(right)) return [...new Set([...left, ...right])];
  if (isObject(left) && isObject(right)) return { ...left, ...right };
  return right;
}

function indexOf({ path }: Operation): number {
  return Number(path.slice(path.lastIndexOf('/') + 1));
}
