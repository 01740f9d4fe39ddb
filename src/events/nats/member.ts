/** One member of a group on one stream, in this process. */

import type { Msg } from '@nats-io/transport-node';
import { addressesOfDurable, durableName, natsCovers, natsStreamName } from '../../schema/nats-names.ts';
import type { Channel, Delivery, SubscribeOptions, Subscription } from '../bus.ts';
import { EventFault } from '../error.ts';
import type { Connection } from './connection.ts';
import { ensureGroup } from './groups.ts';
import { type Pull, pullFrom, type StreamPosition } from './pull.ts';
import { storedOf } from './stored.ts';

export interface MemberParts {
  readonly connection: Connection;
  readonly stream: string;
  readonly channels: readonly Channel[];
  readonly options: SubscribeOptions;
}

/** What a member does with what it is given; how much it may ask for is its own to say. */
export interface Receiver {
  /** Messages that may be asked for now. */
  room(requested: number): number;
  onMessage(message: Msg, place: StreamPosition): void;
  /** The connection was made anew, or the durable. */
  onRenewed?(): void;
}

export interface Puller {
  /** Asks for as much as there is room for. */
  fill(): void;
  end(): Promise<void>;
}

const renewMs = 1_000;

/** Keeps a pull on the group's durable going, whatever happens to the connection, the server or the durable. */
export async function pullerOf(parts: MemberParts, receiver: Receiver): Promise<Puller> {
  const { connection, stream, channels, options } = parts;
  let isEnded = false;
  let isPlanned = false;
  let renewing: ReturnType<typeof setTimeout> | undefined;
  let isMeant = (_address: string) => true;

  const connect = async (): Promise<Pull> => {
    const connected = await connection.up();
    const info = await ensureGroup(connected, stream, channels, options);
    const read = addressesOfDurable(info.config);
    isMeant = (address) => read.some((pattern) => natsCovers(pattern, address));
    return pullFrom(connected, natsStreamName(stream), durableName(options.group), {
      onMessage: (message, place) => {
        if (isMeant(message.subject)) receiver.onMessage(message, place);
        else message.respond(acknowledged);
      },
      onEnd: () => puller.fill(),
      onGone: (why) => {
        options.onError(gone(parts, why));
        renew();
      },
    });
  };

  /** Makes durable and pull again, until that succeeds. */
  const renew = () => {
    if (renewing !== undefined || isEnded) return;
    renewing = setTimeout(async () => {
      try {
        const fresh = await connect();
        const old = pull;
        pull = fresh;
        await old.end();
        renewing = undefined;
        receiver.onRenewed?.();
        puller.fill();
      } catch (error) {
        options.onError(connection.fault(error, 'ask'));
        renewing = undefined;
        renew();
      }
    }, renewMs);
    renewing.unref();
  };

  const fill = () => {
    isPlanned = false;
    if (isEnded || renewing !== undefined || !connection.isUp()) return;
    const count = receiver.room(pull.requested);
    if (count > 0) pull.request(count);
  };

  const puller: Puller = {
    fill() {
      if (isPlanned) return;
      isPlanned = true;
      setImmediate(fill);
    },
    async end() {
      isEnded = true;
      clearTimeout(renewing);
      unsubscribe();
      await pull.end();
    },
  };

  let pull = await connect();
  const unsubscribe = connection.onReconnect(() => {
    pull.reset();
    receiver.onRenewed?.();
    puller.fill();
  });
  return puller;
}

function gone({ options, stream }: MemberParts, why: string): EventFault {
  const message = `The durable of ${options.group} on ${stream} does not answer (${why}); it is made again.`;
  return new EventFault('BUS_UNREACHABLE', { bus: 'nats', group: options.group, stream }, { message });
}

const encoder = new TextEncoder();
const acknowledged = encoder.encode('+ACK');
const atWork = encoder.encode('+WPI');
const refused = (delayMs: number) =>
  encoder.encode(delayMs > 0 ? `-NAK ${JSON.stringify({ delay: Math.ceil(delayMs) * 1_000_000 })}` : '-NAK');

/** How one delivery is settled. */
export function settling(connection: Connection, message: Msg) {
  const respond = async (body: Uint8Array) => {
    try {
      message.respond(body);
    } catch (error) {
      throw connection.fault(error, 'ask');
    }
  };
  return {
    ack: () => respond(acknowledged),
    nak: (delayMs: number) => respond(refused(delayMs)),
    progress: () => respond(atWork),
  };
}

/** The broker does all: it brings back what was given back or not settled in time, to any member. */
export async function unorderedMember(parts: MemberParts, maxHeld: number): Promise<Subscription> {
  const { connection, stream, channels, options } = parts;
  const held = new Map<object, { until: number }>();
  let isStopped = false;
  let whenEmpty = () => {};

  const forget = (token: object) => {
    if (held.delete(token) && held.size === 0) whenEmpty();
    puller.fill();
  };

  // what was not settled in time is somebody else's now
  const sweep = setInterval(() => {
    const now = Date.now();
    for (const [token, { until }] of held) if (until <= now) forget(token);
  }, options.ackWaitMs / 2);
  sweep.unref();

  const onMessage = (message: Msg, place: StreamPosition) => {
    const settle = settling(connection, message);
    if (isStopped) {
      void settle.nak(0).catch(options.onError);
      return;
    }
    const token = {};
    held.set(token, { until: Date.now() + options.ackWaitMs });
    const once = (settled: () => Promise<void>) => async () => {
      if (!held.has(token)) return;
      forget(token);
      await settled();
    };
    const at = { sequence: place.streamSequence, storedAt: place.storedAt };
    const delivery: Delivery = {
      ...storedOf(stream, message, at, channels),
      attempt: place.attempt,
      ack: once(settle.ack),
      nak: (delayMs) => once(() => settle.nak(delayMs))(),
      async progress() {
        const kept = held.get(token);
        if (kept === undefined) return;
        kept.until = Date.now() + options.ackWaitMs;
        await settle.progress();
      },
    };
    options.onDelivery(delivery);
  };

  const puller = await pullerOf(parts, {
    // asking for every single one that was settled would cost a request each
    room: (requested) => (requested > maxHeld / 2 ? 0 : maxHeld - held.size - requested),
    onMessage,
  });
  puller.fill();
  return {
    async stop(timeoutMs) {
      isStopped = true;
      await puller.end();
      if (held.size > 0)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          whenEmpty = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      clearInterval(sweep);
    },
  };
}
