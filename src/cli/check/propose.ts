/** Leaves a proposal for each refused change with the registry: a steward sees it there, approves or rejects it. */
import { Fault } from '../../errors.ts';
import type { Api } from '../api.ts';
import type { Collection } from '../source/collection.ts';
import type { Proposed, Run } from './run.ts';

export interface Proposing {
  readonly reason: string;
  /** Where the change is discussed. */
  readonly link?: string | undefined;
}

/** One for each refused event: where it is decided, or who decided what. */
export async function propose(
  api: Api,
  run: Run,
  collections: readonly Collection[],
  { reason, link }: Proposing,
): Promise<readonly Proposed[]> {
  const proposals: Proposed[] = [];
  for (const { catalog, subject, report } of run.files) {
    if (report === undefined || report.gate.allowed) continue;
    const source = collections
      .find((collection) => collection.catalog.name === catalog)
      ?.definitions.find((definition) => definition.subject === subject)?.source;
    if (!source) continue;
    const text = 'text' in source ? source.text : JSON.stringify(source.value);
    const body = { catalog, subject, text, reason, ...(link !== undefined && { link }) };
    proposals.push({ catalog, subject, ...(await outcome(api, body)) });
  }
  return proposals;
}

async function outcome(
  api: Api,
  body: Parameters<Api['call']>[2],
): Promise<Pick<Proposed, 'state' | 'outcome' | 'page'>> {
  try {
    const { json } = await api.call('POST', '/v1/proposals', body);
    const { state } = json;
    const page = `${api.url}${json.page}`;
    if (state !== 'approved' && state !== 'rejected')
      return { state: 'open', outcome: 'proposed; a steward decides', page };
    const day = String(json.decidedAt).slice(0, 10);
    return { state, outcome: `${state} by ${json.decidedBy} on ${day}: ${json.decision}`, page };
  } catch (error) {
    // a document that nobody can register is no reason to leave the others out
    if (error instanceof Fault && error.code === 'PROPOSAL_INVALID')
      return { state: 'refused', outcome: error.message };
    throw error;
  }
}
