/** What the catalog asks for and a broker does not give, said before anything is touched. */
import { isArray, isObject, type Json, member } from '../schema/json.ts';
import type { ProvisionedEvent } from './broker.ts';
import type { Remark } from './plan.ts';

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
