/**
 * The transitions of a deprecation. A row says who may take a subject from which stage to which, and what must hold. Read by the
 * registry (to decide), the README (its table) and `herald deprecate status` (what blocks the next stage). Nothing advances by itself.
 */
import { type ConditionId, conditions, type Missing } from './condition.ts';
import type { Facts } from './facts.ts';
import type { Stage } from './stage.ts';

export type Party = 'owner' | 'producer' | 'steward';

export interface TransitionRow {
  readonly from: readonly Stage[];
  /** `same`: the stage stays, the plan changes. */
  readonly to: Stage | 'same';
  readonly by: Party;
  readonly requires: readonly ConditionId[];
  /** What is true while it lasts. */
  readonly meanwhile: string;
}

const plan: readonly ConditionId[] = [
  'successor-is-another',
  'successor-exists',
  'successor-is-live',
  'no-cycle',
  'sunset-is-a-date',
  'sunset-ahead',
  'notice-given',
  'reason-given',
  'migration-described',
];

export const transitions = {
  announce: {
    from: ['active'],
    to: 'announced',
    by: 'owner',
    requires: plan,
    meanwhile: 'look-ups carry Deprecation, Sunset and Link; consumers are notified; checks and generated code warn',
  },
  'dual-write': {
    from: ['announced'],
    to: 'dual-writing',
    by: 'producer',
    requires: ['both-produced'],
    meanwhile: 'both lines accept compatible versions',
  },
  migrate: {
    from: ['dual-writing'],
    to: 'migrating',
    by: 'owner',
    requires: ['dual-write-held', 'pairs-agree'],
    meanwhile: 'each consumer is pending, acknowledged or moved',
  },
  retire: {
    from: ['migrating'],
    to: 'retired',
    by: 'owner',
    requires: ['sunset-passed', 'no-consumer-pending', 'quiet', 'no-reader-on-bus'],
    meanwhile: 'registration is refused; latest answers 410 with the successor; pinned versions stay readable for ever',
  },
  postpone: {
    from: ['announced', 'dual-writing', 'migrating'],
    to: 'same',
    by: 'owner',
    requires: ['sunset-is-a-date', 'sunset-ahead', 'sunset-not-earlier'],
    meanwhile: 'the sunset is later than announced',
  },
  withdraw: {
    from: ['announced', 'dual-writing', 'migrating'],
    to: 'active',
    by: 'owner',
    requires: [],
    meanwhile: 'the subject is as if never deprecated; the audit log remembers',
  },
} as const satisfies Readonly<Record<string, TransitionRow>>;

export type Transition = keyof typeof transitions;

export type TransitionDecision =
  | { readonly allowed: true; readonly to: Stage }
  | { readonly allowed: false; readonly missing: readonly (Missing | OutOfOrder)[] };

/** The transition does not start here. Not even force helps. */
export interface OutOfOrder {
  readonly condition: 'order';
  readonly message: string;
  readonly names: readonly string[];
}

/** Every condition that is not met, at once. */
export function evaluateTransition(transition: Transition, facts: Facts): TransitionDecision {
  const row: TransitionRow = transitions[transition];
  if (!row.from.includes(facts.stage)) return { allowed: false, missing: [outOfOrder(transition, row, facts)] };
  const missing = row.requires.flatMap((condition) => {
    const lack = conditions[condition](facts);
    return lack ? [{ condition, ...lack }] : [];
  });
  return missing.length === 0
    ? { allowed: true, to: row.to === 'same' ? facts.stage : row.to }
    : { allowed: false, missing };
}

function outOfOrder(transition: Transition, row: TransitionRow, facts: Facts): OutOfOrder {
  return {
    condition: 'order',
    message: `"${transition}" starts from ${row.from.join(' or ')}; "${facts.subject}" is ${facts.stage}${facts.last ? `, since "${facts.last.actor}" took the last step at ${facts.last.at}` : ''}.`,
    names: [...row.from],
  };
}

/** The step that leads on from a stage, if any. */
export function nextTransition(stage: Stage): Transition | undefined {
  const onward: Readonly<Record<Stage, Transition | undefined>> = {
    active: 'announce',
    announced: 'dual-write',
    'dual-writing': 'migrate',
    migrating: 'retire',
    retired: undefined,
  };
  return onward[stage];
}
