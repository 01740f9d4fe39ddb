/** What the envelopes of catalogs are validated with: made once for each state of a catalog's rules. */
import { Fault } from '../../errors.ts';
import { lru } from '../../lru.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { dialectOf } from '../../schema/dialect.ts';
import { envelopeOf } from '../../schema/envelope.ts';
import { member } from '../../schema/json.ts';
import type { CatalogRecord } from '../records.ts';
import type { StoredDocument } from '../versions/generation.ts';
import type { ValidationTask } from './validations.ts';
import { type RegisteredValidator, registeredValidator } from './validators.ts';

export interface EnvelopeValidators {
  /** In the place of the fault SCHEMA_INVALID its validator has CATALOG_INVALID. */
  of(catalog: CatalogRecord): RegisteredValidator;
}

export function envelopeValidatorCache(maxItems: number): EnvelopeValidators {
  const cache = lru<RegisteredValidator>(maxItems);
  return {
    of(catalog) {
      const validator = cache.get(catalog.fingerprint) ?? validatorFor(catalog);
      cache.set(catalog.fingerprint, validator);
      return validator;
    },
  };
}

function validatorFor({ name, fingerprint, rules }: CatalogRecord): RegisteredValidator {
  const { validate, atOnce } = registeredValidator(keyOf(fingerprint), storedEnvelope(rules), rules.formats, true);
  return {
    atOnce,
    validate: (...given) =>
      validate(...given).catch((error: unknown) => {
        throw error instanceof Fault && error.code === 'SCHEMA_INVALID' ? notUsable(name) : error;
      }),
  };
}

/** As events will be held against it: the first of them finds it compiled. */
export function envelopeTask(rules: Catalog, fingerprint: string): ValidationTask {
  const { formats } = rules;
  return {
    key: keyOf(fingerprint),
    stored: storedEnvelope(rules),
    formats,
    isUnchecked: true,
    payloads: { values: [] },
  };
}

function keyOf(fingerprint: string): string {
  return `envelope:${fingerprint}`;
}

function storedEnvelope(rules: Catalog): StoredDocument {
  const { schema } = envelopeOf(rules);
  const stated = member(schema, '$schema');
  const dialect = (typeof stated === 'string' ? dialectOf(stated) : undefined) ?? '2020-12';
  return { text: JSON.stringify(schema), dialect, bundle: new Map() };
}

function notUsable(catalog: string): Fault {
  return new Fault(
    'CATALOG_INVALID',
    { catalog },
    { message: `The envelope of catalog "${catalog}" is not a usable schema.` },
  );
}
