/**
 * What a problem says, as JavaScript text: a row is a function of `params` for one keyword, and a validator has the rows of its
 * keywords. `test/codegen.validator.test.ts` holds them against `schema/rejection-text.ts`, which says the same elsewhere.
 */
const list = "(values) => values.map((value) => JSON.stringify(value)).join(' or ')";

const rows = {
  additionalProperties: "(p) => 'has the member \"' + p.additionalProperty + '\", which the schema does not allow'",
  anyOf: "() => 'matches none of the schemas it may match'",
  const: `(p) => 'is not ' + JSON.stringify(p.allowedValue)`,
  contains: `(p) => p.maxContains === undefined
    ? 'holds fewer than ' + p.minContains + ' matching items'
    : 'does not hold between ' + p.minContains + ' and ' + p.maxContains + ' matching items'`,
  dependencies: "(p) => 'has \"' + p.property + '\" and therefore needs \"' + p.missingProperty + '\"'",
  dependentRequired: "(p) => 'has \"' + p.property + '\" and therefore needs \"' + p.missingProperty + '\"'",
  enum: `(p) => 'is none of ' + (${list})(p.allowedValues)`,
  exclusiveMaximum: "(p) => 'is not below ' + p.limit",
  exclusiveMinimum: "(p) => 'is not above ' + p.limit",
  false: "() => 'must not be there'",
  format: "(p) => 'is not of the format \"' + p.format + '\"'",
  maxItems: "(p) => 'has more than ' + p.limit + ' items'",
  maxLength: "(p) => 'is longer than ' + p.limit + ' characters'",
  maxProperties: "(p) => 'has more than ' + p.limit + ' members'",
  maximum: "(p) => 'is above ' + p.limit",
  minItems: "(p) => 'has fewer than ' + p.limit + ' items'",
  minLength: "(p) => 'is shorter than ' + p.limit + ' characters'",
  minProperties: "(p) => 'has fewer than ' + p.limit + ' members'",
  minimum: "(p) => 'is below ' + p.limit",
  multipleOf: "(p) => 'is not a multiple of ' + p.multipleOf",
  not: "() => 'matches a schema it must not match'",
  oneOf: `(p) => p.passingSchemas
    ? 'matches more than one of the schemas it must match exactly one of'
    : 'matches none of the schemas it must match one of'`,
  pattern: "(p) => 'does not match the pattern ' + p.pattern",
  propertyNames: "(p) => 'has the member name \"' + p.propertyName + '\", which the schema does not allow'",
  required: "(p) => 'lacks the required member \"' + p.missingProperty + '\"'",
  type: "(p) => 'is not of the type ' + p.type.split(',').join(' or ')",
  unevaluatedProperties:
    "(p) => 'has the member \"' + p.unevaluatedProperty + '\", which no part of the schema describes'",
  uniqueItems: "() => 'holds the same item twice'",
} as const;

export type SentenceKeyword = keyof typeof rows;

export const sentenceKeywords = Object.keys(rows) as readonly SentenceKeyword[];

/** The table of `used` keywords. */
export function sentencesText(used: ReadonlySet<string>): string {
  const listed = sentenceKeywords.filter((keyword) => used.has(keyword));
  return `const sentences = {\n${listed.map((keyword) => `  ${keyword}: ${rows[keyword]},\n`).join('')}};\n`;
}
