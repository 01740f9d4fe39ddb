/** What the registry stores, as values: never what a row of the database looks like. */
import type { SubjectFields } from '../check/neighbours.ts';
import type { Report } from '../check/report.ts';
import type { Level, World } from '../compat/report.ts';
import type { Stage } from '../lifecycle/stage.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import type { Attached, SchemaFormat } from '../schema/definition.ts';
import type { Dialect } from '../schema/document.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import type { BreakPolicy } from '../schema/level.ts';

export interface CatalogRecord {
  readonly name: string;
  readonly rules: Catalog;
  readonly fingerprint: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface SubjectSettings {
  readonly level?: Level;
  readonly world?: World;
  /** Pointers taken as `true` on both sides: version markers. */
  readonly ignore?: readonly string[];
  /** Whose break refuses a change, in place of what the catalog says. */
  readonly breaks?: BreakPolicy;
}

export interface SubjectRecord {
  readonly catalog: string;
  readonly name: string;
  readonly settings: SubjectSettings;
  readonly stage: Stage;
  /** Number of the newest version, 0 before the first. */
  readonly latest: number;
  /** The highest number given out; above `latest` where newer versions were withdrawn. */
  readonly issued: number;
  readonly createdAt: string;
}

/** A subject as lists show it: with what its latest version says. */
export interface SubjectSummary extends SubjectRecord {
  readonly title?: string;
  readonly label: string;
  readonly producer?: string;
  readonly owner?: string;
  readonly classification?: string;
  readonly tags: readonly string[];
}

/** Immutable content. One id for each distinct fingerprint in the whole registry. */
export interface SchemaRecord {
  /** A positive 32-bit integer, never reused. */
  readonly id: number;
  readonly fingerprint: string;
  readonly dialect: Dialect;
  /** The document's text as it was first registered. */
  readonly text: string;
  readonly format: SchemaFormat;
  /** The definition as it was given, where `text` is not that: of Avro and Protobuf, whose events `text` describes as JSON Schema. */
  readonly source?: string;
  readonly attached?: Attached;
}

/** A setting of Confluent's interface for one scope: a subject, a context (`:.name:`), or all (empty). */
export interface ConfluentSetting {
  readonly scope: string;
  readonly config?: JsonObject;
  readonly mode?: string;
}

export interface VersionRecord {
  readonly catalog: string;
  readonly subject: string;
  readonly number: number;
  readonly label: string;
  readonly schema: SchemaRecord;
  readonly contract: Contract;
  /** The classification its fields and contract amount to, and every tag on its fields. Derived, kept for lists. */
  readonly classification?: string;
  readonly tags: readonly string[];
  /** The check that let it in, as it was said then. */
  readonly report: Report;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** A version as the check of a later one wants it. */
export type PastRecord = Omit<VersionRecord, 'report'>;

/** The latest version of a subject as whoever reads a whole catalog wants it: without the report it was let in by. */
export interface CurrentDocument {
  readonly catalog: string;
  readonly subject: string;
  readonly stage: Stage;
  readonly number: number;
  readonly title?: string;
  readonly contract: Contract;
  readonly classification?: string;
  readonly dialect: Dialect;
  readonly text: string;
}

export type NewVersion = Omit<VersionRecord, 'createdAt'> & {
  readonly references: readonly Reference[];
  /** What lists show of the subject from now on. */
  readonly title?: string;
  /** The accountable team; the contract's where absent. */
  readonly owner?: string;
  /** What a search finds the subject by from now on. */
  readonly searchText: string;
  /** For the checks of other subjects; absent where no rule of the catalog asks for them. */
  readonly fields?: SubjectFields;
  /** The text it is registered with, where the schema's is the same content written otherwise. */
  readonly given?: string;
};

/** A `$ref` to a pinned version of another subject. */
export interface Reference {
  readonly catalog: string;
  readonly subject: string;
  readonly number: number;
}

export interface ConsumerRecord {
  readonly catalog: string;
  readonly subject: string;
  readonly service: string;
  /** Fields it reads; absent: unknown, taken as all. */
  readonly reads?: readonly string[];
  /** What it demands of every event, in place of the event's own schema. */
  readonly requires?: JsonObject;
  /** Events it has to be able to read. */
  readonly samples?: readonly Json[];
  readonly critical?: boolean;
  readonly note?: string;
  /** contract: stated by the producer's contract. declared: by the consumer itself. */
  readonly origin: 'contract' | 'declared';
}

/** What a consumer said about a plan. Whether it moved is seen, not said. */
export interface DeprecationConsumer {
  readonly service: string;
  readonly state: 'pending' | 'acknowledged';
  readonly since?: string;
  readonly note?: string;
}

/** How payloads of the successor become payloads of the old subject, and the other way where that is possible: JSONata. */
export interface PlanMapping {
  readonly backward: string;
  readonly forward?: string;
  /** What it was proved on when the plan was announced. */
  readonly proof: MappingProof;
}

export interface MappingProof {
  /** The versions it was tried with. */
  readonly subjectVersion: number;
  readonly successorVersion: number;
  /** Events made from the schemas, and events the announcer sent along; of the latter only the number is kept. */
  readonly generated: number;
  readonly recorded: number;
  /** How many of them did not survive; more than none only where a steward forced the plan. */
  readonly failed: number;
  /** Present where a steward forced the plan through: generated events that do not survive the mapping. */
  readonly counterexamples?: readonly Counterexample[];
}

/** A generated event: nobody's data. */
export interface Counterexample {
  readonly direction: 'backward' | 'forward';
  readonly event: Json;
  /** What it was mapped to; absent where the mapping failed. */
  readonly mapped?: Json;
  readonly problem: string;
}

/** How many pairs of an old and a new event agreed under the mapping on one day. */
export interface PairCount {
  readonly catalog: string;
  readonly subject: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly agreed: number;
  readonly disagreed: number;
}

/** The durable groups that read a subject on one bus, as of the last time somebody looked. */
export interface BusReadersRecord {
  readonly catalog: string;
  readonly subject: string;
  /** A bus by the name its services give it. */
  readonly bus: string;
  readonly groups: readonly string[];
  readonly reportedBy: string;
  readonly reportedAt: string;
}

export interface DeprecationRecord {
  readonly catalog: string;
  readonly subject: string;
  readonly stage: Exclude<Stage, 'active'>;
  readonly successor: string;
  /** Calendar dates, `YYYY-MM-DD`. */
  readonly announcedOn: string;
  readonly sunset: string;
  readonly reason: string;
  readonly migration: string;
  /** When each stage was entered, as ISO timestamps. */
  readonly entered: Readonly<Partial<Record<Stage, string>>>;
  /** Who attested dual-writing, where it was not seen. */
  readonly attestedBy?: string;
  readonly consumers: readonly DeprecationConsumer[];
  readonly mapping?: PlanMapping;
  /** Rises with every change that people plan with; with the time of the last one. */
  readonly revision: number;
  readonly revisedAt: string;
  /** Days before the sunset for which a reminder was given, or was not due any more when the sunset was set. */
  readonly reminded?: number;
}

export interface TransitionRecord {
  readonly catalog: string;
  readonly subject: string;
  readonly from: Stage;
  readonly to: Stage;
  readonly actor: string;
  readonly at: string;
  readonly reason?: string;
  readonly forced: boolean;
}

export interface WaiverRecord {
  readonly id: string;
  readonly catalog: string;
  readonly subject: string;
  /** Of the finding it permits. */
  readonly fingerprint: string;
  readonly author: string;
  readonly reason: string;
  /** The last day it holds, `YYYY-MM-DD`. */
  readonly expires: string;
  readonly createdAt: string;
  /** Fingerprint of the one document it holds for; absent: every document of the subject. */
  readonly content?: string;
}

/** A change that breaks and is meant to, waiting for a steward or decided. */
export interface ProposalRecord {
  readonly id: string;
  readonly catalog: string;
  readonly subject: string;
  /** Fingerprint of the proposed document. */
  readonly content: string;
  /** The proposed document. */
  readonly text: string;
  /** What the check said of it when it was proposed. */
  readonly report: Report;
  readonly reason: string;
  /** Where the change is discussed, such as the address of a pull request. */
  readonly link?: string;
  readonly author: string;
  readonly createdAt: string;
  readonly state: 'open' | 'approved' | 'rejected';
  readonly decidedBy?: string;
  readonly decidedAt?: string;
  /** Why it was approved or rejected. */
  readonly decision?: string;
  /** Of an approval: the last day its waivers hold, `YYYY-MM-DD`. */
  readonly expires?: string;
}

/** A schema somebody tried against a subject's history and kept for a while, so that a link shows it to others. */
export interface CandidateRecord {
  /** By what it is of and its content: the same text kept again has the same id. */
  readonly id: string;
  readonly catalog: string;
  readonly subject: string;
  readonly text: string;
  /** Who kept it last, and when. */
  readonly author: string;
  readonly createdAt: string;
}

export const roles = ['reader', 'publisher', 'steward', 'admin'] as const;
export type Role = (typeof roles)[number];

/** An API token: who holds it and what it opens. The token itself is known to its holder alone; the store keeps its hash. */
export interface TokenRecord {
  readonly id: string;
  /** Who holds it: the actor in logs and the audit log. */
  readonly name: string;
  readonly role: Role;
  /** Services a publisher speaks for; `*` for any. */
  readonly services: readonly string[];
  /** Patterns `catalog/subject.pattern` a publisher may touch; empty: all. */
  readonly subjects: readonly string[];
  /** The last day it holds, `YYYY-MM-DD`. */
  readonly expires: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** The last day it was used. */
  readonly lastUsed?: string;
  readonly revokedAt?: string;
  readonly revokedBy?: string;
}

export type UsageRole = 'produce' | 'consume';

/** Validations seen on one day. Counts add up; the same batch twice counts once. */
export interface UsageRecord {
  readonly catalog: string;
  readonly subject: string;
  /** 0 where the version is not known. */
  readonly number: number;
  readonly service: string;
  readonly role: UsageRole;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly count: number;
  readonly lastSeen: string;
}

export interface UsageAdded {
  /** False for a batch that had counted before. */
  readonly counted: boolean;
  /** Rows that were not there: a service's first use of a version on that day. */
  readonly first: number;
}

export interface WebhookRecord {
  readonly id: string;
  readonly url: string;
  /** Subject patterns, prefixed with the catalog: `choice-sherpa/session.*`. Empty: all. */
  readonly subjects: readonly string[];
  /** Announcement types; empty: all. */
  readonly types: readonly string[];
  /** Signs each delivery (HMAC-SHA256). Given out once, at creation. */
  readonly secret: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** The durable statement that something changed: the body of one CloudEvent. Never carries payloads. */
export interface Announcement {
  /** `herald.version.registered.v1` and so on: a subject of the catalog `herald`. */
  readonly type: string;
  /** '' for what concerns the registry itself. */
  readonly catalog: string;
  /** Order is kept per subject; '' for what concerns a whole catalog. */
  readonly subject: string;
  readonly data: JsonObject;
  /** Of the request that made it happen; absent for what the registry does by itself. */
  readonly origin?: Origin;
}

/** Which request something came from: what a receiver quotes, and what links its own spans to ours. */
export interface Origin {
  readonly correlationId?: string;
  /** W3C trace context, with the span of the request as its parent. */
  readonly traceparent?: string;
}

export interface OutboxRecord extends Announcement {
  readonly sequence: number;
  readonly id: string;
  readonly at: string;
}

/** One delivery of one announcement to one webhook. */
export interface DeliveryRecord {
  readonly id: string;
  readonly sequence: number;
  readonly webhook: string;
  readonly state: 'pending' | 'delivered' | 'parked';
  readonly attempts: number;
  readonly nextAt: string;
  readonly lastError?: string;
}

export interface AuditEntry {
  readonly actor: string;
  /** What was tried, e.g. `version.register`. */
  readonly action: string;
  readonly outcome: 'done' | 'refused';
  readonly catalog?: string;
  readonly subject?: string;
  readonly reason?: string;
  readonly before?: string;
  readonly after?: string;
  readonly correlationId?: string;
  readonly details?: JsonObject;
}

/** A row of the append-only log; `hash` covers the row and the hash before it. */
export interface AuditRecord extends AuditEntry {
  readonly sequence: number;
  readonly at: string;
  readonly previousHash: string;
  readonly hash: string;
}

export interface AuditHead {
  /** Of the last row; 0 where there is none. */
  readonly sequence: number;
  readonly hash: string;
}

/** One thing of a registry as it travels to another one: what kind of thing it is, and its members. */
export interface TransferRow {
  readonly kind: string;
  readonly record: JsonObject;
}

/** A registry as it was at one instant. */
export interface Exported {
  /** Rows of each kind. */
  readonly counts: Readonly<Record<string, number>>;
  /** In an order in which they can be written again; a subject just before its first version. */
  readonly rows: AsyncIterable<TransferRow>;
}

export type Imported = 'new' | 'same';

/** Whether the audit log is as it was written; if not, the first row that is wrong. */
export type AuditVerdict =
  | { readonly intact: true; readonly rows: number; readonly head: string }
  | {
      readonly intact: false;
      /** Where the chain breaks. */
      readonly sequence: number;
      readonly problem: 'changed' | 'missing' | 'reordered';
      /** Of a reordered row: where it stood. */
      readonly belongsAt?: number;
    };
