/**
 * What a group has done of one partition. Kafka remembers an offset, up to which all is settled, and a text beside it: what was
 * settled beyond, how far messages were given out, by whom, and what the group reads. As values; `track` keeps it for a member.
 */
import { kafkaCommitText } from '../../schema/kafka-names.ts';

export interface Progress {
  /** Everything before it is settled. */
  readonly offset: number;
  /** Settled beyond it: `[from, to)`, ascending. */
  readonly done: readonly Range[];
  /** How far members were given messages, one number for each of them since `offset` was reached: what lies before was given so often. */
  readonly given: readonly number[];
  /** Who has some of it in hand. */
  readonly holder?: string;
  /** Counts on while the holder is at work, so that others see it is. */
  readonly beat: number;
  /** Of which channels; undefined where another program committed it. */
  readonly addresses?: readonly string[];
}

export type Range = readonly [from: number, to: number];

/** Kafka's own bound is `offset.metadata.max.bytes`, 4096 by default. */
const maxTextBytes = 4_000;
const maxGiven = 20;

interface Written {
  readonly h?: string;
  readonly b?: number;
  readonly a?: readonly string[];
  /** Beside the offset, in turn: so many open, so many settled. */
  readonly d?: readonly number[];
  readonly g?: readonly number[];
}

/** The text beside the offset. What does not fit is left out from the end: it may then be given out once more. */
export function textOf({ offset, done, given, holder, beat, addresses = [] }: Progress): string {
  const steps: number[] = [];
  let at = offset;
  for (const [from, to] of done) {
    steps.push(from - at, to - from);
    at = to;
  }
  for (let kept = steps.length; ; kept = Math.floor(kept / 4) * 2) {
    const written: Written = {
      ...(holder !== undefined && { h: holder }),
      ...(beat > 0 && { b: beat }),
      // whoever reads so many that they do not fit reads everything, for all that others can see
      a: Buffer.byteLength(JSON.stringify(addresses)) > maxTextBytes / 2 ? ['*'] : addresses,
      ...(kept > 0 && { d: steps.slice(0, kept) }),
      ...(given.length > 0 && { g: given.map((mark) => mark - offset) }),
    };
    const text = JSON.stringify(written);
    if (kept === 0 || Buffer.byteLength(text) <= maxTextBytes) return text;
  }
}

/** Undefined where nothing was committed. */
export function progressOf(offset: string, text: string | null | undefined): Progress | undefined {
  const at = Number(offset);
  if (at < 0) return undefined;
  const written: Written | undefined = kafkaCommitText(text);
  if (written === undefined) return { offset: at, done: [], given: [], beat: 0 };
  const done: Range[] = [];
  let end = at;
  const { d = [], g = [], h, b = 0, a } = written;
  for (let index = 0; index + 1 < d.length; index += 2) {
    const from = end + d[index]!;
    end = from + d[index + 1]!;
    done.push([from, end]);
  }
  return {
    offset: at,
    done,
    given: g.map((mark) => at + mark),
    beat: b,
    ...(h !== undefined && { holder: h }),
    ...(a !== undefined && { addresses: a }),
  };
}

/** Whether somebody was given something of it that is not settled. */
export function isOpen({ offset, given }: Progress): boolean {
  return given.some((mark) => mark >= offset);
}

/** Messages that were settled beyond the offset. */
export function settledBeyond({ done }: Progress): number {
  return done.reduce((sum, [from, to]) => sum + to - from, 0);
}

export interface Track {
  /** What is to be fetched next. */
  readonly next: number;
  /** Whether it was not taken before and nobody has settled it. */
  take(offset: number): boolean;
  settle(offset: number): void;
  /** How often others were given it, this time included. */
  attemptOf(offset: number): number;
  /** Everything before `next` counts as given, whether it was handed over already or not. */
  state(): Pick<Progress, 'offset' | 'done' | 'given'>;
}

export function track(from: Progress): Track {
  const open = new Set<number>();
  let next = from.offset;
  let hasTaken = false;
  let earlier = [...from.done];

  const lowest = () => {
    for (const offset of open) return offset;
    return next;
  };

  return {
    get next() {
      return next;
    },
    take(offset) {
      if (offset < next) return false;
      next = offset + 1;
      earlier = earlier.filter(([, to]) => to > offset);
      const [range] = earlier;
      if (range !== undefined && range[0] <= offset) return false;
      hasTaken = true;
      open.add(offset);
      return true;
    },
    settle: (offset) => void open.delete(offset),
    attemptOf: (offset) => 1 + from.given.filter((mark) => mark >= offset).length,
    state() {
      const offset = lowest();
      const given = hasTaken ? [...from.given, next - 1] : from.given;
      return {
        offset,
        done: [...between(open, next), ...earlier.filter(([start]) => start >= next)],
        given: given.filter((mark) => mark >= offset).slice(-maxGiven),
      };
    },
  };
}

/** What is settled between what is open, up to `next`. */
function between(open: ReadonlySet<number>, next: number): readonly Range[] {
  const found: Range[] = [];
  let after: number | undefined;
  for (const offset of [...open, next]) {
    if (after !== undefined && offset > after) found.push([after, offset]);
    after = offset + 1;
  }
  return found;
}
