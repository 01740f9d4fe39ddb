/**
 * A group is a quorum queue of its name, bound to what it reads. A queue begins with its binding: what was stored before is copied
 * to a queue of its own, `<group>.history`, which members empty first. Groups write what they read into their streams' records.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel as ClientChannel, Envelope } from 'rabbitmq-client';
import { rabbitHistory, rabbitLog, rabbitRecordHeaders, rabbitRecords } from '../../schema/rabbit-names.ts';
import type { Channel, Group, SubscribeOptions } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import { EventFault } from '../error.ts';
import { refuseMissing } from '../wire.ts';
import { amqpCode, type Connection } from './connection.ts';
import { bytesOf, headerOf, rabbitHeaders, storedOf } from './messages.ts';
import { readLog, startOf, writeMark } from './read.ts';
import { queueState } from './streams.ts';

/** The mark at the end of a history. */
export const endOfHistory = 'end-of-history';

const lockTries = 150;
const lockPauseMs = 200;
const settleMs = 200;

export type Joining = Pick<SubscribeOptions, 'group' | 'channels' | 'ordered' | 'start'>;

/** Makes the group where it is not known, or lets it read what it does not read yet, from now on. */
export async function joinGroup(connection: Connection, joining: Joining): Promise<void> {
  const { group, channels } = joining;
  await locked(connection, `${group}.joining`, async () => {
    const known = await recorded(connection, channels, group);
    if (known === undefined || (await queueState(connection, group)) === undefined) await make(connection, joining);
    else await extend(connection, joining, known);
  });
}

/** Of a group that was provisioned: its queue is there, and what it is bound to is not this service's to say. */
export async function verifyGroup(connection: Connection, { group }: Pick<Joining, 'group'>): Promise<void> {
  if ((await queueState(connection, group)) === undefined) refuseMissing([group]);
}

/** An exclusive queue is one connection's: RabbitMQ frees it when its holder dies. */
async function locked(connection: Connection, name: string, run: () => Promise<void>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const channel = await connection.channel();
    try {
      await channel.queueDeclare({ queue: name, exclusive: true });
    } catch (error) {
      await channel.close().catch(() => {});
      if (amqpCode(error) !== 'RESOURCE_LOCKED' || tried === lockTries) throw connection.fault(error);
      await sleep(lockPauseMs);
      continue;
    }
    try {
      await run();
      return;
    } finally {
      await channel.queueDelete({ queue: name }).catch(() => {});
      await channel.close().catch(() => {});
    }
  }
}

async function declare(channel: ClientChannel, { group, ordered }: Joining): Promise<void> {
  const kind = { 'x-queue-type': 'quorum' as const, ...(ordered && { 'x-single-active-consumer': true }) };
  await channel.queueDeclare({ queue: group, durable: true, arguments: kind });
}

/** What is left of an attempt that did not come to its end is thrown away: the log still has all of it. */
async function make(connection: Connection, joining: Joining): Promise<void> {
  const { group, channels, start } = joining;
  await connection.on(async (channel) => {
    await channel.queueDelete({ queue: group });
    await channel.queueDelete({ queue: rabbitHistory(group) });
    if (start !== 'new')
      await channel.queueDeclare({
        queue: rabbitHistory(group),
        durable: true,
        arguments: { 'x-queue-type': 'quorum', 'x-single-active-consumer': true },
      });
    await declare(channel, joining);
    for (const { address, stream } of channels)
      await channel.queueBind({ queue: group, exchange: stream, routingKey: address });
  });
  if (start !== 'new') await copyHistory(connection, joining);
  await record(connection, channels, group, addressesOf(channels));
}

async function extend(connection: Connection, joining: Joining, known: readonly string[]): Promise<void> {
  const { group, channels, ordered } = joining;
  try {
    await connection.on((channel) => declare(channel, joining));
  } catch (error) {
    if (amqpCode(error) !== 'PRECONDITION_FAILED') throw error;
    const message = `The group ${group} is there and is ${ordered ? 'not ordered' : 'ordered'}: RabbitMQ cannot change that.`;
    const remedy = 'Remove the group first (forget()), or give the new one another name.';
    throw new EventFault('BUS_UNSUPPORTED', { bus: 'rabbitmq', group }, { message, remedy, cause: error });
  }
  const added = channels.filter(({ address }) => !known.includes(address));
  if (added.length === 0) return;
  await connection.on(async (channel) => {
    for (const { address, stream } of added)
      await channel.queueBind({ queue: group, exchange: stream, routingKey: address });
  });
  await record(connection, channels, group, [...new Set([...known, ...addressesOf(channels)])].sort());
}

