/**
 * The client's `validate` beside bare Ajv on one event of about 2 KB, in one process, turn and turn about:
 * `tsc && node scripts/bench/client.mjs`. Prints the median of the ratios of neighbouring turns, and their spread.
 */
import { loadavg } from 'node:os';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createClient } from '../../dist/client/index.js';
import { fingerprint } from '../../dist/schema/canonical.js';

const line = {
  type: 'object',
  required: ['sku', 'quantity', 'price'],
  properties: {
    sku: { type: 'string', pattern: '^[A-Z]{3}-[0-9]{4}$' },
    title: { type: 'string', maxLength: 200 },
    quantity: { type: 'integer', minimum: 1 },
    price: {
      type: 'object',
      required: ['amount', 'currency'],
      properties: { amount: { type: 'number', minimum: 0 }, currency: { enum: ['EUR', 'USD', 'GBP'] } },
    },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 10 },
  },
};
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['orderId', 'placedAt', 'customer', 'lines'],
  properties: {
    orderId: { type: 'string', format: 'uuid' },
    placedAt: { type: 'string', format: 'date-time' },
    customer: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', format: 'uuid' }, email: { type: 'string', format: 'email' } },
    },
    lines: { type: 'array', minItems: 1, items: line },
    payment: {
      oneOf: [
        { type: 'object', required: ['kind', 'iban'], properties: { kind: { const: 'sepa' } } },
        { type: 'object', required: ['kind', 'last4'], properties: { kind: { const: 'card' } } },
      ],
    },
  },
};
const event = {
  orderId: '5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c11',
  placedAt: '2026-01-01T00:00:00Z',
  customer: { id: '5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c11', email: 'someone@example.org' },
  lines: Array.from({ length: 11 }, (_, at) => ({
    sku: 'ABC-1234',
    title: `A thing that is number ${at} of the order`,
    quantity: at + 1,
    price: { amount: 9.99, currency: 'EUR' },
    tags: ['new', 'sale', 'gift'],
  })),
  payment: { kind: 'card', last4: '1234' },
};

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
const bare = ajv.compile(schema);
const key = 'shop/order.placed';
const client = createClient({
  lock: { lockVersion: 1, subjects: { [key]: { version: 1, fingerprint: fingerprint(schema) } } },
  schemas: { [key]: schema },
});

const each = 4_000;
const turns = 41;
const rate = async (run) => {
  const start = process.hrtime.bigint();
  await run();
  return each / (Number(process.hrtime.bigint() - start) / 1e9);
};
const ours = () =>
  rate(async () => {
    for (let count = 0; count < each; count++)
      if (!(await client.validate('shop', 'order.placed', event)).valid) throw new Error('refused');
  });
const theirs = () =>
  rate(() => {
    for (let count = 0; count < each; count++) if (!bare(event)) throw new Error('refused');
  });

await ours();
await theirs();
const ratios = [];
const rates = { client: [], ajv: [] };
for (let turn = 0; turn < turns; turn++) {
  const [a, b] = turn % 2 === 0 ? [await ours(), await theirs()] : [await theirs(), await ours()].reverse();
  rates.client.push(a);
  rates.ajv.push(b);
  ratios.push(a / b);
}
const at = (list, part) => list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) * part)];
console.log(`event ${JSON.stringify(event).length} bytes, ${turns} turns of ${each}, load ${loadavg()[0].toFixed(1)}`);
console.log(`client ${Math.round(at(rates.client, 0.5))}/s, Ajv ${Math.round(at(rates.ajv, 0.5))}/s`);
console.log(
  `ratio: median ${at(ratios, 0.5).toFixed(2)}, quartiles ${at(ratios, 0.25).toFixed(2)} to ${at(ratios, 0.75).toFixed(2)}`,
);
