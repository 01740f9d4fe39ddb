/** Level, world and formats: which edits count as breaks. */
import type { Catalog } from '../../schema/catalog.ts';
import { durationDays } from '../../schema/duration.ts';
import { breakPolicies } from '../../schema/level.ts';
import type { FindWeakenings, Weakening } from './weakening.ts';

type Level = Catalog['level'];

export const compatibilityWeakenings: FindWeakenings = function* (before, now) {
  const level = joined(before.level, now.level);
  if (level !== now.level) yield { ...change('level', before, now), restore: (catalog) => ({ ...catalog, level }) };
  // every event of the closed world is one of the open world too, so a break in the first is a break in the second
  if (before.world === 'open' && now.world === 'closed') yield change('world', before, now);
  if (before.formats === 'assert' && now.formats === 'annotate') yield change('formats', before, now);
  if (strictness(now.breaks) < strictness(before.breaks)) yield optional('breaks', before, now);
  if (before.history !== 'retained' && now.history === 'retained') yield optional('history', before, now);
  if (now.quietReaders !== undefined && shorter(now.quietReaders, before.quietReaders))
    yield optional('quietReaders', before, now);
};

function strictness(policy: Catalog['breaks'] = 'any'): number {
  return breakPolicies.toReversed().indexOf(policy);
}

/** The sooner a reader is called quiet, the fewer count. */
function shorter(now: string, before: string | undefined): boolean {
  return before === undefined || (durationDays(now) ?? 0) < (durationDays(before) ?? 0);
}

function optional(member: 'breaks' | 'history' | 'quietReaders', before: Catalog, now: Catalog): Weakening {
  const { [member]: is = null } = now;
  const was = before[member];
  return {
    pointer: is === null ? '' : `/${member}`,
    what: `"${member}"`,
    before: was ?? null,
    now: is,
    restore: (catalog) => ({ ...catalog, [member]: was }),
  };
}

function change(member: 'level' | 'world' | 'formats', before: Catalog, now: Catalog): Weakening {
  return {
    pointer: `/${member}`,
    what: `the ${member}`,
    before: before[member],
    now: now[member],
    restore: (catalog) => ({ ...catalog, [member]: before[member] }),
  };
}

/** The least level that demands all that both demand. */
function joined(one: Level, other: Level): Level {
  const both = [one, other];
  const backward = both.some((level) => /^(BACKWARD|FULL)/.test(level));
  const forward = both.some((level) => /^(FORWARD|FULL)/.test(level));
  const transitive = both.some((level) => level.endsWith('_TRANSITIVE')) ? '_TRANSITIVE' : '';
  if (!backward && !forward) return 'NONE';
  return `${backward && forward ? 'FULL' : backward ? 'BACKWARD' : 'FORWARD'}${transitive}`;
}
