/**
 * A catalog: a named collection of subjects that share one set of rules. `catalog.json` beside its schemas holds it; the
 * registry stores it. All of it is data, since no two systems agree on any of it.
 */
import * as z from 'zod';
import { delivery, deliveryProblems } from './delivery-shape.ts';
import type { SchemaProblem } from './document.ts';
import { durationDays } from './duration.ts';
import { issueText } from './issue-text.ts';
import { isObject, type Json } from './json.ts';
import { breakPolicies, formatPolicies, levels, worlds } from './level.ts';
import { append, isPointer } from './pointer.ts';
import { printable } from './printable.ts';
import { isTemplate } from './template.ts';

const text = z.string().min(1).max(2_000);
const name = z.string().min(1).max(200).regex(printable, 'holds control characters');
export const catalogNamePattern = /^[a-z][a-z0-9-]{0,62}$/;
const duration = z
  .string()
  .refine((value) => durationDays(value) !== undefined, 'is not a duration such as P90D, or "permanent"');
const template = z
  .string()
  .max(100)
  .refine(isTemplate, 'is no template of letters, digits, ".", "_", "-" and {subject}, {type}, {domain} or {major}');
const pointer = z.string().refine(isPointer, 'is not a JSON Pointer');
const jsonObject = z.custom<Record<string, Json>>((value) => isObject(value as Json), 'is not an object');

/** How a segment of a name is spelt. */
export const nameStyles = ['lower', 'snake', 'camel', 'kebab', 'pascal', 'any'] as const;

const names = z.strictObject({
  /** From left to right. Optional ones may be left out from the right of the required prefix; a name has at least the required number. */
  segments: z
    .array(z.strictObject({ name, style: z.enum(nameStyles), optional: z.boolean().optional() }))
    .min(1)
    .max(10),
  /** Whether the subject spells its major line: `.v1` required; optional: the bare name is line 1; none: successors get another name. */
  major: z.enum(['required', 'optional', 'none']),
});

/** Where the wire carries what; pointers into the whole event. Without `type` the transport names the subject (political-sphere). */
const places = z.strictObject({
  id: pointer.optional(),
  type: pointer.optional(),
  version: pointer.optional(),
  /** The first segment of the name, where the envelope repeats it. */
  domain: pointer.optional(),
  time: pointer.optional(),
  producer: pointer.optional(),
  tenant: pointer.optional(),
  /** The level of the event as a whole. */
  classification: pointer.optional(),
  /** The value of the contract's `orderingKey`, as text. */
  key: pointer.optional(),
  /** The contract's `aggregate`, lower-case. */
  aggregate: pointer.optional(),
  correlation: pointer.optional(),
  causation: pointer.optional(),
  trace: pointer.optional(),
  span: pointer.optional(),
  payload: pointer,
  metadata: pointer.optional(),
});

const envelope = z.union([z.literal('cloudevents-1.0'), z.strictObject({ schema: jsonObject, at: places })]);

const severity = z.enum(['error', 'warning', 'info', 'off']);
const ruleSetting = z.union([
  severity,
  z.strictObject({
    severity: severity.optional(),
    /** Only for subjects matching one of these patterns. */
    subjects: z.array(name).optional(),
    options: jsonObject.optional(),
  }),
]);

export const catalogShape = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().regex(catalogNamePattern, 'is not a lower-case name such as political-sphere'),
  title: text,
  description: text.optional(),
  /** The document this catalog was taken from. */
  source: text.optional(),
  level: z.enum(levels).default('FULL_TRANSITIVE'),
  world: z.enum(worlds).default('closed'),
  formats: z.enum(formatPolicies).default('assert'),
  /** Whose break refuses a change: anybody's, or that of who is declared to read what changes. */
  breaks: z.enum(breakPolicies).optional(),
  /** Whether a version is held against whose events can no longer exist. Absent: it is. */
  history: z.enum(['all', 'retained']).optional(),
  /** A reader that was not seen for so long, while others were, counts no more. */
  quietReaders: duration.optional(),
  /** The highest level that recorded samples may hold. Absent: the event's own, and nothing that is tagged. */
  samples: name.optional(),
  names,
  envelope,
  classification: z.strictObject({
    /** From harmless to most sensitive. */
    levels: z.array(name).min(1).max(20),
    tags: z
      .record(
        name,
        z.strictObject({
          description: text,
          encryption: z.enum(['required']).optional(),
          forbidden: z.boolean().optional(),
        }),
      )
      .default({}),
  }),
  /** The first segment of a name is its domain. Each has one owning service, and may state defaults for its events. */
  domains: z
    .record(
      name,
      z.strictObject({
        title: text.optional(),
        owner: name,
        classification: name.optional(),
        retention: name.optional(),
        stream: name.optional(),
        description: text.optional(),
        /** The order in which tables list its subjects; others follow by name. */
        subjects: z.array(name).optional(),
      }),
    )
    .default({}),
  /** In the order in which tables list them. */
  services: z
    .record(
      name,
      z.strictObject({
        title: text.optional(),
        description: text.optional(),
        /** The highest classification it may receive. */
        clearance: name.optional(),
        publish: z.array(name).optional(),
        subscribe: z.array(name).optional(),
        deny: z.array(name).optional(),
        /** Makes the row a group: these services, or all of them (`*`). */
        members: z.array(name).min(1).optional(),
      }),
    )
    .default({}),
  retention: z
    .strictObject({
      classes: z.record(
        name,
        z.strictObject({ min: duration, max: duration, keep: duration.optional(), storage: text.optional() }),
      ),
    })
    .optional(),
  /** How brokers keep and hand out the events: streams, durable groups, work queues. */
  delivery: delivery.optional(),
  /** Severity and options of policy rules; what is not listed has the rule's own default. A list: each for its subjects. */
  rules: z.record(name, z.union([ruleSetting, z.array(ruleSetting)])).default({}),
  /** Where the source document breaks its own rule: recorded, with the reason, instead of bent. */
  exceptions: z
    .array(
      z.strictObject({ id: name, rule: name, subjects: z.array(name).min(1), reason: text, source: text.optional() }),
    )
    .default([]),
  /** Contradictions and gaps of the source document that no rule is about. */
  notes: z.array(z.strictObject({ id: name, text, source: text.optional() })).default([]),
  /** What subjects are called on the wire, with `{subject}`, `{type}`, `{domain}` and `{major}` filled in. */
  transports: z
    .strictObject({
      nats: z.strictObject({ subject: template }).optional(),
      kafka: z.strictObject({ topic: template }).optional(),
    })
    .optional(),
  deprecation: z
    .strictObject({
      notice: duration.default('P30D'),
      dualWrite: duration.default('P7D'),
      quiet: duration.default('P14D'),
      waitFor: z.enum(['consumers', 'readers']).optional(),
    })
    .default({ notice: 'P30D', dualWrite: 'P7D', quiet: 'P14D' }),
});

