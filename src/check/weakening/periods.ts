/** Periods: how long a deprecation must last and whom it waits for, and how long events may be kept. */
import { type Catalog, retentionDays } from '../../schema/catalog.ts';
import { durationDays } from '../../schema/duration.ts';
import { append } from '../../schema/pointer.ts';
import type { FindWeakenings } from './weakening.ts';

const periods = { notice: 'notice period', dualWrite: 'dual-writing period', quiet: 'quiet period' } as const;

export const periodWeakenings: FindWeakenings = function* (before, now) {
  for (const member of ['notice', 'dualWrite', 'quiet'] as const)
    if ((durationDays(now.deprecation[member]) ?? 0) < (durationDays(before.deprecation[member]) ?? 0))
      yield {
        pointer: `/deprecation/${member}`,
        what: `the ${periods[member]} of deprecations`,
        before: before.deprecation[member],
        now: now.deprecation[member],
        restore: (catalog) => ({
          ...catalog,
          deprecation: { ...catalog.deprecation, [member]: before.deprecation[member] },
        }),
      };
  if (now.deprecation.waitFor === 'readers' && before.deprecation.waitFor !== 'readers')
    yield {
      pointer: '/deprecation/waitFor',
      what: 'whom a retirement waits for',
      before: before.deprecation.waitFor ?? null,
      now: now.deprecation.waitFor,
      restore: ({ deprecation: { waitFor: _, ...deprecation }, ...catalog }) => ({ ...catalog, deprecation }),
    };
  for (const [name, row] of Object.entries(before.retention?.classes ?? {})) {
    const [was, is] = [retentionWindow(before, name), retentionWindow(now, name)];
    const [stated] = [now.retention?.classes[name]];
    if (!was || !is || !stated) continue;
    const isShorter = is.max < was.max && leavesOutVersions(before, now);
    if (is.max <= was.max && is.min >= was.min && !isShorter) continue;
    yield {
      pointer: append('/retention/classes', name),
      what: `retention class "${name}"`,
      before: { min: row.min, max: row.max },
      now: { min: stated.min, max: stated.max },
      restore: (catalog) => ({
        ...catalog,
        retention: { classes: { ...catalog.retention?.classes, [name]: row } },
      }),
    };
  }
};

/** Whether the sooner events are gone, the fewer versions a change is held against. */
export function leavesOutVersions(...catalogs: readonly Pick<Catalog, 'history'>[]): boolean {
  return catalogs.every(({ history }) => history === 'retained');
}

/** In days; undefined where none is stated. */
export function retentionWindow(catalog: Catalog, stated: string | undefined) {
  return stated === undefined ? undefined : retentionDays(catalog, stated);
}
