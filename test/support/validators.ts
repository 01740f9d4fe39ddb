/** Two validators that share no code with the engine or with each other. */
import {
  registerSchema,
  type SchemaObject,
  setShouldValidateSchema,
  unregisterSchema,
  validate,
} from '@hyperjump/json-schema/draft-2020-12';
import '@hyperjump/json-schema/draft-2019-09';
import '@hyperjump/json-schema/draft-07';
import '@hyperjump/json-schema/draft-06';
import '@hyperjump/json-schema/draft-04';
import { shortWordPattern } from '../../src/compat/confirm/backtracking.ts';
import { type Compiled, compileAjv } from '../../src/schema/ajv.ts';
import { dialectUri } from '../../src/schema/dialect.ts';
import type { SchemaDocument } from '../../src/schema/document.ts';
import { isArray, isObject, type Json } from '../../src/schema/json.ts';

/** Whether a value is accepted; undefined where the validator cannot evaluate this schema. */
export type Accepts = (value: Json) => boolean | undefined;

setShouldValidateSchema(false);

/** Accepted means by both of Ajv's modes; where they disagree it has no opinion. */
export function ajvValidator(document: SchemaDocument, formats: 'assert' | 'annotate'): Accepts {
  let voices: readonly Compiled[];
  try {
    voices = [false, true].map((allErrors) =>
      compileAjv(document, { formats, allErrors, otherwise: shortWordPattern }),
    );
  } catch {
    return () => undefined;
  }
  return (value) => {
    try {
      const answers = voices.map((voice) => {
        voice.restart();
        return voice.validate(value) === true;
      });
      return answers[0] === answers[1] ? answers[0] : undefined;
    } catch {
      return undefined;
    }
  };
}

let serial = 0;

/** @hyperjump/json-schema asserts no formats here: schemas that use them are not for it to decide. */
export async function hyperjumpValidator(document: SchemaDocument, formats: 'assert' | 'annotate'): Promise<Accepts> {
  if (formats === 'assert' && mentions(document.root, 'format')) return () => undefined;
  const uri = `https://validator.example/${++serial}`;
  const root = document.root as SchemaObject | boolean;
  try {
    registerSchema(withoutSchema(root), uri, dialectUri(document.dialect));
    const validator = await validate(uri);
    return (value) => validator(value as Parameters<typeof validator>[0]).valid;
  } catch {
    return () => undefined;
  } finally {
    unregisterSchema(uri);
  }
}

function withoutSchema(root: SchemaObject | boolean): SchemaObject | boolean {
  if (typeof root === 'boolean') return root;
  const { $schema: _, ...rest } = root;
  return rest;
}

function mentions(value: Json, keyword: string): boolean {
  if (isArray(value)) return value.some((item) => mentions(item, keyword));
  if (!isObject(value)) return false;
  return Object.hasOwn(value, keyword) || Object.values(value).some((item) => mentions(item, keyword));
}
