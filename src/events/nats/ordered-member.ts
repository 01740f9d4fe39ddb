/**
 * A member of an ordered group. One member leads and takes messages; it hands over of each key one at a time, however many keys
 * side by side. What a former leader took and did not settle comes again later than newer messages: until all of it is in the
 * hands of this member, nothing is handed over.
 */

import type { ConsumerInfo } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/transport-node';
import { leaseSubject } from '../../schema/nats-names.ts';
import type { Subscription } from '../bus.ts';
import { handOver } from '../hand-over.ts';
import { groupInfo } from './groups.ts';
import { leaseOf } from './lease.ts';
import { type MemberParts, pullerOf, settling } from './member.ts';
import type { StreamPosition } from './pull.ts';
import { storedOf } from './stored.ts';

/** Messages taken ahead, so that one busy key does not keep the others waiting. */
const aheadFactor = 4;
const recoverMs = 200;
/** Asked for while nothing of what is missing is due: what comes then is new, and has to be held. */
const probe = 10;

export async function orderedMember(parts: MemberParts, maxHeld: number, replicas: number): Promise<Subscription> {
  const { connection, stream, channels, options } = parts;
  const capacity = maxHeld * aheadFactor;
  let isLeading = false;
  let isStopped = false;
  /** Deliveries of the durable come to the leader one by one; a gap was taken by somebody else, or lost on the way. */
  let last: number | undefined;
  let missing = 0;
  let grant = 0;
  let hasComeBack = false;
  let recovering: ReturnType<typeof setTimeout> | undefined;

  const queue = handOver({ ...options, maxInFlight: maxHeld, onSettled: () => puller.fill() });
  queue.pause();

  /** Messages that are not in this member's hands. What was given out after the answer was made is not in its count. */
  const missingOf = ({ num_ack_pending, delivered }: ConsumerInfo) =>
    Math.max(0, num_ack_pending - queue.sizeUpTo(delivered.stream_seq));

  const recover = (afterMs: number) => {
    queue.pause();
    if (recovering !== undefined || isStopped) return;
    recovering = setTimeout(async () => {
      recovering = undefined;
      if (!isLeading) return;
      try {
        const info = await groupInfo(await connection.up(), stream, options.group);
        missing = info === undefined ? 0 : missingOf(info);
        grant = hasComeBack ? missing : Math.min(missing, probe);
        hasComeBack = false;
        puller.fill();
        if (missing === 0) queue.resume();
        else recover(recoverMs);
      } catch (error) {
        options.onError(connection.fault(error, 'ask'));
        recover(recoverMs * 5);
      }
    }, afterMs);
    recovering.unref();
  };

  const onMessage = (message: Msg, place: StreamPosition) => {
    const settle = settling(connection, message);
    if (!isLeading || isStopped) {
      void settle.nak(0).catch(options.onError);
      return;
    }
    if (last !== undefined && place.consumerSequence !== last + 1) recover(0);
    last = place.consumerSequence;
    hasComeBack ||= place.attempt > 1;
    const at = { sequence: place.streamSequence, storedAt: place.storedAt };
    queue.take({
      stored: storedOf(stream, message, at, channels),
      order: place.streamSequence,
      attempt: place.attempt,
      ack: settle.ack,
      release: settle.nak,
      progress: settle.progress,
    });
  };

  const puller = await pullerOf(parts, {
    room(requested) {
      if (!isLeading) return 0;
      if (missing === 0) return roomOf(capacity, queue.size, requested);
      // however much is held already: what is missing must find its way here
      const granted = Math.max(0, grant - requested);
      grant = 0;
      return granted;
    },
    onMessage,
    onRenewed: () => {
      if (isLeading) recover(0);
    },
  });
  const lease = await leaseOf(connection, leaseSubject(stream, options.group), replicas, {
    onGained() {
      isLeading = true;
      last = undefined;
      recover(0);
      puller.fill();
    },
    onLost() {
      isLeading = false;
      queue.pause();
      void queue.releaseWaiting();
    },
    onError: options.onError,
  });
  return {
    async stop(timeoutMs) {
      isStopped = true;
      clearTimeout(recovering);
      await puller.end();
      await queue.stop(timeoutMs);
      // whoever leads next finds all given back
      await lease.end().catch((error: unknown) => options.onError(connection.fault(error, 'ask')));
    },
  };
}

function roomOf(capacity: number, taken: number, requested: number): number {
  return requested > capacity / 2 ? 0 : Math.max(0, capacity - taken - requested);
}
