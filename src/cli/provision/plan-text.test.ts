import { describe, expect, it } from 'vitest';
import type { Outcome, OutcomeState } from '../../provision/apply.ts';
import { planOf } from '../../provision/plan.ts';
import { outcomesMarkdown, outcomesText } from './plan-text.ts';

const about = { target: 'memory://', server: 'Memory 1', catalogs: ['shop'], grades: {}, remarks: [], prune: false };
const plan = planOf({ ...about, wanted: [], found: [] });
const outcome = (state: OutcomeState): Outcome => ({
  kind: 'stream',
  name: state,
  class: 'create',
  settings: [],
  state,
});
const last = (...states: readonly OutcomeState[]) =>
  outcomesText(plan, states.map(outcome)).trimEnd().split('\n').at(-1);

describe('what became of a plan', () => {
  it('is counted: what is done, what was taken and is still different, what is not there', () => {
    expect(last('done')).toBe('1 change done.');
    expect(last('done', 'differs', 'failed', 'waiting', 'withheld')).toBe(
      '1 change done, 1 taken and still different, 3 not; apply again once that is solved: what is done is not done twice.',
    );
    expect(last('differs')).toBe(
      '0 changes done, 1 taken and still different; apply again once that is solved: what is done is not done twice.',
    );
    expect(last()).toBe('Memory 1: ✓ nothing to do');
  });

  it('says beside all of it what was not reported, and that nothing is to do to no plan with that', () => {
    const partly = planOf({ ...about, wanted: [], found: [], unreported: ['policies'] });
    expect(outcomesText(partly, [outcome('done')])).toContain('\nnot reported: policies\n');
    expect(outcomesText(partly, [])).toBe('Memory 1: Nothing to do, as far as is reported.\n');
    expect(outcomesMarkdown(partly, [])).toBe(
      '**Memory 1**\n\nNothing to do, as far as is reported.\n\n- not reported: policies\n',
    );
  });
});
