/** What a catalog asks of a stream that does not go together on JetStream, or not on this server. */
import { type Group, groupsOf, type Stream, streamOfSubject, streamsOf } from '../../schema/delivery.ts';
import { filtersSeveral, natsStreamName } from '../../schema/nats-names.ts';
import type { Source } from '../broker.ts';
import type { Remark } from '../plan.ts';

export interface NatsServer {
  readonly version: string;
  readonly isClustered: boolean;
  readonly maxPayload: number;
}

interface Asked {
  readonly server: NatsServer;
  readonly stream: Stream;
  /** Those that read of it, with what they read of it. */
  readonly groups: readonly Group[];
}

/** One thing that may be wrong; undefined where it is not. */
type Check = (asked: Asked) => Omit<Remark, 'about'> | undefined;

const problem = (code: string, message: string): Omit<Remark, 'about'> => ({ level: 'problem', code, message });

const replicasAlone: Check = ({ server, stream: { replicas } }) =>
  replicas > 1 && !server.isClustered
    ? problem(
        'replicas-alone',
        `${replicas} replicas need a cluster, and this server stands alone. Choose an --environment with one replica, or connect to the cluster.`,
      )
    : undefined;

const windowAboveAge: Check = ({ stream: { maxAgeMs, duplicateWindowMs } }) =>
  maxAgeMs > 0 && duplicateWindowMs > maxAgeMs
    ? problem(
        'window-above-age',
        `The duplicate window of ${duplicateWindowMs} ms is longer than events are kept (${maxAgeMs} ms): NATS refuses that.`,
      )
    : undefined;

const workQueueShared: Check = ({ stream: { retention, subjects }, groups }) => {
  if (retention !== 'workqueue') return undefined;
  const readers = subjects.map((subject) => ({ subject, names: namesOf(groups, subject) }));
  const shared = readers.find(({ names }) => names.length > 1);
  if (shared === undefined) return undefined;
  const message = `A work queue hands ${shared.subject} to one group, and ${shared.names.join(', ')} read it. Keep the stream by limits or interest.`;
  return problem('workqueue-shared', message);
};

/** Where a durable has one filter a group of several subjects reads the whole stream: nobody else may read of that queue. */
const workQueueUnfiltered: Check = ({ server, stream: { retention, subjects }, groups }) => {
  if (retention !== 'workqueue' || filtersSeveral(server.version) || groups.length < 2) return undefined;
  if (subjects.some((subject) => namesOf(groups, subject).length > 1)) return undefined;
  const wide = groups.find((group) => group.subjects.length > 1);
  if (wide === undefined) return undefined;
  const others = groups.filter((group) => group !== wide).map(({ name }) => name);
  const message = `The group ${wide.name} reads several subjects of a work queue, and ${others.join(', ')} another one: before NATS 2.10 a durable filters by one, and a queue is read by no other beside it. Keep the stream by limits or interest, or upgrade the server.`;
  return problem('workqueue-unfiltered', message);
};

const workQueueFromNew: Check = ({ stream: { retention }, groups }) => {
  const late = retention === 'workqueue' ? groups.find(({ start }) => start === 'new') : undefined;
  if (late === undefined) return undefined;
  const message = `The group ${late.name} begins with new events; a work queue is read from its beginning.`;
  return problem('workqueue-from-new', message);
};

const interestOfNobody: Check = ({ stream: { retention, subjects }, groups }) => {
  const unread = subjects.filter((subject) => namesOf(groups, subject).length === 0);
  if (retention !== 'interest' || unread.length === 0) return undefined;
  const message = `Nobody reads ${unread.join(', ')}: a stream kept by interest drops it at once.`;
  return { level: 'warning', code: 'interest-of-nobody', message };
};

const checks: readonly Check[] = [
  replicasAlone,
  windowAboveAge,
  workQueueShared,
  workQueueUnfiltered,
  workQueueFromNew,
  interestOfNobody,
];

function namesOf(groups: readonly Group[], subject: string): readonly string[] {
  return groups.filter(({ subjects }) => subjects.includes(subject)).map(({ name }) => name);
}

export function streamRemarks(
  server: NatsServer,
  { catalog, events }: Source,
  environment: string | undefined,
): readonly Remark[] {
  const all = groupsOf(catalog, events);
  return streamsOf(catalog, events, environment).flatMap((stream) => {
    const groups = all
      .map((group) => ({
        ...group,
        subjects: group.subjects.filter((subject) => streamOfSubject(catalog, subject) === stream.name),
      }))
      .filter(({ subjects }) => subjects.length > 0);
    const about = `stream ${natsStreamName(stream.name)}`;
    return checks.flatMap((check) => {
      const remark = check({ server, stream, groups });
      return remark === undefined ? [] : [{ ...remark, about }];
    });
  });
}
