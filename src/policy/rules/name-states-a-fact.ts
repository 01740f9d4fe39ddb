import type { PolicyFinding, PolicyRule } from '../rule.ts';
import { participleOf, statesFact, wordsOf } from '../words.ts';

export const nameStatesAFact: PolicyRule = {
  id: 'name-states-a-fact',
  summary: 'The name says what has happened, in the past: no command, no thing.',
  severity: 'error',
  fault: 'SUBJECT_NAME_INVALID',
  *check({ name }): Generator<PolicyFinding> {
    const last = name?.segments.at(-1);
    if (!name || last === undefined) return;
    const words = wordsOf(last);
    if (statesFact(words)) return;
    const word = words.at(-1) ?? last;
    const participle = participleOf(word);
    const around = name.type.slice(0, name.type.length - word.length);
    yield participle === undefined
      ? {
          pointer: '',
          message: `"${name.type}" names a thing, not what happened to it.`,
          hint: 'Events are facts: end the name in a past participle, such as "created" or "sent".',
          params: { word },
        }
      : {
          pointer: '',
          message: `"${name.type}" reads as a command; events state what has happened.`,
          hint: `Name it "${around}${participle}".`,
          params: { word, participle },
        };
  },
};
