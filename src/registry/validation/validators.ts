/** Validators of registered schemas: what is little work runs at once, everything else where it can be ended. */
import { lru, madeOnce } from '../../lru.ts';
import { trustedSchema } from '../../schema/parse.ts';
import type { Rejection } from '../../schema/rejection.ts';
import type { EventValidator } from '../../schema/validator.ts';
import { inTurns, othersTurn } from '../../turns.ts';
import { parseJson } from '../json-text.ts';
import type { Reads } from '../ports.ts';
import type { SchemaRecord } from '../records.ts';
import type { Requester } from '../requester.ts';
import { bundleOf } from '../versions/bundle.ts';
import type { StoredDocument } from '../versions/generation.ts';
import { type Payloads, portionOf, rejectionsAt, weightsOf } from './payloads.ts';
import { compiled, type Validations } from './validations.ts';
import { looksOf } from './work-estimate.ts';

export interface RegisteredValidator {
  /** Why each payload is refused; empty where it is accepted. Faults: as Validations'. */
  validate(
    validations: Validations,
    payloads: Payloads,
    requester: Requester,
  ): Promise<readonly (readonly Rejection[])[]>;
  /** The same of one event's text, where that is surely little work and the schema is compiled here. Faults: those of `parseJson`. */
  atOnce(text: string, maxDepth: number): readonly Rejection[] | undefined;
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

/** Characters that are compiled on the thread that answers everybody, at most: milliseconds. */
const maxInlineCharacters = 50_000;
/** Looks at parts of one event, and of all of a batch, that are done at once: milliseconds. */
const maxInlineLooks = 2_000_000;
const maxInlineBatchLooks = 20_000_000;
/** References that are followed at once: a recursion can double with each of them. */
const maxInlineReferences = 2_000;
/** One task for others to wait behind: characters and values, and payloads. */
const maxTaskWeight = 1_000_000;
const maxTaskPayloads = 1_000;

/** `key` names document and formats. `isUnchecked`: the document was not registered. */
export function registeredValidator(
  key: string,
  stored: StoredDocument,
  formats: 'assert' | 'annotate',
  isUnchecked = false,
): RegisteredValidator {
  const document = trustedSchema(stored.text, stored.dialect, stored.bundle);
  /** Of what may be compiled here. Absent until another thread has compiled it: until then nobody knows how much that is. */
  let looks: number | undefined;
  let inline: EventValidator | undefined;
  const here = async (weights: readonly number[]): Promise<EventValidator | undefined> => {
    if (looks === undefined || !isLittle(weights, looks)) return undefined;
    if (inline) return inline;
    // many callers may come at once with many schemas
    await othersTurn();
    inline ??= compiled(document, { formats, maxReferences: maxInlineReferences }).validator;
    return inline;
  };
  const elsewhere = async (validations: Validations, payloads: Payloads, requester: Requester) => {
    const found: (readonly Rejection[])[] = [];
    for (const [from, to] of tasksOf(weightsOf(payloads))) {
      const task = {
        key,
        stored,
        formats,
        ...(isUnchecked && { isUnchecked }),
        payloads: portionOf(payloads, from, to),
      };
      const { rejections, size } = await validations.validate(task, requester);
      if (size.characters <= maxInlineCharacters) looks ??= looksOf(document, size);
      found.push(...rejections);
    }
    return found;
  };
  return {
    async validate(validations, payloads, requester) {
      const weights = weightsOf(payloads);
      const validator = await here(weights);
      if (!validator) return elsewhere(validations, payloads, requester);
      return inTurns(
        [...weights.keys()],
        (index) => {
          const rejections = rejectionsAt(payloads, index, validator);
          if (!endedEarly(rejections)) return rejections;
          return elsewhere(validations, portionOf(payloads, index, index + 1), requester).then(([first = []]) => first);
        },
        requester.signal,
      );
    },
    atOnce(text, maxDepth) {
      if (!inline || looks === undefined || !isLittle([text.length], looks)) return undefined;
      const rejections = inline.validate(parseJson(text, maxDepth));
      return endedEarly(rejections) ? undefined : rejections;
    },
  };
}

function isLittle(weights: readonly number[], looks: number): boolean {
  let heaviest = 0;
  let all = 0;
  for (const weight of weights) {
    heaviest = Math.max(heaviest, weight);
    all += weight;
  }
  return heaviest * looks <= maxInlineLooks && all * looks <= maxInlineBatchLooks;
}

function endedEarly([first]: readonly Rejection[]): boolean {
  return first?.keyword === 'limit' && first.params.limit === 'references';
}

/** Portions of what is validated: from and to. */
function* tasksOf(weights: readonly number[]): Generator<readonly [number, number]> {
  let from = 0;
  let weight = 0;
  for (const [index, its] of weights.entries()) {
    if (index > from && (weight + its > maxTaskWeight || index - from >= maxTaskPayloads)) {
      yield [from, index];
      from = index;
      weight = 0;
    }
    weight += its;
  }
  if (from < weights.length) yield [from, weights.length];
}
