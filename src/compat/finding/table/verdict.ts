import { backward, neither, type Row, type Rows } from '../row.ts';
import { text } from '../words.ts';

function undecided(meaning: string, hint: string): Row {
  return {
    meaning,
    effect: 'undecided',
    quiet: 'warning',
    mirror: { none: 'the same reason holds for both directions or for one' },
    unshown: 'whether it appears depends on budgets and on what the engine decides: see the tests of attribution',
    message: (p, at) => `${at}: not decided: ${text(p, 'detail')}`,
    hint,
  };
}

const simplify = 'Simplify the schema at this place.';

/** A row is a statement about the comparison as a whole, or about what no single edit explains; attribution makes them. */
export const verdictRows: Rows<'verdict'> = {
  VALUES_REJECTED: {
    meaning: 'Values are rejected that were accepted, and no single edit explains it.',
    effect: 'replaces',
    quiet: 'warning',
    mirror: 'VALUES_REJECTED',
    unshown: 'it is what remains when no edit covers a break: see the tests of attribution',
    message: (p, at) =>
      `${at}: values the writer may send are rejected by ${text(p, 'keyword')}${typeof p.detail === 'string' ? `: ${p.detail}` : ''}.`,
    hint: 'The witness shows one such event.',
  },
  NOTHING_ACCEPTED: {
    meaning: 'The next version accepts no event at all.',
    effect: 'narrows',
    quiet: 'warning',
    mirror: 'OLD_UNSATISFIABLE',
    example: {
      previous: { type: 'integer' },
      next: { type: 'integer', minimum: 5, maximum: 4 },
      lost: 0,
      at: '',
      open: backward,
      closed: backward,
    },
    message: (_, at) => `${at}: no value satisfies the next version.`,
    hint: 'Two constraints contradict each other.',
  },
  OLD_UNSATISFIABLE: {
    meaning: 'The previous version accepted no event at all, so that nothing it wrote can break.',
    effect: 'widens',
    quiet: 'warning',
    mirror: 'NOTHING_ACCEPTED',
    example: {
      previous: { type: 'integer', minimum: 5, maximum: 4 },
      next: { type: 'integer' },
      gained: 0,
      at: '',
      open: neither,
      closed: neither,
    },
    message: (_, at) => `${at}: no value satisfied the previous version, so there is no event that could break.`,
  },
  VALUE_SET_UNCHANGED: {
    meaning: 'The schema is written differently and accepts exactly the same values.',
    effect: 'none',
    quiet: 'info',
    mirror: 'VALUE_SET_UNCHANGED',
    example: {
      previous: { type: 'integer', minimum: 0, maximum: 10, not: { enum: [3] } },
      next: { type: 'integer', minimum: 0, maximum: 10, allOf: [{ anyOf: [{ maximum: 2 }, { minimum: 4 }] }] },
      at: '',
      open: neither,
      closed: neither,
    },
    message: (_, at) => `${at}: the same values are accepted as before.`,
  },
  TYPE_LEVEL_BREAK: {
    meaning: 'Safe on the wire, but TypeScript generated from it no longer compiles everywhere it is used.',
    effect: 'none',
    quiet: 'info',
    mirror: { none: 'only one direction of the edit breaks types' },
    example: {
      previous: { enum: ['a', 'b'] },
      next: { enum: ['a', 'b', 'c'] },
      gained: 'c',
      at: '/enum',
      open: neither,
      closed: neither,
      level: 'BACKWARD',
    },
    message: (p, at) => `${at}: ${text(p, 'consequence')}`,
    hint: 'Nothing breaks at run time; regenerate types and let the compiler show the places.',
  },
  UNDECIDED_REGEX_FEATURE: undecided(
    'A pattern uses a feature that is not regular, such as a back-reference.',
    'Rewrite the pattern without back-references, look-behind and word boundaries.',
  ),
  UNDECIDED_REGEX_INVALID: undecided('A pattern is no regular expression.', 'Correct the pattern.'),
  UNDECIDED_REGEX_BUDGET: undecided(
    'A pattern is too large to compare.',
    'Shorten counted repetitions in the pattern, or write both patterns alike where they mean the same.',
  ),
  UNDECIDED_BUDGET: undecided(
    'The conditions of the schema combine in more ways than could be tried.',
    'Tell alternatives apart by a required property with a constant value, so that each is compared alone.',
  ),
  UNDECIDED_DYNAMIC_REF: undecided(
    'A dynamic reference can mean several things.',
    'Use $ref where the target is always the same.',
  ),
  UNDECIDED_UNEVALUATED: undecided(
    'Too many combinations decide what counts as unevaluated.',
    'Declare the properties beside the keyword.',
  ),
  UNDECIDED_UNIQUE_ITEMS: undecided('Distinctness of items could not be settled.', simplify),
  UNDECIDED_COUNTING: undecided('A count of items or properties could not be settled.', simplify),
  UNDECIDED_OPAQUE_FORMAT: undecided(
    'A format has no exact definition.',
    'Add a pattern, or compare with formats annotated.',
  ),
  UNDECIDED_EXTERNAL_REF: undecided(
    'A reference leads out of what is known.',
    'Register the referenced document, or put it under $defs.',
  ),
  UNDECIDED_VALIDATORS_DISAGREE: undecided(
    'A witness was found, but validators do not agree on it.',
    'The schema is read differently by different validators: simplify it at this place.',
  ),
  UNDECIDED_ILL_FOUNDED: undecided(
    'A schema refers to itself at the same place, which means nothing.',
    'Break the cycle of references.',
  ),
  UNDECIDED_INTERNAL: undecided('The engine failed on this pair.', 'Please report the two schemas.'),
};
