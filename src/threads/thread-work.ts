/** What a thread does: checks, generations and validations. */
import { inlineValidations } from '../registry/validation/validations.ts';
import { inlineChecks } from '../registry/versions/checks.ts';
import { inlineGeneration } from '../registry/versions/generation.ts';
import type { ThreadWork } from './tasks.ts';

export function threadWork(): ThreadWork {
  return { ...inlineChecks, ...inlineGeneration, ...inlineValidations() };
}
