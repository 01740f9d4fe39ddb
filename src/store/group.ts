/**
 * Group commit: works that are brought while one transaction runs are the next one together, with one statement for each step of
 * theirs and one commit. A work neither fails nor is acknowledged by another's: one that refuses before it wrote anything leaves the
 * others as they are; after anything else all of it is rolled back, and each work is done again in a transaction of its own.
 */
import { Fault } from '../errors.ts';
import type { GroupedTransaction } from '../registry/ports.ts';
import { together } from '../together.ts';
import type { Db } from './database.ts';
import { withoutValues } from './fault.ts';
import { Busy, groupMethods, type Left } from './group-methods.ts';

type Work<T> = (transaction: GroupedTransaction) => Promise<T>;

export interface GroupOptions {
  readonly now: () => string;
  /** Runs `work` in a transaction that ends, and throws what it throws. */
  readonly inOne: <T>(work: (db: Db) => Promise<T>) => Promise<T>;
  /** Writes what works left behind, as the last step of their transaction. */
  readonly finish: (db: Db, left: Left) => Promise<void>;
  /** The same work in a transaction of its own. */
  readonly alone: <T>(work: Work<T>) => Promise<T>;
  /** Tells of what was committed. */
  readonly publish: (left: Left) => void;
}

/** Works of one transaction: what one that fails costs the others stays small. */
const maxMembers = 64;

/** The group cannot go on with what it has: nothing of it is kept. */
class GroupBroken extends Error {}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

interface Member {
  readonly key: string;
  readonly work: Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Works of one key are never in one transaction: each sees what the one before it committed. */
export function groupCommit(options: GroupOptions): <T>(key: string, work: Work<T>) => Promise<T> {
  let waiting: readonly Member[] = [];
  let isRunning = false;

  const run = async () => {
    while (waiting.length > 0) {
      const { group, rest } = nextGroup(waiting);
      waiting = rest;
      await commitGroup(options, group);
    }
    isRunning = false;
  };
  return <T>(key: string, work: Work<T>) =>
    new Promise<T>((resolve, reject) => {
      waiting = [...waiting, { key, work, resolve: resolve as Member['resolve'], reject }];
      if (isRunning) return;
      isRunning = true;
      // whoever comes in the same turn is in the same group
      setImmediate(() => void run());
    });
}

function nextGroup(waiting: readonly Member[]): {
  readonly group: readonly Member[];
  readonly rest: readonly Member[];
} {
  const group = new Map<string, Member>();
  const rest: Member[] = [];
  for (const member of waiting)
    if (group.size < maxMembers && !group.has(member.key)) group.set(member.key, member);
    else rest.push(member);
  return { group: [...group.values()], rest };
}

/** Never throws: each member hears what became of its own work. */
async function commitGroup(options: GroupOptions, group: readonly Member[]): Promise<void> {
  const doAlone = ({ work, resolve, reject }: Member) => void options.alone(work).then(resolve, reject);
  try {
    const { outcomes, left } = await options.inOne((db) => runTogether(options, db, group));
    options.publish(left);
    for (const [index, member] of group.entries()) {
      const outcome = outcomes[index]!;
      if (outcome.ok) member.resolve(outcome.value);
      else if (outcome.error instanceof Busy) doAlone(member);
      else member.reject(outcome.error);
    }
  } catch (caught) {
    const error = withoutValues(caught);
    for (const member of group)
      if (mayBeCommitted(error)) member.reject(error);
      else doAlone(member);
  }
}

async function runTogether(
  { now, finish }: GroupOptions,
  db: Db,
  group: readonly Member[],
): Promise<{ readonly outcomes: readonly Outcome[]; readonly left: Left }> {
  const { join, write, isBroken } = groupMethods(db, now);
  const members = group.map(({ work }) => ({ work, ...join() }));
  const outcomes = await Promise.all(
    members.map(({ work, transaction }) =>
      work(transaction).then(
        (value): Outcome => ({ ok: true, value }),
        (error: unknown): Outcome => ({ ok: false, error }),
      ),
    ),
  );
  const isSpoilt = members.some(({ hasWritten }, index) => hasWritten() && !outcomes[index]!.ok);
  if (isBroken() || isSpoilt) throw new GroupBroken();
  for (const [index, member] of members.entries()) if (!outcomes[index]!.ok) member.leave();
  const done = members.filter((_, index) => outcomes[index]!.ok).map((member) => member.left);
  const left: Left = {
    announcements: done.flatMap(({ announcements }) => announcements),
    entries: done.flatMap(({ entries }) => entries),
    changes: done.flatMap(({ changes }) => changes),
  };
  await together([write(), finish(db, left)]);
  return { outcomes, left };
}

/** No answer to a commit is no word on whether it happened. A statement that took too long was ended, and the transaction with it. */
function mayBeCommitted(error: unknown): boolean {
  return error instanceof Fault && error.code === 'STORE_UNAVAILABLE' && error.details.sqlState !== '57014';
}
