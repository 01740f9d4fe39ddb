/** Leaves a proposal for each refused change with the registry: a steward sees it there, approves or rejects it. */
import { Fault } from '../../errors.ts';
import type { Api } from '../api.ts';
import { visible } from '../output/visible.ts';
import type { Collection } from '../source/collection.ts';
import type { Run } from './run.ts';

export interface Proposing {
  readonly reason: string;
  /** Where the change is discussed. */
  readonly link?: string | undefined;
}

/** One line for each refused event: where it is decided, or who decided what. */
export async function propose(
  api: Api,
  run: Run,
  collections: readonly Collection[],
  { reason, link }: Proposing,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { catalog, subject, report } of run.files) {
    if (report === undefined || report.gate.allowed) continue;
    const source = collections
      .find((collection) => collection.catalog.name === catalog)
      ?.definitions.find((definition) => definition.subject === subject)?.source;
    if (!source) continue;
    const text = 'text' in source ? source.text : JSON.stringify(source.value);
    const body = { catalog, subject, text, reason, ...(link !== undefined && { link }) };
    lines.push(visible(`${subject}: ${await outcome(api, body)}`));
  }
  return lines;
}

async function outcome(api: Api, body: Parameters<Api['call']>[2]): Promise<string> {
  try {
    const { json } = await api.call('POST', '/v1/proposals', body);
    const by = `${json.decidedBy} on ${String(json.decidedAt).slice(0, 10)}: ${json.decision}`;
    if (json.state === 'rejected') return `rejected by ${by}`;
    if (json.state === 'approved') return `approved by ${by}`;
    return `proposed; a steward decides at ${api.url}${json.page}`;
  } catch (error) {
    // a document that nobody can register is no reason to leave the others out
    if (error instanceof Fault && error.code === 'PROPOSAL_INVALID') return error.message;
    throw error;
  }
}
