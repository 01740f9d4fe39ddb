/**
 * The contract of a version: what it promises beside its schema, under the keyword `x-contract` of the document's root.
 * It is part of the document, so that one change is one diff.
 */
import * as z from 'zod';
import type { SchemaProblem } from './document.ts';
import { issueText } from './issue-text.ts';
import { isObject, type Json, type JsonObject, member } from './json.ts';
import { append, isPointer } from './pointer.ts';
import { printable } from './printable.ts';

export const contractKeyword = 'x-contract';

const pointer = z.string().refine(isPointer, 'is not a JSON Pointer');
const name = z.string().min(1).max(200).regex(printable, 'holds control characters');

/** A JSON Schema; whether it is one is said where it is read. */
const schema = z.custom<JsonObject>((value) => isObject(value as Json), 'is no JSON Schema');

/** What a consumer says that it reads, however it says so. */
export const readingShape = {
  /** Fields this consumer reads, `*` for any item and any name; absent: unknown, taken as all. */
  reads: z.array(pointer).max(500).optional(),
  /** A JSON Schema of what it demands of every event, in place of the event's own. */
  requires: schema.optional(),
  /** Events it has to be able to read: their fields are what it reads where it names none. */
  samples: z
    .array(z.custom<Json>((value) => value !== undefined))
    .max(100)
    .optional(),
  /** Whether what breaks it is a break where a catalog counts critical readers alone. */
  critical: z.boolean().optional(),
};

const consumer = z.union([
  name.transform((service) => ({ service })),
  z.strictObject({
    service: name,
    ...readingShape,
    /** A condition in words, e.g. "only for component type consequences"; the matrix shows it as a footnote. */
    note: z.string().max(500).optional(),
  }),
]);

export const contractShape = z.strictObject({
  /** The one service that emits this event. */
  producer: name.optional(),
  /** The accountable team; the domain's owner where absent. */
  owner: name.optional(),
  consumers: z.array(consumer).max(500).optional(),
  /** The least level the whole event has; never below its fields' (policy). */
  classification: name.optional(),
  /** An ISO 8601 duration (`P90D`), `permanent`, or a retention class of the catalog. */
  retention: name.optional(),
  /** The payload field that orders and partitions the stream. */
  orderingKey: pointer.optional(),
  /** The decision record (ADR, RFC) that introduced it. */
  decision: name.optional(),
  /** Wire name where it differs from the subject without its major suffix. */
  type: name.optional(),
  aggregate: name.optional(),
});

export type Contract = z.output<typeof contractShape>;
export type Consumer = NonNullable<Contract['consumers']>[number];

export interface ContractReading {
  readonly contract: Contract;
  readonly problems: readonly SchemaProblem[];
}

/** The contract in `root`, empty where it states none. What does not fit is a problem with its pointer, not an exception. */
export function readContract(root: Json): ContractReading {
  const stated = isObject(root) ? member(root, contractKeyword) : undefined;
  if (stated === undefined) return { contract: {}, problems: [] };
  const parsed = contractShape.safeParse(stated);
  if (parsed.success) return { contract: parsed.data, problems: [] };
  const problems = parsed.error.issues.map((issue) => ({
    rule: 'SCHEMA_CONTRACT_INVALID',
    pointer: append(`/${contractKeyword}`, ...issue.path.map(String)),
    message: issueText(issue),
  }));
  return { contract: {}, problems };
}
