/**
 * What JetStream calls streams and durables, and what a durable reads: one recipe for the runtime, which makes them where it may, and for
 * provisioning, which makes them ahead of it.
 */
import { fnv1a } from './fnv1a.ts';

/** Catalogs may call streams what NATS may not. */
export function natsStreamName(stream: string): string {
  return stream.replaceAll(/[^A-Za-z0-9_-]/g, '_');
}

/** Durables may not be called what groups may: what is changed carries a mark of the whole name. */
export function durableName(group: string): string {
  const plain = group.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  return plain === group ? group : `${plain}-${fnv1a(group).toString(16).padStart(8, '0')}`;
}

/** Whether a subject of NATS falls under a pattern: `*` is one token, `>` at the end one or more. */
export function natsCovers(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const tokens = subject.split('.');
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return tokens.length > index;
    if (tokens[index] === undefined || (token !== '*' && token !== tokens[index])) return false;
  }
  return tokens.length === wanted.length;
}

/** Unsettled messages of all members together; how much one member holds is its own `maxInFlight`. */
export const maxAckPending = 10_000;

/** What the description of a durable says, for the runtime and for people who list consumers. */
export interface DescribedDurable {
  readonly group: string;
  /** Only where the filter cannot say it. */
  readonly addresses?: readonly string[];
  /** The catalog it was provisioned from. */
  readonly catalog?: string;
}

export function describedDurable(description: string | undefined): DescribedDurable | undefined {
  if (!description?.startsWith('{"group":')) return undefined;
  try {
    return JSON.parse(description) as DescribedDurable;
  } catch {
    return undefined;
  }
}

export interface DurableReading {
  readonly description: string;
  readonly filter_subject: string | undefined;
  readonly filter_subjects: string[] | undefined;
}

/** Before 2.10 a durable has one filter: a group of several addresses reads its whole stream, and its description says which it means. */
export function durableReading(
  filtersSeveral: boolean,
  { group, catalog }: Pick<DescribedDurable, 'group' | 'catalog'>,
  addresses: readonly string[],
): DurableReading {
  const [only, ...others] = addresses;
  const says = (more: Partial<DescribedDurable> = {}) =>
    JSON.stringify({ group, ...more, ...(catalog !== undefined && { catalog }) });
  // an update keeps what it does not name
  const none = { filter_subject: undefined, filter_subjects: undefined };
  if (only !== undefined && others.length === 0) return { ...none, description: says(), filter_subject: only };
  if (filtersSeveral) return { ...none, description: says(), filter_subjects: [...addresses] };
  return { ...none, description: says({ addresses }) };
}

/** The addresses a durable reads. */
export function addressesOfDurable(config: {
  readonly description?: string | undefined;
  readonly filter_subject?: string | undefined;
  readonly filter_subjects?: readonly string[] | undefined;
}): readonly string[] {
  const { filter_subject: one, filter_subjects: several } = config;
  const filters = several ?? (one ? [one] : ['>']);
  return describedDurable(config.description)?.addresses ?? filters;
}

/** From 2.10 on a durable may filter by several subjects. */
export function filtersSeveral(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 10);
}

/** The stream in which members of ordered groups write who leads. */
export const natsLeases = {
  name: 'HERALD_LEASES',
  description: 'Which member leads an ordered group of herald-registry/events.',
  subjects: ['herald.lease.>'],
  storage: 'memory',
  maxMessagesPerSubject: 1,
} as const;

export function leaseSubject(stream: string, group: string): string {
  return `herald.lease.${natsStreamName(stream)}.${durableName(group)}`;
}
