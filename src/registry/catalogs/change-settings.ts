/** Replaces a subject's settings: level, world, ignored pointers and whose break counts. Only a steward may loosen a gate. */
import { Fault } from '../../errors.ts';
import { fingerprint } from '../../schema/canonical.ts';
import type { Json } from '../../schema/json.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../ports.ts';
import type { SubjectSettings } from '../records.ts';
import { audited, entry } from '../refusal.ts';
import { findSubject, type SubjectKey } from '../versions/look-up.ts';

export async function changeSettings(
  context: Context,
  key: SubjectKey,
  settings: SubjectSettings,
): Promise<SubjectSettings> {
  const about = { action: 'settings.change', ...key };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('steward', key)) throw new Fault('FORBIDDEN', { permission: 'steward' });
    await findSubject(transaction, key);
    const locked = await transaction.lockSubject(key.catalog, key.subject);
    const before = locked?.settings ?? {};
    await transaction.putSettings(key.catalog, key.subject, settings);
    await announceSettings(transaction, key, settings);
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      before: fingerprint(plain(before)),
      after: fingerprint(plain(settings)),
      details: { before: plain(before), after: plain(settings) },
    });
    return settings;
  });
}

export async function announceSettings(
  transaction: Pick<Transaction, 'announce'>,
  { catalog, subject }: SubjectKey,
  settings: SubjectSettings,
): Promise<void> {
  const data = { settings: plain(settings) };
  await transaction.announce({ type: 'herald.settings.changed.v1', catalog, subject, data });
}

/** Without members that are present and undefined, which canonical JSON does not have. */
function plain({ level, world, ignore, breaks }: SubjectSettings): Json {
  return { ...(level && { level }), ...(world && { world }), ...(ignore && { ignore }), ...(breaks && { breaks }) };
}
