/** Registers a schema, looks one up, and says whether one would be compatible: the verbs behind the routes. */
import { readDefinition } from '../check/definition.ts';
import type { Given } from '../check/input.ts';
import type { Report } from '../check/report.ts';
import { Fault, isFaultCode } from '../errors.ts';
import type { PlacedVersion } from '../registry/ports.ts';
import { type CheckInput, checkCandidate } from '../registry/versions/check.ts';
import { loadReferences } from '../registry/versions/definition.ts';
import { register as registerVersion } from '../registry/versions/register.ts';
import type { Attached } from '../schema/definition.ts';
import { type Asked, contextOf } from './deps.ts';
import { textOf } from './entity.ts';
import { ConfluentError, refusals } from './error.ts';
import { givenOf, type Named, type SchemaRequest } from './request.ts';
import {
  configOf,
  type Demands,
  defaultLevel,
  demandsOf,
  modeOf,
  type Settings,
  setSubjectLevel,
  settingsOf,
} from './setting.ts';

export async function register(asked: Asked, subject: Named, stated: SchemaRequest): Promise<PlacedVersion> {
  const { deps, catalog } = asked;
  const { store } = deps;
  const settings = await settingsOf(store, catalog);
  const mode = modeOf(settings, subject.shown);
  if (mode === 'READONLY' || mode === 'READONLY_OVERRIDE')
    throw refusals.notPermitted(
      `Subject ${subject.shown} in context is in read-only mode: set its mode to READWRITE first`,
    );
  const isImport = mode === 'IMPORT';
  if (stated.id !== undefined && !isImport)
    throw refusals.notPermitted(
      `Subject ${subject.shown} is not in import mode: an id is given by whoever copies a registry, in mode IMPORT`,
    );
  const request = isImport ? stated : await inheriting(asked, subject, stated);
  const given = await givenOf(asked, store, subject, request);
  const known = await sameContent(asked, subject, given, stated.version);
  if (known) return known;
  if (!isImport && stated.version !== undefined) await refuseUnlessNext(asked, subject, stated.version);
  if (isImport && stated.version !== undefined) await refuseGiven(asked, subject, stated.version);
  const input: CheckInput = {
    ...inputOf(catalog, subject, given, settings),
    ...(isImport && { level: 'NONE' as const, place: placeOf(stated) }),
  };
  const { version } = await registerVersion(contextOf(asked), input);
  await keepLevel(asked, settings, subject);
  const [placed] = await store.placed({ catalog, subject: subject.name, number: version.number });
  if (placed === undefined) throw new Error('what was registered is there');
  return placed;
}

function placeOf({ id, version }: SchemaRequest) {
  return { ...(id !== undefined && { id }), ...(version !== undefined && { version }) };
}

/** What a check is asked about a definition, at the level in force for the subject. */
function inputOf(
  catalog: string,
  { name, shown }: Named,
  given: NonNullable<CheckInput['given']>,
  settings: Settings,
): CheckInput {
  const references = referencesOf(catalog, given.attached);
  return { catalog, subject: name, source: { text: '' }, given, references, ...demandsFor(settings, shown) };
}

function referencesOf(catalog: string, { references = [] }: Attached) {
  return references.map(({ subject, version }) => ({ catalog, subject, number: version }));
}

export function demandsFor(settings: Settings, name: string): Demands {
  const config = configOf(settings, name);
  return config === undefined ? {} : { level: defaultLevel, ...demandsOf(config) };
}

/** Metadata and rules that a request leaves out are those of the version before. */
async function inheriting(asked: Asked, subject: Named, request: SchemaRequest): Promise<SchemaRequest> {
  const [latest] = await asked.deps.store.placed({
    catalog: asked.catalog,
    subject: subject.name,
    number: 'latest',
    live: true,
  });
  const { metadata, ruleSet } = latest?.schema.attached ?? {};
  return {
    ...request,
    ...(request.metadata === undefined &&
      metadata !== undefined && { metadata: metadata as NonNullable<SchemaRequest['metadata']> }),
    ...(request.ruleSet === undefined &&
      ruleSet !== undefined && { ruleSet: ruleSet as NonNullable<SchemaRequest['ruleSet']> }),
  };
}

/** The version that is this very content already; of several, the newest. */
async function sameContent(
  asked: Asked,
  subject: Named,
  given: Given,
  version: number | undefined,
): Promise<PlacedVersion | undefined> {
  const read = readDefinition(given.definition, given.attached, { limits: asked.deps.limits, ...dialect(given) });
  if (!read.ok) return undefined;
  const found = await asked.deps.store.placed({
    catalog: asked.catalog,
    subject: subject.name,
    fingerprint: read.fingerprint,
    live: true,
  });
  return version === undefined ? found.at(-1) : found.find(({ number }) => number === version);
}

