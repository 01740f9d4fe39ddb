import { locations } from '../../schema/locations.ts';
import { append } from '../../schema/pointer.ts';
import { referenceOf } from '../../schema/reference.ts';
import { parseRegisteredUri, registeredReferences } from '../../schema/registered.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const referenceToLiveSubject: PolicyRule = {
  id: 'reference-to-live-subject',
  summary: 'References lead to live subjects: never to retired ones, and no new ones to deprecated ones.',
  severity: 'error',
  aboutNeighbours: true,
  fault: 'POLICY_REFUSED',
  *check({ document, previous, neighbours }): Generator<PolicyFinding> {
    if (neighbours.stages.size === 0) return;
    const before = new Set(
      [...(previous ? registeredReferences(previous.document.root).values() : [])].map(
        ({ catalog, subject }) => `${catalog}/${subject}`,
      ),
    );
    for (const { schema, pointer } of locations(document)) {
      const target = parseRegisteredUri(referenceOf(schema) ?? '');
      if (!target) continue;
      const key = `${target.catalog}/${target.subject}`;
      const stage = neighbours.stages.get(key);
      if (stage === undefined || stage === 'active') continue;
      if (stage !== 'retired' && before.has(key)) continue;
      yield {
        pointer: append(pointer, '$ref'),
        message:
          stage === 'retired'
            ? `It refers to "${key}", which is retired.`
            : `It begins to refer to "${key}", which is being replaced (${stage}).`,
        params: { subject: key, stage },
      };
    }
  },
};
