/**
 * The partitions a member has: what it took of each, what it hands over, and what it commits of it. A message is handed over only
 * after a commit says it was given, so that whoever comes after a member that died knows which it may have died of.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Channel, SubscribeOptions } from '../bus.ts';
import { type HandOver, handOver } from '../hand-over.ts';
import type { Batch, Commit, TopicPartition } from './client.ts';
import { goodbye } from './connection.ts';
import { placeName } from './groups.ts';
import { type Progress, type Track, textOf, track } from './progress.ts';
import { storedOf } from './records.ts';

/** Messages taken ahead, so that one busy key does not keep the others waiting. */
const aheadFactor = 4;
/** Taken from the broker and not yet in line: more than these and nothing is fetched. */
const maxWaiting = 1_000;
const againMs = 500;
/** Before a member that waits for this one takes over, this one has stopped committing. */
const marginMs = 1_000;

export interface Partitions {
  readonly held: number;
  has(place: TopicPartition): boolean;
  /** What is to be fetched next. */
  nextOf(place: TopicPartition): number;
  begin(place: TopicPartition, progress: Progress): void;
  /** They are somebody else's from now on; what is in hand may still be settled. */
  leaveAllBut(places: readonly TopicPartition[]): void;
  take(batch: Batch): void;
  isFull(): boolean;
  /** Resolves when there may be room again. */
  room(): Promise<void>;
  /** Resolves when everything up to now was committed, or could not be. */
  commit(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Hands over nothing more; resolves when all is settled, or after `timeoutMs`, and committed. */
  stop(timeoutMs: number): Promise<void>;
}

export interface PartitionsParts {
  readonly me: string;
  readonly options: SubscribeOptions;
  /** Rejects where the group is just sharing out its partitions. */
  readonly send: (commits: readonly Commit[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

interface Waiting {
  readonly stored: NonNullable<ReturnType<typeof storedOf>>;
  readonly offset: number;
  readonly attempt: number;
}

interface Own {
  readonly place: TopicPartition;
  readonly track: Track;
  readonly addresses: readonly string[];
  readonly meant: readonly Channel[];
  waiting: Waiting[];
  /** Given to `queue` and not settled. */
  inHand: number;
  /** A commit says that everything before was given. */
  recorded: number;
  beat: number;
  /** Set when it is somebody else's: for how long this member may still commit of it. */
  leavingUntil: number | undefined;
  isDirty: boolean;
}

export function partitionsOf({ me, options, send, onError }: PartitionsParts): Partitions {
  const { channels, maxInFlight, ackWaitMs } = options;
  const capacity = maxInFlight * aheadFactor;
  const owns = new Map<string, Own>();
  const leaving = new Set<Own>();
  let order = 0;
  let turn = 0;
  let isStopping = false;
  let whenRoom: (() => void)[] = [];
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  let retrying: ReturnType<typeof setTimeout> | undefined;

  const queue: HandOver = handOver({ ...options, onSettled: () => feed() });

  const all = () => [...owns.values(), ...leaving];
  const waitingCount = () => [...owns.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);

  const feed = () => {
    while (queue.size < capacity) {
      const ready = [...owns.values()].filter(({ waiting: [first], recorded }) => first && first.offset < recorded);
      if (ready.length === 0) break;
      turn += 1;
      const own = ready[turn % ready.length]!;
      hand(own, own.waiting.shift()!);
    }
    if (isFull()) return;
    for (const heard of whenRoom.splice(0)) heard();
  };

  const hand = (own: Own, waiting: Waiting) => {
    const { stored, offset, attempt } = waiting;
    own.inHand += 1;
    order += 1;
    const letGo = () => {
      own.inHand -= 1;
      if (own.leavingUntil !== undefined && own.inHand === 0) dirty(own);
    };
    queue.take({
      stored,
      order,
      attempt,
      async ack() {
        own.track.settle(offset);
        dirty(own);
        letGo();
        await commit();
      },
      // it stays unsettled in what is committed: whoever has the partition next is given it
      async release() {
        letGo();
      },
      async lapse() {
        letGo();
        // it still lies in the queue in this one
        await nextTurn();
        if (owns.get(placeName(own.place)) === own) own.waiting.unshift({ ...waiting, attempt: attempt + 1 });
        feed();
      },
      async progress() {
        if (own.leavingUntil === undefined) return;
        own.beat += 1;
        dirty(own);
      },
    });
  };

  const dirty = (own: Own) => {
    own.isDirty = true;
    commit().catch(onError);
  };

  /** One commit at a time: what comes meanwhile goes together. */
  const commit = (): Promise<void> => {
    following ??= (running ?? Promise.resolve()).then(async () => {
      await nextTurn();
      running = following;
      following = undefined;
      await round();
    });
    return following;
  };

  const round = async () => {
    const due = all().filter(({ isDirty, leavingUntil = Number.POSITIVE_INFINITY }) => {
      return isDirty && Date.now() < leavingUntil;
    });
    if (due.length === 0) return;
    const marks = due.map((own) => own.track.next);
    for (const own of due) own.isDirty = false;
    try {
      await send(due.map(commitOf));
      for (const [index, own] of due.entries()) {
        own.recorded = Math.max(own.recorded, marks[index]!);
        if (own.leavingUntil === undefined) continue;
        own.leavingUntil = Date.now() + ackWaitMs - marginMs;
        if (own.inHand === 0) leaving.delete(own);
      }
      feed();
    } catch (error) {
      for (const own of due) own.isDirty = true;
      onError(error);
      again();
    }
  };

  const again = () => {
    clearTimeout(retrying);
    if (isStopping) return;
    retrying = setTimeout(() => void commit().catch(onError), againMs);
    retrying.unref();
  };

  const commitOf = (own: Own): Commit => {
    const { place, track: tracked, addresses, beat, leavingUntil, inHand } = own;
    const state = tracked.state();
    const isReleased = isStopping || (leavingUntil !== undefined && inHand === 0);
    const progress: Progress = { ...state, beat, addresses, ...(!isReleased && { holder: me }) };
    return { ...place, offset: String(state.offset), metadata: textOf(progress) };
  };

  const leave = (own: Own) => {
    owns.delete(placeName(own.place));
    own.waiting = [];
    own.leavingUntil = Date.now() + ackWaitMs - marginMs;
    leaving.add(own);
    const isOwn = `${placeName(own.place)}:`;
    queue.giveUp(({ stored: { position } }) => position.startsWith(isOwn)).catch(onError);
    dirty(own);
  };

  const isFull = () => waitingCount() > maxWaiting;

  return {
    get held() {
      return all().reduce((sum, { inHand, waiting }) => sum + inHand + waiting.length, 0);
    },
    has: (place) => owns.has(placeName(place)),
    nextOf: (place) => owns.get(placeName(place))?.track.next ?? 0,
    begin(place, progress) {
      const known = owns.get(placeName(place));
      if (known !== undefined) leave(known);
      // what a former membership of this process had in hand is whoever's came after it
      for (const own of leaving) if (placeName(own.place) === placeName(place)) leaving.delete(own);
      const read = channels.filter(({ stream }) => stream === place.topic);
      const others = (progress.addresses ?? []).filter(
        (address) => !read.some((channel) => channel.address === address),
      );
      const own: Own = {
        place,
        track: track(progress),
        addresses: [...read.map(({ address }) => address), ...others.filter((address) => address !== '*')].sort(),
        // members of one group may know different channels
        meant: [...read, ...others.map((address) => ({ subject: address, address, stream: place.topic }))],
        waiting: [],
        inHand: 0,
        recorded: progress.offset,
        beat: 0,
        leavingUntil: undefined,
        isDirty: true,
      };
      owns.set(placeName(place), own);
    },
    leaveAllBut(places) {
      const kept = new Set(places.map(placeName));
      for (const [name, own] of owns) if (!kept.has(name)) leave(own);
    },
    take(batch) {
      const own = owns.get(placeName(batch));
      if (own === undefined || isStopping) return;
      for (const record of batch.records) {
        const offset = Number(record.offset);
        if (!own.track.take(offset)) continue;
        const stored = storedOf(batch, record, own.meant);
        if (stored === undefined) own.track.settle(offset);
        else own.waiting.push({ stored, offset, attempt: own.track.attemptOf(offset) });
      }
      dirty(own);
    },
    isFull,
    room: () => new Promise((resolve) => whenRoom.push(resolve)),
    commit,
    pause: () => queue.pause(),
    resume: () => queue.resume(),
    async stop(timeoutMs) {
      for (const own of owns.values()) own.waiting = [];
      await queue.stop(timeoutMs);
      isStopping = true;
      clearTimeout(retrying);
      for (const own of all()) own.isDirty = true;
      await goodbye(commit());
      for (const heard of whenRoom.splice(0)) heard();
      whenRoom = [];
    },
  };
}
