/** Two Avro schemas → the report that every format gives: each broken rule of resolution a finding, with a datum that shows it. */
import type { Direction, Level, Witness, World } from '../compat/report.ts';
import { comparisonOf, type FormatComparison, type StatedEdit } from '../compat/stated.ts';
import { canonicalize } from '../schema/canonical.ts';
import type { Json } from '../schema/json.ts';
import { append, type Pointer } from '../schema/pointer.ts';
import { type Confirm, confirmer } from './confirm.ts';
import { datumAlong } from './datum.ts';
import { type AvroRow, type AvroRule, avroFindings, type Params } from './finding.ts';
import { normalForm } from './normal-form.ts';
import { type QuietEdit, quietEdits } from './quiet.ts';
import { type Break, type Path, resolution } from './resolve.ts';
import { type AvroDocument, type AvroType, branchName } from './type.ts';

/** Avro has one world: what a schema writes is what it declares. Both are given, equal. */
export function compareAvro(
  previous: AvroDocument,
  next: AvroDocument,
  { level = 'FULL_TRANSITIVE', world = 'closed' }: { readonly level?: Level; readonly world?: World } = {},
): FormatComparison {
  if (isSame(previous, next)) return comparisonOf([], { level, world, sameData: true, sameDocument: true, steps: 0 });
  const backward = resolution(previous, next);
  const forward = resolution(next, previous);
  const found = new Map<string, Found>();
  const confirms = { backward: confirmer(previous, next), forward: confirmer(next, previous) };
  for (const each of backward.breaks) note(found, each, 'backward', previous, confirms.backward);
  for (const each of forward.breaks) note(found, each, 'forward', next, confirms.forward);
  const broken = [...found.values()].map(stated);
  const quiet = quietEdits(previous.type, next.type).filter((edit) => !isBroken(broken, edit));
  const edits = [...broken, ...quiet.map(worded)];
  const only =
    edits.length === 0 ? [worded({ rule: 'AVRO_DOC_CHANGED', params: {}, previous: '', next: '', instance: '' })] : [];
  return comparisonOf([...edits, ...only], {
    level,
    world,
    sameData: normalForm(previous.type) === normalForm(next.type) && edits.every(({ effect }) => effect === 'none'),
    sameDocument: false,
    steps: Math.max(backward.steps, forward.steps),
  });
}

/** Equal in everything, what is referred to included: then even implementations that differ otherwise agree. */
function isSame(previous: AvroDocument, next: AvroDocument): boolean {
  if (previous === next) return true;
  if (canonicalize(previous.root) !== canonicalize(next.root)) return false;
  return (
    previous.references.size === next.references.size &&
    [...previous.references].every(([name, document]) => {
      const other = next.references.get(name);
      return other !== undefined && isSame(document, other);
    })
  );
}

/** One edit, and the directions it breaks. */
interface Found {
  readonly each: Break;
  readonly previous: Pointer;
  readonly next: Pointer;
  readonly types: { readonly previous: AvroType; readonly next: AvroType };
  readonly instance: string;
  readonly breaks: Map<Direction, Witness | undefined>;
}

function note(
  found: Map<string, Found>,
  each: Break,
  direction: Direction,
  writer: AvroDocument,
  confirm: Confirm,
): void {
  const isBackward = direction === 'backward';
  const previous = isBackward ? each.writerPointer : each.readerPointer;
  const next = isBackward ? each.readerPointer : each.writerPointer;
  // the same edit seen from both sides is one finding; a field or a symbol that is there on one side is another than the reverse
  const sided = each.subject !== undefined || each.reason === 'branch' ? direction : '';
  const key = [
    each.reason,
    sided,
    each.subject ?? branchName(each.writer).repeat(each.reason === 'branch' ? 1 : 0),
    previous,
    next,
  ].join('\n');
  const known = found.get(key);
  const breaks = known?.breaks ?? new Map<Direction, Witness | undefined>();
  if (!breaks.has(direction)) breaks.set(direction, witnessOf(each, writer, confirm));
  if (known) return;
  const types = isBackward
    ? { previous: each.writer, next: each.reader }
    : { previous: each.reader, next: each.writer };
  found.set(key, { each, previous, next, types, instance: instanceOf(each.path), breaks });
}

