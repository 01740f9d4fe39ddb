/**
 * The shapes of what HTTP takes and gives, named once. The OpenAPI document shows them as components, and the tests hold every
 * answer against them.
 */
import * as z from 'zod';
import { levels, worlds } from '../compat/report.ts';
import { stages } from '../lifecycle/stage.ts';
import { contractShape } from '../schema/contract.ts';
import { dialects } from '../schema/document.ts';
import { isDate } from '../schema/duration.ts';
import { isPointer } from '../schema/pointer.ts';

/** Control characters have no place in a name; everything else about it the registry judges. */
const printable = /^[^\p{Cc}\p{Cs}]+$/u;
const segment = (description: string) =>
  z.string().max(300).regex(printable, 'holds control characters').meta({ description });

export const catalogName = segment('The name of a catalog.').meta({ example: 'choice-sherpa' });
export const subjectName = segment('The name of a subject.').meta({ example: 'session.created' });
export const serviceName = segment('The name of a service.').max(200);
export const freeText = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\0]*$/, 'holds a NUL character');

export const versionNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'is not a version number')
  .transform(Number)
  .pipe(z.int().min(1).max(999_999_999))
  .meta({ description: 'A version number.' });

export const versionOrLatest = z
  .union([z.literal('latest'), versionNumber], 'is neither a version number nor "latest"')
  .meta({ description: 'A version number, or `latest`.' });

export const inCatalog = z.strictObject({ catalog: catalogName });
export const inSubject = z.strictObject({ catalog: catalogName, subject: subjectName });
export const atVersion = z.strictObject({ catalog: catalogName, subject: subjectName, version: versionOrLatest });
export const none = z.strictObject({});

export const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'is not a number from 1 to 1000')
  .transform(Number)
  .pipe(z.int().min(1).max(1_000))
  .default(100)
  .meta({ description: 'How many items a page holds at most.' });

export const cursor = z
  .string()
  .min(1)
  .max(1_000)
  .regex(printable, 'holds control characters')
  .optional()
  .meta({ description: 'Where to go on: the `cursor` of the page before.' });

export const paged = { limit, cursor };

export const pageOf = (item: z.ZodType) =>
  z.object({
    items: z.array(item),
    cursor: z.string().optional().meta({ description: 'Where to go on; absent on the last page.' }),
  });

export const date = z.string().refine(isDate, 'is not a date such as 2027-03-31').meta({ format: 'date' });
export const pointer = z
  .string()
  .max(1_000)
  .refine(isPointer, 'is not a JSON Pointer')
  .meta({ format: 'json-pointer' });
export const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex')
  .meta({ description: 'SHA-256 over the canonical form (RFC 8785), in hex.' });
const instant = z.string().meta({ format: 'date-time' });
const anyJson = z.unknown();

export const levelShape = z.enum(levels);
export const worldShape = z.enum(worlds);
export const stageShape = z.enum(stages);
const verdict = z.enum(['compatible', 'incompatible', 'undecided']);

export const errorShape = z
  .object({ error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), anyJson) }) })
  .meta({
    id: 'Error',
    description: 'What every refusal looks like. `code` is a row of one table; `details` depend on it.',
  });

export const catalogRules = z.looseObject({ name: z.string(), title: z.string() }).meta({
  id: 'CatalogRules',
  description: 'A catalog.json: names, envelope, classification, owners, rules, level and world.',
});

export const catalogView = z
  .object({ name: z.string(), fingerprint, createdAt: instant, updatedAt: instant, rules: catalogRules })
  .meta({ id: 'Catalog' });

export const catalogSummary = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string().optional(),
    level: levelShape,
    world: worldShape,
    fingerprint,
    updatedAt: instant,
  })
  .meta({ id: 'CatalogSummary' });

export const settingsShape = z
  .strictObject({
    level: levelShape.optional().meta({ description: 'Overrides the catalog’s.' }),
    world: worldShape.optional().meta({ description: 'Overrides the catalog’s.' }),
    ignore: z
      .array(pointer)
      .max(50)
      .optional()
      .meta({ description: 'Places taken as `true` on both sides: version markers.' }),
  })
  .meta({ id: 'Settings' });

const consumerView = z
  .object({
    service: z.string(),
    reads: z.array(z.string()).optional().meta({ description: 'Fields it reads; absent: unknown, taken as all.' }),
    note: z.string().optional(),
    origin: z.enum(['contract', 'declared']),
  })
  .meta({ id: 'Consumer' });
export const consumerReply = consumerView;

