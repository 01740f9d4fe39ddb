/** What becomes of TypeScript code where a change touches its events, for every format of a check: it refuses nothing. */
import type { Run, TypesOfEvent } from '../check/run.ts';
import { type Side, uses } from '../type-level/snippet.ts';
import type { Paint } from './paint.ts';
import { plural } from './plural.ts';
import { typeVerdictLines } from './type-verdicts.ts';
import { visible } from './visible.ts';

/** What formats call it that name a rule for everything. */
export const typeRule = 'TYPESCRIPT_BREAKS';

/** A place at which code does not compile any more. */
export interface TypeBreak extends Pick<TypesOfEvent, 'catalog' | 'subject' | 'file'> {
  readonly message: string;
  /** Compiles with the former types alone. */
  readonly code: string;
  /** What the compiler says of it with the new ones. */
  readonly error: string;
  /** Which of the event's it is, whatever the types are. */
  readonly key: string;
}

const sides: readonly Side[] = ['reading', 'writing'];

export function typeBreaks({ types }: Run): readonly TypeBreak[] {
  return (types?.events ?? []).flatMap(({ catalog, subject, file, ...found }) =>
    sides.flatMap((side) =>
      found[side].witnesses.map(({ use, place, code, error }) => ({
        catalog,
        subject,
        file,
        key: `${use} ${place}`,
        message: `The types of ${subject} changed: ${uses[use]}${place === '' ? '' : ` at ${place}`} does not compile any more.`,
        code: `function use${code}`,
        error,
      })),
    ),
  );
}

/** In one sentence, beside the verdict; none where nobody asked. */
export function typesLines({ types }: Pick<Run, 'types'>): readonly string[] {
  if (types === undefined) return [];
  const { baseline, events, left } = types;
  const broken = events.filter(({ reading, writing }) =>
    [reading, writing].some(({ verdict }) => verdict === 'breaks'),
  );
  const untried = events.filter(
    (event) => !broken.includes(event) && sides.some((side) => event[side].verdict === 'untried'),
  );
  const what =
    events.length === 0
      ? 'no types of events changed'
      : `it no longer compiles for ${broken.length} of ${plural(events.length, 'event')} whose types changed`;
  const rest = [
    ...(untried.length > 0 ? [`for ${untried.length} some of it could not be tried`] : []),
    ...(left > 0 ? [`${plural(left, 'more event')} not looked at`] : []),
  ];
  return [[`TypeScript that compiled with the types of ${baseline}: ${what}`, ...rest].join(', ')];
}

const maxShown = 3;

export function typesText({ types }: Run, ink: Paint): readonly string[] {
  return (types?.events ?? []).flatMap((event) => [
    '',
    `${ink.bold(visible(event.file))}, TypeScript for ${visible(event.subject)}`,
    ...typeVerdictLines(event, ink, maxShown),
  ]);
}
