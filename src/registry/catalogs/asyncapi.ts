/** A catalog's latest versions as one AsyncAPI document. Retired subjects are not in it: nobody may send them. */

import type { ArtifactInput } from '../../codegen/artifacts.ts';
import { trustedSchema } from '../../schema/parse.ts';
import type { Context } from '../context.ts';
import type { ConsumerRecord } from '../records.ts';
import { loadBundle } from '../versions/bundle.ts';
import { catalogOf } from '../versions/look-up.ts';

export async function asyncApiOf(context: Context, name: string): Promise<string> {
  const { store } = context;
  const { rules } = await catalogOf(store, name);
  const plans = new Map((await store.deprecations(name)).map((plan) => [plan.subject, plan]));
  const consumers = await store.consumers(name);
  const inputs: ArtifactInput[] = [];
  for (const version of await store.latestVersions(name)) {
    const plan = plans.get(version.subject);
    if (plan?.stage === 'retired') continue;
    const { documents } = await loadBundle(store, JSON.parse(version.schema.text), context.limits.bundle);
    inputs.push({
      catalog: rules,
      subject: version.subject,
      version: version.number,
      label: version.label,
      document: trustedSchema(version.schema.text, version.schema.dialect, documents),
      // consumers that declared themselves are listed beside those that the contract names
      contract: {
        ...version.contract,
        consumers: consumers.filter(({ subject }) => subject === version.subject).map(consumerOf),
      },
      ...(plan && { notice: plan }),
    });
  }
  return context.generation.asyncApi(rules, inputs, context.caller);
}

function consumerOf({ service, note }: ConsumerRecord) {
  return { service, ...(note !== undefined && { note }) };
}
