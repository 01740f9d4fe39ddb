import { type Effective, effectiveSensitivity, eventLevel } from '../effective.ts';
import type { PolicyContext, PolicyFinding, PolicyRule, PolicyVersion } from '../rule.ts';

export const classificationLowered: PolicyRule = {
  id: 'classification-lowered',
  summary: 'No event and no field becomes less sensitive than it was, and none loses a tag, without a waiver.',
  severity: 'error',
  fault: 'CLASSIFICATION_LOWERED',
  *check(context): Generator<PolicyFinding> {
    const { previous, catalog } = context;
    if (!previous) return;
    const { levels } = catalog.classification;
    const rank = (level: string | undefined) => levels.indexOf(level ?? '');
    const [levelBefore, levelNow] = [levelOf(previous, context), levelOf(context, context)];
    const eventLowered = rank(levelNow) < rank(levelBefore);
    if (eventLowered)
      yield {
        pointer: '/x-contract/classification',
        message: `The event was ${levelBefore} and is ${levelNow ?? 'without classification'} now.`,
        params: { before: levelBefore ?? null, now: levelNow ?? null },
      };
    const before = effectiveSensitivity(previous.document, levels, levelBefore);
    const now = effectiveSensitivity(context.document, levels, levelNow);
    for (const [instance, part] of now) {
      const past = before.get(instance);
      if (!past) continue;
      // fields without a level of their own follow the event, whose lowering is reported already
      const followed = eventLowered && !past.stated && !part.stated;
      if (!followed && rank(part.classification) < rank(past.classification)) yield lowered(part, past);
      const around = now.get(instance.slice(0, Math.max(instance.lastIndexOf('/'), 0)));
      const aboveBefore = around && instance !== '' ? before.get(around.instance) : undefined;
      for (const tag of past.tags)
        if (!part.tags.includes(tag) && !(aboveBefore?.tags.includes(tag) && !around?.tags.includes(tag)))
          yield {
            pointer: part.pointer,
            message: `${instance || 'The payload'} was tagged "${tag}" and is not any more.`,
            params: { field: instance, tag },
          };
    }
  },
};

function levelOf(version: PolicyVersion, { name, catalog }: PolicyContext): string | undefined {
  return eventLevel(version.contract, name, catalog);
}

function lowered(part: Effective, past: Effective): PolicyFinding {
  return {
    pointer: part.pointer,
    message: `${part.instance || 'The payload'} was ${past.classification} and is ${part.classification ?? 'without classification'} now.`,
    params: { field: part.instance, before: past.classification ?? null, now: part.classification ?? null },
  };
}
