/**
 * What the registry needs from outside: a store, a clock. The verbs are written against these types; the implementations live in
 * store/ and server.ts. What they store is in records.ts.
 */
import type { StoredFields, SubjectFields } from '../check/neighbours.ts';
import type { Stage } from '../lifecycle/stage.ts';
import type { Catalog } from '../schema/catalog.ts';
import type {
  Announcement,
  AuditEntry,
  AuditHead,
  AuditRecord,
  AuditVerdict,
  BusReadersRecord,
  CandidateRecord,
  CatalogRecord,
  ConfluentSetting,
  ConsumerRecord,
  CurrentDocument,
  DeliveryRecord,
  DeprecationRecord,
  Exported,
  Imported,
  NewVersion,
  OutboxRecord,
  PairCount,
  PastRecord,
  ProposalRecord,
  SchemaRecord,
  SubjectRecord,
  SubjectSettings,
  SubjectSummary,
  TokenRecord,
  TransferRow,
  TransitionRecord,
  UsageAdded,
  UsageRecord,
  VersionRecord,
  WaiverRecord,
  WebhookRecord,
} from './records.ts';

/** Milliseconds since 1970, UTC. The only clock there is. */
export interface Clock {
  now(): number;
}

/** Something about a subject changed. An empty catalog: anything may have changed (notices of changes were lost for a while). */
export interface Change {
  readonly catalog: string;
  readonly subject: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where to go on; absent on the last page. Opaque to callers. */
  readonly cursor?: string;
}

export interface PageRequest {
  readonly cursor?: string;
  /** 1 to 1,000. */
  readonly limit: number;
}

export interface SubjectFilter {
  readonly owner?: string;
  readonly classification?: string;
  readonly tag?: string;
  readonly stage?: Stage;
  readonly producer?: string;
  /** A service that consumes it, by the contract or by itself. */
  readonly consumer?: string;
  /** Part of the name or title, any case. */
  readonly text?: string;
}

/** Past these, the oldest kept candidates make room. */
export interface CandidateBounds {
  /** Those kept before are removed. */
  readonly since: string;
  readonly perAuthor: number;
  readonly inAll: number;
}

export interface ProposalFilter {
  readonly catalog?: string;
  readonly subject?: string;
  /** Fingerprint of the proposed document. */
  readonly content?: string;
  readonly state?: ProposalRecord['state'];
}

/** Members that an audit row must have; absent ones may be anything. */
export interface AuditFilter {
  readonly catalog?: string;
  readonly subject?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly outcome?: 'done' | 'refused';
}

/** Conditions that hold together. */
export interface PlacedFilter {
  readonly catalog: string;
  readonly subject?: string;
  readonly number?: number | 'latest';
  readonly schemaId?: number;
  readonly fingerprint?: string;
  /** Without what was withdrawn. */
  readonly live?: boolean;
}

/** A version as copies and Confluent's interface see it: also where it was withdrawn. */
export interface PlacedVersion {
  readonly subject: string;
  readonly number: number;
  readonly schema: SchemaRecord;
  /** The text it was registered with, where the schema's is the same content written otherwise. */
  readonly given?: string;
  readonly createdAt: string;
  readonly withdrawnAt?: string;
}

/** What lists show of a subject that its document and the catalog say together. */
export interface Shown {
  readonly title?: string;
  readonly owner?: string;
}

export interface WantedVersions {
  /** Those of these fingerprints. */
  readonly contents?: readonly string[];
  readonly numbers?: readonly number[];
  /** Those above this number. */
  readonly after?: number;
}

export type VersionContent = { readonly number: number } & (
  | { readonly schemaId: number }
  /** Of a version that is not written yet: its fingerprint. */
  | { readonly pending: string }
);

