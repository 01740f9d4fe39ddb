/** `herald-registry/events`: publish, deliver, consume and replay by contract, inside services. */
/** What streams hold as files with hashes, and back into a replay. */
export { type ArchiveManifest, readArchive, writeArchive } from './archive/archive.ts';
export type { ArchivePlace } from './archive/place.ts';
export { type S3Access, type S3Bucket, s3Bucket } from './archive/s3.ts';
/** Gives connected browsers the events of their session. */
export { type Bridge, type BridgeOptions, createBridge } from './bridge.ts';
export type {
  Backlog,
  Bus,
  BusLimits,
  Channel,
  Delivery,
  Group,
  Message,
  ReadOptions,
  Start,
  StoredMessage,
  SubscribeOptions,
  Subscription,
} from './bus.ts';
/** Headers with which adapters carry what a broker has no place for. */
export { wireHeaders } from './bus.ts';
/** A bus by its address. */
export { busOf } from './bus-of.ts';
/** Where messages of a subject go on a kind of bus. */
export { channelOf } from './channel.ts';
export type { Consumer, EventFor, PublishFrom, RunningConsumer } from './consumer/consumer.ts';
export type { HandlerContext, HandlerOutcome } from './consumer/handling.ts';
export type { ConsumerOptions, RetryOptions } from './consumer/options.ts';
export type { ReceivedEvent } from './consumer/received.ts';
export type { Mappings, SuccessorMapping } from './consumer/through.ts';
/** Gives everything a request does its correlation, trace and tenant. */
export { type Inherited, type PublishContext, runInContext } from './context.ts';
export type { DualWrite, DualWriteOptions, DualWritten } from './dual-write.ts';
/** What everything here throws, with its table of codes and remedies. */
export { EventFault, type EventFaultCode, type EventFaultDetails, eventFaults } from './error.ts';
/** The surface; see its example. */
export {
  createEvents,
  type Events,
  type EventsOptions,
  type PayloadsOf,
  type Published,
  type Sensitivity,
} from './events.ts';
/** Long processes: steps, compensation, timeouts. */
export {
  type LongProcess,
  longProcess,
  type ProcessDefinition,
  type ProcessRecord,
  type ProcessState,
  type Step,
  type StepContext,
  type StepOutcome,
} from './long-process.ts';
export type { EventMetrics, FailureClass } from './metrics.ts';
/** The series the documents name, through prom-client. */
export { type PrometheusLibrary, type PrometheusOptions, prometheusMetrics } from './prometheus.ts';
/** Who reads on a bus. */
export { readersOn, type SubjectReaders } from './readers.ts';
export type { PoisonPolicy, Relay, RelayOptions } from './relay.ts';
export type { Replayed, ReplayOptions } from './replay.ts';
/** Adapts postgres.js, pg, Drizzle and PGlite to one tiny interface. */
export {
  type DatabaseLike,
  type SqlDatabase,
  type SqlTransaction,
  sqlDatabase,
  sqlTransaction,
  type TransactionLike,
} from './sql.ts';
export type {
  Failures,
  IdempotencyKeyStore,
  ParkedError,
  ParkedEvent,
  ParkedFilter,
  ParkedStore,
  ProcessedEventStore,
} from './store/consumer-store.ts';
/** The tables as SQL, for those who run migrations themselves. */
export { ddl } from './store/ddl.ts';
/** Remembers in this process: for tests, and effects that die with it anyway. */
export { type MemoryStore, memoryStore } from './store/memory-processed.ts';
/** Remembers in Redis, for handlers without a database. */
export { type RedisLike, type RedisStore, type RedisStoreOptions, redisStore } from './store/redis-store.ts';
export type { AskedReplay, ReplayRequest, ReplayRequests } from './store/replay-requests.ts';
/** Outbox, inbox and parked events on PostgreSQL and PGlite. */
export { type SqlStore, sqlStore } from './store/sql.ts';
/** Spans through the service's own OpenTelemetry. */
export { openTelemetry, type Tracing } from './telemetry.ts';
