/**
 * The lease of an ordered group is the only message of its subject in a stream whose messages run out: whoever writes it first leads,
 * and goes on leading by writing behind its own message. To give it up, the leader writes so: a service needs no right to delete
 * what others have written.
 */
import { leaseMs } from '../../schema/lease.ts';
import { natsLeases } from '../../schema/nats-names.ts';
import { keepLease, type Lease, type LeaseEvents } from '../lease.ts';
import { apiCode, apiCodes, type Connected, type Connection } from './connection.ts';

const millisecond = 1_000_000;
/** The body of a lease that was given up; of one that is held it is empty. */
const free = 'free';

export async function leaseOf(
  connection: Connection,
  subject: string,
  replicas: number,
  events: LeaseEvents,
): Promise<Lease> {
  let sequence = 0;

  const write = async (body: string, lastSubjectSequence: number) => {
    const { js } = await connection.up();
    const expect = { streamName: natsLeases.name, lastSubjectSequence };
    return (await js.publish(subject, body, { expect, timeout: 2_000 })).seq;
  };

  /** Where somebody else has written last: the lease is theirs, unless they wrote that they gave it up. */
  const takeOver = async () => {
    const { jsm } = await connection.up();
    const last = await jsm.streams.getMessage(natsLeases.name, { last_by_subj: subject }).catch(() => null);
    if (last?.string() !== free) return false;
    sequence = await write('', last.seq);
    return true;
  };

  const take = async () => {
    try {
      sequence = await write('', sequence);
      return true;
    } catch (error) {
      sequence = 0;
      if (apiCode(error) === apiCodes.wrongLastSequence)
        return takeOver().catch((lost: unknown) => {
          if (apiCode(lost) === apiCodes.wrongLastSequence) return false;
          throw connection.fault(lost, 'publish');
        });
      const fault = connection.fault(error, 'publish');
      // leases are kept in memory: a server that was started anew has none
      if (fault.code === 'STREAM_MISSING') await ensureLeases(await connection.up(), replicas);
      throw fault;
    }
  };

  const drop = async () => {
    await write(free, sequence);
  };

  await ensureLeases(await connection.up(), replicas);
  return keepLease({ take, drop }, events);
}

async function ensureLeases({ jsm }: Connected, replicas: number): Promise<void> {
  try {
    await jsm.streams.info(natsLeases.name);
  } catch (error) {
    if (apiCode(error) !== apiCodes.streamNotFound) throw error;
    const { name, description, subjects, storage, maxMessagesPerSubject } = natsLeases;
    await jsm.streams
      .add({
        name,
        description,
        subjects: [...subjects],
        storage,
        max_msgs_per_subject: maxMessagesPerSubject,
        max_age: leaseMs * millisecond,
        duplicate_window: leaseMs * millisecond,
        num_replicas: replicas,
      })
      .catch((failed: unknown) => {
        if (apiCode(failed) !== apiCodes.streamNameInUse) throw failed;
      });
  }
}
