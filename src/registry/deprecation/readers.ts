/**
 * Takes what a bus shows: the durable groups that read a subject. A subject does not retire while a bus shows any, whatever their
 * services say of themselves.
 */
import { type Context, timestamp } from '../context.ts';
import type { BusReadersRecord } from '../records.ts';
import { audited, entry } from '../refusal.ts';
import { findSubject, type SubjectKey } from '../versions/look-up.ts';
import { permitProducer } from './step.ts';

export interface ReadersInput extends SubjectKey {
  readonly bus: string;
  /** All of them: those left out are gone. */
  readonly groups: readonly string[];
}

/**
 * Reports come every minute; the audit log records those that say something new, or it would hold little else. Faults:
 * SUBJECT_NOT_FOUND, FORBIDDEN.
 */
export async function reportReaders(context: Context, input: ReadersInput): Promise<BusReadersRecord> {
  const { catalog, subject, bus } = input;
  const about = { action: 'readers.report', catalog, subject };
  return audited(context, about, async (transaction) => {
    await findSubject(transaction, input);
    // an empty report lets a subject retire, so that a stranger may not send one
    if (!context.caller.can('steward', { catalog, subject })) await permitProducer(context, transaction, input);
    const groups = [...new Set(input.groups)].sort();
    const record: BusReadersRecord = {
      catalog,
      subject,
      bus,
      groups,
      reportedBy: context.caller.actor,
      reportedAt: timestamp(context.clock),
    };
    const before = (await transaction.busReaders(catalog, subject)).find((row) => row.bus === bus);
    await transaction.putBusReaders(record);
    if (before === undefined || before.groups.join(' ') !== groups.join(' '))
      await transaction.appendAudit({
        ...entry(context, about),
        outcome: 'done',
        details: { bus, groups: groups.slice(0, maxNamed) },
      });
    return record;
  });
}

/** Groups named in one row of the log. */
const maxNamed = 100;
