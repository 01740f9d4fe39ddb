/** Two names of one thing: where a catalog leaves the suffix out, `a.b` is the first line of its type, and so is `a.b.v1`. */
import { Fault } from '../../errors.ts';
import { parseSubject } from '../../schema/subject.ts';
import type { GroupedTransaction } from '../ports.ts';
import type { SubjectKey } from './look-up.ts';

/** Before a subject is created, in the same transaction: nothing would hold the two of them against each other. */
export async function refuseTwin(
  transaction: Pick<GroupedTransaction, 'lockedLookUp'>,
  { catalog, subject }: SubjectKey,
): Promise<void> {
  const name = parseSubject(subject);
  if (name?.major !== 1) return;
  const twin = name.suffixed ? name.type : `${name.type}.v1`;
  // both created at once would not see each other
  if (!(await transaction.lockedLookUp(`first line of ${catalog}/${name.type}`, catalog, twin))) return;
  throw new Fault(
    'SUBJECT_NAME_INVALID',
    { subject, twin },
    {
      message: `"${twin}" is registered and is line 1 of "${name.type}", as "${subject}" would be. Register the next version there, or a new line as "${name.type}.v2".`,
    },
  );
}
