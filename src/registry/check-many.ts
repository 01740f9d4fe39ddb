/** The dry run over many documents: one report each, in their order. */
import type { Report } from '../check/report.ts';
import { Fault } from '../errors.ts';
import type { Json } from '../schema/json.ts';
import { checkCandidate } from './check.ts';
import type { Context } from './context.ts';

export interface NamedDocument {
  readonly catalog?: string | undefined;
  readonly subject: string;
  readonly schema?: unknown;
  readonly text?: string;
}

export async function checkMany(
  context: Context,
  catalog: string | undefined,
  candidates: readonly NamedDocument[],
): Promise<readonly Report[]> {
  const reports: Report[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const named = candidate.catalog ?? catalog;
    if (named === undefined)
      throw new Fault('PARAMETER_INVALID', {
        problems: [
          {
            in: 'body',
            at: `/candidates/${index}/catalog`,
            message: 'is missing, and the request names none for all',
          },
        ],
      });
    // what came as JSON is JSON
    const source = candidate.text === undefined ? { value: candidate.schema as Json } : { text: candidate.text };
    reports.push(await checkCandidate(context, { catalog: named, subject: candidate.subject, source }));
  }
  return reports;
}
