/** Findings about the comparison as a whole, beside those about single edits. */
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, member } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import { append, type Pointer, resolve, segments } from '../../schema/pointer.ts';
import type { Pair } from '../decide/decide.ts';
import { directions, type Undecided, type Witness, worlds } from '../report.ts';
import type { Attribution, Broken, Verdicts } from './attribute.ts';
import type { Change } from './change.ts';
import type { RuleId } from './ids.ts';
import { partOf } from './relate.ts';
import { breaksNothing, type DescribeOptions, type Statement } from './statement.ts';
import { isRuleId, table } from './table.ts';
import { literal } from './words.ts';

/** About the event as a whole. */
export const nothingSaid = { previous: '', next: '', instance: '', params: {}, breaks: breaksNothing };

/** Breaks that no edit explains: one finding for each constraint, at the place the reader names. */
export function remainders(pair: Pair, { beyond }: Attribution, options: DescribeOptions): readonly Statement[] {
  const found = new Map<string, Statement & { readonly breaks: Map<Broken, Witness> }>();
  for (const { broken, witness } of beyond) {
    const { schemaPointer, instancePointer, keyword } = witness.rejection;
    const backward = broken.endsWith('backward');
    const key = `${backward} ${schemaPointer}`;
    const reader = backward ? pair.next : pair.previous;
    const matching = alternativesMatched(reader, witness, options);
    const ambiguous = keyword === 'oneOf' && matching !== undefined && matching > 1;
    const detail = rejectionText(witness, matching);
    const known = found.get(key) ?? {
      rule: ambiguous && backward ? ('UNION_BECAME_AMBIGUOUS' as const) : ('VALUES_REJECTED' as const),
      previous: backward ? '' : schemaPointer,
      next: backward ? schemaPointer : '',
      instance: placeInEvents(pair, instancePointer),
      params: detail === undefined ? { keyword } : { keyword, detail },
      breaks: new Map<Broken, Witness>(),
    };
    known.breaks.set(broken, witness);
    found.set(key, known);
  }
  return [...found.values()];
}

/** Breaks as the verdicts show them, where no edit is known. */
export function verdictsAlone(reports: DescribeOptions['worlds']): readonly Statement[] {
  return worlds.flatMap((world) =>
    directions.flatMap((direction): readonly Statement[] => {
      const { witness } = reports[world][direction];
      if (witness === undefined) return [];
      const breaks = new Map<Broken, Witness>([[`${world} ${direction}`, witness]]);
      return [{ ...nothingSaid, rule: 'VALUES_REJECTED', params: { keyword: witness.rejection.keyword }, breaks }];
    }),
  );
}

/** `*` for any index and for a name that no schema declares: the witness had to choose one. */
function placeInEvents({ previous, next }: Pair, instance: Pointer): string {
  const declared = new Set([previous, next].flatMap(declaredNames));
  const names = segments(instance).map((name) => (/^\d+$/.test(name) || !declared.has(name) ? '*' : name));
  return append('', ...names);
}

function declaredNames(document: SchemaDocument): readonly string[] {
  return locations(document).flatMap(({ schema }) => {
    if (!isObject(schema)) return [];
    const [properties, required] = [member(schema, 'properties'), member(schema, 'required')];
    return [
      ...(isObject(properties) ? Object.keys(properties) : []),
      ...(isArray(required) ? required.map(String) : []),
    ];
  });
}

/** Why the keyword rejects the event, where its name alone does not say it. */
function rejectionText({ rejection: { keyword, params } }: Witness, matching: number | undefined): string | undefined {
  if (matching !== undefined)
    return matching > 1 ? 'they match more than one of its alternatives' : 'they match none of its alternatives';
  if (keyword === 'not') return 'they match what it excludes';
  if (keyword === 'false schema') return 'nothing is accepted there';
  const asked = params?.[keyword] ?? params?.missingProperty;
  return asked === undefined ? undefined : `${keyword === 'required' ? 'it asks for' : 'it is'} ${literal(asked)}`;
}

