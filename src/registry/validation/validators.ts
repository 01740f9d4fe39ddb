/** Compiled validators by schema id, within a bound. */
import { Fault } from '../../errors.ts';
import { lru, madeOnce } from '../../lru.ts';
import { trustedSchema } from '../../schema/parse.ts';
import { compileValidator, type EventValidator } from '../../schema/validator.ts';
import type { Reads } from '../ports.ts';
import type { SchemaRecord } from '../records.ts';
import { loadBundle } from '../versions/bundle.ts';

export interface Validators {
  of(reads: Reads, schema: SchemaRecord, formats: 'assert' | 'annotate'): Promise<EventValidator>;
}

export function validatorCache(maxItems: number, bundleLimit: number): Validators {
  const cache = lru<Promise<EventValidator>>(maxItems);
  return {
    of: (reads, schema, formats) =>
      madeOnce(cache, `${schema.id}:${formats}`, () => compile(reads, schema, formats, bundleLimit)),
  };
}

async function compile(
  reads: Reads,
  schema: SchemaRecord,
  formats: 'assert' | 'annotate',
  bundleLimit: number,
): Promise<EventValidator> {
  const { documents } = await loadBundle(reads, JSON.parse(schema.text), bundleLimit);
  const compiled = compileValidator(trustedSchema(schema.text, schema.dialect, documents), { formats });
  if (compiled.ok) return compiled.validator;
  const problems = compiled.problems.map(({ rule, pointer, message }) => ({ rule, pointer, message }));
  throw new Fault(
    'SCHEMA_INVALID',
    { problems },
    { message: 'The registered schema cannot be compiled into a validator.' },
  );
}
