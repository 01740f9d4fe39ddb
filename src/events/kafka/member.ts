/** One member of a group, in this process. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SubscribeOptions, Subscription } from '../bus.ts';
import type { KafkaConsumer, TopicPartition } from './client.ts';
import { type Connection, goodbye } from './connection.ts';
import { boundsOf, committed, placeName, startsOf, topicsOf } from './groups.ts';
import { type Partitions, partitionsOf } from './partitions.ts';
import { isOpen, type Progress } from './progress.ts';
import { verifyTopics } from './topics.ts';

const againMs = 500;
/** How often it is looked whether another member is done with what it has in hand. */
const lookMs = 250;
const aliveMs = 1_000;
/** The group may be just sharing out its partitions. */
const maxJoins = 4;

/** How a partition stands in the group. */
interface Standing {
  readonly progress: Progress;
  readonly high: number;
  /** Nothing of it was committed. */
  readonly isNew: boolean;
}

export interface Member extends Subscription {
  /** Messages of the group in the hands of this member. */
  held(): number;
}

export async function kafkaMember(
  connection: Connection,
  options: SubscribeOptions,
  sessionTimeoutMs: number,
): Promise<Member> {
  const { group, channels, start, ackWaitMs, onError } = options;
  const topics = topicsOf(channels);
  const me = randomUUID().slice(0, 8);
  const stopping = new AbortController();
  let consumer: KafkaConsumer | undefined;
  let assignment = 0;
  let heardAt = Date.now();
  let isDetached = false;
  /** It has got partitions, and does not know yet how they stand. */
  let isSettling = false;
  let over: (error: unknown) => void = () => {};
  let begun: () => void = () => {};

  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
  const tell = (error: unknown) => {
    if (!stopping.signal.aborted) onError(connection.fault(error));
  };

  const partitions: Partitions = partitionsOf({
    me,
    options,
    async send(commits) {
      if (consumer === undefined) throw connection.fault(undefined);
      await consumer.commit(commits);
      heard();
    },
    onError: tell,
  });

  const heard = () => {
    heardAt = Date.now();
    if (!isDetached || isSettling) return;
    isDetached = false;
    partitions.resume();
  };

  /** A member its group has not heard of for so long may have been replaced. */
  const watch = setInterval(() => {
    if (isDetached || Date.now() - heardAt <= sessionTimeoutMs) return;
    isDetached = true;
    partitions.pause();
  }, aliveMs);
  watch.unref();

  const onAssigned = (places: readonly TopicPartition[]) => {
    isSettling = true;
    assignment += 1;
    for (const place of places) consumer?.pause(place);
    partitions.leaveAllBut(places);
    settleIn(places, assignment).catch((error: unknown) => over(error));
  };

  /** Goes on with what this member has, and begins what others have left. */
  const settleIn = async (places: readonly TopicPartition[], mine: number) => {
    const progresses = await progressesOf(places);
    if (mine !== assignment) return;
    for (const place of places) {
      const { progress, high, isNew } = progresses.get(placeName(place))!;
      const isKept = partitions.has(place) && partitions.nextOf(place) <= high;
      // what another member has had meanwhile is as that one left it
      if (isKept && (progress.holder === me || isNew)) fetchFrom(place);
      else if (isOpen(progress) && progress.holder !== undefined) takeOver(place, progress, mine).catch(tell);
      else begin(place, progress);
    }
    isSettling = false;
    heard();
    await partitions.commit();
    begun();
  };

  const progressesOf = async (places: readonly TopicPartition[]) => {
    const known = await committed(connection, group, topics);
    const found = new Map<string, Standing>();
    for (const topic of new Set(places.map((place) => place.topic))) {
      const bounds = await boundsOf(connection, topic);
      for (const place of places.filter((each) => each.topic === topic)) {
        const name = placeName(place);
        const { low, high } = bounds.get(place.partition) ?? { low: 0, high: 0 };
        const stated = known.get(name);
        // a topic that was made anew begins anew
        const isPast = stated !== undefined && stated.offset > high;
        const offset = isPast ? low : Math.max(low, starts.get(name) ?? low);
        const fresh: Progress = { offset, done: [], given: [], beat: 0 };
        const isNew = stated === undefined || isPast;
        found.set(name, { progress: isNew ? fresh : stated, high, isNew });
      }
    }
    return found;
  };

  /** Another member has messages of it in hand: until it is done with them, or silent for as long as it may be. */
  const takeOver = async (place: TopicPartition, seen: Progress, mine: number) => {
    let last = seen;
    for (let until = Date.now() + ackWaitMs; Date.now() < until; ) {
      await pause(lookMs);
      if (mine !== assignment || stopping.signal.aborted) return;
      const now = (await committed(connection, group, [place.topic]).catch(() => undefined))?.get(placeName(place));
      if (now === undefined) continue;
      if (JSON.stringify(now) !== JSON.stringify(last)) until = Date.now() + ackWaitMs;
      last = now;
      if (!isOpen(now) || now.holder === undefined) break;
    }
    if (mine !== assignment || stopping.signal.aborted) return;
    begin(place, last);
    await partitions.commit();
  };

  const begin = (place: TopicPartition, progress: Progress) => {
    partitions.begin(place, progress);
    fetchFrom(place);
  };

  const fetchFrom = (place: TopicPartition) => {
    consumer?.seek(place, partitions.nextOf(place));
    consumer?.resume(place);
  };

  const sit = async () => {
    const client = await connection.client();
    let isOver = false;
    consumer = client.consumer(
      { groupId: group, topics, sessionTimeoutMs },
      {
        onAssigned,
        onHeard: heard,
        async onBatch(batch, alive) {
          partitions.take(batch);
          while (partitions.isFull() && !stopping.signal.aborted) {
            await Promise.race([partitions.room(), sleep(aliveMs, undefined, { ref: false })]);
            await alive();
          }
        },
        onOver(error) {
          if (!isOver) over(error);
          isOver = true;
        },
      },
    );
    await consumer.join();
  };

  /** Joins again whenever a membership is over. */
  const run = async (ended: Promise<unknown>) => {
    for (let ending = ended; ; ) {
      tell(await ending);
      const old = consumer;
      consumer = undefined;
      await goodbye(old?.leave());
      await pause(againMs);
      if (stopping.signal.aborted) return;
      ending = new Promise((resolve) => {
        over = resolve;
      });
      await sit().catch((error: unknown) => over(error));
    }
  };

  await verifyTopics(connection, channels);
  const known = await committed(connection, group, topics);
  const unknown = topics.filter((topic) => ![...known.keys()].some((name) => name.startsWith(`${topic}:`)));
  const starts = new Map(await startsOf(connection, unknown, start));
  let ended: Promise<unknown>;
  const first = new Promise<void>((resolve) => {
    begun = resolve;
  });
  for (let tried = 1; ; tried += 1) {
    ended = new Promise<unknown>((resolve) => {
      over = resolve;
    });
    const failed = await Promise.race([sit().then(() => first), ended]).then(
      (error) => error,
      (error: unknown) => error,
    );
    if (failed === undefined) break;
    await goodbye(consumer?.leave());
    const fault = connection.fault(failed);
    if (fault.retry === 'later' && tried < maxJoins) continue;
    stopping.abort();
    clearInterval(watch);
    throw fault;
  }
  // from now on a partition nobody has begun is a new one
  starts.clear();
  const running = run(ended);

  return {
    held: () => partitions.held,
    async stop(timeoutMs) {
      await partitions.stop(timeoutMs);
      stopping.abort();
      clearInterval(watch);
      over(undefined);
      await running;
    },
  };
}
