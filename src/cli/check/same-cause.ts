/**
 * One cause is one finding: what events share (a file of definitions, a field of another event) is found in each of them. The first
 * tells it, with the others beside it; each keeps the fingerprint that waivers and the registry know.
 */
import { canonicalize } from '../../schema/canonical.ts';
import { parseRegisteredUri } from '../../schema/registered.ts';
import type { Collection } from '../source/collection.ts';
import type { AlsoIn, Placed } from './run.ts';

export function mergedCauses(findings: readonly Placed[], collections: readonly Collection[]): readonly Placed[] {
  const definitions = new Map(
    collections.flatMap(({ catalog, definitions: all }) => all.map((one) => [`${catalog.name}/${one.subject}`, one])),
  );
  const groups = new Map<string, Placed[]>();
  for (const placed of findings) {
    const sharedAt = definitions.get(`${placed.catalog}/${placed.subject}`)?.sharedAt;
    const key = keyOf(placed, causeOf(placed, sharedAt));
    const group = groups.get(key);
    // of one event each finding stands for itself
    if (group && !group.some((one) => isSameSubject(one, placed))) group.push(placed);
    else groups.set(group ? `${key} ${groups.size}` : key, [placed]);
  }
  return [...groups.values()].map(([first, ...more]) => {
    const alsoIn = more.map(({ catalog, subject, file, finding }): AlsoIn => {
      const { fingerprint } = finding;
      return { catalog, subject, file, fingerprint };
    });
    return alsoIn.length === 0 ? first! : { ...first!, alsoIn };
  });
}

/** The place it is about, wherever events share it. */
function causeOf(
  { catalog, subject, finding }: Placed,
  sharedAt: ((pointer: string) => string | undefined) | undefined,
) {
  const { origin = `#${finding.nextPointer ?? ''}` } = finding;
  const [uri = '', pointer = ''] = origin.split('#');
  const named = parseRegisteredUri(uri);
  if (named) return `${named.catalog}/${named.subject}#${pointer}`;
  return sharedAt?.(pointer) ?? `${catalog}/${subject}#${pointer}`;
}

function keyOf({ finding }: Placed, cause: string): string {
  const { rule, severity, waiver, preexisting = false, params } = finding;
  // what a person permitted for one event is shown for that event
  if (waiver) return `${finding.fingerprint} ${waiver.id}`;
  const { field: _, fields: __, ...same } = params;
  return canonicalize([cause, rule, severity, preexisting, same]);
}

function isSameSubject(one: Placed, other: Placed): boolean {
  return one.catalog === other.catalog && one.subject === other.subject;
}
