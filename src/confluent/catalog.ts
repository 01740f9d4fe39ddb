/** The catalog Confluent's subjects live in, as it is where nobody made one: Confluent's defaults, and no rule but compatibility. */

import { catalogRules } from '../check/rules.ts';
import type { Caller } from '../registry/caller.ts';
import { putCatalog } from '../registry/catalogs/catalog.ts';
import type { Context } from '../registry/context.ts';
import type { Json } from '../schema/json.ts';

/** BACKWARD and the open world are Confluent's own defaults: STRICT takes writers to send whatever their schema accepts. */
export function defaultCatalog(name: string): Json {
  return {
    name,
    title: 'Kafka',
    description: 'Subjects registered through Confluent’s interface.',
    level: 'BACKWARD',
    world: 'open',
    // names are Confluent's to give: the rule that reads this is off
    names: { segments: [{ name: 'subject', style: 'kebab' }], major: 'optional' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['public', 'internal', 'confidential', 'restricted'] },
    rules: Object.fromEntries(catalogRules.map(({ id }) => [id, 'off'])),
  };
}

export async function prepareCatalog(context: Omit<Context, 'caller'>, name: string): Promise<void> {
  if (await context.store.catalog(name)) return;
  const caller: Caller = { actor: 'herald', queue: 'herald', correlationId: '', can: () => true };
  await putCatalog({ ...context, caller }, name, defaultCatalog(name));
}
