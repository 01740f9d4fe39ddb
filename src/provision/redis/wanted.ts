/** The catalog in the words of Redis: a stream each with its age, a group for each group with the addresses it reads. */
import { groupsOf, streamsOf, subjectsByStream } from '../../schema/delivery.ts';
import type { Source } from '../broker.ts';
import { sharedSubjects } from '../fit.ts';
import type { Remark } from '../plan.ts';
import { type Grades, losing, shrinking, type Wanted } from '../resource.ts';
import { tooOld } from '../version.ts';

export const redisGrades: Grades = { stream: { retentionMs: shrinking() }, group: { addresses: losing } };

export function wantedOnRedis(sources: readonly Source[], environment: string | undefined): readonly Wanted[] {
  const streams = sources.flatMap(({ catalog, events }) =>
    streamsOf(catalog, events, environment).map(
      ({ name, maxAgeMs }): Wanted => ({
        kind: 'stream',
        name,
        catalog: catalog.name,
        settings: { retentionMs: maxAgeMs },
      }),
    ),
  );
  const groups = sources.flatMap(({ catalog, events }) =>
    groupsOf(catalog, events).flatMap(({ name, subjects, start }) =>
      [...subjectsByStream(catalog, subjects)].map(
        ([of, addresses]): Wanted => ({
          kind: 'group',
          name,
          of,
          catalog: catalog.name,
          settings: { addresses: [...addresses].sort() },
          made: { start },
        }),
      ),
    ),
  );
  return [...streams, ...groups];
}

export function redisRemarks(
  version: string,
  sources: readonly Source[],
  environment: string | undefined,
): readonly Remark[] {
  const unkept = sources.flatMap(({ catalog, events }) =>
    streamsOf(catalog, events, environment).flatMap(({ name, retention, replicas }) => {
      const about = `stream ${name}`;
      const remarks: Remark[] = [];
      if (retention !== 'limits') {
        const message = `Redis keeps streams by age alone: ${retention} is not what it does.`;
        remarks.push({ level: 'warning', code: 'retention-by-limits', about, message });
      }
      if (replicas > 1) {
        const message = `Redis copies everything it has or nothing: ${replicas} replicas are its operator's to set up.`;
        remarks.push({ level: 'warning', code: 'replicas-of-the-server', about, message });
      }
      return remarks;
    }),
  );
  return [
    ...tooOld(version, [6, 2], 'Streams that forget by age, and groups that take over from members who are gone,'),
    ...sharedSubjects(sources),
    ...unkept,
  ];
}