function witnessOf(each: Break, writer: AvroDocument, confirm: Confirm): Witness | undefined {
  if (each.undecided) return undefined;
  const value = datumAlong(writer.type, each.path);
  const confirmed = value === undefined ? undefined : confirm(value);
  if (value === undefined || confirmed === undefined) return undefined;
  const { confirmedBy, encoded, at, message } = confirmed;
  return {
    value,
    ...(encoded !== undefined && { encoded }),
    confirmedBy,
    rejection: { instancePointer: at, schemaPointer: each.readerPointer, keyword: each.reason, params: { message } },
  };
}

/** Where in the event: `*` for any item and any key; a branch of a union is no step of its own. */
function instanceOf(path: Path): string {
  const names: string[] = [];
  for (let at = path; at; at = at.before) {
    if (at.step.kind === 'field') names.push(at.step.name);
    else if (at.step.kind === 'item' || at.step.kind === 'value') names.push('*');
  }
  return append('', ...names.reverse());
}

const _wide: Readonly<Record<string, string>> = {
  symbol: 'AVRO_SYMBOL',
  field: 'AVRO_FIELD',
  branch: 'AVRO_UNION_BRANCH',
};

function ruleOf({ each, breaks }: Found): AvroRule {
  const isBackward = breaks.has('backward');
  switch (each.reason) {
    case 'type':
      return breaks.size === 2 ? 'AVRO_TYPE_REPLACED' : isBackward ? 'AVRO_TYPE_NARROWED' : 'AVRO_TYPE_WIDENED';
    case 'name':
      return 'AVRO_NAME_CHANGED';
    case 'size':
      return 'AVRO_SIZE_CHANGED';
    case 'decimal':
      return 'AVRO_DECIMAL_CHANGED';
    case 'symbol':
      return isBackward ? 'AVRO_SYMBOL_REMOVED' : 'AVRO_SYMBOL_ADDED';
    case 'field':
      return isBackward ? 'AVRO_FIELD_ADDED' : 'AVRO_FIELD_REMOVED';
    case 'branch':
      return isBackward ? 'AVRO_UNION_BRANCH_REMOVED' : 'AVRO_UNION_BRANCH_ADDED';
    case 'ambiguous-alias':
      return 'AVRO_UNDECIDED_ALIAS';
    case 'ambiguous-branch':
      return 'AVRO_UNDECIDED_BRANCH';
  }
}

function paramsOf({ each, types }: Found): Params {
  switch (each.reason) {
    case 'symbol':
      return { symbol: each.subject ?? '' };
    case 'field':
    case 'ambiguous-alias':
      return { field: each.subject ?? '' };
    case 'branch':
    case 'ambiguous-branch':
      return { branch: branchName(each.writer) };
    default:
      return { previous: described(types.previous, each.reason), next: described(types.next, each.reason) };
  }
}

function described(type: AvroType, reason: Break['reason']): Json {
  if (reason === 'size' && type.kind === 'fixed') return type.size;
  if (reason === 'decimal' && 'logical' in type) return `${type.logical?.precision}, ${type.logical?.scale}`;
  return reason === 'name'
    ? branchName(type)
    : type.kind === 'union'
      ? type.branches.map(branchName)
      : branchName(type);
}

function stated(found: Found): StatedEdit {
  const { each, breaks, previous, next, instance } = found;
  const rule = ruleOf(found);
  const base = edit(rule, paramsOf(found), previous, next, instance);
  if (!each.undecided) return { ...base, breaks };
  const reason = { reason: 'avro-implementations-differ', pointer: each.readerPointer, detail: base.message };
  return { ...base, undecided: new Map([...breaks.keys()].map((direction) => [direction, reason])) };
}

function worded({ rule, params, previous, next, instance }: QuietEdit): StatedEdit {
  return edit(rule, params, previous, next, instance);
}

function edit(rule: AvroRule, params: Params, previous: Pointer, next: Pointer, instance: string): StatedEdit {
  const row: AvroRow = avroFindings[rule];
  return {
    rule,
    effect: row.effect,
    quiet: row.quiet,
    message: row.message(params, instance === '' ? 'The event' : instance),
    ...(row.hint !== undefined && { hint: row.hint }),
    params,
    previousPointer: previous,
    nextPointer: next,
    instancePointer: instance,
    breaks: new Map(),
  };
}

/** An edit that breaks something is said once, by what it breaks. */
function isBroken(broken: readonly StatedEdit[], quiet: QuietEdit): boolean {
  return broken.some(
    (each) =>
      each.rule === quiet.rule &&
      each.previousPointer === quiet.previous &&
      each.nextPointer === quiet.next &&
      ['field', 'symbol'].every((name) => each.params[name] === quiet.params[name]),
  );
}
