/** Whether a version is more sensitive than the one before it: its consumers may need a higher clearance. */
import { type Effective, effectiveSensitivity } from '../policy/effective.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { Pointer } from '../schema/pointer.ts';

export interface Sensitive {
  readonly document: SchemaDocument;
  /** Of the event as a whole. */
  readonly classification?: string;
}

export interface Raised {
  readonly previous: string;
  readonly classification: string;
  /** Fields more sensitive than they were, or new and more sensitive than the event was; as pointers into the schema. */
  readonly pointers: readonly Pointer[];
}

/** Undefined where nothing is more sensitive than before. An event that had no level cannot be raised from it. */
export function raised(levels: readonly string[], before: Sensitive, now: Sensitive): Raised | undefined {
  const { classification: previous } = before;
  const { classification } = now;
  if (previous === undefined || classification === undefined) return undefined;
  const rank = (level: string | undefined) => levels.indexOf(level ?? '');
  const parts = effectiveSensitivity(before.document, levels, previous);
  const isRaised = ({ instance, stated, classification: level }: Effective) =>
    // a part without a level of its own has the event's level, which is compared below
    stated && rank(level) > rank((parts.get(instance) ?? { classification: previous }).classification);
  const fields = [...effectiveSensitivity(now.document, levels, classification).values()].filter(isRaised);
  if (rank(classification) <= rank(previous) && fields.length === 0) return undefined;
  return { previous, classification, pointers: [...new Set(fields.map(({ pointer }) => pointer))].sort() };
}
