/** What one document says in the same words as the other, at the same place: it is compiled once for both. */
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';

/** Whether `left` and `right` are equal and refer to nothing: only then do they mean the same wherever they stand. */
export type Unchanged = (left: Json, right: Json) => boolean;

const referring = new Set(['$ref', '$dynamicRef', '$recursiveRef']);

/** Every object is looked at once, however often it is asked about together with the objects around it. */
export function unchanged(): Unchanged {
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
      if (refers(name, left[name]) || !Object.hasOwn(right, name) || !alike(left[name]!, right[name]!)) return false;
    }
    return true;
  };
  return alike;
}

/** Not a property that is called `$ref`: its value is a schema. */
function refers(name: string, value: Json | undefined): boolean {
  return typeof value === 'string' && referring.has(name);
}
