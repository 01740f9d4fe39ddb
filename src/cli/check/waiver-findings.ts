import type { Waiver } from '../../check/input.ts';
import type { CheckFinding } from '../../check/report.ts';
import { fingerprint as contentFingerprint } from '../../schema/canonical.ts';
import type { Collection } from '../source/collection.ts';
import { isSameWaiver } from '../waivers/registry-waivers.ts';
import type { Placed } from './run.ts';

export interface Looked {
  /** Everything found in the collection. */
  readonly findings: readonly Placed[];
  /** Subjects that were checked or are gone. */
  readonly subjects: ReadonlySet<string>;
  readonly today: string;
  /** The waivers the baseline has. */
  readonly past: readonly Waiver[];
  /** Whether there was anything to break: without it no waiver for a break is used. */
  readonly compared: boolean;
}

/** A waiver that has expired, or that excuses nothing any more, is a finding itself: permissions do not pile up. */
export function waiverFindings(collection: Collection, looked: Looked): Placed[] {
  // one that the baseline has already was used up by a change before this one, and is nobody's slip here
  const isOld = (waiver: Waiver) => looked.past.some((one) => isSameWaiver(one, waiver));
  const used = new Set(looked.findings.flatMap(({ finding }) => (finding.waiver ? [finding.waiver.id] : [])));
  return collection.waivers
    .flatMap((waiver) => (waiver.file === undefined ? [] : [{ ...waiver, file: waiver.file }]))
    .filter((waiver) => !used.has(waiver.id))
    .filter(({ subject }) => collection.isWhole || looked.subjects.has(subject))
    .flatMap((waiver): Placed[] => {
      const expired = waiver.expires < looked.today;
      if (!expired && (!looked.compared || isOld(waiver))) return [];
      if (expired && isOld(waiver) && !looked.findings.some((one) => isFor(waiver, one))) return [];
      return [
        {
          catalog: collection.catalog.name,
          subject: waiver.subject,
          file: waiver.file,
          place: waiver.place,
          finding: waiverFinding(waiver, expired),
        },
      ];
    });
}

function isFor({ subject, fingerprint }: Waiver, { finding, subject: about }: Placed): boolean {
  return about === subject && finding.fingerprint === fingerprint;
}

export interface StaleWaiver {
  readonly subject: string;
  readonly fingerprint: string;
  readonly author: string;
  readonly expires: string;
}

export function waiverFinding(waiver: StaleWaiver, expired: boolean): CheckFinding {
  const { subject, author, expires, fingerprint } = waiver;
  return {
    kind: 'lifecycle',
    rule: expired ? 'WAIVER_EXPIRED' : 'WAIVER_UNUSED',
    severity: 'warning',
    message: expired
      ? `The waiver for "${subject}" by ${author} expired on ${expires}.`
      : `The waiver for "${subject}" by ${author} excuses nothing; remove it.`,
    params: { expires },
    fingerprint: contentFingerprint(['WAIVER', subject, fingerprint]),
  };
}
