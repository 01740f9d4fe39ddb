import type { Json } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
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
    const isLower = (instance: Pointer) =>
      rank(now.get(instance)?.classification) < rank(before.get(instance)?.classification);
    const lowered: Lost[] = [];
    const untagged: Lost[] = [];
    for (const [instance, part] of now) {
      const past = before.get(instance);
      if (!past) continue;
      const around = instance.slice(0, Math.max(instance.lastIndexOf('/'), 0));
      // a part without a level of its own follows the event or what is around it, whose lowering is reported already
      const follows =
        !past.stated && !part.stated && (instance === '' ? eventLowered : eventLowered || isLower(around));
      if (!follows && isLower(instance)) lowered.push({ part, past });
      const [tagsAround, tagsAroundBefore] = instance === '' ? [] : [now.get(around)?.tags, before.get(around)?.tags];
      for (const tag of past.tags)
        if (!part.tags.includes(tag) && !(tagsAroundBefore?.includes(tag) && !tagsAround?.includes(tag)))
          untagged.push({ part, past, tag });
    }
    for (const group of byDefinition(lowered)) yield loweredFinding(group);
    for (const group of byDefinition(untagged)) yield untaggedFinding(group);
  },
};

interface Lost {
  readonly part: Effective;
  readonly past: Effective;
  readonly tag?: string;
}

type Group = readonly [Lost, ...Lost[]];

/** Fields of one shared definition that lost the same are one finding. */
function byDefinition(lost: readonly Lost[]): readonly Group[] {
  const groups = new Map<string, [Lost, ...Lost[]]>();
  for (const one of lost) {
    const { part, past, tag } = one;
    const key = JSON.stringify([past.origin ?? part.instance, past.classification, part.classification, tag]);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

/** Of the schema that states what was lost. */
function originOf([{ part, past }]: Group): { readonly origin?: string } {
  const origin = past.origin ?? part.origin;
  return origin === undefined ? {} : { origin };
}

/** `/email`; `/buyer/email and 2 more fields of the same definition`. */
function fieldsOf(group: Group): { readonly text: string; readonly params: Readonly<Record<string, Json>> } {
  const fields = group.map(({ part }) => part.instance);
  const more = fields.length - 1;
  const text = fields[0] || 'The payload';
  if (more === 0) return { text, params: { field: fields[0] ?? '' } };
  return {
    text: `${text} and ${more} more ${more === 1 ? 'field' : 'fields'} of the same definition`,
    params: { field: fields[0] ?? '', fields },
  };
}

function loweredFinding(group: Group): PolicyFinding {
  const [{ part, past }] = group;
  const { text, params } = fieldsOf(group);
  const verbs = group.length === 1 ? ['was', 'is'] : ['were', 'are'];
  return {
    pointer: part.pointer,
    message: `${text} ${verbs[0]} ${past.classification} and ${verbs[1]} ${part.classification ?? 'without classification'} now.`,
    params: { ...params, before: past.classification ?? null, now: part.classification ?? null },
    ...originOf(group),
  };
}

function untaggedFinding(group: Group): PolicyFinding {
  const [{ part, tag = '' }] = group;
  const { text, params } = fieldsOf(group);
  const verbs = group.length === 1 ? ['was', 'is'] : ['were', 'are'];
  return {
    pointer: part.pointer,
    message: `${text} ${verbs[0]} tagged "${tag}" and ${verbs[1]} not any more.`,
    params: { ...params, tag },
    ...originOf(group),
  };
}

function levelOf(version: PolicyVersion, { name, catalog }: PolicyContext): string | undefined {
  return eventLevel(version.contract, name, catalog);
}
