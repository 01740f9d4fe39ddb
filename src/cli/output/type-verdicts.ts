/** What the compiler says of code for an event, for people. */
import { type Side, uses } from '../type-level/snippet.ts';
import type { TypeVerdict, TypeVerdicts, TypeWitness } from '../type-level/verdict.ts';
import { type Paint, paint } from './paint.ts';
import { plural } from './plural.ts';
import { visible } from './visible.ts';

const whose: Readonly<Record<Side, string>> = {
  reading: 'code that reads events',
  writing: 'code that makes events',
};

export function typeVerdictsText(verdicts: TypeVerdicts, color: boolean): string {
  return `${['', 'TypeScript', ...typeVerdictLines(verdicts, paint(color))].join('\n')}\n`;
}

/** `maxShown` of each side's places; the others are counted. */
export function typeVerdictLines(
  { reading, writing }: TypeVerdicts,
  ink: Paint,
  maxShown = Number.POSITIVE_INFINITY,
): readonly string[] {
  return [...side('reading', reading, ink, maxShown), ...side('writing', writing, ink, maxShown)];
}

/** `still compiles: 12 uses tried`. */
export function sideText({ verdict, tried, isCut, witnesses }: TypeVerdict): string {
  const cut = isCut ? ', and not all that a large event allows' : '';
  return {
    same: 'has the same types',
    compiles: `still compiles: ${plural(tried, 'use')} tried${cut}`,
    breaks: `does not compile any more at ${plural(witnesses.length, 'place')}`,
    untried: 'was not tried: no use could be made up',
  }[verdict];
}

function side(name: Side, found: TypeVerdict, ink: Paint, maxShown: number): readonly string[] {
  const { verdict, witnesses } = found;
  const said = sideText(found);
  const colored = { same: ink.green, compiles: ink.green, breaks: ink.red, untried: ink.yellow }[verdict](said);
  const shown = witnesses.slice(0, maxShown);
  const more = witnesses.length - shown.length;
  return [
    `  ${whose[name]} ${colored}`,
    ...shown.flatMap((witness) => block(witness, ink)),
    ...(more > 0 ? ['', `    and ${plural(more, 'more place')}`] : []),
  ];
}

function block({ use, place, code, error }: TypeWitness, ink: Paint): readonly string[] {
  const lines = `function use${code}`.split('\n');
  return [
    '',
    `    ${uses[use]} ${ink.dim(visible(`[#${place}]`))}`,
    ...lines.map((line) => visible(`      ${line}`)),
    ink.dim(visible(`      ${error}`)),
  ];
}
