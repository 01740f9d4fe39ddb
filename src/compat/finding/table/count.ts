/** Rows about a count with a lower or upper limit: lengths, items, properties, matching items. */
import { backward, type Example, forward, type Row } from '../row.ts';
import { show } from '../words.ts';

/** What is counted, and values with `n` of it. */
export interface Counted {
  readonly keyword: string;
  /** `length`, `number of items`. */
  readonly words: string;
  readonly of: (n: number) => Example['previous'];
  /** What must stand beside the keyword for it to mean anything. */
  readonly beside?: Readonly<Record<string, Example['previous']>>;
}

type Step = readonly [previous: number, next: number];

/** The limit moves from one number to another; `raises` and `lowers` say which id this is. */
export function counted(counts: Counted, [previous, next]: Step, mirror: Row['mirror']): Row {
  const atLeast = counts.keyword.startsWith('min');
  const narrows = atLeast === next > previous;
  const limit = atLeast ? 'minimum' : 'maximum';
  const example = {
    previous: { ...counts.beside, [counts.keyword]: previous },
    next: { ...counts.beside, [counts.keyword]: next },
    ...(narrows ? { lost: counts.of(previous) } : { gained: counts.of(next) }),
    at: `/${counts.keyword}`,
    open: narrows ? backward : forward,
    closed: narrows ? backward : forward,
  };
  return {
    meaning: `The ${limit} ${counts.words} is ${next > previous ? 'higher' : 'lower'}: ${narrows ? 'fewer' : 'more'} values pass.`,
    effect: narrows ? 'narrows' : 'widens',
    quiet: 'info',
    mirror,
    example,
    message: (p, at) =>
      `${at}: the ${limit} ${counts.words} ${next > previous ? 'rises' : 'falls'} from ${show(p.previous)} to ${show(p.next)}.`,
    hint: narrows
      ? `Keep ${counts.keyword} as it was for reading and hold producers to the new limit.`
      : 'Consumers on the previous version reject what is newly allowed.',
  };
}
