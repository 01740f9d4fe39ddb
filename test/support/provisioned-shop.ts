/** A catalog of one event that one service reads: as little as there is to provision on a broker. */
import type { Applied } from '../../src/provision/apply.ts';
import type { Source } from '../../src/provision/broker.ts';
import { keyOf } from '../../src/provision/resource.ts';
import { readCatalog } from '../../src/schema/catalog.ts';

export function provisionedShop(delivery: object = {}): Source {
  const reading = readCatalog({
    name: 'shop',
    title: 'Shop',
    names: { segments: [{ name: 'domain', style: 'any' }], major: 'optional' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['public'] },
    domains: { order: { owner: 'orders', retention: 'P10D' } },
    services: { orders: {}, billing: {}, mail: {} },
    delivery,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const contract = { producer: 'orders', consumers: [{ service: 'billing' }] };
  return { catalog: reading.catalog, events: [{ subject: 'order.placed', contract }] };
}

/** What became of each resource: "done create queue billing". */
export function statesOf({ outcomes }: Applied): readonly string[] {
  return outcomes.map((one) => `${one.state} ${one.class} ${keyOf(one)}`);
}
