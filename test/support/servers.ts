/**
 * Real servers for tests that need one: the address where its variable is set. TEST_REQUIRES_BROKERS=1 makes a missing one a
 * failure, so that CI cannot skip those tests unseen.
 */
function server(name: 'NATS_URL' | 'REDIS_URL' | 'AMQP_URL' | 'RABBITMQ_MANAGEMENT_URL'): string | undefined {
  const url = process.env[name];
  if (url === undefined && process.env.TEST_REQUIRES_BROKERS === '1')
    throw new Error(`${name} is not set: the tests on that broker would be skipped`);
  return url;
}

export const natsUrl = (): string | undefined => server('NATS_URL');
export const redisUrl = (): string | undefined => server('REDIS_URL');
export const amqpUrl = (): string | undefined => server('AMQP_URL');

/** Address of RabbitMQ's management interface, with a user who may do everything; the broker itself is at `AMQP_URL`. */
export const managementUrl = (): string | undefined => server('RABBITMQ_MANAGEMENT_URL');
