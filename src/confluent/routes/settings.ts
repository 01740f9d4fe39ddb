/** Levels and modes: of all, of a context, of a subject. */
import { levels } from '../../compat/report.ts';
import type { JsonObject } from '../../schema/json.ts';
import { isObject, type Json, member } from '../../schema/json.ts';
import type { Asked } from '../deps.ts';
import { refusals } from '../error.ts';
import { flag } from '../request.ts';
import type { ConfluentRoute } from '../route.ts';
import {
  configOf,
  defaultLevel,
  echoed,
  global,
  type Mode,
  modeOf,
  modes,
  putSetting,
  readConfig,
  settingsOf,
} from '../setting.ts';
import { decodeSubject, defaultContext, encodeSubject, inContext, qualifiedOf } from '../subject-name.ts';

/** What a path names: a subject, a context `:.name:`, all. */
function scopeOf(asked: Asked): string {
  const given = asked.params.subject;
  if (given === undefined) return asked.contextName === defaultContext ? global : `:${asked.contextName}:`;
  const shown = inContext(asked.contextName, given);
  const { context, subject } = qualifiedOf(shown);
  if (subject === '' && context !== defaultContext) return `:${context}:`;
  if (encodeSubject(shown) === undefined) throw refusals.invalidSubject(given);
  return shown;
}

async function catalogDefault({ deps, catalog }: Asked): Promise<JsonObject> {
  const level = (await deps.store.catalog(catalog))?.rules.level;
  return { compatibilityLevel: levels.find((each) => each === level) ?? defaultLevel };
}

/** A setting without a level of its own has the default one. */
function whole(config: JsonObject): JsonObject {
  return config.compatibilityLevel === undefined ? { ...config, compatibilityLevel: defaultLevel } : config;
}

async function configAt(asked: Asked, scope: string): Promise<JsonObject> {
  const settings = await settingsOf(asked.deps.store, asked.catalog);
  const own = settings.find(scope)?.config;
  if (own) return whole(own);
  if (scope !== global && !flag(asked, 'defaultToGlobal')) throw refusals.noConfig(scope);
  return whole(configOf(settings, scope) ?? (await catalogDefault(asked)));
}

async function change(
  asked: Asked,
  action: string,
  scope: string,
  told: { config?: JsonObject | null; mode?: Mode | null },
): Promise<void> {
  const { deps, catalog, caller } = asked;
  const subject = scope === global || qualifiedOf(scope).subject === '' ? undefined : encodeSubject(scope);
  const allowed =
    subject === undefined
      ? caller.can('steward', { catalog })
      : caller.can('publish', { catalog, subject }) || caller.can('steward', { catalog });
  if (!allowed) throw refusals.notPermitted('The caller may not change this setting');
  await deps.store.write(async (transaction) => {
    await putSetting(transaction, catalog, scope, told);
    await transaction.appendAudit({
      action,
      catalog,
      ...(subject !== undefined && { subject }),
      actor: caller.actor,
      ...(caller.correlationId !== undefined && { correlationId: caller.correlationId }),
      outcome: 'done',
      details: { scope },
    });
  });
}

function configRoutes(path: string): readonly ConfluentRoute[] {
  const id = path.includes('{') ? 'Subject' : '';
  return [
    {
      id: `confluent.get${id}Config`,
      method: 'GET',
      path,
      permission: 'read',
      handle: async (asked) => ({ json: await configAt(asked, scopeOf(asked)) }),
    },
    {
      id: `confluent.put${id}Config`,
      method: 'PUT',
      path,
      permission: 'read',
      handle: async (asked) => {
        const config = readConfig(asked.body);
        await change(asked, 'confluent.config', scopeOf(asked), { config });
        return { json: echoed(config) };
      },
    },
    {
      id: `confluent.delete${id}Config`,
      method: 'DELETE',
      path,
      permission: 'read',
      handle: async (asked) => {
        const scope = scopeOf(asked);
        const before = (await settingsOf(asked.deps.store, asked.catalog)).find(scope)?.config;
        if (before === undefined && scope !== global) throw refusals.subjectNotFound(scope);
        await change(asked, 'confluent.config', scope, { config: null });
        return { json: whole(before ?? (await catalogDefault(asked))) };
      },
    },
  ];
}

function readMode(body: unknown): Mode {
  const given = isObject(body as Json | undefined) ? member(body as JsonObject, 'mode') : undefined;
  const mode = typeof given === 'string' ? modes.find((each) => each === given.toUpperCase()) : undefined;
  if (mode === undefined) throw refusals.invalidMode();
  return mode;
}

/** Copies go into what is empty: what is there already might have their ids. */
async function refuseUnlessEmpty(asked: Asked, scope: string): Promise<void> {
  const names = (await asked.deps.store.subjectNames(asked.catalog)).map(({ name }) => decodeSubject(name));
  const within = (name: string) =>
    scope === global ||
    name === scope ||
    (qualifiedOf(scope).subject === '' && qualifiedOf(name).context === qualifiedOf(scope).context);
  if (names.some(within))
    throw refusals.notPermitted(
      'Cannot import since found existing subjects: put the mode with force=true, or delete them permanently first',
    );
}

function modeRoutes(path: string): readonly ConfluentRoute[] {
  const id = path.includes('{') ? 'Subject' : '';
  return [
    {
      id: `confluent.get${id}Mode`,
      method: 'GET',
      path,
      permission: 'read',
      handle: async (asked) => {
        const scope = scopeOf(asked);
        const settings = await settingsOf(asked.deps.store, asked.catalog);
        const own = settings.find(scope)?.mode;
        if (own === undefined && scope !== global && !flag(asked, 'defaultToGlobal')) throw refusals.noMode(scope);
        return { json: { mode: own ?? modeOf(settings, scope) } };
      },
    },
    {
      id: `confluent.put${id}Mode`,
      method: 'PUT',
      path,
      permission: 'read',
      handle: async (asked) => {
        const scope = scopeOf(asked);
        const mode = readMode(asked.body);
        const before = modeOf(await settingsOf(asked.deps.store, asked.catalog), scope);
        if (mode === 'IMPORT' && before !== 'IMPORT' && !flag(asked, 'force')) await refuseUnlessEmpty(asked, scope);
        await change(asked, 'confluent.mode', scope, { mode });
        return { json: { mode } };
      },
    },
    {
      id: `confluent.delete${id}Mode`,
      method: 'DELETE',
      path,
      permission: 'read',
      handle: async (asked) => {
        const scope = scopeOf(asked);
        const settings = await settingsOf(asked.deps.store, asked.catalog);
        const before = settings.find(scope)?.mode;
        if (before === undefined && scope !== global) throw refusals.subjectNotFound(scope);
        await change(asked, 'confluent.mode', scope, { mode: null });
        return { json: { mode: before ?? modeOf(settings, scope) } };
      },
    },
  ];
}

export const settingRoutes: readonly ConfluentRoute[] = [
  ...configRoutes('/config'),
  ...configRoutes('/config/{subject}'),
  ...modeRoutes('/mode'),
  ...modeRoutes('/mode/{subject}'),
];
