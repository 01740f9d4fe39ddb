/** What a service says that it reads, held against the version there is: before anything of it is kept. */

import { confirm } from '../../compat/confirm/confirm.ts';
import { prepare } from '../../compat/decide/decide.ts';
import { leadsSomewhere } from '../../compat/reading/present.ts';
import { rejectedPlace, sampleRejection } from '../../compat/reading/samples.ts';
import type { FormatPolicy } from '../../compat/report.ts';
import { effectiveSensitivity } from '../../policy/effective.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import type { Limits } from '../../schema/limits.ts';
import { parseSchema } from '../../schema/parse.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import { rejectionText } from '../../schema/rejection-text.ts';

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
    problems: [...nowhere(stated, about), ...unread, ...personal(stated, about), ...rejected(stated, about)],
    notices: demand?.ok ? alreadyRejected(document, demand.document, catalog.formats) : [],
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

/** Fields that a recorded event may hold only where the catalog says so: tagged ones, and those above the level it allows to keep. */
export function personal(
  { samples = [] }: Pick<Stated, 'samples'>,
  { document, classification, catalog }: Omit<Declared, 'limits'>,
): readonly DeclarationProblem[] {
  const { levels } = catalog.classification;
  const allowed = catalog.samples ?? classification;
  const fields = effectiveSensitivity(document, levels, classification);
  const isKept = (instance: Pointer) => {
    const field = fields.get(instance);
    if (field === undefined) return true;
    const level = field.classification === undefined ? 0 : levels.indexOf(field.classification);
    const isLow = allowed === undefined || level <= levels.indexOf(allowed);
    return isLow && (catalog.samples !== undefined || field.tags.length === 0);
  };
  return samples.flatMap((sample, index) =>
    outermost(places(sample).filter(({ instance }) => !isKept(instance))).map(({ pointer, instance }) => ({
      pointer: `/samples/${index}${pointer}`,
      message: `holds what the catalog does not allow to keep: ${instance} is ${sensitivityText(fields.get(instance))}; leave it out of the sample`,
    })),
  );
}

function sensitivityText(
  field: { readonly classification?: string; readonly tags: readonly string[] } | undefined,
): string {
  const tags = field?.tags ?? [];
  return tags.length > 0 ? `tagged ${tags.join(', ')}` : `classified ${field?.classification}`;
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

function outermost(found: readonly SamplePlace[]): readonly SamplePlace[] {
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
