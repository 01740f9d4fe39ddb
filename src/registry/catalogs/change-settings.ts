/** Replaces a subject's settings: level, world and ignored places. Loosening a gate is a steward's decision. */
import { Fault } from '../../errors.ts';
import { fingerprint } from '../../schema/canonical.ts';
import type { Json } from '../../schema/json.ts';
import type { Context } from '../context.ts';
import type { SubjectSettings } from '../records.ts';
import { audited, entry } from '../refusal.ts';
import { findSubject, type Place } from '../versions/look-up.ts';

export async function changeSettings(
  context: Context,
  place: Place,
  settings: SubjectSettings,
): Promise<SubjectSettings> {
  const about = { action: 'settings.change', ...place };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('steward', place)) throw new Fault('FORBIDDEN', { permission: 'steward' });
    await findSubject(transaction, place);
    const locked = await transaction.lockSubject(place.catalog, place.subject);
    const before = locked?.settings ?? {};
    await transaction.putSettings(place.catalog, place.subject, settings);
    await transaction.announce({ type: 'herald.settings.changed.v1', ...place, data: { settings: plain(settings) } });
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      before: fingerprint(plain(before)),
      after: fingerprint(plain(settings)),
    });
    return settings;
  });
}

/** Without members that are present and undefined: canonical JSON has no such thing. */
function plain({ level, world, ignore }: SubjectSettings): Json {
  return { ...(level && { level }), ...(world && { world }), ...(ignore && { ignore }) };
}