export const consumerBody = z
  .strictObject({
    reads: z
      .array(pointer)
      .max(500)
      .optional()
      .meta({ description: 'Fields the service reads; leave out where unknown.' }),
    note: freeText(500).optional(),
  })
  .meta({ id: 'ConsumerDeclaration' });

const planConsumer = z.object({
  service: z.string(),
  state: z.enum(['pending', 'acknowledged', 'moved']),
  since: z.string().optional(),
  note: z.string().optional(),
});

export const deprecationView = z
  .looseObject({
    catalog: z.string(),
    subject: z.string(),
    stage: stageShape,
    successor: z.string(),
    announcedOn: z.string(),
    sunset: z.string(),
    reason: z.string(),
    migration: z.string(),
    entered: z.record(z.string(), instant),
    attestedBy: z.string().optional(),
    consumers: z.array(planConsumer),
  })
  .meta({ id: 'Deprecation' });

const subjectFields = {
  catalog: z.string(),
  name: z.string(),
  title: z.string().optional(),
  stage: stageShape,
  latest: z.int().min(0).meta({ description: 'Number of the newest version, 0 before the first.' }),
  label: z.string(),
  producer: z.string().optional(),
  owner: z.string().optional(),
  classification: z.string().optional(),
  tags: z.array(z.string()),
  settings: settingsShape,
  createdAt: instant,
};
export const subjectSummary = z.object(subjectFields).meta({ id: 'SubjectSummary' });

export const subjectView = z
  .object({ ...subjectFields, consumers: z.array(consumerView), deprecation: deprecationView.optional() })
  .meta({ id: 'Subject' });

const findingShape = z
  .looseObject({
    kind: z.enum(['schema', 'policy', 'compatibility', 'lifecycle']),
    rule: z.string(),
    severity: z.enum(['error', 'warning', 'info']),
    message: z.string(),
    hint: z.string().optional(),
    params: z.record(z.string(), anyJson),
    nextPointer: z.string().optional(),
    previousPointer: z.string().optional(),
    instancePointer: z.string().optional(),
    against: z.int().optional(),
    fingerprint: z.string().meta({ description: 'Stable when lines move; waivers refer to it.' }),
  })
  .meta({ id: 'Finding' });

export const reportShape = z
  .looseObject({
    reportVersion: z.literal(1),
    catalog: z.string(),
    subject: z.string(),
    level: levelShape,
    world: worldShape,
    verdict,
    compared: z.array(z.int()),
    change: z.enum(['none', 'patch', 'minor', 'major']),
    label: z.string(),
    same: z.int().optional().meta({ description: 'The version with this very content, if there is one.' }),
    fingerprint: z.string(),
    findings: z.array(findingShape),
    gate: z.union([
      z.object({ allowed: z.literal(true) }),
      z.object({ allowed: z.literal(false), fault: z.string(), because: z.string() }),
    ]),
  })
  .meta({ id: 'Report', description: 'What a check says.' });

export const comparisonShape = z
  .looseObject({ verdict, level: levelShape, world: worldShape, change: z.string(), findings: z.array(anyJson) })
  .meta({ id: 'Comparison', description: 'What happened between two documents, in both worlds and both directions.' });

const versionFields = {
  catalog: z.string(),
  subject: z.string(),
  number: z.int().min(1),
  label: z.string().meta({ description: '`major.minor.patch`, derived from what changed.' }),
  id: z.int().min(1).max(2_147_483_647).meta({ description: 'The schema id: one per distinct content.' }),
  fingerprint,
  dialect: z.enum(dialects),
  contract: contractShape,
  classification: z.string().optional(),
  tags: z.array(z.string()),
  createdAt: instant,
  createdBy: z.string(),
};
const schemaValue = z.union([z.boolean(), z.record(z.string(), anyJson)]).meta({ description: 'The document.' });

export const versionSummary = z.object({ ...versionFields, verdict }).meta({ id: 'VersionSummary' });
export const versionView = z.object({ ...versionFields, verdict, schema: schemaValue }).meta({ id: 'Version' });
export const latestView = z
  .object({ ...versionFields, verdict, stage: stageShape, schema: schemaValue })
  .meta({ id: 'LatestVersion' });
export const registered = z.object({ ...versionFields, report: reportShape }).meta({ id: 'Registered' });

export const schemaView = z
  .object({
    id: z.int().min(1).max(2_147_483_647),
    fingerprint,
    dialect: z.enum(dialects),
    places: z.array(z.object({ catalog: z.string(), subject: z.string(), number: z.int() })).optional(),
    schema: schemaValue,
  })
  .meta({ id: 'Schema' });

