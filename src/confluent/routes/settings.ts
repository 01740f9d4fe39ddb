/** Levels and modes: of all, of a context, of a subject. */
import { levels } from '../../compat/report.ts';
import { Fault } from '../../errors.ts';
import { audited, entry } from '../../registry/refusal.ts';
import { isRecord, type JsonObject } from '../../schema/json.ts';
import { type Asked, contextOf } from '../deps.ts';
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
  type SettingChange,
  type Settings,
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

/** A level and a mode say what is let in: as anywhere else, a steward decides about that, and nobody who publishes. */
async function change(asked: Asked, action: string, scope: string, setting: SettingChange): Promise<void> {
  const { catalog } = asked;
  const context = contextOf(asked);
  const subject = scope === global || qualifiedOf(scope).subject === '' ? undefined : encodeSubject(scope);
  const place = { catalog, ...(subject !== undefined && { subject }) };
  const about = { action, ...place };
  await audited(context, about, async (transaction) => {
    if (!context.caller.can('steward', place)) throw new Fault('FORBIDDEN', { permission: 'steward' });
    await putSetting(transaction, catalog, scope, setting);
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      details: { scope, ...setting },
    });
  });
}

function readMode(body: unknown): Mode {
  const given = isRecord(body) ? body.mode : undefined;
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

/** A row is a setting of a scope: a level with what goes beside it, or a mode. */
interface Setting<Value> {
  readonly name: 'Config' | 'Mode';
  own(settings: Settings, scope: string): Value | undefined;
  /** What holds where neither the scope nor what is around it states one. */
  inherited(asked: Asked, settings: Settings, scope: string): Promise<Value>;
  /** The refusal of a look-up that asks for the scope's own. */
  none(scope: string): Error;
  /** The value a request puts; refuses what may not be put now. */
  read(asked: Asked, settings: Settings, scope: string): Promise<Value>;
  changeTo(value: Value | null): SettingChange;
  shown(value: Value): JsonObject;
  /** The answer to a request that put it. */
  echoed(value: Value): JsonObject;
}

const config: Setting<JsonObject> = {
  name: 'Config',
  own: (settings, scope) => settings.find(scope)?.config,
  inherited: async (asked, settings, scope) => configOf(settings, scope) ?? (await catalogDefault(asked)),
  none: refusals.noConfig,
  read: async ({ body }) => readConfig(body),
  changeTo: (value) => ({ config: value }),
  shown: whole,
  echoed,
};

const mode: Setting<Mode> = {
  name: 'Mode',
  own: (settings, scope) => modes.find((each) => each === settings.find(scope)?.mode),
  inherited: async (_, settings, scope) => modeOf(settings, scope),
  none: refusals.noMode,
  async read(asked, settings, scope) {
    const given = readMode(asked.body);
    const isNew = given === 'IMPORT' && modeOf(settings, scope) !== 'IMPORT';
    if (isNew && !flag(asked, 'force')) await refuseUnlessEmpty(asked, scope);
    return given;
  },
  changeTo: (value) => ({ mode: value }),
  shown: (value) => ({ mode: value }),
  echoed: (value) => ({ mode: value }),
};

/** To be looked up, put and taken back, of all and of one subject or context. */
function routesOf<Value>(setting: Setting<Value>): readonly ConfluentRoute[] {
  const { name } = setting;
  const noun = name.toLowerCase();
  const found = async (asked: Asked) => {
    const scope = scopeOf(asked);
    const settings = await settingsOf(asked.deps.store, asked.catalog);
    return { scope, settings, own: setting.own(settings, scope) };
  };
  const put = (asked: Asked, scope: string, value: Value | null) =>
    change(asked, `confluent.${noun}`, scope, setting.changeTo(value));
  return ['', '/{subject}'].flatMap((of): readonly ConfluentRoute[] => {
    const about = { path: `/${noun}${of}`, permission: 'read' } as const;
    const id = `${of === '' ? '' : 'Subject'}${name}`;
    return [
      {
        id: `confluent.get${id}`,
        method: 'GET',
        ...about,
        async handle(asked) {
          const { scope, settings, own } = await found(asked);
          if (own === undefined && scope !== global && !flag(asked, 'defaultToGlobal')) throw setting.none(scope);
          return { json: setting.shown(own ?? (await setting.inherited(asked, settings, scope))) };
        },
      },
      {
        id: `confluent.put${id}`,
        method: 'PUT',
        ...about,
        async handle(asked) {
          const { scope, settings } = await found(asked);
          const value = await setting.read(asked, settings, scope);
          await put(asked, scope, value);
          return { json: setting.echoed(value) };
        },
      },
      {
        id: `confluent.delete${id}`,
        method: 'DELETE',
        ...about,
        async handle(asked) {
          const { scope, settings, own } = await found(asked);
          if (own === undefined && scope !== global) throw refusals.subjectNotFound(scope);
          await put(asked, scope, null);
          return { json: setting.shown(own ?? (await setting.inherited(asked, settings, scope))) };
        },
      },
    ];
  });
}

export const settingRoutes: readonly ConfluentRoute[] = [...routesOf(config), ...routesOf(mode)];
