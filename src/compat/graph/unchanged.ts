/** What one document says in the same words as the other, at the same place: it is compiled once for both. */
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
import type { References, SchemaLocation } from '../../schema/reference.ts';

/** Whether `left` and `right` are equal and refer to nothing that is not: only then do they mean the same. */
export type Unchanged = (left: Json, right: Json) => boolean;

const referring = new Set(['$ref', '$dynamicRef', '$recursiveRef']);

/** Every object is looked at once, however often it is asked about together with the objects around it. */
export function unchanged(isTargetUnchanged: (reference: string) => boolean = () => false): Unchanged {
  const [same, other] = [new Map<JsonObject, JsonObject>(), new Map<JsonObject, JsonObject>()];
  const alike: Unchanged = (left, right) => {
    if (isArray(left)) {
      return isArray(right) && left.length === right.length && left.every((each, at) => alike(each, right[at] as Json));
    }
    if (!isObject(left) || !isObject(right)) return left === right;
    if (same.get(left) === right) return true;
    if (other.get(left) === right) return false;
    const found = alikeObjects(left, right);
    (found ? same : other).set(left, right);
    return found;
  };
  const alikeObjects = (left: JsonObject, right: JsonObject): boolean => {
    const names = Object.keys(left);
    if (names.length !== Object.keys(right).length) return false;
    for (const name of names) {
      if (!Object.hasOwn(right, name)) return false;
      const [one, two] = [left[name], right[name]] as [Json, Json];
      if (!alike(one, two)) return false;
      if (refers(name, one) && !(name === '$ref' && isTargetUnchanged(one))) return false;
    }
    return true;
  };
  return alike;
}

/** Not a property that is called `$ref`: its value is a schema. */
function refers(name: string, value: Json | undefined): value is string {
  return typeof value === 'string' && referring.has(name);
}

/** A schema that references lead to, as far as it is known whether it means the same on both sides. */
interface Target {
  readonly left: Json;
  readonly right: Json;
  isUnchanged: boolean;
  readonly referredBy: Target[];
}

/** What a reference leads to: one schema on both sides, nothing on both, or what cannot be compared. */
type Found = Target | 'nothing' | 'other';

/**
 * The same for schemas in the documents themselves, where a reference means the same wherever it stands; undefined where one of the
 * documents is more than one resource, or they are of two dialects. Schemas that refer to one another are unchanged together: as
 * long as no difference is found that any of them leads to.
 */
export function unchangedWithReferences(own: References, twin: References): Unchanged | undefined {
  const [{ resource: mine }, { resource: theirs }] = [own.root, twin.root];
  if (!own.isOneResource || !twin.isOneResource || mine.dialect !== theirs.dialect) return undefined;
  const byReference = new Map<string, Found>();
  const byPointer = new Map<Pointer, Target>();
  const waiting: Target[] = [];

  const find = (reference: string): Found => {
    const known = byReference.get(reference) ?? resolveBoth(reference);
    byReference.set(reference, known);
    return known;
  };
  const resolveBoth = (reference: string): Found => {
    const [left, right] = [own.resolve(own.root, reference), twin.resolve(twin.root, reference)];
    // what is not here is known by its absolute name
    if (left === undefined && right === undefined) return mine.uri === theirs.uri ? 'nothing' : 'other';
    if (left?.resource !== mine || right?.resource !== theirs || left.pointer !== right.pointer) return 'other';
    return byPointer.get(left.pointer) ?? entered(left, right);
  };
  const entered = ({ pointer, schema }: SchemaLocation, right: SchemaLocation): Target => {
    const target: Target = { left: schema, right: right.schema, isUnchanged: true, referredBy: [] };
    byPointer.set(pointer, target);
    waiting.push(target);
    return target;
  };

  /** Looks at whatever waits and all that it leads to, then takes back what a difference was found below. */
  const settle = (): void => {
    const changed: Target[] = [];
    const change = (target: Target): void => {
      if (target.isUnchanged) changed.push(target);
      target.isUnchanged = false;
    };
    for (let target = waiting.pop(); target !== undefined; target = waiting.pop()) {
      const from = target;
      const isHere = (reference: string): boolean => {
        const found = find(reference);
        if (typeof found === 'string') return found === 'nothing';
        found.referredBy.push(from);
        return found.isUnchanged;
      };
      if (!unchanged(isHere)(target.left, target.right)) change(target);
    }
    for (let target = changed.pop(); target !== undefined; target = changed.pop()) target.referredBy.forEach(change);
  };

  return unchanged((reference) => {
    const found = find(reference);
    settle();
    return typeof found === 'string' ? found === 'nothing' : found.isUnchanged;
  });
}
