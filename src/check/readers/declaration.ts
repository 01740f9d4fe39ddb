/** What a service says that it reads, held against the version there is: before anything of it is kept. */

import { confirm } from '../../compat/confirm/confirm.ts';
import { prepare } from '../../compat/decide/decide.ts';
import { leadsSomewhere } from '../../compat/reading/present.ts';
import { rejectedPlace, sampleRejection } from '../../compat/reading/samples.ts';
import type { FormatPolicy } from '../../compat/report.ts';
import { type Effective, effectiveSensitivity } from '../../policy/effective.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import type { Limits } from '../../schema/limits.ts';
import { parseSchema } from '../../schema/parse.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import { rejectionText } from '../../schema/rejection-text.ts';
import { acceptsEverything } from './statement.ts';

export interface Stated {
  readonly reads?: readonly Pointer[] | undefined;
  readonly requires?: Json | undefined;
  readonly samples?: readonly Json[] | undefined;
}

export interface Declared {
  /** The version that readers have now; its event's level. */
  readonly document: SchemaDocument;
  readonly classification: string | undefined;
  readonly catalog: Catalog;
  readonly limits: Limits;
}

export interface DeclarationProblem {
  /** In the declaration. */
  readonly pointer: Pointer;
  readonly message: string;
}

export interface DeclarationCheck {
  /** Why it cannot be kept; empty: it can. */
  readonly problems: readonly DeclarationProblem[];
  /** What is odd about it and does not keep it out. */
  readonly notices: readonly string[];
}

export function checkDeclaration(stated: Stated, about: Declared): DeclarationCheck {
  const { document, catalog, limits } = about;
  const demand = stated.requires === undefined ? undefined : parseSchema({ value: stated.requires }, { limits });
  const unread =
    demand === undefined || demand.ok
      ? []
      : demand.problems.map(({ pointer, message }) => ({
          pointer: `/requires${pointer}`,
          message: `is no schema: ${message}`,
        }));
  const withheld = personal(stated, about);
  return {
    problems: [
      ...nowhere(stated, about),
      ...unread,
      ...without(stated),
      ...withheld,
      // what may not be kept is not looked into
      ...(withheld.length > 0 ? [] : rejected(stated, about)),
    ],
    notices: demand?.ok
      ? [...idle(demand.document, catalog.formats), ...alreadyRejected(document, demand.document, catalog.formats)]
      : [],
  };
}

function without({ samples }: Stated): readonly DeclarationProblem[] {
  if (samples === undefined || samples.length > 0) return [];
  return [
    { pointer: '/samples', message: 'holds no event: leave it out; a service that reads nothing states "reads": []' },
  ];
}

function idle(demand: SchemaDocument, formats: FormatPolicy): readonly string[] {
  if (!acceptsEverything(demand, formats)) return [];
  return [
    'What it requires accepts everything, so it is not counted; a service that reads nothing states "reads": [].',
  ];
}

/** Of what is no JSON Schema no place is known, so no event can be recorded: nobody could tell what it holds. */
export function checkDeclarationOf(format: string, { requires, samples }: Stated): DeclarationCheck {
  const unheld = Object.entries({ requires, samples }).filter(([, value]) => value !== undefined);
  return {
    problems: unheld.map(([name]) => ({
      pointer: `/${name}`,
      message: `cannot be held against a schema of ${format}: leave it out; "reads" may name fields`,
    })),
    notices: [
      `The event is defined in ${format}: every reader of it counts as reading everything, whatever fields it names.`,
    ],
  };
}

function nowhere({ reads = [] }: Stated, { document, catalog }: Declared): readonly DeclarationProblem[] {
  return reads.flatMap((pointer, index) => {
    const at = `/reads/${index}`;
    if (reads.indexOf(pointer) !== index) return [{ pointer: at, message: `names ${pointer} again` }];
    if (leadsSomewhere(document, pointer, catalog.formats)) return [];
    return [{ pointer: at, message: `leads nowhere: no event has anything at ${pointer}` }];
  });
}

/**
 * Fields that a recorded event may hold only where the catalog says so: tagged ones, those above the level it allows to keep, and those
 * that no schema describes, of which nobody knows what they hold. Here a mistake must refuse too much, never too little.
 */
