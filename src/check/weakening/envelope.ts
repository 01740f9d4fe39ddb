/** The envelope: its schema is a contract with every reader of every event, and its pointers are where they look. */
import { compareDocuments } from '../../compat/compare.ts';
import { confirm } from '../../compat/confirm/confirm.ts';
import { canonicalize } from '../../schema/canonical.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { type Envelope, envelopeOf } from '../../schema/envelope.ts';
import { registryLimits } from '../../schema/limits.ts';
import { parseSchema } from '../../schema/parse.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import type { FindWeakenings, Weakening } from './weakening.ts';

export const envelopeWeakenings: FindWeakenings = function* (before, now) {
  const [was, is] = [envelopeOf(before), envelopeOf(now)];
  const restore = (catalog: Catalog): Catalog => ({ ...catalog, envelope: before.envelope });
  yield* movedPlaces(was, is, restore);
  if (canonicalize(was.schema) === canonicalize(is.schema)) return;
  for (const { pointer, message } of breaks(before, was, is))
    yield {
      pointer: `/envelope/schema${pointer}`,
      what: 'the envelope',
      message: `This change breaks the envelope of every event of the catalog: ${message}`,
      before: null,
      now: message,
      restore,
    };
};

type Restore = Weakening['restore'];

function* movedPlaces(was: Envelope, is: Envelope, restore: Restore): Generator<Weakening> {
  const places = new Map(Object.entries(is.at));
  for (const [place, pointer] of Object.entries(was.at)) {
    const now = places.get(place);
    if (now !== pointer)
      yield {
        pointer: append('/envelope/at', place),
        what: `where the envelope carries the ${place}`,
        before: pointer,
        now: now ?? null,
        restore,
      };
  }
}

interface Break {
  readonly pointer: Pointer;
  readonly message: string;
}

/** By the level and the world of the catalog before: what breaks readers of its events breaks them in the envelope too. */
function breaks({ level, world, formats }: Catalog, was: Envelope, is: Envelope): readonly Break[] {
  const [previous, next] = [was, is].map(({ schema }) => parseSchema({ value: schema }, { limits: registryLimits }));
  if (!previous?.ok) return [];
  if (!next?.ok) return (next?.problems ?? []).map(({ pointer, message }) => ({ pointer, message }));
  const { verdict, findings } = compareDocuments(previous.document, next.document, { level, world, formats, confirm });
  if (verdict === 'compatible') return [];
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return errors.map(({ nextPointer, message }) => ({ pointer: nextPointer ?? '', message }));
  return [{ pointer: '', message: `its compatibility at level ${level} is ${verdict}.` }];
}
