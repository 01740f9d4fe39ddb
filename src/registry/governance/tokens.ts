/** Creates and revokes API tokens. A token is shown once, when it is created; its hash is what stays. A revoked token opens nothing from the next request on. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Fault } from '../../errors.ts';
import { addDays } from '../../schema/duration.ts';
import { qualifiedPatternProblem } from '../../schema/subject.ts';
import { type Context, timestamp, today } from '../context.ts';
import type { TokenRecord } from '../records.ts';
import { audited, entry } from '../refusal.ts';

/** The prefix of every token, by which scanners for leaked secrets recognize one. */
/** Not the actor of somebody without a token: whoever reads the audit log tells them apart. */
export const tokenName = /^(?!(?:local|anonymous)$|jwt:)/i;

export const tokenPrefix = 'herald_';

const defaultDays = 90;
const maxDays = 366;

export interface TokenCreated {
  readonly token: TokenRecord;
  /** The token itself. */
  readonly secret: string;
}

export async function createToken(
  context: Context,
  wanted: Pick<TokenRecord, 'name' | 'role' | 'services' | 'subjects'> & { readonly expires?: string | undefined },
): Promise<TokenCreated> {
  const about = { action: 'token.create' };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin' });
    const { name, role, services, subjects } = wanted;
    const day = today(context.clock);
    const expires = wanted.expires ?? addDays(day, defaultDays);
    refuseDate(expires, day);
    refuseScope(wanted);
    const secret = `${tokenPrefix}${randomBytes(32).toString('base64url')}`;
    const token: TokenRecord = {
      id: randomUUID(),
      name,
      role,
      services,
      subjects,
      expires,
      createdAt: timestamp(context.clock),
      createdBy: context.caller.actor,
    };
    await transaction.insertToken(token, createHash('sha256').update(secret).digest('hex'));
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      details: { id: token.id, name, role, services: [...services], subjects: [...subjects], expires },
    });
    return { token, secret };
  });
}

function refuseDate(expires: string, day: string): void {
  if (expires < day)
    throw new Fault('TOKEN_INVALID', { expires, today: day }, { message: 'The token would have expired already.' });
  const latest = addDays(day, maxDays);
  if (expires > latest)
    throw new Fault(
      'TOKEN_INVALID',
      { expires, latest },
      { message: `A token is valid for ${maxDays} days at most: until ${latest}.` },
    );
}

/** A scope that has no effect is a mistake that would be noticed too late. */
function refuseScope({ role, services, subjects }: Pick<TokenRecord, 'role' | 'services' | 'subjects'>): void {
  const [problem] = subjects.flatMap((pattern) => qualifiedPatternProblem(pattern) ?? []);
  if (problem !== undefined) throw new Fault('TOKEN_INVALID', {}, { message: `The pattern ${problem}.` });
  if (role === 'publisher' && services.length === 0)
    throw new Fault(
      'TOKEN_INVALID',
      { role },
      { message: 'A publisher speaks for services: name at least one, or "*" for any.' },
    );
  if (role !== 'publisher' && services.length + subjects.length > 0)
    throw new Fault(
      'TOKEN_INVALID',
      { role },
      { message: `Services and subjects narrow what a publisher may do; they mean nothing for a ${role}.` },
    );
}

export async function revokeToken(context: Context, id: string): Promise<void> {
  const about = { action: 'token.revoke' };
  await audited(context, about, async (transaction) => {
    if (!context.caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin' });
    const token = await transaction.revokeToken(id, timestamp(context.clock), context.caller.actor);
    // the id is not quoted: the caller may have given the token itself instead
    if (!token) throw new Fault('TOKEN_NOT_FOUND', {}, { message: 'No API token has this id.' });
    await transaction.appendAudit({ ...entry(context, about), outcome: 'done', details: { id, name: token.name } });
  });
}
