/** What a broker shows of readers, told to the registry: a subject that a group still reads does not retire. */
import { Fault } from '../../errors.ts';
import { registryApi, subjectPath } from '../api.ts';
import type { Input } from '../command.ts';
import type { Io } from '../io.ts';

export interface Shown {
  readonly catalog: string;
  /** What services call the bus. */
  readonly bus: string;
  /** Groups by subject; undefined where the broker has no place for it: that nobody reads it there would say nothing. */
  readonly readers: ReadonlyMap<string, readonly string[] | undefined>;
}

export interface Report {
  readonly reported: readonly string[];
  readonly unplaced: readonly string[];
  readonly unregistered: readonly string[];
}

export async function reportReaders(input: Input, io: Io, { catalog, bus, readers }: Shown): Promise<Report> {
  const api = registryApi(input, io);
  const report = { reported: [] as string[], unplaced: [] as string[], unregistered: [] as string[] };
  for (const [subject, groups] of readers) {
    if (groups === undefined) {
      report.unplaced.push(subject);
      continue;
    }
    try {
      await api.call('PUT', `${subjectPath(catalog, subject)}/readers/${encodeURIComponent(bus)}`, {
        groups: [...groups],
      });
      report.reported.push(subject);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'SUBJECT_NOT_FOUND') throw error;
      report.unregistered.push(subject);
    }
  }
  return report;
}
