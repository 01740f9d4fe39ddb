/** The stages of a subject's life, in order. What may lead from one to the next is the table in transition.ts. */
export const stages = ['active', 'announced', 'dual-writing', 'migrating', 'retired'] as const;
export type Stage = (typeof stages)[number];

export function isDeprecated(stage: Stage): boolean {
  return stage !== 'active';
}
