import { fingerprint } from '../schema/canonical.ts';
import type { Json } from '../schema/json.ts';

/** What waivers refer to: the same finding about the same place of the same subject, whoever checks it and when. */
export function findingFingerprint(
  rule: string,
  subject: string,
  pointer: string,
  params: Readonly<Record<string, Json>>,
): string {
  return fingerprint([rule, subject, pointer, params]);
}
