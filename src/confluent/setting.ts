/** Levels and modes: of a subject, else of its context, else of all, else the catalog's. */
import { type Level, levels, type World } from '../compat/report.ts';
import { announceSettings } from '../registry/catalogs/change-settings.ts';
import type { Reads, Transaction } from '../registry/ports.ts';
import type { ConfluentSetting } from '../registry/records.ts';
import { isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { ConfluentError, refusals } from './error.ts';
import { encodeSubject, qualifiedOf } from './subject-name.ts';

export const modes = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT', 'FORWARD'] as const;
export type Mode = (typeof modes)[number];

export const global = '';

/** From the scope itself to the widest. */
export function scopesOf(name: string): readonly string[] {
  if (name === global) return [global];
  const { context, subject } = qualifiedOf(name);
  const ofContext = context === '.' ? [] : [`:${context}:`];
  return subject === '' ? [...ofContext, global] : [name, ...ofContext, global];
}

export interface Settings {
  readonly find: (scope: string) => ConfluentSetting | undefined;
}

export async function settingsOf(reads: Reads, catalog: string): Promise<Settings> {
  const all = new Map((await reads.confluentSettings(catalog)).map((setting) => [setting.scope, setting]));
  return { find: (scope) => all.get(scope) };
}

export function configOf({ find }: Settings, name: string): JsonObject | undefined {
  for (const scope of scopesOf(name)) {
    const config = find(scope)?.config;
    if (config) return config;
  }
  return undefined;
}

export function modeOf({ find }: Settings, name: string): Mode {
  for (const scope of scopesOf(name)) {
    const mode = modes.find((each) => each === find(scope)?.mode);
    if (mode) return mode;
  }
  return 'READWRITE';
}

export const defaultLevel: Level = 'BACKWARD';

export interface Demands {
  readonly level?: Level;
  readonly world?: World;
}

/** Undefined where nobody set one: then the catalog decides. Confluent's STRICT is the open world, its LENIENT the closed one. */
export function demandsOf(config: JsonObject | undefined): Demands {
  const level = levels.find((each) => each === config?.compatibilityLevel);
  const policy = config?.compatibilityPolicy;
  return {
    ...(level && { level }),
    ...(policy === 'LENIENT' && { world: 'closed' as const }),
    ...((policy === 'STRICT' || policy === 'LOGICAL') && { world: 'open' as const }),
  };
}

const flags = ['normalize', 'validateFields', 'validateNewSchemas', 'validateRules'] as const;
const texts = ['alias', 'compatibilityGroup'] as const;
const objects = ['defaultMetadata', 'overrideMetadata', 'defaultRuleSet', 'overrideRuleSet'] as const;
const policies = ['STRICT', 'LENIENT', 'LOGICAL'];

/** What a request says of the level and beside it, as it is stored and shown. */
export function readConfig(body: unknown): JsonObject {
  const given = body as Json | undefined;
  if (!isObject(given)) throw new ConfluentError(42203, 'The body is no JSON object with a "compatibility"');
  const stated = member(given, 'compatibility') ?? member(given, 'compatibilityLevel');
  const level = typeof stated === 'string' ? levels.find((each) => each === stated.toUpperCase()) : undefined;
  if (stated !== undefined && stated !== null && level === undefined) throw refusals.invalidLevel();
  const policy = member(given, 'compatibilityPolicy');
  if (policy !== undefined && policy !== null && !policies.includes(String(policy)))
    throw new ConfluentError(42203, `Invalid compatibility policy. Valid values are ${policies.join(', ')}`);
  const kept = (names: readonly string[], fits: (value: Json | undefined) => boolean) =>
    Object.fromEntries(names.filter((name) => fits(member(given, name))).map((name) => [name, given[name]!]));
  return {
    ...kept(texts, (value) => typeof value === 'string'),
    ...kept(flags, (value) => typeof value === 'boolean'),
    ...(level && { compatibilityLevel: level }),
    ...(typeof policy === 'string' && { compatibilityPolicy: policy }),
    ...kept(objects, isObject),
  };
}

/** As a request said it: `compatibility` is what PUT calls the level. */
export function echoed({ compatibilityLevel, ...rest }: JsonObject): JsonObject {
  return { ...(compatibilityLevel !== undefined && { compatibility: compatibilityLevel }), ...rest };
}

/** What is left out stays; null takes it back. */
export interface SettingChange {
  readonly config?: JsonObject | null;
  readonly mode?: Mode | null;
}

export async function putSetting(
  transaction: Transaction,
  catalog: string,
  scope: string,
  change: SettingChange,
): Promise<void> {
  const before = (await settingsOf(transaction, catalog)).find(scope);
  const config = change.config === undefined ? before?.config : (change.config ?? undefined);
  const mode = change.mode === undefined ? before?.mode : (change.mode ?? undefined);
  await transaction.putConfluentSetting(catalog, {
    scope,
    ...(config && { config }),
    ...(mode !== undefined && { mode }),
  });
  if (change.config !== undefined) await setSubjectLevel(transaction, catalog, scope, config);
}

/** A subject's level is its own setting too, so that whoever registers by another way meets the same. */
export async function setSubjectLevel(
  transaction: Transaction,
  catalog: string,
  scope: string,
  config: JsonObject | undefined,
): Promise<void> {
  const name = encodeSubject(scope);
  const subject = name === undefined ? undefined : await transaction.subject(catalog, name);
  if (!subject) return;
  const { level, world, ...kept } = subject.settings;
  const demands = demandsOf(config);
  if (demands.level === level && demands.world === world) return;
  const settings = { ...kept, ...demands };
  await transaction.putSettings(catalog, subject.name, settings);
  await announceSettings(transaction, { catalog, subject: subject.name }, settings);
}
