/** A catalog's latest versions as one AsyncAPI document. Retired subjects are not in it: nobody may send them. */

import type { ArtifactInput } from '../../codegen/artifacts.ts';
import { Fault } from '../../errors.ts';
import type { Context } from '../context.ts';
import type { ConsumerRecord } from '../records.ts';
import { bundleOf } from '../versions/bundle.ts';
import type { Stored } from '../versions/generation.ts';
import { catalogOf } from '../versions/look-up.ts';

export async function asyncApiOf(context: Context, name: string): Promise<string> {
  const { store } = context;
  const { rules } = await catalogOf(store, name);
  const plans = new Map((await store.deprecations(name)).map((plan) => [plan.subject, plan]));
  const consumers = await store.consumers(name);
  const inputs: Stored<ArtifactInput>[] = [];
  let characters = 0;
  for (const version of await store.latestVersions(name)) {
    const plan = plans.get(version.subject);
    if (plan?.stage === 'retired') continue;
    const { text, dialect } = version.schema;
    characters += text.length;
    if (characters > maxCharacters) throw tooLarge(name);
    inputs.push({
      catalog: rules,
      subject: version.subject,
      version: version.number,
      label: version.label,
      stored: { text, dialect, bundle: await bundleOf(store, text, context.limits.bundle) },
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

/** Characters of all schemas in one document: it is made in memory, and is larger than they are. */
const maxCharacters = 16_000_000;

function tooLarge(catalog: string): Fault {
  return new Fault(
    'SCHEMA_TOO_LARGE',
    { catalog, limit: maxCharacters },
    {
      message: `The schemas of catalog "${catalog}" have more than ${maxCharacters} characters, too many for one document. Pull them with "herald pull" and generate it on your own machine.`,
    },
  );
}

function consumerOf({ service, note }: ConsumerRecord) {
  return { service, ...(note !== undefined && { note }) };
}
