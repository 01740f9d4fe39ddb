/** The grammar of names: a changed one that accepts names the one before refuses. */
import type { Catalog } from '../../schema/catalog.ts';
import type { Json } from '../../schema/json.ts';
import type { FindWeakenings } from './weakening.ts';

type Names = Catalog['names'];

export const nameWeakenings: FindWeakenings = function* (before, now) {
  if (!isLooser(before.names, now.names)) return;
  yield {
    pointer: '/names',
    what: 'the grammar of names',
    before: shown(before.names),
    now: shown(now.names),
    restore: (catalog) => ({ ...catalog, names: before.names }),
  };
};

function isLooser(was: Names, is: Names): boolean {
  const min = ({ segments }: Names) => segments.filter(({ optional }) => !optional).length;
  if (min(is) < min(was) || is.segments.length > was.segments.length) return true;
  if (is.major !== was.major && was.major !== 'optional') return true;
  // shorter grammars align differently; a style is only compared where both have as many segments
  if (is.segments.length !== was.segments.length) return false;
  return is.segments.some(({ style }, index) => {
    const past = was.segments[index]?.style;
    return past !== 'any' && past !== style;
  });
}

function shown({ segments, major }: Names): Json {
  const parts = segments.map(
    ({ name, style, optional }) => `${optional ? '[' : ''}${name}:${style}${optional ? ']' : ''}`,
  );
  return `${parts.join('.')}, major ${major}`;
}
