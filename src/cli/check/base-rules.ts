/** Which catalog checks each collection: the one of its folder, with what a baseline demands more than it. */
import { findingFingerprint } from '../../check/fingerprint.ts';
import type { CheckFinding } from '../../check/report.ts';
import { waive } from '../../check/waive.ts';
import { catalogSubject, stricterCatalog, stricterComparison } from '../../check/weakening/index.ts';
import { canonicalize } from '../../schema/canonical.ts';
import { asJson } from '../../schema/json.ts';
import type { Collection } from '../source/collection.ts';
import { start } from '../source/place.ts';
import type { Baseline } from './checking.ts';
import type { Pairing } from './pairing.ts';
import type { Placed, RulesSource } from './run.ts';

export interface BaseRules {
  /** Each with the catalog that checks it. */
  readonly collections: readonly Collection[];
  readonly findings: readonly Placed[];
  readonly rules: readonly RulesSource[];
}

/** Without a baseline each catalog.json checks its own events. */
export function ownRules(collections: readonly Collection[]): BaseRules {
  const rules = collections
    .filter(({ folder }) => folder !== undefined)
    .map((each) => ({ catalog: each.catalog.name, from: catalogFile(each), isChanged: false }));
  return { collections, findings: [], rules };
}

export function underBaseRules(given: readonly Collection[], baseline: Baseline, today: string): BaseRules {
  const { collections, removed } = withRemovedCatalogs(given, baseline);
  const findings = removed.map((collection) => removedFinding(collection, baseline.name, today));
  const rules: RulesSource[] = removed.map(({ catalog }) => ({
    catalog: catalog.name,
    from: baseline.name,
    isChanged: true,
  }));
  const checked = collections.map((collection) => {
    const past = pastCollection(collection, baseline);
    if (removed.includes(collection) || collection.folder === undefined) return collection;
    const own = catalogFile(collection);
    if (!past?.folder) {
      rules.push({ catalog: collection.catalog.name, from: own, isChanged: false });
      return collection;
    }
    // the same catalog demands nothing less of any subject
    if (isSame(past, collection)) {
      rules.push({ catalog: collection.catalog.name, from: own, isChanged: false });
      return collection;
    }
    const stricter = stricterCatalog({
      before: past.catalog,
      now: collection.catalog,
      subjects: [
        ...new Set([past, collection].flatMap(({ definitions }) => definitions.map(({ subject }) => subject))),
      ],
      baseline: baseline.name,
      waivers: collection.waivers,
      today,
    });
    findings.push(...stricter.findings.map((finding) => placedInCatalog(collection, finding)));
    const from = stricter.catalog === collection.catalog ? own : `${own} and, where stricter, that of ${baseline.name}`;
    rules.push({ catalog: collection.catalog.name, from, isChanged: true });
    return { ...collection, catalog: stricter.catalog };
  });
  return { collections: checked, findings, rules };
}

/** Of events that another catalog had, no edit counts as less of a break than there. */
export function movedRules({ previous }: Pairing, collections: readonly Collection[]): readonly RulesSource[] {
  const found = new Map<string, RulesSource>();
  for (const collection of collections)
    for (const definition of collection.definitions) {
      const from = previous.get(definition)?.collection;
      if (from === undefined || stricterComparison(from.catalog, collection.catalog) === collection.catalog) continue;
      if (from.catalog.name === collection.catalog.name) continue;
      const { name } = collection.catalog;
      const what = from.folder === undefined ? 'lay under no catalog' : `comes from catalog "${from.catalog.name}"`;
      const where = `${catalogFile(collection)} and, where stricter, for what ${what}, those it had there`;
      found.set(`${name}/${from.catalog.name}`, { catalog: name, from: where, isChanged: true });
    }
  return [...found.values()];
}

/** The same collection in the baseline: by catalog name, else by folder. */
export function pastCollection(collection: Collection, { collections }: Baseline): Collection | undefined {
  return (
    collections.find(({ catalog, folder }) => folder !== undefined && catalog.name === collection.catalog.name) ??
    collections.find(({ folder }) => folder === collection.folder)
  );
}

function isSame(past: Collection, now: Collection): boolean {
  return canonicalize(asJson(past.catalog)) === canonicalize(asJson(now.catalog));
}

/** Files whose catalog.json was deleted are checked by it all the same. */
function withRemovedCatalogs(given: readonly Collection[], baseline: Baseline) {
  let collections = given;
  const removed: Collection[] = [];
  for (const past of baseline.collections) {
    const { folder } = past;
    if (folder === undefined || given.some((each) => each.folder === folder || each.catalog.name === past.catalog.name))
      continue;
    const isInside = ({ file }: { readonly file: string }) => folder === '.' || file.startsWith(`${folder}/`);
    const inside = collections.flatMap(({ definitions, unreadable }) =>
      [...definitions, ...unreadable].filter(isInside),
    );
    if (inside.length === 0) continue;
    const restored: Collection = {
      ...past,
      locateCatalog: () => start,
      definitions: collections.flatMap(({ definitions }) => definitions.filter(isInside)),
      unreadable: collections.flatMap(({ unreadable }) => unreadable.filter(isInside)),
      waivers: [],
    };
    const isOutside = (one: { readonly file: string }) => !isInside(one);
    collections = collections
      .map((each) => ({
        ...each,
        definitions: each.definitions.filter(isOutside),
        unreadable: each.unreadable.filter(isOutside),
      }))
      .filter(
        ({ folder: at, definitions, unreadable }) => at !== undefined || definitions.length + unreadable.length > 0,
      );
    collections = [...collections, restored];
    removed.push(restored);
  }
  return { collections, removed };
}

/** The path of its catalog.json; for files under none, where one would be. */
export function catalogFile({ folder }: Collection): string {
  return folder === undefined || folder === '.' ? 'catalog.json' : `${folder}/catalog.json`;
}

function placedInCatalog(collection: Collection, finding: CheckFinding): Placed {
  return {
    catalog: collection.catalog.name,
    subject: catalogSubject,
    file: catalogFile(collection),
    place: collection.locateCatalog(finding.nextPointer ?? ''),
    finding,
  };
}

function removedFinding(collection: Collection, baseline: string, today: string): Placed {
  const found: CheckFinding = {
    kind: 'policy',
    rule: 'CATALOG_REMOVED',
    severity: 'error',
    message: `${catalogFile(collection)} was removed, and events are still below it.`,
    hint: `They are checked by the catalog of ${baseline}. Bring the file back, or move its events to another catalog one by one.`,
    params: { catalog: collection.catalog.name },
    fingerprint: findingFingerprint('CATALOG_REMOVED', catalogSubject, '', { catalog: collection.catalog.name }),
  };
  const [finding = found] = waive([found], collection.waivers, catalogSubject, today);
  return placedInCatalog(collection, finding);
}
