/** `classification.json`: how sensitive an event is and which of its fields are more so, as data for logs, exports and reviews. */
import type { Pointer } from '../schema/pointer.ts';
import { reach } from '../schema/reach.ts';
import { statedSensitivity } from '../schema/sensitivity.ts';
import { parseSubject } from '../schema/subject.ts';
import { eventDocument } from './event.ts';
import type { ArtifactInput } from './input.ts';

/** The level of fields that state none: the contract's, else the domain's, else the lowest there is. */
export function eventLevel({ catalog, subject, contract }: ArtifactInput): string {
  const domain = parseSubject(subject)?.domain ?? '';
  const byDomain = Object.hasOwn(catalog.domains, domain) ? catalog.domains[domain]?.classification : undefined;
  return contract.classification ?? byDomain ?? catalog.classification.levels[0]!;
}

interface Field {
  readonly level?: string;
  readonly tags?: readonly string[];
}

/**
 * Fields by their pointer into the whole event, as it is on the wire; `*` in one stands for any element and any further member.
 * What stands behind references of every kind counts, and where several schemas meet a field the highest level does.
 */
export function classificationText(input: ArtifactInput): string {
  const { levels, tags } = input.catalog.classification;
  const base = eventLevel(input);
  const fields = statedFields(input);
  const described = Object.entries(tags).map(([tag, { description }]) => [tag, description]);
  const content = {
    catalog: input.catalog.name,
    subject: input.subject,
    ...(input.version !== undefined && { version: input.version }),
    levels,
    level: [...fields.values()].reduce((top, { level = base }) => higher(levels, top, level), base),
    unstated: base,
    tags: Object.fromEntries(described),
    fields: Object.fromEntries(fields),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function statedFields({ catalog, subject, contract, document }: ArtifactInput): ReadonlyMap<Pointer, Field> {
  const { levels } = catalog.classification;
  const found = new Map<Pointer, Field>();
  for (const { place, instance } of reach(eventDocument(catalog, subject, contract, document))) {
    const stated = statedSensitivity(place.schema);
    if (stated === undefined) continue;
    const known = found.get(instance);
    const level = [known?.level, knownLevel(levels, stated.classification)].filter((one) => one !== undefined);
    const marked = [...new Set([...(known?.tags ?? []), ...stated.tags])].sort();
    found.set(instance, {
      ...(level.length > 0 && { level: level.reduce((one, other) => higher(levels, one, other)) }),
      ...(marked.length > 0 && { tags: marked }),
    });
  }
  return found;
}

/** A level the catalog does not know counts as its highest. */
function knownLevel(levels: readonly string[], stated: string | undefined): string | undefined {
  return stated === undefined || levels.includes(stated) ? stated : levels.at(-1);
}

function higher(levels: readonly string[], one: string, other: string): string {
  return levels.indexOf(other) > levels.indexOf(one) ? other : one;
}
