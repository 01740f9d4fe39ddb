/** What becomes of TypeScript code for the events that a change touches: a verdict of its own, which refuses nothing. */
import { canonicalize } from '../../schema/canonical.ts';
import type { Loaded } from '../infer/compiler.ts';
import { bundler } from '../source/bundle.ts';
import { type Collection, type Located, readableValue, usesOf } from '../source/collection.ts';
import { typeVerdicts } from '../type-level/verdict.ts';
import type { Baseline } from './checking.ts';
import { pair } from './pairing.ts';
import { pastVersion, prepare } from './prepared.ts';
import type { ChangedTypes, TypesOfEvent } from './run.ts';

/** The compiler is asked about so many events: each takes it a good part of a second. */
const defaultMaxEvents = 100;
/** Pieces of code that it compiles in all; a very large event has two thousand. */
const maxUses = 20_000;

/** Of each event that is in the baseline too. Events whose types are the same are left out. */
export function changedTypes(
  collections: readonly Collection[],
  baseline: Baseline,
  loaded: Loaded,
  maxEvents = defaultMaxEvents,
): ChangedTypes {
  const { previous } = pair(collections, baseline.collections);
  const events: TypesOfEvent[] = [];
  let left = 0;
  let uses = 0;
  for (const collection of collections) {
    const touched = collection.definitions.filter((one) => isTouched(one, previous.get(one)?.definition));
    for (const candidate of prepare(collection, touched)) {
      const past = previous.get(candidate.definition);
      const version = past && pastVersion(past.definition, candidate, bundler(past.collection));
      // what cannot be read is told by the check itself
      if (!version || !candidate.parsed.ok) continue;
      if (events.length >= maxEvents || uses > maxUses) {
        left += 1;
        continue;
      }
      const { reading, writing } = typeVerdicts(version.document, candidate.document, loaded);
      uses += reading.tried + writing.tried;
      if (reading.verdict === 'same' && writing.verdict === 'same') continue;
      const { subject, definition } = candidate;
      events.push({ catalog: collection.catalog.name, subject, file: definition.file, reading, writing });
    }
  }
  return { baseline: baseline.name, events, left };
}

/** Whether its types may differ: what it refers to may have changed though its own text did not. */
function isTouched(now: Located, before: Located | undefined): boolean {
  if (before === undefined) return false;
  if (now.text !== before.text || now.link !== undefined || usesOf(now).length > 0) return true;
  // the text of a module says little of its value
  return 'value' in now.source && canonicalize(readableValue(now)) !== canonicalize(readableValue(before));
}
