/**
 * The lease of an ordered group is the only message of its subject in a stream whose messages run out: whoever writes it first leads,
 * and goes on leading by writing behind its own message.
 */
import { keepLease, type Lease, type LeaseEvents, leaseMs } from '../lease.ts';
import { apiCode, apiCodes, type Connected, type Connection } from './connection.ts';

const streamOfLeases = 'HERALD_LEASES';
const millisecond = 1_000_000;

export async function leaseOf(
  connection: Connection,
  name: string,
  replicas: number,
  events: LeaseEvents,
): Promise<Lease> {
  let sequence = 0;
  const take = async () => {
    const { js } = await connection.up();
    const expect = { streamName: streamOfLeases, lastSubjectSequence: sequence };
    try {
      ({ seq: sequence } = await js.publish(`herald.lease.${name}`, '', { expect, timeout: 2_000 }));
      return true;
    } catch (error) {
      sequence = 0;
      if (apiCode(error) === apiCodes.wrongLastSequence) return false;
      const fault = connection.fault(error, 'publish');
      // leases are kept in memory: a server that was started anew has none
      if (fault.code === 'STREAM_MISSING') await ensureLeases(await connection.up(), replicas);
      throw fault;
    }
  };
  const drop = async () => {
    const { jsm } = await connection.up();
    await jsm.streams.deleteMessage(streamOfLeases, sequence, false);
  };
  await ensureLeases(await connection.up(), replicas);
  return keepLease({ take, drop }, events);
}

async function ensureLeases({ jsm }: Connected, replicas: number): Promise<void> {
  try {
    await jsm.streams.info(streamOfLeases);
  } catch (error) {
    if (apiCode(error) !== apiCodes.streamNotFound) throw error;
    await jsm.streams
      .add({
        name: streamOfLeases,
        description: 'Which member leads an ordered group of herald-registry/events.',
        subjects: ['herald.lease.>'],
        storage: 'memory',
        max_msgs_per_subject: 1,
        max_age: leaseMs * millisecond,
        duplicate_window: leaseMs * millisecond,
        num_replicas: replicas,
      })
      .catch((failed: unknown) => {
        if (apiCode(failed) !== apiCodes.streamNameInUse) throw failed;
      });
  }
}
