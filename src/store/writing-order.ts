/** The order in which versions can be written again: each after those of its subject before it, and after those it refers to. */

export interface VersionKey {
  readonly subjectId: number;
  readonly number: number;
}

export interface Link extends VersionKey {
  readonly targetId: number;
  readonly targetNumber: number;
}

/** `subjects` gives the order where nothing else does; `keys` are all versions, each subject's by rising number from 1. */
export function writingOrder(
  subjects: readonly number[],
  keys: readonly VersionKey[],
  links: readonly Link[],
): readonly VersionKey[] {
  const latest = new Map(keys.map(({ subjectId, number }) => [subjectId, number]));
  const targets = new Map<string, Link[]>();
  for (const link of links) {
    const key = `${link.subjectId} ${link.number}`;
    targets.set(key, [...(targets.get(key) ?? []), link]);
  }
  const written = new Map<number, number>();
  const order: VersionKey[] = [];
  const isWritten = (subjectId: number, number: number) => (written.get(subjectId) ?? 0) >= number;
  for (const subject of subjects) {
    const waiting: VersionKey[] = [{ subjectId: subject, number: latest.get(subject) ?? 0 }];
    for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
      const { subjectId } = top;
      if (isWritten(subjectId, top.number)) {
        waiting.pop();
        continue;
      }
      const number = (written.get(subjectId) ?? 0) + 1;
      const missing = targets.get(`${subjectId} ${number}`)?.find((to) => !isWritten(to.targetId, to.targetNumber));
      if (missing) {
        // what is referred to was there first, so nothing waits for itself
        waiting.push({ subjectId: missing.targetId, number: missing.targetNumber });
        continue;
      }
      order.push({ subjectId, number });
      written.set(subjectId, number);
    }
  }
  return order;
}
