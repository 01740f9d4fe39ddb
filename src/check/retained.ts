/**
 * Versions whose events can no longer exist: retention has passed since a newer version took over and the last event was sent. New
 * readers need not read them. Nothing is guessed: without a date, a retention or a last event that is known a version stays.
 */
import { enforcedDirections } from '../compat/compare.ts';
import { looksAtAll } from '../compat/history.ts';
import type { Comparison, Level } from '../compat/report.ts';
import { type Catalog, retentionDays } from '../schema/catalog.ts';
import { addDays } from '../schema/duration.ts';
import { parseSubject } from '../schema/subject.ts';
import type { PastVersion } from './input.ts';

export interface LeftOut {
  readonly number: number;
  readonly because: string;
}

export interface RetainedOptions {
  readonly subject: string;
  readonly catalog: Catalog;
  readonly level: Level;
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** Of `versions`, oldest first, those of which no event is left. The latest is never among them. */
export function versionsLeftOut(versions: readonly PastVersion[], options: RetainedOptions): readonly LeftOut[] {
  const { catalog, level } = options;
  if (catalog.history !== 'retained' || !looksAtAll(level) || !enforcedDirections(level).includes('backward'))
    return [];
  return versions.slice(0, -1).flatMap((version, index) => leftOut(version, versions[index + 1], options));
}

function leftOut(
  version: PastVersion,
  next: PastVersion | undefined,
  { subject, catalog, today }: RetainedOptions,
): readonly LeftOut[] {
  const days = keptDays(version, subject, catalog);
  const { lastProduced } = version;
  const takenOver = next?.createdAt?.slice(0, 10);
  if (days === undefined || lastProduced === undefined || takenOver === undefined) return [];
  const last = lastProduced > takenOver ? lastProduced : takenOver;
  // an event that is kept for a day is there all of the next one
  const gone = addDays(last, days + 1);
  if (gone >= today) return [];
  const because = `its last event was sent on ${lastProduced}, version ${next?.number} took over on ${takenOver}, and events are kept for ${days} days: none is left since ${gone}`;
  return [{ number: version.number, because }];
}

/** The longest that its events may be kept; undefined where that is not stated, or for ever. */
function keptDays({ contract }: PastVersion, subject: string, catalog: Catalog): number | undefined {
  const domain = parseSubject(subject)?.domain;
  const ofDomain = domain !== undefined && Object.hasOwn(catalog.domains, domain) ? catalog.domains[domain] : undefined;
  const stated = contract.retention ?? ofDomain?.retention;
  const days = stated === undefined ? undefined : retentionDays(catalog, stated)?.max;
  return days === undefined || !Number.isFinite(days) ? undefined : days;
}

/** The level at which a version without events is compared: its readers may still run. */
export function levelWithoutEvents(level: Level): Level {
  return enforcedDirections(level).includes('forward') ? 'FORWARD_TRANSITIVE' : 'NONE';
}

/** The comparison without what would break stored events: there are none. */
export function withoutStoredEvents<C extends Pick<Comparison, 'worlds'>>(comparison: C): C {
  const { closed, open } = comparison.worlds;
  const backward = { verdict: 'compatible', steps: 0 } as const;
  return { ...comparison, worlds: { closed: { ...closed, backward }, open: { ...open, backward } } };
}