/** How many alternatives of the union that rejects it the value matches, up to two; undefined: no union rejects it. */
function alternativesMatched(
  document: SchemaDocument,
  { value, rejection }: Witness,
  { prepare, decide }: DescribeOptions,
): number | undefined {
  const union = resolve(document.root, rejection.schemaPointer);
  const part = resolve(value, rejection.instancePointer);
  if (!['oneOf', 'anyOf'].includes(rejection.keyword) || !isArray(union) || part === undefined) return undefined;
  const settings = { formats: decide.formats ?? 'assert', budget: decide.budget };
  let matching = 0;
  for (const index of union.keys()) {
    const branch = partOf(document, append(rejection.schemaPointer, index));
    if (prepare(branch, branch, settings).accepts('next', part) === true) matching++;
    if (matching > 1 || index > maxAlternatives) break;
  }
  return matching;
}

const maxAlternatives = 50;

/** What the verdicts say of the two sets of values. */
export function aboutTheWhole(
  pair: Pair,
  changes: readonly Change[],
  verdicts: Verdicts,
  options: DescribeOptions,
): readonly Statement[] {
  const [backward, forward] = [verdicts['open backward'], verdicts['open forward']];
  if (!changes.some(({ rule }) => table[rule].effect !== 'none')) return [];
  if (backward === 'compatible' && forward === 'compatible') return [{ ...nothingSaid, rule: 'VALUE_SET_UNCHANGED' }];
  if (backward === 'compatible')
    return acceptsNothing(pair.previous, options) ? [{ ...nothingSaid, rule: 'OLD_UNSATISFIABLE' }] : [];
  // `false` at the root says so itself
  if (changes.some(({ rule, instance }) => rule === 'SCHEMA_NOW_FALSE' && instance === '')) return [];
  if (forward !== 'compatible' || !acceptsNothing(pair.next, options)) return [];
  const breaks = new Map<Broken, Witness>();
  for (const world of worlds) {
    const { witness } = options.worlds[world].backward;
    if (witness !== undefined) breaks.set(`${world} backward`, witness);
  }
  return [{ ...nothingSaid, rule: 'NOTHING_ACCEPTED', breaks }];
}

function acceptsNothing(document: SchemaDocument, { prepare, decide }: DescribeOptions): boolean {
  const nothing: SchemaDocument = { root: { not: {} }, dialect: document.dialect, bundle: new Map() };
  const settings = { formats: decide.formats ?? 'assert', budget: decide.budget };
  return prepare(document, nothing, settings).decide('backward', 'open').verdict === 'compatible';
}

/** One for each reason and place; `open` says which questions it leaves open. */
export function undecidedStatements(pair: Pair, reports: DescribeOptions['worlds']): readonly Statement[] {
  const found = new Map<string, { readonly reason: Undecided; readonly open: Set<Broken> }>();
  for (const world of worlds)
    for (const direction of directions) {
      const report = reports[world][direction];
      if (report.verdict !== 'undecided') continue;
      for (const reason of report.undecided ?? [noReason]) {
        const key = `${reason.reason} ${reason.pointer ?? ''}`;
        const known = found.get(key) ?? { reason, open: new Set<Broken>() };
        known.open.add(`${world} ${direction}`);
        found.set(key, known);
      }
    }
  return [...found.values()].map(({ reason, open }) => undecided(pair, reason, open));
}

const noReason: Undecided = { reason: 'internal', detail: 'no reason was given' };

function undecided(pair: Pair, { reason, pointer, detail }: Undecided, open: ReadonlySet<Broken>): Statement {
  const params = { reason, detail, directions: [...open].sort() };
  const [previous, next] = [existing(pair.previous, pointer), existing(pair.next, pointer)];
  return { ...nothingSaid, rule: undecidedRule(reason), previous, next, params, open };
}

function existing({ root }: SchemaDocument, pointer: Pointer | undefined): Pointer {
  return pointer !== undefined && resolve(root, pointer) !== undefined ? pointer : '';
}

/** Reasons the catalogue does not know yet are reported as internal, with their text. */
export function undecidedRule(reason: string): RuleId {
  const id = `UNDECIDED_${reason.toUpperCase().replaceAll('-', '_')}`;
  return isRuleId(id) ? id : 'UNDECIDED_INTERNAL';
}
