/**
 * A second look at every proof: values that the writer sends, made by the solver and by the schema's authors, are shown to the
 * reader. Should one be rejected, the proof was wrong and the value is the witness. Cheap, and no substitute for the fuzz tests.
 */

import type { Json } from '../../schema/json.ts';
import { present } from '../graph/atom.ts';
import type { Lit } from '../graph/node.ts';
import { partsOf } from '../graph/parts.ts';
import { answer } from '../solve/goal.ts';
import type { Solver } from '../solve/solver.ts';
import { arrayVariants } from './variants.ts';
import { type Case, guesses, isWitness } from './witness.ts';

/** Values made by the solver for one proof. */
const maxSamples = 8;
const stepsPerSample = 2_000;

export function counterexample(question: Case, solver: Solver): Json | undefined {
  if (question.writer.lit === question.reader.lit) return undefined;
  for (const value of guesses(question)) if (isWitness(question, value)) return value;
  const steps = solver.steps;
  const made = samples(question, solver);
  const found = [...made, ...arrayVariants(question, made)].find((value) => isWitness(question, value));
  solver.steps = steps;
  return found;
}

function samples(question: Case, solver: Solver): readonly Json[] {
  const { writer, reader, world, context } = question;
  const keys = [...new Set([...partsOf(reader).byKey.keys(), ...partsOf(writer).byKey.keys()])];
  const writers = world === 'closed' ? [{ shape: writer, certain: true }] : [];
  const made = (extra: readonly Lit[]): readonly Json[] => {
    const outcome = answer(solver, { lits: [writer.lit, ...extra], writers }, stepsPerSample);
    return outcome.kind === 'sat' ? [outcome.value] : [];
  };
  const each = keys.slice(0, maxSamples - 1).map((key) => present(context.arena, key));
  const [least, together] = [made([]), each.length > 0 ? made(each) : []];
  // properties that exclude each other are shown one by one
  return together.length > 0 ? [...least, ...together] : [...least, ...each.flatMap((lit) => made([lit]))];
}
