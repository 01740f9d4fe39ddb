/** `herald provision plan` and `diff`: what would change, and what differs. */
import { plan } from '../../provision/apply.ts';
import { isEmpty } from '../../provision/plan.ts';
import { type ExitCode, flag, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { formatIn } from './format.ts';
import { differencesText, planMarkdown, planText } from './plan-text.ts';
import { sourcesIn, withBroker } from './source.ts';

const formats = ['text', 'json', 'markdown'] as const;

async function planned(input: Input, io: Io) {
  const environment = text(input, 'environment');
  const sources = await sourcesIn(input, io);
  return withBroker(input, io, (broker) =>
    plan(broker, { sources, prune: flag(input, 'prune'), ...(environment !== undefined && { environment }) }),
  );
}

export async function showPlan(input: Input, io: Io): Promise<ExitCode> {
  const format = formatIn(input, formats);
  const made = await planned(input, io);
  if (format === 'json') io.out(`${JSON.stringify(made, null, 2)}\n`);
  else io.out(format === 'markdown' ? planMarkdown(made) : planText(made, io.color));
  return isEmpty(made) ? 0 : 1;
}

/** With what the catalog does not know of: the whole of the difference. */
export async function showDifferences(input: Input, io: Io): Promise<ExitCode> {
  const format = formatIn(input, formats);
  const made = await planned(input, io);
  if (format === 'json') io.out(`${JSON.stringify(made, null, 2)}\n`);
  else io.out(format === 'markdown' ? planMarkdown(made) : differencesText(made, io.color));
  return isEmpty(made) && made.left.length === 0 ? 0 : 1;
}
