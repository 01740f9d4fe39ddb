/** Validators of registered schemas: what is little work runs at once, everything else where it can be ended. */
import { lru, madeOnce } from '../../lru.ts';
import type { Json } from '../../schema/json.ts';
import { trustedSchema } from '../../schema/parse.ts';
import type { Rejection } from '../../schema/rejection.ts';
import type { EventValidator } from '../../schema/validator.ts';
import type { Reads } from '../ports.ts';
import type { SchemaRecord } from '../records.ts';
import type { Requester } from '../requester.ts';
import { inTurns } from '../turns.ts';
import { bundleOf } from '../versions/bundle.ts';
import type { StoredDocument } from '../versions/generation.ts';
import { compiled, type Validations } from './validations.ts';
import { schemaWeight, weightOf } from './work-estimate.ts';

export interface RegisteredValidator {
  /** Why each payload is refused; empty where it is accepted. Faults: as Validations'. */
  validate(
    validations: Validations,
    payloads: readonly Json[],
    requester: Requester,
  ): Promise<readonly (readonly Rejection[])[]>;
}

export interface Validators {
  of(reads: Reads, schema: SchemaRecord, formats: 'assert' | 'annotate'): Promise<RegisteredValidator>;
}

export function validatorCache(maxItems: number, bundleLimit: number): Validators {
  const cache = lru<Promise<RegisteredValidator>>(maxItems);
  return {
    of(reads, schema, formats) {
      const key = `${schema.id}:${formats}`;
      return madeOnce(cache, key, async () => {
        const { text, dialect } = schema;
        return registeredValidator(key, { text, dialect, bundle: await bundleOf(reads, text, bundleLimit) }, formats);
      });
    },
  };
}

/** A schema of more values is not compiled on the thread that answers everybody: it takes tens of milliseconds. */
const maxInlineValues = 300;
/** Looks at parts of one event, and of all of a batch, that are done at once: milliseconds. */
const maxInlineLooks = 2_000_000;
const maxInlineBatchLooks = 20_000_000;
/** References that are followed at once: a recursion can double with each of them. */
const maxInlineReferences = 2_000;
/** One task for others to wait behind: characters and values, and payloads. */
const maxTaskWeight = 1_000_000;
const maxTaskPayloads = 1_000;

function registeredValidator(key: string, stored: StoredDocument, formats: 'assert' | 'annotate'): RegisteredValidator {
  const document = trustedSchema(stored.text, stored.dialect, stored.bundle);
  const { values, looks } = schemaWeight(document);
  let inline: EventValidator | undefined;
  const here = () => {
    inline ??= compiled(document, { formats, maxReferences: maxInlineReferences });
    return inline;
  };
  return {
    async validate(validations, payloads, requester) {
      const elsewhere = async (some: readonly Json[]) => {
        const found: (readonly Rejection[])[] = [];
        for (const task of tasksOf(some))
          found.push(...(await validations.validate({ key, stored, formats, payloads: task }, requester)));
        return found;
      };
      const weights = payloads.map(weightOf);
      const heaviest = weights.reduce((max, weight) => Math.max(max, weight), 0);
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      if (values > maxInlineValues || heaviest * looks > maxInlineLooks || all * looks > maxInlineBatchLooks)
        return elsewhere(payloads);
      return inTurns(
        payloads,
        (payload) => {
          const rejections = here().validate(payload);
          return endedEarly(rejections) ? elsewhere([payload]).then(([first = []]) => first) : rejections;
        },
        requester.signal,
      );
    },
  };
}

function endedEarly([first]: readonly Rejection[]): boolean {
  return first?.keyword === 'limit' && first.params.limit === 'references';
}

function* tasksOf(payloads: readonly Json[]): Generator<readonly Json[]> {
  let task: Json[] = [];
  let weight = 0;
  for (const payload of payloads) {
    const its = weightOf(payload);
    if (task.length > 0 && (weight + its > maxTaskWeight || task.length >= maxTaskPayloads)) {
      yield task;
      task = [];
      weight = 0;
    }
    task.push(payload);
    weight += its;
  }
  if (task.length > 0) yield task;
}
