/** Takes an API token back: from the next request on it opens nothing. */
import { Fault } from '../errors.ts';
import { type Context, timestamp } from './context.ts';
import { audited, entry } from './refusal.ts';

export async function revokeToken(context: Context, id: string): Promise<void> {
  const about = { action: 'token.revoke' };
  await audited(context, about, async (transaction) => {
    if (!context.caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin' });
    const token = await transaction.revokeToken(id, timestamp(context.clock), context.caller.actor);
    // not told back: it may be the token itself, given in the place of its id
    if (!token) throw new Fault('TOKEN_NOT_FOUND', {}, { message: 'No API token has this id.' });
    await transaction.appendAudit({ ...entry(context, about), outcome: 'done', details: { id, name: token.name } });
  });
}
