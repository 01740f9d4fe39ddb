/** A rejection in words, from its keyword and what the schema wants. Knows no values of the event, so it can leak none. */
import type { Json } from './json.ts';
import type { Rejection } from './rejection.ts';

type Describe = (params: Readonly<Record<string, Json>>) => string;

const shown = (value: Json | undefined): string =>
  Array.isArray(value) ? value.map(String).join(' or ') : String(value);

/** A row says what a keyword's failure means. Read by every edge that shows rejections. */
const texts: Readonly<Record<string, Describe>> = {
  additionalItems: ({ limit }) => `has more than ${shown(limit)} items`,
  additionalProperties: ({ additionalProperty }) =>
    `has the member "${shown(additionalProperty)}", which the schema does not allow`,
  const: ({ allowedValue }) =>
    allowedValue === undefined ? 'is not the one value the schema allows' : `is not ${JSON.stringify(allowedValue)}`,
  contains: ({ minContains, maxContains }) =>
    maxContains === undefined
      ? `holds fewer than ${shown(minContains ?? 1)} matching items`
      : `does not hold between ${shown(minContains ?? 1)} and ${shown(maxContains)} matching items`,
  dependencies: ({ property, missingProperty }) =>
    `has "${shown(property)}" and therefore needs "${shown(missingProperty)}"`,
  dependentRequired: ({ property, missingProperty }) =>
    `has "${shown(property)}" and therefore needs "${shown(missingProperty)}"`,
  enum: ({ allowedValues }) =>
    Array.isArray(allowedValues)
      ? `is none of ${allowedValues.map((value) => JSON.stringify(value)).join(' or ')}`
      : 'is not one of the values the schema lists',
  'envelope-classification': ({ expected }) => `is not "${shown(expected)}", the classification of the contract`,
  'envelope-domain': ({ expected }) => `is not "${shown(expected)}", the domain of the type`,
  'envelope-producer': ({ expected }) => `is not "${shown(expected)}", the producer of the contract`,
  'envelope-tenant': ({ expected }) => `names another tenant than ${shown(expected)}`,
  'envelope-type': ({ expected }) => `is not "${shown(expected)}", as this subject is called on the wire`,
  'envelope-version': ({ expected }) => `is not a version of line ${shown(expected)}`,
  exclusiveMaximum: ({ limit }) => `is not below ${shown(limit)}`,
  exclusiveMinimum: ({ limit }) => `is not above ${shown(limit)}`,
  false: () => 'must not be there',
  format: ({ format }) => `is not of the format "${shown(format)}"`,
  if: ({ failingKeyword }) => `does not match the "${shown(failingKeyword)}" branch that applies to it`,
  items: ({ limit }) => `has more than ${shown(limit)} items`,
  json: ({ problem }) => shown(problem),
  limit: ({ limit, maximum }) =>
    maximum === undefined
      ? `exceeds the limit "${shown(limit)}"`
      : `exceeds the limit "${shown(limit)}" of ${shown(maximum)}`,
  maxItems: ({ limit }) => `has more than ${shown(limit)} items`,
  maxLength: ({ limit }) => `is longer than ${shown(limit)} characters`,
  maxProperties: ({ limit }) => `has more than ${shown(limit)} members`,
  maximum: ({ limit }) => `is above ${shown(limit)}`,
  minItems: ({ limit }) => `has fewer than ${shown(limit)} items`,
  minLength: ({ limit }) => `is shorter than ${shown(limit)} characters`,
  minProperties: ({ limit }) => `has fewer than ${shown(limit)} members`,
  minimum: ({ limit }) => `is below ${shown(limit)}`,
  multipleOf: ({ multipleOf }) =>
    multipleOf === undefined
      ? 'is not a multiple of what the schema asks for'
      : `is not a multiple of ${shown(multipleOf)}`,
  not: () => 'matches a schema it must not match',
  anyOf: () => 'matches none of the schemas it may match',
  oneOf: ({ passingSchemas }) =>
    Array.isArray(passingSchemas)
      ? 'matches more than one of the schemas it must match exactly one of'
      : 'matches none of the schemas it must match one of',
  pattern: ({ pattern }) => `does not match the pattern ${shown(pattern)}`,
  propertyNames: ({ propertyName }) => `has the member name "${shown(propertyName)}", which the schema does not allow`,
  required: ({ missingProperty }) => `lacks the required member "${shown(missingProperty)}"`,
  type: ({ type }) => `is not of the type ${shown(typeof type === 'string' ? type.split(',') : type)}`,
  unevaluatedItems: () => 'has items no part of the schema describes',
  unevaluatedProperties: ({ unevaluatedProperty }) =>
    `has the member "${shown(unevaluatedProperty)}", which no part of the schema describes`,
  uniqueItems: () => 'holds the same item twice',
};

export function rejectionText({ keyword, params }: Rejection): string {
  const describe = Object.hasOwn(texts, keyword) ? texts[keyword] : undefined;
  return describe ? describe(params) : `does not satisfy "${keyword}"`;
}
