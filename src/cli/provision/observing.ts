/** `herald matrix --observed`: what a broker reports, held against the contracts of one catalog. */
import { type Observation, observations } from '../../provision/observed.ts';
import { currentEvents } from '../check/current-events.ts';
import type { ExitCode, Input } from '../command.ts';
import { misused } from '../events/misused.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { withBroker } from './source.ts';

export async function showObserved(input: Input, io: Io, format: 'markdown' | 'json'): Promise<ExitCode> {
  const [source, ...more] = await currentEvents(input.positionals, io);
  if (source === undefined || more.length > 0) throw misused('Name the folder of one catalog.');
  const { observed, found } = await withBroker(input, io, async (broker) => {
    const reported = await broker.observe([source]);
    const address = (subject: string) => broker.address(source.catalog, subject);
    return { observed: reported, found: observations(reported, source, address) };
  });
  if (format === 'json') io.out(`${JSON.stringify({ ...observed, findings: found }, null, 2)}\n`);
  else io.out(observedMarkdown(observed.server, found, observed.unreported));
  return found.length === 0 ? 0 : 1;
}

function observedMarkdown(server: string, found: readonly Observation[], unreported: readonly string[]): string {
  const silence = unreported.map((what) => `\n${server} does not report ${what}.\n`).join('');
  if (found.length === 0) return `✓ ${server} and the contracts agree\n${silence}`;
  const rows = found.map(({ level, id, message }) => `| ${level} | ${id} | ${message.replaceAll('|', '\\|')} |`);
  const table = ['| level | finding | what |', '|---|---|---|', ...rows].join('\n');
  return `${table}\n\n${server}: ${plural(found.length, 'finding')}\n${silence}`;
}
