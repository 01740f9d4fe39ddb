/** Makes what code needs from one version: types, validator, plain schema. */
import { type Artifact, artifactNames, isArtifactName } from '../../codegen/artifacts.ts';
import { Fault } from '../../errors.ts';
import type { Lru } from '../../lru.ts';
import type { Context } from '../context.ts';
import { bundleOf } from './bundle.ts';
import { catalogOf, type Found, lookUp, type VersionKey } from './look-up.ts';

/** Artifacts made before: of one schema, catalog and plan they are always the same. Weighs bytes. */
export type ArtifactCache = Lru<Artifact>;

export { artifactMediaTypes } from '../../codegen/artifacts.ts';

export async function artifactOf(
  context: Context,
  key: VersionKey,
  name: string,
): Promise<{ readonly artifact: Artifact; readonly found: Found }> {
  if (!isArtifactName(name)) throw new Fault('ARTIFACT_NOT_FOUND', { name, known: artifactNames.toSorted() });
  const catalog = await catalogOf(context.store, key.catalog);
  const found = await lookUp(context, key);
  const { version, plan } = found;
  const cacheKey = JSON.stringify([
    catalog.fingerprint,
    version.schema.id,
    name,
    version.subject,
    version.number,
    plan,
  ]);
  const held = context.artifacts.get(cacheKey);
  if (held) return { artifact: held, found };
  const { text, dialect } = version.schema;
  const input = {
    catalog: catalog.rules,
    subject: version.subject,
    version: version.number,
    label: version.label,
    stored: { text, dialect, bundle: await bundleOf(context.store, text, context.limits.bundle) },
    contract: version.contract,
    ...(plan && { notice: plan }),
  };
  const artifact = await context.generation.artifact(name, input, context.caller);
  context.artifacts.set(cacheKey, artifact, 2 * artifact.text.length);
  return { artifact, found };
}
