/**
 * A break that is meant: whoever changes the schema proposes it with a reason, a steward approves or rejects it. An approval permits
 * the blocking findings of that very document, so that no other change can lean on it.
 */
import { randomUUID } from 'node:crypto';
import { blocks } from '../../check/waive.ts';
import { Fault } from '../../errors.ts';
import { type Context, timestamp, today } from '../context.ts';
import type { Page, PageRequest, ProposalFilter, Transaction } from '../ports.ts';
import type { ProposalRecord, WaiverRecord } from '../records.ts';
import { audited, entry } from '../refusal.ts';
import { type CheckInput, checkCandidate, readable } from '../versions/check.ts';
import { refuseDate } from './waivers.ts';

export interface ProposalInput extends CheckInput {
  readonly reason: string;
  readonly link?: string | undefined;
}

/** The proposal of this document that waits for a decision, or has one; made where there is none. Faults: PROPOSAL_INVALID where the check lets it in. */
export async function propose(context: Context, input: ProposalInput): Promise<ProposalRecord> {
  const { catalog, subject, source, reason, link } = input;
  const about = { action: 'proposal.make', catalog, subject };
  const report = await checkCandidate(context, input);
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('publish', { catalog, subject }))
      throw new Fault('FORBIDDEN', { permission: 'publish', catalog, subject });
    const [known] = (await transaction.proposals({ catalog, subject, content: report.fingerprint }, { limit: 1 }))
      .items;
    if (known && !isOver(known, today(context.clock))) return known;
    if (report.gate.allowed)
      throw new Fault('PROPOSAL_INVALID', {}, { message: 'The change breaks nobody: register it without a proposal.' });
    const unreadable = report.findings.find(({ kind, severity }) => kind === 'schema' && severity === 'error');
    if (report.fingerprint === '' || unreadable)
      throw new Fault('PROPOSAL_INVALID', {}, { message: 'The document cannot be registered whoever approves it.' });
    const record: ProposalRecord = {
      id: randomUUID(),
      catalog,
      subject,
      content: report.fingerprint,
      text: 'text' in source ? source.text : JSON.stringify(readable(source)),
      report,
      reason,
      ...(link !== undefined && { link }),
      author: context.caller.actor,
      createdAt: timestamp(context.clock),
      state: 'open',
    };
    await transaction.insertProposal(record);
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      after: record.content,
      reason,
      details: { proposal: record.id },
    });
    return record;
  });
}

/** An approval that has expired permits nothing any more: the same document may be proposed again. */
function isOver({ state, expires }: ProposalRecord, now: string): boolean {
  return state === 'approved' && expires !== undefined && expires < now;
}

export interface Decision {
  readonly id: string;
  readonly approve: boolean;
  readonly reason: string;
  /** The last day the waivers of an approval hold, `YYYY-MM-DD`. */
  readonly expires?: string | undefined;
}

/** Faults: PROPOSAL_NOT_FOUND, FORBIDDEN, PROPOSAL_INVALID where it is decided already, WAIVER_INVALID for the date. */
export async function decide(context: Context, decision: Decision): Promise<ProposalRecord> {
  const before = await findProposal(context, decision.id);
  const { catalog, subject } = before;
  const about = { action: 'proposal.decide', catalog, subject };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('steward', { catalog, subject }))
      throw new Fault('FORBIDDEN', { permission: 'steward' }, { message: 'Proposals are decided by stewards.' });
    const locked = await transaction.lockProposal(decision.id);
    if (!locked) throw notFound(decision.id);
    if (locked.state !== 'open')
      throw new Fault(
        'PROPOSAL_INVALID',
        { state: locked.state },
        { message: `The proposal was ${locked.state} by ${locked.decidedBy}.` },
      );
    const decided: ProposalRecord = {
      ...locked,
      state: decision.approve ? 'approved' : 'rejected',
      decidedBy: context.caller.actor,
      decidedAt: timestamp(context.clock),
      decision: decision.reason,
      ...(decision.approve && { expires: expiryOf(context, decision) }),
    };
    await transaction.decideProposal(decided);
    const waivers = decision.approve ? await permitFindings(context, transaction, decided) : 0;
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      after: decided.content,
      reason: decision.reason,
      details: { proposal: decided.id, state: decided.state, waivers },
    });
    return decided;
  });
}

function expiryOf(context: Context, { expires }: Decision): string {
  if (expires === undefined)
    throw new Fault('WAIVER_INVALID', { expires: null }, { message: 'An approval needs the last day it holds.' });
  refuseDate(expires, today(context.clock));
  return expires;
}

/** One waiver for each blocking finding, for this document alone. Answers how many. */
async function permitFindings(context: Context, transaction: Transaction, proposal: ProposalRecord): Promise<number> {
  const { catalog, subject, content, report, decision = '', expires = '' } = proposal;
  const fingerprints = new Set(report.findings.filter(blocks).map(({ fingerprint }) => fingerprint));
  for (const fingerprint of fingerprints) {
    const waiver: WaiverRecord = {
      id: randomUUID(),
      catalog,
      subject,
      fingerprint,
      content,
      author: context.caller.actor,
      reason: decision,
      expires,
      createdAt: timestamp(context.clock),
    };
    await transaction.insertWaiver(waiver);
    await transaction.announce({
      type: 'herald.waiver.given.v1',
      catalog,
      subject,
      data: { waiver: waiver.id, fingerprint, expires, reason: decision },
    });
  }
  return fingerprints.size;
}

export async function findProposal({ store }: Pick<Context, 'store'>, id: string): Promise<ProposalRecord> {
  const found = await store.proposal(id);
  if (!found) throw notFound(id);
  return found;
}

function notFound(id: string): Fault {
  return new Fault('PROPOSAL_NOT_FOUND', { id: id.slice(0, 100) });
}

export async function listProposals(
  { store }: Pick<Context, 'store'>,
  filter: ProposalFilter,
  page: PageRequest,
): Promise<Page<ProposalRecord>> {
  return store.proposals(filter, page);
}
