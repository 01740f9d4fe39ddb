/** What a broker should hold, from the catalog and its contracts alone: streams with their settings, groups with what they read. */
import { type Catalog, keptDays } from './catalog.ts';
import type { Contract } from './contract.ts';
import type { StreamSettings } from './delivery-shape.ts';
import { durationMs } from './duration.ts';
import { expanded } from './group-members.ts';
import { streamOf } from './stream-name.ts';
import { matchesSubject, parseSubject } from './subject.ts';

const dayMs = 86_400_000;

export interface DeliveredEvent {
  readonly subject: string;
  readonly contract: Contract;
}

export interface Stream {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly replicas: number;
  /** Whether the catalog says how many: one where it does not. */
  readonly statesReplicas: boolean;
  readonly storage: 'file' | 'memory';
  readonly retention: 'limits' | 'workqueue' | 'interest';
  /** 0: for good. */
  readonly maxAgeMs: number;
  readonly duplicateWindowMs: number;
  readonly maxBytes?: number;
  readonly maxMessages?: number;
  readonly maxMessageBytes?: number;
  /** Undefined where the catalog leaves it to the broker. */
  readonly lanes?: number;
}

export interface Group {
  readonly name: string;
  readonly service: string;
  readonly ordered: boolean;
  readonly ackWaitMs: number;
  readonly start: 'earliest' | 'new';
  readonly subjects: readonly string[];
}

/** As the runtime makes streams whose catalog says nothing. */
export const deduplicationMs = 120_000;

export function streamOfSubject(catalog: Catalog, subject: string): string {
  return streamOf(catalog, parseSubject(subject)?.domain ?? subject);
}

/** Subjects by the stream that holds them. */
export function subjectsByStream(
  catalog: Catalog,
  subjects: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const streams = new Map<string, string[]>();
  for (const subject of subjects) {
    const stream = streamOfSubject(catalog, subject);
    streams.set(stream, [...(streams.get(stream) ?? []), subject]);
  }
  return streams;
}

/** For how long the events of a subject are kept, in milliseconds: undefined where nobody says so, or for good. */
export function keptMs(catalog: Catalog, subject: string, contract: Contract): number | undefined {
  const domain = parseSubject(subject)?.domain ?? subject;
  const row = Object.hasOwn(catalog.domains, domain) ? catalog.domains[domain] : undefined;
  const stated = contract.retention ?? row?.retention;
  const days = stated === undefined ? undefined : keptDays(catalog, stated);
  return days === undefined || !Number.isFinite(days) ? undefined : days * dayMs;
}

/** The longest of what its subjects ask for; for good where one of them sets no end. */
export function longestMs(kept: readonly (number | undefined)[]): number {
  const known = kept.map((ms) => ms ?? 0);
  return known.includes(0) ? 0 : Math.max(...known);
}

export function streamsOf(
  catalog: Catalog,
  events: readonly DeliveredEvent[],
  environment?: string,
): readonly Stream[] {
  const byStream = new Map<string, DeliveredEvent[]>();
  for (const event of events) {
    const name = streamOfSubject(catalog, event.subject);
    byStream.set(name, [...(byStream.get(name) ?? []), event]);
  }
  return [...byStream]
    .map(([name, own]) => streamFrom(name, own, catalog, settingsOf(catalog, name, environment)))
    .toSorted(byNameOf);
}

function streamFrom(name: string, events: readonly DeliveredEvent[], catalog: Catalog, stated: StreamSettings): Stream {
  const kept = longestMs(events.map(({ subject, contract }) => keptMs(catalog, subject, contract)));
  const maxAgeMs = stated.maxAge === undefined ? kept : finite(durationMs(stated.maxAge));
  const wanted = stated.duplicateWindow === undefined ? undefined : finite(durationMs(stated.duplicateWindow));
  const { replicas = 1, storage = 'file', retention = 'limits', lanes } = stated;
  const { maxBytes, maxMessages, maxMessageBytes } = stated;
  return {
    name,
    subjects: events.map(({ subject }) => subject).sort(),
    replicas,
    statesReplicas: stated.replicas !== undefined,
    storage,
    retention,
    maxAgeMs,
    // brokers refuse a window longer than messages are kept; one that is stated is not bent, but warned of
    duplicateWindowMs: wanted ?? (maxAgeMs === 0 ? deduplicationMs : Math.min(deduplicationMs, maxAgeMs)),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(maxMessages !== undefined && { maxMessages }),
    ...(maxMessageBytes !== undefined && { maxMessageBytes }),
    ...(lanes !== undefined && { lanes }),
  };
}

function finite(ms: number | undefined): number {
  return ms === undefined || !Number.isFinite(ms) ? 0 : ms;
}

/** What is stated of a stream: its own row over the defaults, the environment over both. */
function settingsOf({ delivery }: Catalog, name: string, environment: string | undefined): StreamSettings {
  const env = environment === undefined ? undefined : delivery?.environments[environment];
  const row = (rows: Readonly<Record<string, StreamSettings>> | undefined) =>
    rows !== undefined && Object.hasOwn(rows, name) ? rows[name] : undefined;
  return { ...delivery?.defaults, ...row(delivery?.streams), ...env?.defaults, ...row(env?.streams) };
}

/** Groups by name: those that the catalog states, and for each other service that consumes one of its own name. */
export function groupsOf(catalog: Catalog, events: readonly DeliveredEvent[]): readonly Group[] {
  const consumed = new Map<string, string[]>();
  for (const { subject, contract } of events)
    for (const { service } of expanded(catalog, contract.consumers ?? [], contract.producer))
      consumed.set(service, [...(consumed.get(service) ?? []), subject]);
  const stated = Object.entries(catalog.delivery?.groups ?? {}).map(([name, row]) => {
    const { service, ordered, ackWait, start, subjects: patterns = ['*'] } = row;
    const subjects = (consumed.get(service) ?? []).filter((subject) =>
      patterns.some((pattern) => matchesSubject(pattern, subject)),
    );
    return { name, service, ordered, ackWaitMs: durationMs(ackWait) ?? 60_000, start, subjects: subjects.sort() };
  });
  const having = new Set(stated.map(({ service }) => service));
  const own = [...consumed]
    .filter(([service]) => !having.has(service))
    .map(([name, subjects]) => ({
      name,
      service: name,
      ordered: true,
      ackWaitMs: 60_000,
      start: 'earliest' as const,
      subjects: subjects.sort(),
    }));
  return [...stated, ...own].toSorted(byNameOf);
}

function byNameOf(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