function dialect(given: Given) {
  return given.dialect === undefined ? {} : { dialect: given.dialect };
}

async function refuseUnlessNext({ deps, catalog }: Asked, { name }: Named, version: number): Promise<void> {
  const next = ((await deps.store.subject(catalog, name))?.issued ?? 0) + 1;
  if (version !== next)
    throw new ConfluentError(42201, `Version is not one more than previous version: it would be ${next}`);
}

/** Numbers only rise, so that none is given twice, not even one whose version was removed for ever. */
async function refuseGiven({ deps, catalog }: Asked, { name, shown }: Named, version: number): Promise<void> {
  const issued = (await deps.store.subject(catalog, name))?.issued ?? 0;
  if (version <= issued)
    throw refusals.notPermitted(
      `Version ${version} of subject ${shown} was given before or passed over: the next one is above ${issued}`,
    );
}

/** The level a subject was given before its first version becomes its own. */
async function keepLevel({ deps, catalog }: Asked, { find }: Settings, { shown }: Named): Promise<void> {
  const config = find(shown)?.config;
  if (config) await deps.store.write((transaction) => setSubjectLevel(transaction, catalog, shown, config));
}

/** The newest version of this content: with what is attached; without, where the request states nothing. */
export async function lookUp(
  asked: Asked,
  subject: Named,
  request: SchemaRequest,
  deleted: boolean,
): Promise<PlacedVersion> {
  const { store, limits } = asked.deps;
  const placed = await store.placed({ catalog: asked.catalog, subject: subject.name, live: !deleted });
  if (placed.length === 0) throw refusals.subjectNotFound(subject.shown);
  const given = await givenOf(asked, store, subject, request).catch((error: unknown) => {
    if (error instanceof ConfluentError && error.code === 42201 && request.references.length > 0)
      throw refusals.schemaNotFound();
    throw error;
  });
  const read = readDefinition(given.definition, given.attached, { limits, ...dialect(given) });
  if (!read.ok)
    throw refusals.invalidSchema(
      read.problems.map(({ pointer, message }) => `${pointer} ${message}`.trim()).join('; '),
    );
  const exact = placed.findLast(({ schema }) => schema.fingerprint === read.fingerprint);
  const found = exact ?? (await sameWithoutAttached(asked, placed, given, read.fingerprint));
  if (found === undefined) throw refusals.schemaNotFound();
  return found;
}

/** Where a request states neither metadata nor rules, those of the stored version do not count. */
async function sameWithoutAttached(
  { deps, catalog }: Asked,
  placed: readonly PlacedVersion[],
  given: Given,
  fingerprint: string,
): Promise<PlacedVersion | undefined> {
  if (given.attached.metadata !== undefined || given.attached.ruleSet !== undefined) return undefined;
  for (const version of placed.toReversed()) {
    const { format, attached, dialect: stated } = version.schema;
    if (attached?.metadata === undefined && attached?.ruleSet === undefined) continue;
    const references = attached.references ?? [];
    const definition = {
      format,
      text: textOf(version.schema),
      references: await loadReferences(deps.store, catalog, references, deps.limits.bundle),
    };
    const bare = readDefinition(definition, references.length > 0 ? { references } : {}, {
      limits: deps.limits,
      dialect: stated,
    });
    if (bare.ok && bare.fingerprint === fingerprint) return version;
  }
  return undefined;
}

/** What registration would say; with `only`, of that version alone. */
export async function wouldSay(asked: Asked, subject: Named, request: SchemaRequest, only?: number): Promise<Report> {
  const { deps, catalog } = asked;
  const settings = await settingsOf(deps.store, catalog);
  const given = await givenOf(asked, deps.store, subject, await inheriting(asked, subject, request));
  const input: CheckInput = {
    ...inputOf(catalog, subject, given, settings),
    ...(only !== undefined && { only }),
  };
  return checkCandidate(contextOf(asked), input);
}

/** A schema that cannot be read is a refusal, not an incompatibility. */
export function unreadable(report: Report): string | undefined {
  const problems = report.findings.filter(({ kind }) => kind === 'schema');
  return problems.length === 0
    ? undefined
    : problems.map(({ nextPointer, message }) => `${nextPointer ?? ''} ${message}`.trim()).join('; ');
}

export function refusedAs(report: Report): Fault | undefined {
  if (report.gate.allowed) return undefined;
  const { fault, because } = report.gate;
  return new Fault(isFaultCode(fault) ? fault : 'POLICY_REFUSED', {}, { message: because });
}
