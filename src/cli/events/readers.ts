/** `herald events readers`: which durable groups read each subject on a bus, and on demand told to the registry. */
import { readersOn, type SubjectReaders } from '../../events/index.ts';
import { registryApi, subjectPath } from '../api.ts';
import { type ExitCode, flag, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { channelsOn, clientOf, type Named, namedSubjects, withBus } from './source.ts';

export async function readers(input: Input, io: Io): Promise<ExitCode> {
  const client = clientOf(input, io);
  const named = await namedSubjects(input, client);
  return withBus<ExitCode>(text(input, 'bus') ?? io.env.HERALD_BUS, '--bus', async (bus) => {
    const found = await readersOn(bus, await channelsOn(bus, client, named));
    for (const [index, { groups }] of found.entries()) io.out(`${placeOf(named[index]!)}  ${namesOf(groups)}\n`);
    if (flag(input, 'report')) await report(input, io, text(input, 'bus-name') ?? bus.kind, named, found);
    return 0;
  });
}

async function report(
  input: Input,
  io: Io,
  busName: string,
  named: readonly Named[],
  found: readonly SubjectReaders[],
): Promise<void> {
  const api = registryApi(input, io);
  for (const [index, { groups }] of found.entries()) {
    const { catalog, subject } = named[index]!;
    const path = `${subjectPath(catalog, subject)}/readers/${encodeURIComponent(busName)}`;
    await api.call('PUT', path, { groups: [...new Set(groups.map(({ name }) => name))] });
  }
  io.out(`the registry has it as what the bus "${busName}" shows\n`);
}

function placeOf({ catalog, subject }: Named): string {
  return `${catalog}/${subject}`;
}

function namesOf(groups: SubjectReaders['groups']): string {
  return groups.length === 0 ? 'nobody' : groups.map(({ name }) => name).join(', ');
}
