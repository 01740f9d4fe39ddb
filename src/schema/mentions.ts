/** Whether a name occurs anywhere in JSON, as the name of a member. Iterative, and asked before anybody knows what is a schema. */
import { isArray, isObject, type Json } from './json.ts';

export function mentions(root: Json, names: ReadonlySet<string>): boolean {
  const stack = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (isArray(at)) for (const item of at) stack.push(item);
    else if (isObject(at))
      for (const name of Object.keys(at)) {
        if (names.has(name)) return true;
        stack.push(at[name] ?? null);
      }
  }
  return false;
}
