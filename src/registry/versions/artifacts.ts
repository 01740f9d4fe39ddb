/** Makes what code needs from one version: types, validator, plain schema. */
import { type Artifact, artifact, artifactNames, isArtifactName } from '../../codegen/artifacts.ts';
import { CannotGenerate } from '../../codegen/cannot-generate.ts';
import { Fault } from '../../errors.ts';
import { trustedSchema } from '../../schema/parse.ts';
import type { Context } from '../context.ts';
import { loadBundle } from './bundle.ts';
import { catalogOf, type Found, lookUp, type VersionKey } from './look-up.ts';

export { artifactMediaTypes } from '../../codegen/artifacts.ts';

export async function artifactOf(
  context: Context,
  key: VersionKey,
  name: string,
): Promise<{ readonly artifact: Artifact; readonly found: Found }> {
  if (!isArtifactName(name)) throw new Fault('ARTIFACT_NOT_FOUND', { name, known: artifactNames.toSorted() });
  const { rules } = await catalogOf(context.store, key.catalog);
  const found = await lookUp(context, key);
  const { version, plan } = found;
  const { documents } = await loadBundle(context.store, JSON.parse(version.schema.text), context.limits.bundle);
  const made = generated(name, {
    catalog: rules,
    subject: version.subject,
    version: version.number,
    label: version.label,
    document: trustedSchema(version.schema.text, version.schema.dialect, documents),
    contract: version.contract,
    ...(plan && { notice: plan }),
  });
  return { artifact: made, found };
}

/** What the generator cannot make is told as such: the version is as it is, and every try ends the same. */
function generated(...[name, input]: Parameters<typeof artifact>): Artifact {
  try {
    return artifact(name, input);
  } catch (cause) {
    if (!(cause instanceof CannotGenerate)) throw cause;
    throw new Fault('SCHEMA_TOO_LARGE', { limit: name }, { message: cause.message, cause });
  }
}
