/** How strictly a catalog compares versions: the words are the same in catalog.json, in reports and on the command line. */

/** BACKWARD: new readers meet old events. FORWARD: old readers meet new events. FULL: both. */
export const levels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;
export type Level = (typeof levels)[number];

/** What writers are assumed to send. closed: only what their schema declares. open: anything it accepts. */
export const worlds = ['closed', 'open'] as const;
export type World = (typeof worlds)[number];

/** assert: `format` constrains values. annotate: it does not. */
export const formatPolicies = ['assert', 'annotate'] as const;
export type FormatPolicy = (typeof formatPolicies)[number];

/** Whose break is an error: anybody's, that of the readers known, that of those called critical. */
export const breakPolicies = ['any', 'declared-readers', 'critical-readers'] as const;
export type BreakPolicy = (typeof breakPolicies)[number];
