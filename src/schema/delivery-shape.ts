/**
 * `delivery` in catalog.json: how brokers keep events and hand them out. Streams are those that domains name; what is left out is
 * the broker's own default, or the catalog's `defaults`.
 */
import * as z from 'zod';
import type { Catalog } from './catalog.ts';
import type { SchemaProblem } from './document.ts';
import { durationMs } from './duration.ts';
import { append } from './pointer.ts';
import { printable } from './printable.ts';
import { streamOf } from './stream-name.ts';
import { patternProblem } from './subject.ts';

const text = z.string().min(1).max(2_000);
const name = z.string().min(1).max(200).regex(printable, 'holds control characters');
const duration = z
  .string()
  .refine((value) => durationMs(value) !== undefined, 'is not a duration such as P90D or PT2M');
const count = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

export const storages = ['file', 'memory'] as const;
export const retentionKinds = ['limits', 'workqueue', 'interest'] as const;

const stream = z.strictObject({
  replicas: z.number().int().min(1).max(5).optional(),
  /** Consumers settle each message by itself: the one way this runtime reads. */
  acknowledgement: z.literal('explicit').optional(),
  storage: z.enum(storages).optional(),
  retention: z.enum(retentionKinds).optional(),
  duplicateWindow: duration.optional(),
  /** Instead of the longest retention among the stream's subjects. */
  maxAge: duration.optional(),
  maxBytes: count.optional(),
  maxMessages: count.optional(),
  maxMessageBytes: count.optional(),
  /** Partitions, where a broker has them. */
  lanes: z.number().int().min(1).max(1_024).optional(),
});

const group = z.strictObject({
  service: name,
  description: text.optional(),
  /** Patterns among what the service consumes; all of it where left out. */
  subjects: z.array(name).min(1).optional(),
  ordered: z.boolean().default(true),
  ackWait: duration.default('PT1M'),
  start: z.enum(['earliest', 'new']).default('earliest'),
});

const queue = z.strictObject({
  description: text.optional(),
  /** Who carries the commands out. */
  service: name,
  senders: z.array(name).default([]),
});

const queueForm = /^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$/;

const streams = z.record(name, stream);

export const delivery = z.strictObject({
  /** How many servers the cluster has, at least and at most. */
  cluster: z.strictObject({ min: count, max: count }).optional(),
  defaults: stream.default({}),
  streams: streams.default({}),
  /** Durable groups; a service that consumes and has none is a group of its own name. */
  groups: z.record(name, group).default({}),
  /** Work queues, `service.action.priority`. */
  queues: z.record(name, queue).default({}),
  environments: z
    .record(name, z.strictObject({ defaults: stream.default({}), streams: streams.default({}) }))
    .default({}),
});

export type StreamSettings = z.output<typeof stream>;

/** Streams, services and patterns that mean nothing. */
export function deliveryProblems(catalog: Catalog): SchemaProblem[] {
  const { delivery: stated } = catalog;
  if (stated === undefined) return [];
  const { cluster, groups, queues, environments } = stated;
  const problem = (at: readonly string[], message: string) => ({
    rule: 'CATALOG_INVALID',
    pointer: append('/delivery', ...at),
    message,
  });
  const sets = [
    { at: [] as string[], ...stated },
    ...Object.entries(environments).map(([env, row]) => ({ at: ['environments', env], ...row })),
  ];
  const known = new Set(Object.keys(catalog.domains).map((domain) => streamOf(catalog, domain)));
  const unknownStreams = sets.flatMap(({ at, streams: rows }) =>
    Object.keys(rows)
      .filter((row) => !known.has(row))
      .map((row) => problem([...at, 'streams', row], `no domain has the stream "${row}"`)),
  );
  const isService = (service: string) => catalog.services[service] !== undefined && !catalog.services[service].members;
  const named = [
    ...Object.entries(groups).map(([row, { service }]) => [['groups', row, 'service'], service] as const),
    ...Object.entries(queues).map(([row, { service }]) => [['queues', row, 'service'], service] as const),
    ...Object.entries(queues).flatMap(([row, { senders }]) =>
      senders.map((sender, index) => [['queues', row, 'senders', String(index)], sender] as const),
    ),
  ];
  return [
    ...unknownStreams,
    ...named
      .filter(([, service]) => !isService(service))
      .map(([at, service]) => problem(at, `"${service}" is no service of the catalog`)),
    ...Object.keys(queues)
      .filter((row) => !queueForm.test(row))
      .map((row) => problem(['queues', row], `"${row}" is not service.action.priority, such as notify.email.high`)),
    ...Object.entries(groups).flatMap(([row, { subjects = [] }]) =>
      subjects.flatMap((pattern, index) => {
        const wrong = patternProblem(pattern);
        return wrong === undefined ? [] : [problem(['groups', row, 'subjects', String(index)], wrong)];
      }),
    ),
    ...(cluster !== undefined && cluster.min > cluster.max
      ? [problem(['cluster', 'min'], `${cluster.min} is more than the ${cluster.max} servers there are at most`)]
      : []),
    ...sets.flatMap(({ at, defaults, streams: rows }) =>
      [['defaults', defaults] as const, ...Object.entries(rows).map(([row, own]) => [`streams/${row}`, own] as const)]
        .filter(([, { replicas = 1 }]) => cluster !== undefined && replicas > cluster.max)
        .map(([where, { replicas }]) =>
          problem(
            [...at, ...where.split('/'), 'replicas'],
            `${replicas} replicas need more than ${cluster?.max} servers`,
          ),
        ),
    ),
  ];
}