/** What the check of a subject wants to know of the fields of others. */
export interface FieldsAsked {
  readonly catalog: string;
  /** Those of the subjects that are checked. */
  readonly events: readonly string[];
  readonly names: readonly string[];
  /** Subjects that are left out: what is checked stands in their place. */
  readonly without?: readonly string[];
}

/** `isWhole`: false where versions were stored without their fields, which are to be written first. */
export interface FieldsFound extends StoredFields {
  readonly isWhole: boolean;
}

/** The fields of a subject as version `number` says; 0 where it has none. */
export interface VersionFields extends SubjectFields {
  readonly number: number;
}

export interface Referrer {
  readonly catalog: string;
  readonly subject: string;
  readonly number: number;
  readonly schemaId: number;
  readonly withdrawnAt?: string;
}

/** Reads, in or out of a transaction. A miss is undefined, never an error; a cursor of no page is Fault CURSOR_INVALID. */
export interface Reads {
  catalog(name: string): Promise<CatalogRecord | undefined>;
  catalogs(): Promise<readonly CatalogRecord[]>;
  subject(catalog: string, name: string): Promise<SubjectRecord | undefined>;
  subjects(catalog: string, filter: SubjectFilter, page: PageRequest): Promise<Page<SubjectSummary>>;
  version(catalog: string, subject: string, number: number | 'latest'): Promise<VersionRecord | undefined>;
  /** Newest first. */
  versions(catalog: string, subject: string, page: PageRequest): Promise<Page<VersionRecord>>;
  /** A subject's versions, oldest first: all of them, or with `wanted` the latest and those it names. */
  history(catalog: string, subject: string, wanted?: WantedVersions): Promise<readonly PastRecord[]>;
  /** The same versions by what they hold, oldest first. */
  versionContents(catalog: string, subject: string): Promise<readonly VersionContent[]>;
  schemaById(id: number): Promise<SchemaRecord | undefined>;
  /** By the first 32 digits of its fingerprint. */
  schemaByPrefix(digits: string): Promise<SchemaRecord | undefined>;
  schemaByFingerprint(fingerprint: string): Promise<SchemaRecord | undefined>;
  /** By subject and number, those that were withdrawn among them. */
  placed(filter: PlacedFilter): Promise<readonly PlacedVersion[]>;
  /** Every subject that has a version, withdrawn or not; `latest` is 0 where all are withdrawn. */
  subjectNames(catalog: string): Promise<readonly { readonly name: string; readonly latest: number }[]>;
  referrers(catalog: string, subject: string, number: number): Promise<readonly Referrer[]>;
  confluentSettings(catalog: string): Promise<readonly ConfluentSetting[]>;
  /** The versions that have a schema id. */
  placesOf(
    schemaId: number,
  ): Promise<readonly { readonly catalog: string; readonly subject: string; readonly number: number }[]>;
  /** The latest version of every subject of a catalog, by subject name. */
  latestVersions(catalog: string): Promise<readonly VersionRecord[]>;
  /** The same without reports, by subject name; of `subjects` alone where they are given. */
  currentDocuments(catalog: string, subjects?: readonly string[]): Promise<readonly CurrentDocument[]>;
  /** One for each service and subject: where both the contract and the service declare it, the service's declaration. */
  consumers(catalog: string, subjects?: string | readonly string[]): Promise<readonly ConsumerRecord[]>;
  deprecation(catalog: string, subject: string): Promise<DeprecationRecord | undefined>;
  deprecations(catalog?: string): Promise<readonly DeprecationRecord[]>;
  transitions(catalog: string, subject: string): Promise<readonly TransitionRecord[]>;
  /** Oldest day first. */
  pairs(filter: {
    readonly catalog: string;
    readonly subject: string;
    readonly since: string;
  }): Promise<readonly PairCount[]>;
  /** One for each bus that was ever asked, by its name. */
  busReaders(catalog: string, subject: string): Promise<readonly BusReadersRecord[]>;
  waivers(filter: { readonly catalog?: string; readonly subject?: string }): Promise<readonly WaiverRecord[]>;
  proposal(id: string): Promise<ProposalRecord | undefined>;
  /** Newest first. */
  proposals(filter: ProposalFilter, page: PageRequest): Promise<Page<ProposalRecord>>;
  candidate(id: string): Promise<CandidateRecord | undefined>;
  usage(filter: {
    readonly catalog: string;
    readonly subject: string;
    readonly since?: string;
  }): Promise<readonly UsageRecord[]>;
  webhooks(): Promise<readonly WebhookRecord[]>;
  /** By date, revoked and expired ones too: the record of who was let in. */
  tokens(): Promise<readonly TokenRecord[]>;
  /** `sha256` of the whole token, in lower-case hex. */
  tokenByHash(sha256: string): Promise<TokenRecord | undefined>;
  /** Oldest first. */
  audit(page: PageRequest): Promise<Page<AuditRecord>>;
  /**
   * Newest first, those that fit. A page may hold fewer than `limit` and still have a cursor: one call looks at a bounded
   * number of rows.
   */
  auditEntries(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>>;
  /** Subjects of every catalog that hold all of `words` in what they are found by, by catalog and name. */
  searchSubjects(words: readonly string[], page: PageRequest): Promise<Page<SubjectSummary>>;
  /** Subjects registered before there was a search, a portion of them. */
  unsearchable(limit: number): Promise<readonly { readonly catalog: string; readonly subject: string }[]>;
  fields(asked: FieldsAsked): Promise<FieldsFound>;
  /** Subjects whose fields are not those of their latest version, a portion of them. */
  withoutFields(catalog: string, limit: number): Promise<readonly string[]>;
  /** For looking at. Not a feed: of two transactions the one with the lower sequence may commit later. Deliveries are the feed. */
  outbox(after: number, limit: number): Promise<readonly OutboxRecord[]>;
}

/** What works may do that are committed in groups. */
export type GroupedTransaction = Reads &
  Pick<
    Transaction,
    | 'lockSubject'
    | 'lockSurroundings'
    | 'createSubject'
    | 'expectSchemas'
    | 'putSchema'
    | 'insertVersion'
    | 'announce'
    | 'appendAudit'
  >;

/** What a check of a subject depends on beside its versions, as it is at one time. */
export interface Surroundings {
  readonly catalog: CatalogRecord | undefined;
  readonly subject: SubjectRecord | undefined;
  readonly waivers: readonly WaiverRecord[];
  /** A service's own word before that of the contract. */
  readonly consumers: readonly ConsumerRecord[];
  /** Those with a mapping, from the subject or to it. */
  readonly plans: readonly DeprecationRecord[];
  /** The subject that was asked for as its twin. */
  readonly twin?: SubjectRecord;
}

/** Where a subject may have to be created: the lock that all do it under, and the name that would be its twin. */
export interface FirstLine {
  readonly lock: string;
  readonly twin?: string | undefined;
}

/** Writes. All of one transaction or none of it. */
export interface Transaction extends Reads {
  /**
   * The subject's row, locked until the transaction ends. Everything that reads a subject's history in order to write it holds
   * this lock.
   */
  lockSubject(catalog: string, name: string): Promise<SubjectRecord | undefined>;
  /**
   * The same, with what surrounds it as long as it is locked. Where there is none, nobody else creates one under the lock of `firstLine`
   * until the transaction ends.
   */
  lockSurroundings(catalog: string, name: string, firstLine: FirstLine): Promise<Surroundings>;
  /** A new row, locked: stage active, no version. Where another transaction was faster, the row it made. */
  createSubject(catalog: string, name: string): Promise<SubjectRecord>;
  putCatalog(rules: Catalog, fingerprint: string): Promise<CatalogRecord>;
  putSettings(catalog: string, subject: string, settings: SubjectSettings): Promise<void>;
  /** Content that is about to be put: what is there of it may be looked for together with what is asked next. */
  expectSchemas(fingerprints: readonly string[]): Promise<void>;
  /** This content as it is stored, now or before. Races between transactions end in one id. */
  putSchema(content: Omit<SchemaRecord, 'id'>): Promise<SchemaRecord>;
  /** With the id it has elsewhere; undefined where id or content stands otherwise here. Hold `lockForImport`. */
  putSchemaAs(content: SchemaRecord): Promise<SchemaRecord | undefined>;
  /**
   * Takes a version out of lists and checks. Its id and content stay readable, no later version can refer to it, and the subject is
   * again as its newest version that is left says; title and owner are `shown`, or stay.
   */
  withdraw(catalog: string, subject: string, number: number, shown?: Shown): Promise<void>;
  /** Removes a withdrawn version for ever. */
  remove(catalog: string, subject: string, number: number): Promise<void>;
  /** In place of the scope's settings before. */
  putConfluentSetting(catalog: string, setting: ConfluentSetting): Promise<void>;
  /** Inserts the version, moves the subject's `latest` to it, and puts its contract's consumers in place of those before. */
  insertVersion(version: NewVersion): Promise<VersionRecord>;
  /** What a search finds the subject by. */
  putSearchText(catalog: string, subject: string, text: string): Promise<void>;
  /** Of subjects whose latest version is still that of `found`; the others stay as they are. */
  putFields(catalog: string, found: readonly VersionFields[]): Promise<void>;
  putConsumer(consumer: ConsumerRecord): Promise<void>;
  /** Of origin `declared`: what the contract states, only the next contract takes back. False where there was none. */
  deleteConsumer(catalog: string, subject: string, service: string): Promise<boolean>;
  putDeprecation(deprecation: DeprecationRecord): Promise<void>;
  deleteDeprecation(catalog: string, subject: string): Promise<void>;
  setStage(catalog: string, subject: string, stage: Stage): Promise<void>;
  insertTransition(transition: TransitionRecord): Promise<void>;
  /** Adds to the counts of the day. */
  addPairs(count: PairCount): Promise<void>;
  /** In place of what was last seen on that bus. */
  putBusReaders(readers: BusReadersRecord): Promise<void>;
  /** Waits for the lock of that name and holds it until the transaction ends. Taken before any subject, or two could wait for each other. */
  lock(name: string): Promise<void>;
  /** Whether this transaction got the lock of that name, which one process at a time holds. Never waits. */
  tryLock(name: string): Promise<boolean>;
  insertWaiver(waiver: WaiverRecord): Promise<void>;
  insertProposal(proposal: ProposalRecord): Promise<void>;
  /** The proposal, locked until the transaction ends. */
  lockProposal(id: string): Promise<ProposalRecord | undefined>;
  /** Writes its state and what was decided. */
  decideProposal(proposal: ProposalRecord): Promise<void>;
  /** Keeps it, or keeps it anew; removes what is past the bounds. */
  keepCandidate(candidate: CandidateRecord, bounds: CandidateBounds): Promise<void>;
  /** False where it is gone already. */
  deleteWaiver(waiver: WaiverRecord): Promise<boolean>;
  /** Adds counts; Fault SUBJECT_NOT_FOUND where a row names none. A batch id seen before changes nothing. */
  addUsage(batch: string | undefined, rows: readonly Omit<UsageRecord, 'lastSeen'>[], at: string): Promise<UsageAdded>;
  insertWebhook(webhook: WebhookRecord): Promise<void>;
  deleteWebhook(id: string): Promise<boolean>;
  insertToken(token: TokenRecord, sha256: string): Promise<void>;
  /** The token as it is now, undefined where there is none. One revoked before stays as it was. */
  revokeToken(id: string, at: string, by: string): Promise<TokenRecord | undefined>;
  /** Makes a delivery due again; false where the webhook has none of this id. */
  redeliver(webhook: string, delivery: string): Promise<boolean>;
  /** Before rows are imported: until the transaction ends, nobody else takes an id that may come with them. */
  lockForImport(): Promise<void>;
  /** Ids, numbers and times stay as they are. Faults IMPORT_INVALID, IMPORT_CONFLICT where something else is in its place. */
  importRow(row: TransferRow): Promise<Imported>;
  /** Written as the transaction ends, in this order: a lower number is never committed after a higher one of its subject. */
  announce(announcement: Announcement): Promise<void>;
  /** Appended as the last step of the transaction: the log is one chain, so writers follow one another from here on. */
  appendAudit(entry: AuditEntry): Promise<void>;
}

export interface Store extends Reads {
  /**
   * Runs `work` in one transaction; again, from the start, after a serialization failure or a deadlock. Inside, ask the
   * transaction: a question to the store itself throws, since on one connection it would wait for ever. Throws Fault STORE_UNAVAILABLE when the database does not answer.
   */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * The same, in one transaction with the works of others that come at the same time; works of one key never are. Each succeeds or
   * fails for itself. The work may be begun a second time; it awaits nothing but the transaction, and reads and writes nothing
   * that depends on rows a work of another key writes.
   */
  writeInGroup<T>(key: string, work: (transaction: GroupedTransaction) => Promise<T>): Promise<T>;
  /** One question in place of five. */
  surroundings(catalog: string, subject: string): Promise<Surroundings>;
  /** Throws Fault STORE_UNAVAILABLE unless the database answers and its migrations are ours. */
  ping(): Promise<void>;
  /** Counts the names of fields anew that nobody may use any more. Gives way to registrations: then it is done another time. */
  settleFieldNames(): Promise<void>;
  /** Notes the day a token was used, once a day. */
  markTokenUsed(id: string, day: string): Promise<void>;
  /** Calls back when any process changed a subject (LISTEN/NOTIFY); returns the way to stop. */
  onChange(listener: (change: Change) => void): () => void;
  /** What is large is read while it is asked for: an export takes as long as whoever reads it. */
  export(): Promise<Exported>;
  /** Where the audit log ends now: kept elsewhere, it shows later whether rows at the end were taken away. */
  auditHead(): Promise<AuditHead>;
  /** Whether a standby answers look-ups and lists; undefined where there is none. What it does not answer, the primary does. */
  standby(): 'answers' | 'away' | undefined;
  /** Follows the audit log's chain from its first row to its last. */
  verifyAudit(): Promise<AuditVerdict>;
  close(): Promise<void>;
}

/** How many deliveries may be on their way: so that a slow receiver delays nobody else. */
export interface DeliverySlots {
  /** More of them in all. */
  readonly free: number;
  /** At once to one webhook. */
  readonly perWebhook: number;
  /** On their way already, by webhook id. */
  readonly busy: ReadonlyMap<string, number>;
}

/** The announcer's side of the store: deliveries are claimed by one process at a time. */
export interface Deliveries {
  /** Turns up to `limit` outbox rows into one pending delivery per webhook that wants them. Returns how many. */
  fanOut(now: string, limit: number): Promise<number>;
  /**
   * Claims due deliveries, in order per subject and webhook, for this process until `until`. Claims and waits that end after
   * `beyond` were written by a clock that was ahead of this one: they are over.
   */
  claim(
    now: string,
    until: string,
    beyond: string,
    slots: DeliverySlots,
  ): Promise<
    readonly {
      readonly delivery: DeliveryRecord;
      readonly webhook: WebhookRecord;
      readonly announcement: OutboxRecord;
    }[]
  >;
  settle(delivery: DeliveryRecord): Promise<void>;
  deliveries(webhook: string, page: PageRequest, state?: DeliveryRecord['state']): Promise<Page<DeliveryRecord>>;
  backlog(now: string): Promise<{ readonly pending: number; readonly parked: number; readonly oldestSeconds: number }>;
}
