/** What a project pins and its registry has deprecated: a consumer learns of it where it runs its checks. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckFinding } from '../../check/report.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { isArray, isObject } from '../../schema/json.ts';
import type { Api } from '../api.ts';
import { lockfileName, readLockfile } from '../generate/lockfile.ts';
import { locateInJson } from '../source/place.ts';
import type { Placed } from './run.ts';

export interface Deprecated {
  readonly successor: string;
  readonly sunset: string;
}

/** As the lock file says since it was last pulled, or as the registry says now. */
export async function lockFindings(cwd: string, api: Api | undefined): Promise<Placed[]> {
  const lock = await readLockfile(cwd);
  if (!lock) return [];
  const known = api
    ? await plansOf(api)
    : new Map(Object.entries(lock.subjects).map(([key, row]) => [key, row.deprecated]));
  const locate = locateInJson(await readFile(join(cwd, lockfileName), 'utf8'));
  return Object.keys(lock.subjects)
    .sort()
    .flatMap((key): Placed[] => {
      const deprecated = known.get(key);
      const [catalog = '', subject = ''] = key.split('/');
      const place = locate(`/subjects/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      return deprecated ? [{ catalog, subject, file: lockfileName, place, finding: finding(key, deprecated) }] : [];
    });
}

async function plansOf(api: Api): Promise<ReadonlyMap<string, Deprecated>> {
  const { items } = (await api.call('GET', '/v1/deprecations')).json;
  return new Map(
    (isArray(items) ? items.filter(isObject) : []).map(({ catalog, subject, successor, sunset }) => [
      `${catalog}/${subject}`,
      { successor: String(successor), sunset: String(sunset) },
    ]),
  );
}

function finding(key: string, { successor, sunset }: Deprecated): CheckFinding {
  return {
    kind: 'lifecycle',
    rule: 'PIN_DEPRECATED',
    severity: 'warning',
    message: `${lockfileName} pins "${key}", which is deprecated: its sunset is ${sunset}.`,
    hint: `Move to its successor "${successor}" (herald pull), then acknowledge (herald deprecate acknowledge).`,
    params: { successor, sunset },
    fingerprint: fingerprint(['PIN_DEPRECATED', key]),
  };
}
