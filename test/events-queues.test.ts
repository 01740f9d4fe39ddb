/** Work queues of RabbitMQ, `service.action.priority`: sent, carried out, tried again, set aside. */
import { randomUUID } from 'node:crypto';
import { Connection } from 'rabbitmq-client';
import { afterEach, describe, expect, test } from 'vitest';
import { workQueues } from '../src/events/rabbitmq/index.ts';
import { until } from './support/events.ts';
import { proxyTo } from './support/proxy.ts';
import { amqpUrl } from './support/servers.ts';

const url = amqpUrl();
const opened: { close(): Promise<void> }[] = [];
const used: string[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  if (url === undefined) return;
  const rabbit = new Connection(url);
  for (const queue of used.splice(0).flatMap((each) => [each, `${each}.dead`])) await rabbit.queueDelete({ queue });
  await rabbit.close();
});

function queuesAt(address = url!, more: Partial<Parameters<typeof workQueues>[0]> = {}) {
  const queues = workQueues({ url: address, ...more });
  opened.push(queues);
  return queues;
}

function nameOf(priority = 'high'): string {
  const queue = `notify${randomUUID().slice(0, 8)}.email.${priority}`;
  used.push(queue);
  return queue;
}

const quickly = { backoff: { firstMs: 1, maxMs: 5 } };

async function deadIn(queue: string): Promise<readonly string[]> {
  const rabbit = new Connection(url!);
  const found: string[] = [];
  for (;;) {
    const message = await rabbit.basicGet({ queue: `${queue}.dead`, noAck: true });
    if (message === undefined) break;
    found.push(String(message.body));
  }
  await rabbit.close();
  return found;
}

async function firstDead(queue: string): Promise<readonly string[]> {
  const found: string[] = [];
  await until('it is set aside', async () => {
    found.push(...(await deadIn(queue)));
    return found.length > 0;
  });
  return found;
}

test('a name that is not service.action.priority is refused', async () => {
  const queues = queuesAt('amqp://127.0.0.1:1');
  for (const name of ['notify.email', 'notify.email.urgent', 'a.b.c.high', '..high'])
    await expect(queues.send(name, {})).rejects.toMatchObject({ code: 'OPTIONS_INVALID', details: { queue: name } });
});

describe.skipIf(url === undefined)('on the server of AMQP_URL', () => {
  test('a command is carried out by one worker, once it is sent', async () => {
    const queues = queuesAt();
    const queue = nameOf();
    await queues.ensure([queue]);
    const got: unknown[] = [];
    for (let worker = 0; worker < 2; worker += 1)
      await queues.work(queue, async (command, { id, attempt }) => void got.push([command, id, attempt]));
    await queues.send(queue, { to: 'u-1' }, { id: 'one' });
    await until('it', () => got.length > 0);
    expect(got).toEqual([[{ to: 'u-1' }, 'one', 1]]);
  });

  test('a queue that is not there is named', async () => {
    const queue = nameOf();
    await expect(queuesAt().send(queue, {})).rejects.toMatchObject({
      code: 'STREAM_MISSING',
      details: { streams: [queue] },
    });
  });

  test('what fails is tried again, and set aside after its attempts, as it came', async () => {
    const queues = queuesAt();
    const queue = nameOf();
    await queues.ensure([queue]);
    const attempts: number[] = [];
    await queues.work(
      queue,
      async (_, { attempt }) => {
        attempts.push(attempt);
        throw new Error('no');
      },
      { maxAttempts: 3, ...quickly },
    );
    await queues.send(queue, { to: 'u-1' });
    const dead = await firstDead(queue);
    expect([attempts, dead]).toEqual([[1, 2, 3], ['{"to":"u-1"}']]);
  });

  test('what breaks its schema is not sent, and of others set aside at once', async () => {
    const check = (_: string, command: unknown) => ((command as { to?: unknown }).to === undefined ? ['/to'] : []);
    const strict = queuesAt(url!, { check });
    const queue = nameOf();
    await strict.ensure([queue]);
    await expect(strict.send(queue, {})).rejects.toMatchObject({ code: 'EVENT_INVALID', details: { errors: ['/to'] } });
    const got: unknown[] = [];
    await strict.work(queue, async (command) => void got.push(command), quickly);
    await queuesAt().send(queue, { from: 'u-1' });
    const dead = await firstDead(queue);
    expect([got, dead]).toEqual([[], ['{"from":"u-1"}']]);
  });

  test('a worker goes on after its broker was away', async () => {
    const proxy = await proxyTo(url!);
    opened.push(proxy);
    const [far, near] = [queuesAt(proxy.url), queuesAt()];
    const queue = nameOf();
    await near.ensure([queue]);
    const got: unknown[] = [];
    await far.work(queue, async (command) => void got.push(command));
    const back = proxy.cut();
    await near.send(queue, 'meanwhile');
    await back();
    await until('it', () => got.length === 1);
    expect(got).toEqual(['meanwhile']);
  });
});
