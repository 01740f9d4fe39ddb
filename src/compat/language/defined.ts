/** The formats' terms, each made once per process and shared by all pools: they are the same in every check. */
import { type FormatRow, formats } from './formats.ts';
import type { Definition } from './language.ts';
import { readPattern } from './pattern.ts';
import { formatIds, newStore, type Store, type Term } from './term.ts';
import { translate } from './translate.ts';

export interface Defined {
  readonly definition: Definition;
  /** The language the row's hints belong to. */
  readonly term: Term;
  readonly row: FormatRow;
}

const names = [...formats.keys()];
const byName = new Map<string, Defined>();
const byTerm = new Map<Term, Defined>();

export function definedFormat(name: string): Defined | undefined {
  const row = formats.get(name);
  if (!row) return undefined;
  const known = byName.get(name);
  if (known) return known;
  // A range of numbers for each: none may depend on which format was asked for first, for the order of a union's parts does.
  const defined = define(newStore(formatIds(names.indexOf(name))), row);
  byName.set(name, defined);
  byTerm.set(defined.term, defined);
  return defined;
}

/** The format whose language this is. */
export function formatOf(term: Term): Defined | undefined {
  return byTerm.get(term);
}

function define(store: Store, row: FormatRow): Defined {
  const { hints } = row;
  if (row.kind === 'exact') {
    const term = ofPattern(store, row.pattern, row.flags ?? '');
    return { definition: { kind: 'exact', language: term, hints }, term, row };
  }
  const reason = { code: 'opaque-format', detail: row.reason } as const;
  const term = ofPattern(store, row.over, '');
  const under = ofPattern(store, row.under, '');
  return { definition: { kind: 'approximate', over: term, under, test: row.test, hints, reason }, term, row };
}

function ofPattern(store: Store, source: string, flags: string): Term {
  const reading = readPattern(source, [flags.includes('u')]);
  if ('refused' in reading) throw new TypeError(`A format's own pattern is refused: ${reading.refused.detail}`);
  return translate(store, reading, flags.includes('i'));
}