export type Catalog = z.output<typeof catalogShape>;
export type RuleSetting = z.output<typeof ruleSetting>;
export type EnvelopePointers = z.output<typeof places>;

export type CatalogReading =
  | { readonly ok: true; readonly catalog: Catalog }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** `value` as a catalog with its defaults filled in, or everything that is wrong with it. */
export function readCatalog(value: unknown): CatalogReading {
  const parsed = catalogShape.safeParse(value);
  const problems = parsed.success
    ? inconsistencies(parsed.data)
    : parsed.error.issues.map((issue) => ({
        rule: 'CATALOG_INVALID',
        pointer: append('', ...issue.path.map(String)),
        message: issueText(issue),
      }));
  if (parsed.success && problems.length === 0) return { ok: true, catalog: parsed.data };
  return { ok: false, problems };
}

/** Names used but never declared: levels and retention classes are closed lists. */
function inconsistencies(catalog: Catalog): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const known = new Set(catalog.classification.levels);
  const unknownLevel = (at: string, stated: string | undefined) => {
    if (stated !== undefined && !known.has(stated))
      problems.push({
        rule: 'CATALOG_INVALID',
        pointer: at,
        message: `"${stated}" is not one of the catalog's levels`,
      });
  };
  for (const [domain, row] of Object.entries(catalog.domains)) {
    unknownLevel(append('/domains', domain, 'classification'), row.classification);
    const retention = row.retention;
    if (retention !== undefined && retentionDays(catalog, retention) === undefined)
      problems.push({
        rule: 'CATALOG_INVALID',
        pointer: append('/domains', domain, 'retention'),
        message: `"${retention}" is neither a duration nor a retention class of the catalog, nor a class and a duration within it`,
      });
  }
  unknownLevel('/samples', catalog.samples);
  for (const [service, row] of Object.entries(catalog.services))
    unknownLevel(append('/services', service, 'clearance'), row.clearance);
  return [...problems, ...groupProblems(catalog), ...keepProblems(catalog), ...deliveryProblems(catalog)];
}

/** A group has services for members and no groups: who is meant must be plain to see. */
function groupProblems({ services }: Catalog): SchemaProblem[] {
  return Object.entries(services).flatMap(([group, { members = [] }]) =>
    members.flatMap((member, index) => {
      const row = Object.hasOwn(services, member) ? services[member] : undefined;
      if (member === '*' || (row !== undefined && row.members === undefined)) return [];
      const what = row === undefined ? 'no service of the catalog' : 'a group itself';
      const pointer = append('/services', group, 'members', String(index));
      return [{ rule: 'CATALOG_INVALID', pointer, message: `"${member}" is ${what}` }];
    }),
  );
}

function keepProblems({ retention }: Catalog): SchemaProblem[] {
  return Object.entries(retention?.classes ?? {}).flatMap(([name, { min, max, keep }]) => {
    const days = keep === undefined ? undefined : durationDays(keep)!;
    if (days === undefined || (days >= durationDays(min)! && days <= durationDays(max)!)) return [];
    const pointer = append('/retention/classes', name, 'keep');
    return [{ rule: 'CATALOG_INVALID', pointer, message: `"${keep}" is outside ${min} to ${max}` }];
  });
}

/**
 * The window in days that a stated retention means: a duration is a point, a class a range, and `class P30D` a point that lies in
 * the class.
 */
export function retentionDays(
  catalog: Catalog,
  stated: string,
): { readonly min: number; readonly max: number } | undefined {
  const [first = '', within, ...more] = stated.split(' ');
  const days = durationDays(stated);
  if (days !== undefined) return { min: days, max: days };
  const row = classOf(catalog, first);
  const window = row && { min: durationDays(row.min)!, max: durationDays(row.max)! };
  if (within === undefined || window === undefined) return window;
  const point = more.length === 0 ? durationDays(within) : undefined;
  return point === undefined || point < window.min || point > window.max ? undefined : { min: point, max: point };
}

/** For how many days a broker keeps what has this retention: of a class, its `keep`, or else as long as it allows. */
export function keptDays(catalog: Catalog, stated: string): number | undefined {
  const keep = classOf(catalog, stated)?.keep;
  return keep === undefined ? retentionDays(catalog, stated)?.max : durationDays(keep);
}

function classOf({ retention }: Catalog, name: string) {
  const classes = retention?.classes ?? {};
  return Object.hasOwn(classes, name) ? classes[name] : undefined;
}
