/** One row per condition of a transition: what must hold, and what would satisfy it. Read by transition.ts; ids appear in refusals. */
import { addDays, daysBetween, isDate } from '../schema/duration.ts';
import { migrationState } from './consumer.ts';
import type { Facts, Periods } from './facts.ts';
import { isDeprecated } from './stage.ts';

export interface Missing {
  readonly condition: ConditionId;
  readonly message: string;
  /** The earliest day it can hold, where waiting is enough. */
  readonly from?: string;
  /** The names it is about. */
  readonly names?: readonly string[];
}

/** The first day on which what a bus showed says nothing any more: as old as usage that no longer counts. */
export function readersExpireOn(seenOn: string, { quiet }: Periods): string {
  return addDays(seenOn, quiet + 1);
}

type Check = (facts: Facts) => Omit<Missing, 'condition'> | undefined;

const table = {
  'successor-is-another': ({ subject, plan }) =>
    plan.successor === subject ? { message: 'A subject cannot be its own successor.', names: [subject] } : undefined,
  'successor-exists': ({ successor, plan }) =>
    successor === undefined || successor.versions === 0
      ? { message: `The successor "${plan.successor}" has no version yet; register it first.`, names: [plan.successor] }
      : undefined,
  'successor-is-live': ({ successor, plan }) =>
    successor && isDeprecated(successor.stage)
      ? { message: `The successor "${plan.successor}" is itself ${successor.stage}.`, names: [plan.successor] }
      : undefined,
  'no-cycle': ({ successor, plan, subject }) =>
    successor?.leadsBackHere && plan.successor !== subject
      ? {
          message: `"${plan.successor}" leads back to "${subject}": a cycle of successors never ends.`,
          names: [plan.successor],
        }
      : undefined,
  'sunset-is-a-date': ({ plan }) =>
    isDate(plan.sunset) ? undefined : { message: `"${plan.sunset}" is no calendar date such as 2027-03-31.` },
  'sunset-ahead': ({ plan, today }) =>
    isDate(plan.sunset) && plan.sunset < today
      ? { message: `The sunset ${plan.sunset} is in the past; today is ${today}.`, from: today }
      : undefined,
  'sunset-not-earlier': ({ plan, sunsetSoFar }) =>
    sunsetSoFar !== undefined && isDate(plan.sunset) && plan.sunset <= sunsetSoFar
      ? {
          message: `The sunset ${sunsetSoFar} was announced; it moves only to a later day. A steward may force an earlier one.`,
          from: addDays(sunsetSoFar, 1),
        }
      : undefined,
  'notice-given': ({ plan, today, periods }) => {
    const earliest = addDays(today, periods.notice);
    return isDate(plan.sunset) && plan.sunset < earliest
      ? {
          message: `The sunset ${plan.sunset} is inside the notice period of ${periods.notice} days; the earliest is ${earliest}.`,
          from: earliest,
        }
      : undefined;
  },
  'reason-given': ({ plan }) => (plan.reason.trim() === '' ? { message: 'State the reason.' } : undefined),
  'migration-described': ({ plan }) =>
    plan.migration.trim() === '' ? { message: 'State how consumers migrate.' } : undefined,
  'both-produced': ({ here, there, plan, today, periods, subject }) => {
    if (plan.attestedBy !== undefined) return undefined;
    const window = Math.max(periods.dualWrite, 1);
    const silent = (
      [
        [subject, here.produced],
        [plan.successor, there.produced],
      ] as const
    )
      .filter(([, seen]) => seen === 'unknown' || daysBetween(seen, today) > window)
      .map(([name]) => name);
    return silent.length === 0
      ? undefined
      : {
          message: `No producer was seen on ${silent.join(' and ')} within ${window} days. Send usage, or let the producer attest dual-writing.`,
          names: silent,
        };
  },
  'dual-write-held': ({ plan, today, periods }) => {
    const since = plan.entered['dual-writing'];
    const earliest = since === undefined ? undefined : addDays(since.slice(0, 10), periods.dualWrite);
    return earliest !== undefined && today < earliest
      ? { message: `Dual-writing must hold for ${periods.dualWrite} days; that is until ${earliest}.`, from: earliest }
      : undefined;
  },
  'sunset-passed': ({ plan, today }) =>
    today < plan.sunset ? { message: `The sunset is ${plan.sunset}.`, from: plan.sunset } : undefined,
  'no-consumer-pending': ({ consumers }) => {
    const pending = consumers
      .filter((consumer) => migrationState(consumer).state === 'pending')
      .map(({ service }) => service);
    return pending.length === 0
      ? undefined
      : { message: `Neither moved nor acknowledged: ${pending.join(', ')}.`, names: pending };
  },
  'pairs-agree': ({ pairs }) =>
    pairs !== undefined && pairs.disagreed > 0
      ? {
          message: `On ${pairs.day}, the last day old and new events were compared, ${pairs.disagreed} of ${pairs.agreed + pairs.disagreed} pairs disagreed beyond the mapping. Send pairs that agree, on another day.`,
          from: addDays(pairs.day, 1),
        }
      : undefined,
  'no-reader-on-bus': ({ readers, today, periods, subject, plan }) => {
    const held = readers.filter(({ groups, seenOn }) => groups.length > 0 && today < readersExpireOn(seenOn, periods));
    const lists = held.map(({ bus, groups, seenOn }) => `${groups.join(', ')} (${bus}, seen on ${seenOn})`);
    const strangers = [...new Set(held.flatMap(({ undeclared }) => undeclared))].sort();
    const whose =
      strangers.length === 0
        ? ''
        : ` The catalog does not declare ${strangers.join(', ')}: find out whose that is before you remove it.`;
    return held.length === 0
      ? undefined
      : {
          message: `Durable groups still read "${subject}" on the bus: ${lists.join('; ')}.${whose} Move each to "${plan.successor}" and remove it from the bus, then report again with "herald events readers --report".`,
          names: [...new Set(held.flatMap(({ groups }) => groups))].sort(),
        };
  },
  quiet: ({ here, today, periods, attestedUnused }) => {
    if (here.seen === 'unknown')
      return attestedUnused
        ? undefined
        : {
            message:
              'No usage was ever reported here, and unknown is not unused. Send usage, or attest that nothing produces or reads it any more.',
          };
    const earliest = addDays(here.seen, periods.quiet + 1);
    return today < earliest
      ? {
          message: `It was last seen in use on ${here.seen}; ${periods.quiet} quiet days end before ${earliest}.`,
          from: earliest,
        }
      : undefined;
  },
} as const satisfies Readonly<Record<string, Check>>;

export type ConditionId = keyof typeof table;

export const conditions: Readonly<Record<ConditionId, Check>> = table;