export function personal(
  { samples = [] }: Pick<Stated, 'samples'>,
  { document, classification, catalog }: Omit<Declared, 'limits'>,
): readonly DeclarationProblem[] {
  const { levels } = catalog.classification;
  const allowed = catalog.samples ?? classification;
  const fields = effectiveSensitivity(document, levels, classification);
  const isAllKept = catalog.samples !== undefined && catalog.samples === levels.at(-1);
  const isKept = (field: Effective) => {
    const level = field.classification === undefined ? 0 : levels.indexOf(field.classification);
    const isLow = allowed === undefined || level <= levels.indexOf(allowed);
    return isLow && (catalog.samples !== undefined || field.tags.length === 0);
  };
  const refusalAt = (found: readonly FieldNode[], instance: Pointer): string | undefined => {
    const refused = found.flatMap((node) => node.field ?? []).find((field) => !isKept(field));
    if (refused) return `${refused.instance} is ${sensitivityText(refused)}`;
    const isDescribed = found.some((node) => node.field !== undefined);
    return isDescribed || isAllKept ? undefined : `no schema says what ${instance} is`;
  };
  const root = fieldTree(fields.values());
  return samples.flatMap((sample, index) =>
    refusals(sample, { nodes: [root], pointer: '', instance: '' }, refusalAt).map(({ pointer, because }) => ({
      pointer: `/samples/${index}${pointer}`,
      message: `holds what the catalog does not allow to keep: ${because}; leave it out of the sample`,
    })),
  );
}

/** What a schema describes, by the segments of its pointers: `*` is any item and any name. */
interface FieldNode {
  field?: Effective;
  readonly children: Map<string, FieldNode>;
}

function fieldTree(fields: Iterable<Effective>): FieldNode {
  const root: FieldNode = { children: new Map() };
  for (const field of fields) {
    let node = root;
    for (const segment of field.instance.split('/').slice(1)) {
      const child = node.children.get(segment) ?? { children: new Map() };
      node.children.set(segment, child);
      node = child;
    }
    node.field = field;
  }
  return root;
}

interface SamplePlace {
  /** What may describe it. */
  readonly nodes: readonly FieldNode[];
  readonly pointer: Pointer;
  /** The same with `*` for items. */
  readonly instance: Pointer;
}

interface Refusal {
  readonly pointer: Pointer;
  readonly because: string;
}

/** Refusals of one sample that are told. */
const maxRefusals = 50;

/** The outermost places that may not be kept: what lies inside one is not looked at. */
function refusals(
  value: Json,
  at: SamplePlace,
  refusalAt: (nodes: readonly FieldNode[], instance: Pointer) => string | undefined,
  found: Refusal[] = [],
): readonly Refusal[] {
  if (!isArray(value) && !isObject(value)) return found;
  for (const [key, inner] of Object.entries(value)) {
    if (found.length >= maxRefusals) break;
    const name = isArray(value) ? '*' : key;
    const pointer = append(at.pointer, key);
    const instance = append(at.instance, name);
    const segment = instance.slice(at.instance.length + 1);
    const nodes = at.nodes.flatMap(({ children }) => [...new Set([children.get(segment), children.get('*')])]);
    const known = nodes.filter((node) => node !== undefined);
    const because = refusalAt(known, instance);
    if (because === undefined) refusals(inner, { nodes: known, pointer, instance }, refusalAt, found);
    else found.push({ pointer, because });
  }
  return found;
}

function sensitivityText({ classification, tags }: Effective): string {
  return tags.length > 0 ? `tagged ${tags.join(', ')}` : `classified ${classification}`;
}

function rejected({ samples = [], reads }: Stated, { document, catalog }: Declared): readonly DeclarationProblem[] {
  return samples.flatMap((sample, index) => {
    const rejection = sampleRejection(document, reads, sample, catalog.formats);
    if (rejection === undefined) return [];
    const place = rejectedPlace(rejection);
    return [{ pointer: `/samples/${index}${place}`, message: `is no event of today: ${rejectionText(rejection)}` }];
  });
}

function alreadyRejected(document: SchemaDocument, demand: SchemaDocument, formats: FormatPolicy): readonly string[] {
  const { witness } = prepare(document, demand, { formats, confirm }).decide('backward', 'closed');
  if (witness === undefined) return [];
  const { instancePointer, keyword } = witness.rejection;
  return [
    `What it requires rejects events that are sent today, for example ${JSON.stringify(witness.value).slice(0, 500)} at ${instancePointer || 'the event itself'} by "${keyword}".`,
  ];
}
