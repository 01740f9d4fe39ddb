/** Waivers of files and of a registry excuse alike; what one of the two lacks is said before a merge finds it out. */
import type { Waiver } from '../../check/input.ts';
import { waive } from '../../check/waive.ts';
import { Fault } from '../../errors.ts';
import type { Api } from '../api.ts';
import type { Placed, Run } from '../check/run.ts';
import { plural } from '../output/plural.ts';
import type { Collection } from '../source/collection.ts';
import { start } from '../source/place.ts';
import { isSameWaiver, type RegistryWaiver, registryWaivers } from './registry-waivers.ts';

export interface ExchangedWaivers {
  /** Each with the registry's waivers beside its own. */
  readonly collections: readonly Collection[];
  /** Undefined where no registry could be asked. */
  readonly registered: readonly RegistryWaiver[] | undefined;
  readonly notices: readonly string[];
}

export async function exchangedWaivers(
  api: Api | undefined,
  collections: readonly Collection[],
): Promise<ExchangedWaivers> {
  if (!api) return { collections, registered: undefined, notices: [] };
  let registered: readonly RegistryWaiver[];
  try {
    registered = await registryWaivers(api);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const notice = `the waivers of ${api.url} are not known here (${fault.code}): they excuse nothing in this check`;
    return { collections, registered: undefined, notices: [notice] };
  }
  const shared = collections.map((collection) => ({
    ...collection,
    waivers: [
      ...collection.waivers,
      ...registered
        .filter((one) => one.catalog === collection.catalog.name)
        .filter((one) => !collection.waivers.some((own) => isSameWaiver(own, one) && own.expires >= one.expires))
        .map((one) => ({ ...one, place: start })),
    ],
  }));
  return { collections: shared, registered, notices: [] };
}

/** The findings of a registry's reports, excused by the waivers of files too. */
export function excusedByFiles(run: Run, collections: readonly Collection[], today: string): Run {
  const waiversOf = new Map(collections.map(({ catalog, waivers }) => [catalog.name, waivers]));
  const excused = (placed: Placed): Placed => {
    if (placed.finding.waiver) return placed;
    const waivers: readonly Waiver[] = waiversOf.get(placed.catalog) ?? [];
    const [finding = placed.finding] = waive([placed.finding], waivers, placed.subject, today);
    return { ...placed, finding };
  };
  return { ...run, findings: run.findings.map(excused) };
}

/** Waivers of files that this change needs, and that a registry will not know when it is registered. */
export function unsharedNotices(
  run: Run,
  collections: readonly Collection[],
  registered: readonly RegistryWaiver[] | undefined,
): readonly string[] {
  const used = new Set(run.findings.flatMap(({ finding }) => (finding.waiver ? [finding.waiver.id] : [])));
  return collections.flatMap(({ catalog, folder, waivers }) => {
    const isKnown = (waiver: Waiver) =>
      registered?.some((one) => one.catalog === catalog.name && isSameWaiver(one, waiver)) ?? false;
    const missing = waivers.filter((one) => one.file !== undefined && used.has(one.id) && !isKnown(one));
    if (missing.length === 0) return [];
    const what = `${plural(missing.length, 'waiver')} of ${folder}/waivers.json let this pass`;
    return registered === undefined
      ? [`${what}; a registry refuses it until a steward's "herald register" has given it the same`]
      : [
          `${what}; the registry does not have the same and will refuse it until a steward's "herald register" has given them`,
        ];
  });
}
