/** The element at an index that is known to exist: a wrong index is a bug and says so, where a cast would hide it. */
export function nth<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`there is no element ${index} among ${list.length}`);
  return found;
}
