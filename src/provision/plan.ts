/** From what is wanted and what is there to what would change, and how grave that is. Pure: equal inputs give equal plans. */
import { fingerprint } from '../schema/canonical.ts';
import type { Json } from '../schema/json.ts';
import { claimRemarks } from './claims.ts';
import {
  type ChangeClass,
  changeClasses,
  type Found,
  type Grades,
  keyOf,
  type Resource,
  type Settings,
  type Value,
  type Wanted,
} from './resource.ts';

export interface SettingChange {
  readonly key: string;
  /** Absent: was not set, or the resource is new. */
  readonly from?: Value;
  readonly to: Value;
  readonly class: 'create' | 'safe' | 'risky' | 'replace';
}

export interface Change {
  readonly kind: string;
  readonly name: string;
  readonly of?: string;
  /** The gravest of its settings. */
  readonly class: ChangeClass;
  readonly settings: readonly SettingChange[];
}

/** `problem`: nothing is applied before it is solved. */
export interface Remark {
  readonly level: 'problem' | 'warning';
  readonly code: string;
  readonly about: string;
  readonly message: string;
}

export interface Named {
  readonly kind: string;
  readonly name: string;
  readonly of?: string;
}

export interface Plan {
  readonly target: string;
  readonly server: string;
  readonly catalogs: readonly string[];
  readonly environment?: string;
  readonly remarks: readonly Remark[];
  readonly changes: readonly Change[];
  /** Provisioned before and wanted no longer: deleted under `--prune` alone. */
  readonly left: readonly Named[];
  /** On the broker, and of no concern to the catalogs. */
  readonly strange: readonly Named[];
  /** What the broker does not report: with it a plan is never empty. */
  readonly unreported: readonly string[];
  /** Of all that the plan was made from. Another one is another plan. */
  readonly fingerprint: string;
}

export interface PlanInput {
  readonly target: string;
  readonly server: string;
  readonly catalogs: readonly string[];
  readonly environment?: string;
  readonly wanted: readonly Wanted[];
  readonly found: readonly Found[];
  readonly grades: Grades;
  readonly remarks: readonly Remark[];
  readonly unreported?: readonly string[];
  readonly prune: boolean;
}

export function planOf(input: PlanInput): Plan {
  const { target, server, catalogs, environment, wanted, found, grades, unreported = [], prune } = input;
  const there = new Map(found.map((one) => [keyOf(one), one]));
  const claimed = new Set(wanted.map(keyOf));
  const changes = wanted.flatMap((one) => changeOf(one, there.get(keyOf(one)), grades));
  const unclaimed = found.filter((one) => !claimed.has(keyOf(one)));
  const isOurs = ({ catalog }: Found) => catalog !== undefined && catalogs.includes(catalog);
  const left = unclaimed.filter(isOurs);
  // what stands in something goes before it
  const deletions = prune
    ? left.toReversed().map((one) => ({ ...named(one), class: 'delete' as const, settings: [] }))
    : [];
  return {
    target,
    server,
    catalogs,
    ...(environment !== undefined && { environment }),
    remarks: [
      ...input.remarks,
      ...claimRemarks(wanted, there, catalogs),
      ...(prune && unreported.length > 0 ? [unpruned(target)] : []),
    ].toSorted(byGravity),
    changes: [...changes, ...deletions],
    left: left.map(named),
    strange: unclaimed.filter((one) => !isOurs(one)).map(named),
    unreported,
    fingerprint: fingerprint({ target, catalogs: [...catalogs], wanted: plain(wanted), found: plain(found), prune }),
  };
}

export function isEmpty({ changes, remarks, unreported }: Plan): boolean {
  return changes.length === 0 && unreported.length === 0 && !remarks.some(({ level }) => level === 'problem');
}

function changeOf(one: Wanted, found: Found | undefined, grades: Grades): readonly Change[] {
  if (found === undefined)
    return [{ ...named(one), class: 'create', settings: created({ ...one.settings, ...one.made }) }];
  if (found.isUnreported) return [{ ...named(one), class: 'unreported', settings: [] }];
  if (one.onlyMade) return [];
  const settings = changed(one, found, grades);
  if (settings.length === 0) return [];
  const gravest = Math.max(...settings.map((setting) => changeClasses.indexOf(setting.class)));
  return [{ ...named(one), class: changeClasses[gravest]!, settings }];
}

function created(settings: Settings): readonly SettingChange[] {
  return sorted(settings).map(([key, to]) => ({ key, to, class: 'create' }));
}

/** Only what the catalog decides: what an operator set besides is left alone. */
function changed(one: Wanted, found: Found, grades: Grades): readonly SettingChange[] {
  const rows = grades[one.kind] ?? {};
  const settings = sorted(one.settings).flatMap(([key, to]): SettingChange[] => {
    const from = found.settings[key];
    if (same(from, to)) return [];
    const grade = Object.hasOwn(rows, key) ? rows[key] : undefined;
    return [{ key, ...(from !== undefined && { from }), to, class: grade?.(from, to) ?? 'safe' }];
  });
  if (found.catalog === one.catalog) return settings;
  const from = found.catalog === undefined ? {} : { from: found.catalog };
  return [...settings, { key: 'catalog', ...from, to: one.catalog, class: 'safe' }];
}

/** The order of lists says nothing on any broker. */
function same(from: Value | undefined, to: Value): boolean {
  if (typeof from !== 'object' || typeof to !== 'object') return from === to;
  return from.length === to.length && from.every((one) => to.includes(one));
}

function unpruned(target: string): Remark {
  const message = 'What was provisioned before is not reported here, so that nothing can be pruned. Leave --prune out.';
  return { level: 'problem', code: 'prune-unreported', about: target, message };
}

function named({ kind, name, of }: Resource): Named {
  return { kind, name, ...(of !== undefined && { of }) };
}

function sorted(settings: Settings): readonly (readonly [string, Value])[] {
  return Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function byGravity(left: Remark, right: Remark): number {
  if (left.level !== right.level) return left.level === 'problem' ? -1 : 1;
  return left.about < right.about ? -1 : left.about > right.about ? 1 : 0;
}

function plain(resources: readonly Resource[]): Json {
  const rows = resources.map((one) => ({ key: keyOf(one), ...one, settings: { ...one.settings } }));
  return JSON.parse(JSON.stringify(rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)))) as Json;
}
