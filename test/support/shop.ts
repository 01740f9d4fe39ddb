/** A catalog of orders that asks for nothing unusual: what the tests that play a whole story are set in. */
import type { JsonObject } from '../../src/schema/json.ts';

export const shop = {
  name: 'shop',
  title: 'Shop',
  names: {
    segments: [
      { name: 'domain', style: 'snake' },
      { name: 'fact', style: 'snake' },
    ],
    major: 'optional',
  },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public', 'internal'] },
  domains: { order: { owner: 'orders', classification: 'internal', retention: 'P90D' } },
  services: { orders: {}, billing: {} },
} satisfies JsonObject;
