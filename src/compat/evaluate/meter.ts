/** What questions cost. Work is counted in parts wherever it is done, never timed: the same question costs the same everywhere. */

export interface Meter {
  spent: number;
  /** The reading at which work ends. */
  until: number;
}

/** Thrown where the budget ends, however deep the work is; whoever set `until` catches it. */
export class Exhausted extends Error {
  constructor() {
    super('its conditions combine in more ways than could be tried');
  }
}

/** Parts of work in one step of the budget: some 64 literals looked at. */
export const partsPerStep = 64;

export function newMeter(): Meter {
  return { spent: 0, until: Number.POSITIVE_INFINITY };
}

export function charge(meter: Meter, parts: number): void {
  meter.spent += parts;
  if (meter.spent > meter.until) throw new Exhausted();
}

/** Does `work` within so many steps, and within what the caller was given himself. */
export function within<R>(meter: Meter, steps: number, work: () => R): R {
  const outer = meter.until;
  meter.until = Math.min(outer, meter.spent + steps * partsPerStep);
  try {
    return work();
  } finally {
    meter.until = outer;
  }
}
