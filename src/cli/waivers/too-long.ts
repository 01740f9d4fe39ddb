/** Waivers of files that hold for longer than a registry would let them: they excuse nothing, and are findings. */
import type { CheckFinding } from '../../check/report.ts';
import { fingerprint as contentFingerprint } from '../../schema/canonical.ts';
import { addDays } from '../../schema/duration.ts';
import type { Placed } from '../check/run.ts';
import type { Collection } from '../source/collection.ts';
import { maxWaiverDays, type PlacedWaiver } from '../source/waivers.ts';

export interface LimitedWaivers {
  /** Each with the waivers that count. */
  readonly collections: readonly Collection[];
  readonly findings: readonly Placed[];
}

export function limitedWaivers(collections: readonly Collection[], today: string): LimitedWaivers {
  const latest = addDays(today, maxWaiverDays);
  const isTooLong = ({ expires }: PlacedWaiver) => expires > latest;
  const findings = collections.flatMap(({ catalog, waivers }) =>
    waivers.filter(isTooLong).map(
      (waiver): Placed => ({
        catalog: catalog.name,
        subject: waiver.subject,
        file: waiver.file ?? 'waivers.json',
        place: waiver.place,
        finding: tooLong(waiver, latest),
      }),
    ),
  );
  if (findings.length === 0) return { collections, findings };
  const limited = collections.map((each) => ({ ...each, waivers: each.waivers.filter((one) => !isTooLong(one)) }));
  return { collections: limited, findings };
}

function tooLong({ subject, author, expires, fingerprint }: PlacedWaiver, latest: string): CheckFinding {
  return {
    kind: 'lifecycle',
    rule: 'WAIVER_TOO_LONG',
    severity: 'error',
    message: `The waiver for "${subject}" by ${author} holds until ${expires}; a waiver holds for ${maxWaiverDays} days at most, so it excuses nothing.`,
    hint: `Let it end on ${latest} at the latest, or change the catalog where the permission is meant to last.`,
    params: { expires, latest },
    fingerprint: contentFingerprint(['WAIVER', subject, fingerprint]),
  };
}
