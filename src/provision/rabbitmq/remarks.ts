/** What RabbitMQ does not do of what a catalog asks. */
import { streamsOf } from '../../schema/delivery.ts';
import { rabbitLog } from '../../schema/rabbit-names.ts';
import type { Source } from '../broker.ts';
import { sharedSubjects, tooLarge } from '../fit.ts';
import type { Remark } from '../plan.ts';
import { tooOld } from '../version.ts';

/** RabbitMQ 4 takes this much unless it is told otherwise. */
const maxBytes = 16 * 1_048_576;

/** `version`: undefined where it is not known. */
export function rabbitRemarks(
  version: string | undefined,
  sources: readonly Source[],
  environment: string | undefined,
): readonly Remark[] {
  const unkept = sources.flatMap(({ catalog, events }) => [
    ...tooLarge(events, maxBytes, 'max_message_size of RabbitMQ 4'),
    ...streamsOf(catalog, events, environment)
      .filter(({ retention }) => retention !== 'limits')
      .map(({ name, retention }): Remark => {
        const message = `RabbitMQ keeps streams by age and size alone: ${retention} is not what ${rabbitLog(name)} does.`;
        return { level: 'warning', code: 'retention-by-limits', about: `queue ${rabbitLog(name)}`, message };
      }),
  ]);
  return [
    ...(version === undefined ? [] : tooOld(version, [3, 10], 'Streams and quorum queues as they are used here')),
    ...sharedSubjects(sources),
    ...unkept,
  ];
}
