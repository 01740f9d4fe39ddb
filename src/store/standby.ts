/**
 * A standby that answers look-ups and lists, so that they cost the primary nothing. It is behind by moments: what a change touches that
 * this process made or heard of is asked of the primary until the standby has replayed it. So is what the standby does not find, and
 * everything while it fails.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { Fault } from '../errors.ts';
import type { Change, Reads } from '../registry/ports.ts';
import { within } from './guard.ts';
import type { Renewed } from './renewed-client.ts';

export type StandbyState = 'answers' | 'away';

export interface Standby {
  readonly reads: Reads;
  state(): StandbyState;
  changed(change: Change): void;
  /** From the standby where it is there and not behind, and finds something; else from the primary. `place`: what is asked about. */
  answer<T>(place: Change | undefined, standby: () => Promise<T>, primary: () => Promise<T>): Promise<T>;
  close(): void;
}

export interface StandbyOptions {
  readonly primary: Pick<postgres.Sql, 'unsafe'>;
  readonly standby: Pick<Renewed, 'client' | 'renew'>;
  readonly reads: Reads;
  readonly onState: (state: StandbyState, why?: string) => void;
}

/** Milliseconds until a silent standby is given up on, and until one that is away is tried again. */
const answerTimeoutMs = 2_000;
const tryAgainMs = 1_000;
/** Milliseconds between two looks at how far it has come. */
const lookAgainMs = 20;

const identity =
  'select pg_is_in_recovery() as standby, (select system_identifier::text from pg_control_system()) as system';

/** Throws Fault CONFIG_INVALID where HERALD_READ_URL leads to something else than a standby of the primary; one that is away may come. */
export async function standbyOf({ primary, standby, reads, onState }: StandbyOptions): Promise<Standby> {
  let state: StandbyState = 'away';
  let isClosed = false;
  let isFollowing = false;
  let isTrying = false;
  let changes = 0;
  /** What the standby may not have replayed, and by which change. */
  const behind = new Map<string, number>();

  const become = (next: StandbyState, why?: string) => {
    if (state === next || isClosed) return;
    state = next;
    onState(next, why);
  };

  const ask = async (sql: Pick<postgres.Sql, 'unsafe'>, text: string, values: string[] = []) => {
    const [row] = await within({ timeoutMs: answerTimeoutMs }, Promise.resolve(sql.unsafe(text, values)));
    return row;
  };

  const examine = async () => {
    const [own, its] = await Promise.all([ask(primary, identity), ask(standby.client, identity)]);
    if (its?.standby !== true) throw misdirected('it takes writes, so it is no standby');
    if (own?.system !== its?.system) throw misdirected('it is a standby of another database');
    // what changed while nobody looked is not known
    changed(anything);
    become('answers');
  };

  const lose = (why: unknown) => {
    become('away', why instanceof Error ? why.message : undefined);
    standby.renew();
    void tryAgain();
  };

  const tryAgain = async () => {
    if (isTrying) return;
    isTrying = true;
    while (state === 'away' && !isClosed) {
      await sleep(tryAgainMs, undefined, { ref: false });
      await examine().catch((error: unknown) => onState('away', error instanceof Error ? error.message : undefined));
    }
    isTrying = false;
  };

  const follow = async () => {
    if (isFollowing) return;
    isFollowing = true;
    while (behind.size > 0 && !isClosed)
      try {
        const known = [...behind];
        const reached = await ask(primary, 'select pg_current_wal_lsn()::text as place');
        while (!isClosed && !(await hasReplayed(String(reached?.place))))
          await sleep(lookAgainMs, undefined, { ref: false });
        for (const [key, change] of known) if (behind.get(key) === change) behind.delete(key);
      } catch {
        // whichever of the two is away, the primary is asked meanwhile
        await sleep(tryAgainMs, undefined, { ref: false });
      }
    isFollowing = false;
  };

  const hasReplayed = async (place: string) =>
    (await ask(standby.client, 'select pg_last_wal_replay_lsn() >= $1::pg_lsn as has', [place]))?.has === true;

  const changed = ({ catalog, subject }: Change) => {
    changes += 1;
    behind.set(keyOf(catalog, subject), changes);
    void follow();
  };

  const isBehind = (place: Change | undefined) => {
    if (place === undefined) return behind.size > 0;
    const { catalog, subject } = place;
    return (
      behind.size > 0 && [keyOf('', ''), keyOf(catalog, ''), keyOf(catalog, subject)].some((key) => behind.has(key))
    );
  };

  await examine().catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'CONFIG_INVALID') throw error;
    onState('away', error instanceof Error ? error.message : undefined);
    void tryAgain();
  });
  return {
    reads,
    state: () => state,
    changed,
    async answer(place, fromStandby, fromPrimary) {
      if (state === 'away' || isBehind(place)) return fromPrimary();
      try {
        const found = await within({ timeoutMs: answerTimeoutMs }, fromStandby());
        if (found !== undefined) return found;
      } catch (error) {
        lose(error);
      }
      return fromPrimary();
    },
    close() {
      isClosed = true;
    },
  };
}

const anything: Change = { catalog: '', subject: '' };

function keyOf(catalog: string, subject: string): string {
  return JSON.stringify([catalog, subject]);
}

function misdirected(why: string): Fault {
  const message = `HERALD_READ_URL does not lead to a standby of the database of DATABASE_URL: ${why}.`;
  return new Fault('CONFIG_INVALID', { variable: 'HERALD_READ_URL' }, { message });
}

/** The questions of look-ups and lists go to the standby; everything a decision hangs on stays with the primary. */
export function readsBeside(primary: Reads, standby: Standby | undefined): Reads {
  if (standby === undefined) return primary;
  const { reads, answer } = standby;
  type Ask<Given extends readonly unknown[], Found> = (...given: Given) => Promise<Found>;
  /** About one subject, which the first two arguments name. */
  const ofSubject =
    <More extends readonly unknown[], Found>(
      there: Ask<[catalog: string, subject: string, ...More], Found>,
      here: Ask<[catalog: string, subject: string, ...More], Found>,
    ): Ask<[catalog: string, subject: string, ...More], Found> =>
    (...given) =>
      answer(
        { catalog: given[0], subject: given[1] },
        () => there(...given),
        () => here(...given),
      );
  const ofMany =
    <Given extends readonly unknown[], Found>(there: Ask<Given, Found>, here: Ask<Given, Found>): Ask<Given, Found> =>
    (...given) =>
      answer(
        undefined,
        () => there(...given),
        () => here(...given),
      );
  return {
    ...primary,
    subject: ofSubject(reads.subject, primary.subject),
    version: ofSubject(reads.version, primary.version),
    versions: ofSubject(reads.versions, primary.versions),
    deprecation: ofSubject(reads.deprecation, primary.deprecation),
    subjects: ofMany(reads.subjects, primary.subjects),
    searchSubjects: ofMany(reads.searchSubjects, primary.searchSubjects),
    schemaById: ofMany(reads.schemaById, primary.schemaById),
    schemaByFingerprint: ofMany(reads.schemaByFingerprint, primary.schemaByFingerprint),
  };
}
