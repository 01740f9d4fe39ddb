/**
 * The little that this adapter needs of a client of Kafka, in the shape of KafkaJS, which Confluent's client has too. Offsets are
 * numbers here: a partition does not come to 2^53.
 */

/** A record as clients give it; other programs may leave anything out. */
export interface KafkaRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Milliseconds since 1970. */
  readonly timestamp: string;
  readonly offset: string;
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
}

type HeaderValue = Uint8Array | string;

export interface NewRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface Commit extends TopicPartition {
  readonly offset: string;
  readonly metadata: string;
}

export interface NewTopic {
  readonly topic: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly configEntries: { name: string; value: string }[];
}

/** What is asked about topics and groups: as KafkaJS and Confluent's client have it. */
export interface KafkaAdmin {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  listTopics(): Promise<string[]>;
  createTopics(options: { topics: NewTopic[]; waitForLeaders: boolean }): Promise<boolean>;
  fetchTopicOffsets(topic: string): Promise<{ partition: number; high: string; low: string }[]>;
  fetchTopicOffsetsByTimestamp(topic: string, timestamp: number): Promise<{ partition: number; offset: string }[]>;
  fetchOffsets(options: { groupId: string; topics: string[] }): Promise<
    {
      topic: string;
      partitions: { partition: number; offset: string; metadata?: string | null }[];
    }[]
  >;
  listGroups(): Promise<{ groups: { groupId: string; protocolType: string }[] }>;
  deleteGroups(groupIds: string[]): Promise<unknown>;
}

export interface KafkaProducer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Resolves when every replica that must have them has these records. */
  send(topic: string, records: readonly NewRecord[]): Promise<void>;
}

/** One membership in a group, from joining to leaving. */
export interface KafkaConsumer {
  /** Joins, and fetches until it is left; what it is given is told to the listeners. */
  join(): Promise<void>;
  leave(): Promise<void>;
  seek(place: TopicPartition, offset: number): void;
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
  /** Rejects where the group is just sharing out its partitions anew. */
  commit(commits: readonly Commit[]): Promise<void>;
}

export interface ConsumerListeners {
  /** Before anything of these partitions is fetched: all that this member has from now on. */
  readonly onAssigned: (places: readonly TopicPartition[]) => void;
  /** The next is fetched when it resolves; `alive` must be called at least every second meanwhile, and may reject. */
  readonly onBatch: (batch: Batch, alive: () => Promise<void>) => Promise<void>;
  /** The group's coordinator has heard of this member. */
  readonly onHeard: () => void;
  /** This membership is over; another one may be begun. */
  readonly onOver: (error: unknown) => void;
}

export interface ConsumerSettings {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
}

export interface KafkaClient {
  admin(): KafkaAdmin;
  producer(): KafkaProducer;
  consumer(settings: ConsumerSettings, listeners: ConsumerListeners): KafkaConsumer;
}
