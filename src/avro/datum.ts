/**
 * The smallest datum of a type, and the smallest that takes a given way. Data stand in Avro's JSON encoding (Avro 1.12, "JSON
 * Encoding"): a branch of a union as `{"its name": datum}`, bytes as characters U+0000 to U+00FF.
 */
import type { Json } from '../schema/json.ts';
import type { Path, Step } from './resolve.ts';
import { type AvroType, branchName, type RecordType, type UnionType } from './type.ts';

/** Values in a witness: what branches twice at every level would double with each. */
export const maxDatumSize = 2_000;
const maxDatumDepth = 200;

/** How many values the smallest datum has; Infinity where the type has none, as a record that always contains itself. */
type SizeOf = (type: AvroType) => number;

/** Whether a type has any datum at all. */
export function inhabited(root: AvroType): (type: AvroType) => boolean {
  const size = sizes(root);
  return (type) => size(type) < Number.POSITIVE_INFINITY;
}

/** A least fixpoint over the named types: everything starts without a datum, and gains one when its parts have theirs. */
function sizes(root: AvroType): SizeOf {
  const records = recordsOf(root);
  const known = new Map<string, number>();
  const of = (type: AvroType): number => {
    if (type.kind === 'record') return known.get(type.name) ?? Number.POSITIVE_INFINITY;
    if (type.kind !== 'union') return 1;
    return type.branches.reduce((least, branch) => Math.min(least, of(branch)), Number.POSITIVE_INFINITY);
  };
  const usedBy = users(records);
  const waiting = [...records];
  // the list grows while it is walked: a record that got smaller may make those that hold it smaller
  for (let index = 0; index < waiting.length; index += 1) {
    const record = waiting[index]!;
    const size = record.fields.reduce((sum, { type }) => sum + of(type), 1);
    if (size >= (known.get(record.name) ?? Number.POSITIVE_INFINITY)) continue;
    known.set(record.name, size);
    waiting.push(...(usedBy.get(record.name) ?? []));
  }
  return of;
}

/** The records whose smallest datum holds one of the named. */
function users(records: readonly RecordType[]): ReadonlyMap<string, readonly RecordType[]> {
  const found = new Map<string, RecordType[]>();
  const note = (type: AvroType, user: RecordType) => {
    if (type.kind === 'record') found.set(type.name, [...(found.get(type.name) ?? []), user]);
    else if (type.kind === 'union') for (const branch of type.branches) note(branch, user);
  };
  for (const record of records) for (const { type } of record.fields) note(type, record);
  return found;
}

/** Innermost definitions first: then most sizes are known by the time they are asked for. */
function recordsOf(root: AvroType): readonly RecordType[] {
  const found = new Map<string, RecordType>();
  const waiting: AvroType[] = [root];
  for (let type = waiting.pop(); type; type = waiting.pop()) {
    if (type.kind === 'record') {
      if (found.has(type.name)) continue;
      found.set(type.name, type);
      for (const field of type.fields) waiting.push(field.type);
    } else if (type.kind === 'array') waiting.push(type.items);
    else if (type.kind === 'map') waiting.push(type.values);
    else if (type.kind === 'union') waiting.push(...type.branches);
  }
  return [...found.values()].reverse();
}

/** The smallest datum of `root` that goes the whole way; undefined where even that is too large to be shown. */
export function datumAlong(root: AvroType, path: Path): Json | undefined {
  const steps: Step[] = [];
  for (let at = path; at; at = at.before) steps.push(at.step);
  const size = sizes(root);
  const made = { values: 0 };
  try {
    return build(root, steps.reverse(), 0, { made, sizeOf: size, depth: 0 });
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}

class TooLarge extends Error {}

interface Building {
  readonly made: { values: number };
  readonly sizeOf: SizeOf;
  readonly depth: number;
}

function build(type: AvroType, steps: readonly Step[], at: number, building: Building): Json {
  building.made.values += 1;
  if (building.made.values > maxDatumSize || building.depth > maxDatumDepth) throw new TooLarge();
  const inner = { ...building, depth: building.depth + 1 };
  const step = steps[at];
  switch (type.kind) {
    case 'record': {
      const taken = step?.kind === 'field' ? step.name : undefined;
      return Object.fromEntries(
        type.fields.map(({ name, type: of }) => [
          name,
          build(of, steps, name === taken ? at + 1 : steps.length, inner),
        ]),
      );
    }
    case 'union':
      return inBranch(type, steps, at, inner);
    case 'array':
      return step?.kind === 'item' ? [build(type.items, steps, at + 1, inner)] : [];
    case 'map':
      return step?.kind === 'value' ? { a: build(type.values, steps, at + 1, inner) } : {};
    case 'enum':
      return step?.kind === 'symbol' ? step.symbol : type.symbols[0]!;
    case 'fixed':
      if (type.size > maxDatumSize) throw new TooLarge();
      return '\u0000'.repeat(type.size);
    default:
      return simplest[type.kind];
  }
}

function inBranch(type: UnionType, steps: readonly Step[], at: number, building: Building): Json {
  const step = steps[at];
  const chosen =
    step?.kind === 'branch'
      ? type.branches[step.index]!
      : type.branches.reduce((least, branch) => (building.sizeOf(branch) < building.sizeOf(least) ? branch : least));
  const datum = build(chosen, steps, step?.kind === 'branch' ? at + 1 : steps.length, building);
  return chosen.kind === 'null' ? null : { [branchName(chosen)]: datum };
}

const simplest = { null: null, boolean: false, int: 0, long: 0, float: 0, double: 0, bytes: '', string: '' } as const;
