/** The folder name of each subject. */
import { sha256 } from '../schema/canonical.ts';

/** Device names of Windows, with any extension, and the names of the files beside the folders. */
const reservedFolder =
  /^(?:(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|(?:events\.ts|envelope\.ts|schemas\.ts|asyncapi\.json)$)/i;

/**
 * A folder name for each subject: its own name, but where two differ only in case, which some file systems do not tell apart,
 * each gets a suffix that depends on nothing but itself. A reserved name gets an underscore, which no subject begins with.
 */
export function folderNames(subjects: readonly string[]): ReadonlyMap<string, string> {
  const alike = new Map<string, number>();
  for (const subject of new Set(subjects))
    alike.set(subject.toLowerCase(), (alike.get(subject.toLowerCase()) ?? 0) + 1);
  const folder = (subject: string) => (reservedFolder.test(subject) ? `_${apart(subject)}` : apart(subject));
  const apart = (subject: string) =>
    alike.get(subject.toLowerCase()) === 1 ? subject : `${subject}~${sha256(subject).slice(0, 8)}`;
  return new Map(subjects.map((subject) => [subject, folder(subject)]));
}
