/** What one document says in the same words as the other, at the same place: it is compiled once for both. */
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';

/** Whether `left` and `right` are equal and refer to nothing: only then do they mean the same wherever they stand. */
export type Unchanged = (left: Json, right: Json) => boolean;

interface Judged {
  readonly right: JsonObject;
  readonly alike: boolean;
}

const referring = new Set(['$ref', '$dynamicRef', '$recursiveRef']);

/** Every object is looked at once, however often it is asked about together with the objects around it. */
export function unchanged(): Unchanged {
  const judged = new Map<JsonObject, Judged>();
  const alike: Unchanged = (left, right) => {
    if (isArray(left)) {
      return isArray(right) && left.length === right.length && left.every((each, at) => alike(each, right[at] as Json));
    }
    if (!isObject(left) || !isObject(right)) return left === right;
    const known = judged.get(left);
    if (known?.right === right) return known.alike;
    const found = alikeObjects(left, right);
    judged.set(left, { right, alike: found });
    return found;
  };
  const alikeObjects = (left: JsonObject, right: JsonObject): boolean => {
    const names = Object.keys(left);
    return (
      names.length === Object.keys(right).length &&
      names.every((name) => !refers(name, left[name]) && Object.hasOwn(right, name) && alike(left[name]!, right[name]!))
    );
  };
  return alike;
}

/** Not a property that is called `$ref`: its value is a schema. */
function refers(name: string, value: Json | undefined): boolean {
  return typeof value === 'string' && referring.has(name);
}
