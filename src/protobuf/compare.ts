/** Two `.proto` files → the report that every format gives: wire compatibility as the language guide states it, shown by bytes. */
import type { Direction, Level, Witness, World } from '../compat/report.ts';
import { comparisonOf, type FormatComparison, type StatedEdit } from '../compat/stated.ts';
import { diffFiles, type ProtoEdit } from './diff.ts';
import { type ProtoRow, protoFindings } from './finding.ts';
import type { ProtoDocument } from './model.ts';
import { contentText } from './normal-form.ts';
import { type Sides, witnessOf } from './witness.ts';

export interface ProtoCompareOptions {
  readonly level?: Level;
  readonly world?: World;
  /** Whether messages go as ProtoJSON too: then names count, and what JSON alone breaks is a break. Default false. */
  readonly json?: boolean;
}

/** Protobuf has one world: readers pass over what they do not know. Both are given, equal. */
export function compareProtobuf(
  previous: ProtoDocument,
  next: ProtoDocument,
  { level = 'FULL_TRANSITIVE', world = 'closed', json = false }: ProtoCompareOptions = {},
): FormatComparison {
  const sameDocument = contentText(previous) === contentText(next);
  const { edits, steps } = diffFiles(previous, next, { json });
  const stated = edits.map((edit) => statedEdit(edit, previous, next));
  const silent = stated.length === 0 && !sameDocument ? [statedEdit(docChanged, previous, next)] : [];
  return comparisonOf([...stated, ...silent], { level, world, sameData: stated.length === 0, sameDocument, steps });
}

const docChanged: ProtoEdit = {
  rule: 'PROTO_DOC_CHANGED',
  params: {},
  previous: '',
  next: '',
  instance: '',
  breaks: [],
  way: { message: { previous: '', next: '' }, fields: [] },
};

function statedEdit(edit: ProtoEdit, previous: ProtoDocument, next: ProtoDocument): StatedEdit {
  const row: ProtoRow = protoFindings[edit.rule];
  const sides: Readonly<Record<Direction, Sides>> = {
    backward: { writer: previous, reader: next, writerSide: 'previous' },
    forward: { writer: next, reader: previous, writerSide: 'next' },
  };
  const breaks = new Map<Direction, Witness | undefined>();
  for (const direction of edit.breaks) breaks.set(direction, witnessOf(edit, sides[direction]));
  const risk = (edit.risks ?? [])
    .map((direction) => witnessOf(edit, sides[direction]))
    .find((each) => each !== undefined);
  return {
    rule: edit.rule,
    effect: row.effect,
    quiet: row.quiet,
    message: row.message(edit.params, edit.instance === '' ? 'The event' : edit.instance),
    ...(row.hint !== undefined && { hint: row.hint }),
    params: edit.params,
    previousPointer: edit.previous,
    nextPointer: edit.next,
    instancePointer: edit.instance,
    breaks,
    ...(risk && { example: risk }),
  };
}
