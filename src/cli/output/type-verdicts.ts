/** What the compiler says of code for an event, for people. */
import { type Side, uses } from '../type-level/snippet.ts';
import type { TypeVerdict, TypeVerdicts, TypeWitness } from '../type-level/verdict.ts';
import { type Paint, paint } from './paint.ts';
import { plural } from './plural.ts';
import { visible } from './visible.ts';

const whose: Readonly<Record<Side, string>> = { reading: 'code that reads events', writing: 'code that makes events' };

export function typeVerdictsText({ reading, writing }: TypeVerdicts, color: boolean): string {
  const ink = paint(color);
  const lines = ['', 'TypeScript', ...side('reading', reading, ink), ...side('writing', writing, ink)];
  return `${lines.join('\n')}\n`;
}

function side(name: Side, { verdict, tried, witnesses }: TypeVerdict, ink: Paint): readonly string[] {
  const said = {
    same: 'has the same types',
    compiles: `still compiles: ${plural(tried, 'use')} tried`,
    breaks: `does not compile any more at ${plural(witnesses.length, 'place')}`,
  }[verdict];
  const shown = verdict === 'breaks' ? ink.red(said) : ink.green(said);
  return [`  ${whose[name]} ${shown}`, ...witnesses.flatMap((witness) => block(witness, ink))];
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