/** The queue is bound already: what comes meanwhile is in both, and its ids tell. */
async function copyHistory(connection: Connection, { group, channels, start }: Joining): Promise<void> {
  // what was on its way while the binding was made gets to the log first
  await sleep(settleMs);
  const since = typeof start === 'object' ? start.time : 0;
  const channel = await connection.channel();
  try {
    await channel.confirmSelect();
    for (const [stream, own] of byStream(channels)) {
      const offset = startOf(typeof start === 'object' ? start : 'earliest');
      for await (const message of readLog(connection, rabbitLog(stream), { exchange: stream }, offset)) {
        const stored = storedOf(message, '', own);
        if (stored === undefined || stored.storedAt < since) continue;
        const { headers = {}, messageId, timestamp } = message;
        const { 'x-stream-offset': _, ...kept } = headers;
        const said = { [rabbitHeaders.address]: stored.address, [rabbitHeaders.stream]: stream };
        const envelope: Envelope = { routingKey: rabbitHistory(group), durable: true, headers: { ...said, ...kept } };
        await channel.basicPublish(
          { ...envelope, ...(messageId && { messageId }), ...(timestamp && { timestamp }) },
          Buffer.from(bytesOf(message.body)),
        );
      }
    }
    await writeMark(channel, { routingKey: rabbitHistory(group) }, endOfHistory);
  } catch (error) {
    throw connection.fault(error);
  } finally {
    await channel.close().catch(() => {});
  }
}

function addressesOf(channels: readonly Channel[]): readonly string[] {
  return [...new Set(channels.map(({ address }) => address))].sort();
}

/** The addresses a group reads, by the records of these channels' streams; undefined where one of them does not know it. */
async function recorded(
  connection: Connection,
  channels: readonly Channel[],
  group: string,
): Promise<readonly string[] | undefined> {
  const all = new Set<string>();
  for (const stream of byStream(channels).keys()) {
    const addresses = (await records(connection, stream)).get(group);
    if (addresses === undefined) return undefined;
    for (const address of addresses) all.add(address);
  }
  return [...all].sort();
}

async function records(connection: Connection, stream: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const groups = new Map<string, readonly string[]>();
  const queue = rabbitRecords(stream);
  for await (const message of readLog(connection, queue, { routingKey: queue }, 'first')) {
    const group = headerOf(message, rabbitRecordHeaders.group);
    const addresses = JSON.parse(headerOf(message, rabbitRecordHeaders.addresses) ?? '[]') as readonly string[];
    if (group === undefined) continue;
    if (addresses.length === 0) groups.delete(group);
    else groups.set(group, addresses);
  }
  return groups;
}

/** No addresses: the group is gone. */
async function record(
  connection: Connection,
  channels: readonly Channel[],
  group: string,
  addresses: readonly string[],
): Promise<void> {
  const headers = { [rabbitRecordHeaders.group]: group, [rabbitRecordHeaders.addresses]: JSON.stringify(addresses) };
  await connection.on(async (channel) => {
    await channel.confirmSelect();
    for (const stream of byStream(channels).keys())
      await channel.basicPublish({ routingKey: rabbitRecords(stream), durable: true, headers }, Buffer.alloc(0));
  });
}

export async function groupsReading(connection: Connection, { stream, address }: Channel): Promise<readonly Group[]> {
  if ((await queueState(connection, rabbitRecords(stream))) === undefined) return [];
  const found: Group[] = [];
  for (const [name, addresses] of await records(connection, stream))
    if (addresses.includes(address) && (await queueState(connection, name)) !== undefined)
      found.push({ name, addresses });
  return found;
}

export async function removeGroup(connection: Connection, group: string, channels: readonly Channel[]): Promise<void> {
  await connection.on(async (channel) => {
    await channel.queueDelete({ queue: group });
    await channel.queueDelete({ queue: rabbitHistory(group) });
  });
  for (const [stream, own] of byStream(channels)) {
    const isRecorded =
      (await queueState(connection, rabbitRecords(stream))) !== undefined &&
      (await records(connection, stream)).has(group);
    if (isRecorded) await record(connection, own, group, []);
  }
}
