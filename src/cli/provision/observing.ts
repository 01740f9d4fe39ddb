/** `herald matrix --observed`: what a broker reports, held against the contracts of one catalog, and on demand told to the registry. */
import type { Broker, Observed, Source } from '../../provision/broker.ts';
import { type Observation, observations } from '../../provision/observed.ts';
import { currentEvents } from '../check/current-events.ts';
import { type ExitCode, flag, type Input, text } from '../command.ts';
import { misused } from '../events/misused.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { type Report, reportReaders } from './reporting.ts';
import { withBroker } from './source.ts';

export async function showObserved(input: Input, io: Io, format: 'markdown' | 'json'): Promise<ExitCode> {
  const [source, ...more] = await currentEvents(input.positionals, io);
  if (source === undefined || more.length > 0) throw misused('Name the folder of one catalog.');
  const { observed, found, readers, kind } = await withBroker(input, io, (broker) => asked(broker, source));
  const bus = text(input, 'bus-name') ?? kind;
  const report = flag(input, 'report')
    ? await reportReaders(input, io, { catalog: source.catalog.name, bus, readers })
    : undefined;
  if (format === 'json') io.out(`${JSON.stringify({ ...observed, findings: found, report }, null, 2)}\n`);
  else {
    io.out(observedMarkdown(observed.server, found, observed.unreported));
    if (report !== undefined) io.out(reportMarkdown(bus, report));
  }
  return found.length === 0 ? 0 : 1;
}

async function asked(broker: Broker, source: Source) {
  const observed = await broker.observe([source]);
  const address = (subject: string) => broker.address(source.catalog, subject);
  return {
    observed,
    kind: broker.kind,
    found: observations(observed, source, address),
    readers: new Map(source.events.map(({ subject }) => [subject, readersOf(observed, address(subject))])),
  };
}

/** Groups that read it; undefined where the broker has no place for it, and so knows of nobody. */
function readersOf({ placed, groups }: Observed, address: string): readonly string[] | undefined {
  if (!placed.includes(address)) return undefined;
  return [...new Set(groups.filter(({ addresses }) => addresses.includes(address)).map(({ group }) => group))].sort();
}

function observedMarkdown(server: string, found: readonly Observation[], unreported: readonly string[]): string {
  const silence = unreported.map((what) => `\n${server} does not report ${what}.\n`).join('');
  if (found.length === 0) return `✓ ${server} and the contracts agree\n${silence}`;
  const rows = found.map(({ level, id, message }) => `| ${level} | ${id} | ${message.replaceAll('|', '\\|')} |`);
  const table = ['| level | finding | what |', '|---|---|---|', ...rows].join('\n');
  return `${table}\n\n${server}: ${plural(found.length, 'finding')}\n${silence}`;
}

function reportMarkdown(bus: string, { reported, unplaced, unregistered }: Report): string {
  const left = [
    ...(unplaced.length > 0 ? [`not on this broker, and not told: ${unplaced.join(', ')}`] : []),
    ...(unregistered.length > 0 ? [`not registered: ${unregistered.join(', ')}`] : []),
  ];
  const summary = `The registry has who reads ${plural(reported.length, 'subject')} on the bus "${bus}".`;
  return `\n${[summary, ...left].join('\n')}\n`;
}
