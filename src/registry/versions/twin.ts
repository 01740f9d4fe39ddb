/** Two names of one thing: where a catalog leaves the suffix out, `a.b` is the first line of its type, and so is `a.b.v1`. */
import { Fault } from '../../errors.ts';
import { parseSubject } from '../../schema/subject.ts';
import type { FirstLine } from '../ports.ts';
import type { SubjectKey } from './look-up.ts';

/** Under whose lock a line of its type is created: two created at once would not see each other. */
export function firstLineOf({ catalog, subject }: SubjectKey): FirstLine {
  const name = parseSubject(subject);
  const lock = `first line of ${catalog}/${name?.type ?? subject}`;
  return name?.major === 1 ? { lock, twin: name.suffixed ? name.type : `${name.type}.v1` } : { lock };
}

/** Before a subject is created, in the same transaction: nothing would hold the two of them against each other. */
export function twinFault({ subject }: SubjectKey, { name: twin }: { readonly name: string }): Fault {
  const type = parseSubject(subject)?.type;
  return new Fault(
    'SUBJECT_NAME_INVALID',
    { subject, twin },
    {
      message: `"${twin}" is registered and is line 1 of "${type}", as "${subject}" would be. Register the next version there, or a new line as "${type}.v2".`,
    },
  );
}
