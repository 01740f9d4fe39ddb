/** Short forms of the proofs that kill: relays, consumers and brokers. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, test } from 'vitest';
import { databaseUrl } from './support/database.ts';
import { hasKafka } from './support/kafka.ts';
import { proof } from './support/proof.ts';
import { redisUrl } from './support/servers.ts';

describe.skipIf(databaseUrl === undefined || redisUrl() === undefined)('kill -9', () => {
  test('of relays loses no event and changes no order', { timeout: 100_000 }, () =>
    proof('events-kill', '--kills', '8', '--every', '500', '--within', '90'),
  );
});

/** Whether a broker can be started here, and killed. */
function canStart(command: string): boolean {
  const isThere = spawnSync(command, ['--version']).error === undefined;
  if (!isThere && process.env.TEST_REQUIRES_BROKERS === '1')
    throw new Error(`${command} is not installed: the tests that kill it would be skipped`);
  return isThere;
}

const rabbitmq = () => {
  const command = '/usr/lib/rabbitmq/bin/rabbitmq-server';
  if (!existsSync(command) && process.env.TEST_REQUIRES_BROKERS === '1')
    throw new Error(`${command} is not there: the tests that kill it would be skipped`);
  return existsSync(command);
};

/** How often, where starting takes long; the long form is `npm run proof:events:outage`. */
const brokers = [
  { bus: 'nats', isThere: () => canStart('nats-server'), outages: '2', kills: '3' },
  { bus: 'redis', isThere: () => canStart('redis-server'), outages: '2', kills: '3' },
  { bus: 'rabbitmq', isThere: rabbitmq, outages: '1', kills: '1' },
  { bus: 'kafka', isThere: hasKafka, outages: '1', kills: '2' },
];

describe.skipIf(databaseUrl === undefined).each(brokers)(
  'an outage of a $bus broker',
  ({ bus, isThere, outages, kills }) => {
    test.skipIf(!isThere())(
      'and kill -9 of relays and consumers: each effect once, in the order of its key',
      { timeout: 160_000 },
      () => proof('events-outage', '--bus', bus, '--outages', outages, '--kills', kills, '--within', '150'),
    );
  },
);
