/** Whether a schema could be registered, without registering it. */
import { asJson, type Json } from '../../schema/json.ts';
import type { Asked } from '../deps.ts';
import { ConfluentError, messageOf, refusals } from '../error.ts';
import { unreadable, wouldSay } from '../registering.ts';
import { flag, schemaRequest, subjectOf, versionOf } from '../request.ts';
import type { ConfluentRoute } from '../route.ts';

/** With `verbose` an unreadable schema is an incompatible one; without, a refusal. */
async function compatible(asked: Asked, only?: number): Promise<Json> {
  const verbose = flag(asked, 'verbose');
  try {
    const report = await wouldSay(asked, subjectOf(asked), schemaRequest(asked.body), only);
    const problem = unreadable(report);
    if (problem !== undefined) throw refusals.invalidSchema(problem);
    const findings = report.findings.filter(({ kind, severity }) => kind === 'compatibility' && severity === 'error');
    const isCompatible = report.verdict === 'compatible';
    const messages = findings.map((finding) => messageOf(asJson(finding)));
    const level = `{validateFields: 'false', compatibility: '${report.level}'}`;
    return { is_compatible: isCompatible, ...(verbose && { messages: isCompatible ? [] : [...messages, level] }) };
  } catch (error) {
    if (verbose && error instanceof ConfluentError && error.code === 42201)
      return { is_compatible: false, messages: [error.message] };
    throw error;
  }
}

const withVersion: ConfluentRoute = {
  id: 'confluent.compatibleWithVersion',
  method: 'POST',
  path: '/compatibility/subjects/{subject}/versions/{version}',
  permission: 'read',
  handle: async (asked) => {
    const subject = subjectOf(asked);
    const number = versionOf(asked.params.version ?? '');
    const [found] = await asked.deps.store.placed({
      catalog: asked.catalog,
      subject: subject.name,
      number,
      live: true,
    });
    if (found === undefined && number !== 'latest') throw refusals.versionNotFound(number);
    return { json: await compatible(asked, found?.number) };
  },
};

const withHistory: ConfluentRoute = {
  id: 'confluent.compatibleWithHistory',
  method: 'POST',
  path: '/compatibility/subjects/{subject}/versions',
  permission: 'read',
  handle: async (asked) => ({ json: await compatible(asked) }),
};

export const compatibilityRoutes: readonly ConfluentRoute[] = [withVersion, withHistory];
