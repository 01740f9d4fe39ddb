/**
 * Whether one version answers for an older one: a newer version may be compared with both, and what is compatible with the one is
 * compatible with the other. These relations are transitive, where closed-world compatibility itself is not.
 */
import type { SchemaDocument } from '../../schema/document.ts';
import { type Pair, prepare } from '../decide/decide.ts';
import type { FormatPolicy } from '../report.ts';
import { isReworded } from './reworded.ts';
import { asSent } from './sent.ts';

/**
 * closedBackward: writers of the newer version may send all that writers of the older may: W(older) ⊆ W(newer).
 * openBackward: the newer accepts all that the older accepts: R(older) ⊆ R(newer).
 * forward: the older accepts all that the newer accepts: R(newer) ⊆ R(older). What may be sent to readers of the newer suits those
 * of the older, in both worlds.
 */
export type Covering = 'closedBackward' | 'openBackward' | 'forward';

/** False wherever it is not proved. */
export type Cover = (covering: Covering) => boolean;

/** For each question. A proof that takes longer would cost more than it saves. */
const maxSteps = 5_000;

/** Both documents are parsed and refer to nothing outside themselves, and no place in them is marked as ignored. */
export function coverOf(older: SchemaDocument, newer: SchemaDocument, formats: FormatPolicy): Cover {
  if (isReworded(older, newer)) return () => true;
  const options = { formats, budget: maxSteps, guard: true };
  let accepted: Pair | undefined;
  const holds = (pair: Pair, direction: 'backward' | 'forward') =>
    pair.decide(direction, 'open').verdict === 'compatible';
  return (covering) => {
    if (covering === 'closedBackward') {
      const [was, is] = [sentBy(older), sentBy(newer)];
      return was !== undefined && is !== undefined && holds(prepare(was, is, options), 'backward');
    }
    accepted ??= prepare(older, newer, options);
    return holds(accepted, covering === 'forward' ? 'forward' : 'backward');
  };
}

const sent = new WeakMap<SchemaDocument, { readonly document: SchemaDocument | undefined }>();

function sentBy(document: SchemaDocument): SchemaDocument | undefined {
  const known = sent.get(document) ?? { document: asSent(document) };
  sent.set(document, known);
  return known.document;
}