export const schemaDocument = z
  .record(z.string(), anyJson)
  .meta({ id: 'SchemaDocument', description: 'A JSON Schema with its contract under `x-contract`.' });

const rejection = z.object({
  instancePointer: z.string(),
  schemaPointer: z.string(),
  keyword: z.string(),
  message: z.string(),
});

export const judgedEvent = z
  .object({
    valid: z.boolean(),
    errors: z
      .array(rejection)
      .meta({ description: 'Where the event and the schema disagree. Never holds values of the event.' }),
    catalog: z.string().optional(),
    subject: z.string().optional(),
    number: z.int().optional().meta({ description: 'The version it was held against.' }),
  })
  .meta({ id: 'Validation' });

export const judgedBatch = z
  .object({
    valid: z.boolean().meta({ description: 'True where every event is.' }),
    total: z.int(),
    invalid: z.int(),
    results: z
      .array(z.looseObject({ line: z.int(), valid: z.boolean() }))
      .meta({ description: 'One row per invalid line.' }),
  })
  .meta({ id: 'BatchValidation' });

export const waiverView = z
  .object({
    id: z.string(),
    catalog: z.string(),
    subject: z.string(),
    fingerprint: z.string(),
    author: z.string(),
    reason: z.string(),
    expires: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'Waiver' });

export const waiverBody = z
  .strictObject({
    catalog: catalogName,
    subject: subjectName,
    fingerprint: fingerprint.meta({ description: 'Of the finding it permits.' }),
    reason: freeText(2_000),
    expires: date.meta({ description: 'The last day it holds.' }),
  })
  .meta({ id: 'NewWaiver' });

export const webhookView = z
  .object({
    id: z.string(),
    url: z.string(),
    subjects: z.array(z.string()),
    types: z.array(z.string()),
    createdAt: instant,
    createdBy: z.string(),
  })
  .meta({ id: 'Webhook' });

export const webhookBody = z
  .strictObject({
    url: freeText(2_000).meta({
      description: 'http or https. Private, loopback and link-local targets are refused unless allowed by name.',
    }),
    subjects: z
      .array(freeText(300))
      .max(100)
      .default([])
      .meta({ description: 'Patterns such as `choice-sherpa/session.*`; none: all.' }),
    types: z.array(freeText(200)).max(100).default([]).meta({ description: 'Types of announcements; none: all.' }),
  })
  .meta({ id: 'NewWebhook' });

export const usageBody = z
  .strictObject({
    batch: freeText(200).optional().meta({ description: 'An id of your own: the same batch twice counts once.' }),
    rows: z
      .array(
        z.strictObject({
          catalog: catalogName,
          subject: subjectName,
          number: z.int().min(0).max(999_999_999).default(0).meta({ description: '0 where the version is not known.' }),
          service: serviceName,
          role: z.enum(['produce', 'consume']),
          day: date,
          count: z.int().min(1).max(1_000_000_000_000),
        }),
      )
      .min(1)
      .max(10_000),
  })
  .meta({ id: 'UsageBatch' });

export const auditView = z
  .looseObject({
    sequence: z.int(),
    at: instant,
    actor: z.string(),
    action: z.string(),
    outcome: z.enum(['done', 'refused']),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditRecord' });

export const deliveryView = z
  .object({
    id: z.string(),
    sequence: z.int(),
    webhook: z.string(),
    state: z.enum(['pending', 'delivered', 'parked']),
    attempts: z.int(),
    nextAt: z.string(),
    lastError: z.string().optional(),
  })
  .meta({ id: 'Delivery' });

export const statusView = z
  .object({
    plan: deprecationView,
    consumers: z.array(
      z.looseObject({
        service: z.string(),
        state: z.enum(['pending', 'acknowledged', 'moved']),
        since: z.string().optional(),
        seenHere: z
          .string()
          .meta({ description: 'The last day it was seen on this subject, or `unknown`: no evidence either way.' }),
        seenOnSuccessor: z.string(),
      }),
    ),
    next: z
      .looseObject({ transition: z.string(), allowed: z.boolean(), missing: z.array(z.unknown()).optional() })
      .optional()
      .meta({ description: 'The next step, and what blocks it. Absent once retired.' }),
    transitions: z.array(
      z.looseObject({ from: stageShape, to: stageShape, actor: z.string(), at: instant, forced: z.boolean() }),
    ),
  })
  .meta({ id: 'DeprecationStatus' });
