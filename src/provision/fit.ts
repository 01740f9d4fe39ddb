/** What the catalog asks for and a broker does not give, said before anything is touched. */
import { streamOfSubject } from '../schema/delivery.ts';
import { isArray, isObject, type Json, member } from '../schema/json.ts';
import type { ProvisionedEvent, Source } from './broker.ts';
import type { Remark } from './plan.ts';

/** Subjects of several catalogs, on a broker that keeps what is in different streams apart. */
export function sharedSubjects(sources: readonly Source[]): readonly Remark[] {
  const streams = new Map<string, string[]>();
  for (const { catalog, events } of sources)
    for (const { subject } of events) {
      const place = `${streamOfSubject(catalog, subject)} of ${catalog.name}`;
      streams.set(subject, [...(streams.get(subject) ?? []), place]);
    }
  return [...streams]
    .filter(([, places]) => places.length > 1)
    .map(([subject, places]): Remark => {
      const message = `Several catalogs claim it, and here each has its own, in ${places.join(' and ')}: who reads it in one sees nothing of the others. Where they are one event, leave it to one catalog.`;
      return { level: 'warning', code: 'subject-shared', about: subject, message };
    });
}

/** What an envelope and headers take besides. */
const besideBytes = 8_192;

/** Events that their schema allows to be larger than the broker takes. */
export function tooLarge(events: readonly ProvisionedEvent[], maxBytes: number, stated: string): readonly Remark[] {
  return events.flatMap(({ subject, document }): Remark[] => {
    const bytes = document === undefined ? 0 : leastLargest(document.root);
    if (bytes + besideBytes <= maxBytes) return [];
    const message = `Its schema allows events of ${bytes} bytes and more; ${stated} is ${maxBytes}, headers included. Publishing such an event is refused.`;
    return [{ level: 'warning', code: 'event-too-large', about: subject, message }];
  });
}

/**
 * Bytes that the largest event has at least, by the limits that the schema states: text of `maxLength` characters, lists of
 * `maxItems`. What has no limit counts as nothing: every schema allows too much of that.
 */
export function leastLargest(schema: Json): number {
  if (!isObject(schema)) return 0;
  const limit = (name: string) => {
    const value = member(schema, name);
    return typeof value === 'number' ? value : 0;
  };
  const items = member(schema, 'items');
  const properties = member(schema, 'properties');
  const inProperties = isObject(properties)
    ? Object.entries(properties).reduce((sum, [name, inner]) => sum + name.length + 4 + leastLargest(inner), 0)
    : 0;
  const branches = ['allOf', 'anyOf', 'oneOf'].flatMap((name) => {
    const list = member(schema, name);
    return isArray(list) ? list.map(leastLargest) : [];
  });
  const inItems = items === undefined ? 0 : limit('maxItems') * (1 + leastLargest(items));
  return limit('maxLength') + inItems + inProperties + Math.max(0, ...branches);
}
