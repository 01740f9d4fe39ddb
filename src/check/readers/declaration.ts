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
  return {
    problems: [
      ...nowhere(stated, about),
      ...unread,
      ...without(stated),
      ...personal(stated, about),
      ...rejected(stated, about),
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
      message: `cannot be held against a schema of ${format}: leave it out`,
    })),
    notices: [`The event is defined in ${format}: every reader of it counts as reading everything.`],
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
  const refusalOf = ({ instance }: SamplePlace): string | undefined => {
    const found = [...fields.values()].filter((field) => isAt(field.instance, instance));
    const refused = found.find((field) => !isKept(field));
    if (refused) return `${refused.instance} is ${sensitivityText(refused)}`;
    return found.length > 0 || isAllKept ? undefined : `no schema says what ${instance} is`;
  };
  return samples.flatMap((sample, index) => {
    const refused = places(sample).flatMap((place) => {
      const because = refusalOf(place);
      return because === undefined ? [] : [{ ...place, because }];
    });
    return outermost(refused).map(({ pointer, because }) => ({
      pointer: `/samples/${index}${pointer}`,
      message: `holds what the catalog does not allow to keep: ${because}; leave it out of the sample`,
    }));
  });
}

/** Whether what lies at `place`, names as they are, may be what a schema describes at `described`: there a star is any name. */
function isAt(described: Pointer, place: Pointer): boolean {
  const [one, other] = [described.split('/'), place.split('/')];
  return one.length === other.length && one.every((name, index) => name === '*' || name === other[index]);
}

function sensitivityText({ classification, tags }: Effective): string {
  return tags.length > 0 ? `tagged ${tags.join(', ')}` : `classified ${classification}`;
}

interface SamplePlace {
  readonly pointer: Pointer;
  /** The same with `*` for items. */
  readonly instance: Pointer;
}

function places(value: Json, pointer: Pointer = '', instance: Pointer = ''): readonly SamplePlace[] {
  if (isArray(value))
    return value.flatMap((item, index) => {
      const at = { pointer: append(pointer, index), instance: append(instance, '*') };
      return [at, ...places(item, at.pointer, at.instance)];
    });
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = { pointer: append(pointer, name), instance: append(instance, name) };
    return [at, ...places(inner, at.pointer, at.instance)];
  });
}

function outermost<Found extends SamplePlace>(found: readonly Found[]): readonly Found[] {
  return found.filter(({ pointer }) => !found.some((other) => pointer.startsWith(`${other.pointer}/`)));
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
