/** How JetStream takes a change of each setting. */
import { type Grades, losing, replace, risky, shrinking } from '../resource.ts';

export const natsGrades: Grades = {
  stream: {
    subjects: losing,
    storage: replace,
    // to and from work queues the server refuses; between the other two it decides what is dropped
    retention: (from, to) => (from === 'workqueue' || to === 'workqueue' ? 'replace' : 'risky'),
    replicas: (from, to) => (Number(to) < Number(from) ? 'risky' : 'safe'),
    maxAgeMs: shrinking(),
    maxBytes: shrinking(-1),
    maxMessages: shrinking(-1),
    maxMessageBytes: shrinking(-1),
  },
  durable: {
    subjects: losing,
    acknowledgement: replace,
    maxDeliver: risky,
    group: risky,
  },
};
