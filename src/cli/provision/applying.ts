/** `herald provision apply`: carries a plan out and says of each change what became of it. */
import { apply } from '../../provision/apply.ts';
import { isObject, type Json } from '../../schema/json.ts';
import { type ExitCode, flag, type Input, text } from '../command.ts';
import { misused } from '../events/misused.ts';
import type { Io } from '../io.ts';
import { formatIn } from './format.ts';
import { outcomesMarkdown, outcomesText } from './plan-text.ts';
import { sourcesIn, textOf, withBroker } from './source.ts';

export async function applyPlan(input: Input, io: Io): Promise<ExitCode> {
  const format = formatIn(input, ['text', 'json', 'markdown']);
  const allow = text(input, 'allow');
  if (allow !== undefined && allow !== 'risky')
    throw misused(`--allow takes risky: nothing else is allowed by a word ("${allow}").`);
  const reviewed = await fingerprintIn(text(input, 'plan'), io);
  const environment = text(input, 'environment');
  const sources = await sourcesIn(input, io);
  const { plan, outcomes, unread } = await withBroker(input, io, (broker) =>
    apply(broker, {
      sources,
      prune: flag(input, 'prune'),
      allowsRisky: allow !== undefined,
      ...(environment !== undefined && { environment }),
      ...(reviewed !== undefined && { reviewed }),
    }),
  );
  if (format === 'json')
    io.out(
      `${JSON.stringify({ fingerprint: plan.fingerprint, outcomes, unread, unreported: plan.unreported }, null, 2)}\n`,
    );
  else if (format === 'markdown') io.out(outcomesMarkdown(plan, outcomes));
  else io.out(outcomesText(plan, outcomes));
  if (unread !== undefined) io.err(`What was done could not be read back. ${unread} Plan again when it answers.\n`);
  const isKnown = unread === undefined && plan.unreported.length === 0;
  return isKnown && outcomes.every(({ state }) => state === 'done') ? 0 : 1;
}

async function fingerprintIn(file: string | undefined, io: Io): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const stated = parsed(await textOf(file, io));
  const print = isObject(stated) ? stated.fingerprint : undefined;
  if (typeof print === 'string') return print;
  throw misused(`${file} is no plan: "herald provision plan --format json" writes one.`);
}

function parsed(content: string): Json {
  try {
    return JSON.parse(content) as Json;
  } catch {
    return null;
  }
}
