/** `classification.json`: how sensitive an event is and which of its fields are more so, as data for logs, exports and reviews. */
import { highest, sensitivities } from '../schema/sensitivity.ts';
import { parseSubject } from '../schema/subject.ts';
import type { ArtifactInput } from './input.ts';

/** The level of fields that state none: the contract's, else the domain's, else the lowest there is. */
export function eventLevel({ catalog, subject, contract }: ArtifactInput): string {
  const domain = parseSubject(subject)?.domain ?? '';
  const byDomain = Object.hasOwn(catalog.domains, domain) ? catalog.domains[domain]?.classification : undefined;
  return contract.classification ?? byDomain ?? catalog.classification.levels[0]!;
}

export function classificationText(input: ArtifactInput): string {
  const { levels, tags } = input.catalog.classification;
  const base = eventLevel(input);
  const stated = sensitivities(input.document);
  const fields = stated.map(({ pointer, classification, tags: marked }) => [
    pointer,
    { ...(classification !== undefined && { level: classification }), ...(marked.length > 0 && { tags: marked }) },
  ]);
  const described = Object.entries(tags).map(([tag, { description }]) => [tag, description]);
  const content = {
    catalog: input.catalog.name,
    subject: input.subject,
    ...(input.version !== undefined && { version: input.version }),
    levels,
    level: highest(levels, [base, ...stated.map(({ classification }) => classification)]),
    unstated: base,
    tags: Object.fromEntries(described),
    fields: Object.fromEntries(fields),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
