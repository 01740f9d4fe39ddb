/** Checks a workspace against what a registry holds: the registry runs the same check over its own history. */
import type { Report } from '../check/report.ts';
import { Fault } from '../errors.ts';
import { isArray, type Json } from '../schema/json.ts';
import type { Api } from './api.ts';
import type { CheckedFile, Placed, Run } from './checking.ts';
import { type Collection, type Located, readableValue } from './source/workspace.ts';

const batchSize = 50;

export async function checkWithRegistry(
  api: Api,
  collections: readonly Collection[],
  onProgress: (done: number, total: number) => void,
): Promise<Run> {
  const files: CheckedFile[] = [];
  const findings: Placed[] = [];
  const total = collections.reduce((sum, { definitions }) => sum + definitions.length, 0);
  for (const { catalog, definitions } of collections) {
    for (let at = 0; at < definitions.length; at += batchSize) {
      const batch = definitions.slice(at, at + batchSize);
      for (const [index, report] of (await ask(api, catalog.name, batch)).entries()) {
        const definition = batch[index];
        if (!definition) continue;
        const { subject, file, text } = definition;
        files.push({ catalog: catalog.name, subject, file, text, report });
        for (const finding of report.findings)
          findings.push({
            catalog: catalog.name,
            subject,
            file,
            place: definition.locate(finding.nextPointer ?? ''),
            finding,
          });
      }
      onProgress(files.length, total);
    }
  }
  const undecided = files.some(({ report }) => report && !report.gate.allowed && report.gate.fault === 'UNDECIDED');
  return { baseline: api.url, files, findings, undecided };
}

async function ask(api: Api, catalog: string, batch: readonly Located[]): Promise<readonly Report[]> {
  const candidates: Json = batch.map((definition) => ({
    subject: definition.subject,
    schema: readableValue(definition),
  }));
  const { json } = await api.call('POST', '/v1/check', { catalog, candidates });
  const { reports } = json;
  if (!isArray(reports) || reports.length !== batch.length)
    throw new Fault(
      'REGISTRY_ANSWER_INVALID',
      { url: api.url },
      { message: `${api.url} did not answer one report for each schema. Is it this version of the registry?` },
    );
  return reports as unknown as readonly Report[];
}
