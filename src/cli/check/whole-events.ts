/** Shows witnesses as whole events: the payload that proves a finding, in its catalog's envelope. */
import type { Witness } from '../../compat/report.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { readContract } from '../../schema/contract.ts';
import { envelopeOf, wrapEvent } from '../../schema/envelope.ts';
import { type Collection, type Located, readableValue } from '../source/collection.ts';
import type { Placed, Run } from './run.ts';

export function inEnvelopes(run: Run, collections: readonly Collection[]): Run {
  return { ...run, findings: run.findings.map((placed) => inEnvelope(placed, collections)) };
}

function inEnvelope(placed: Placed, collections: readonly Collection[]): Placed {
  const { witness } = placed.finding;
  const collection = collections.find(({ catalog }) => catalog.name === placed.catalog);
  const definition = collection?.definitions.find(({ subject }) => subject === placed.subject);
  // files under no catalog.json have no envelope
  if (!witness || !collection?.folder || !definition) return placed;
  return { ...placed, finding: { ...placed.finding, witness: wrapped(witness, collection.catalog, definition) } };
}

function wrapped(witness: Witness, catalog: Catalog, definition: Located): Witness {
  const { contract } = readContract(readableValue(definition));
  const { payload } = envelopeOf(catalog).at;
  const { rejection } = witness;
  return {
    ...witness,
    value: wrapEvent(catalog, definition.subject, witness.value, contract),
    rejection: { ...rejection, instancePointer: payload + rejection.instancePointer },
  };
}
