import { isArray, isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { append } from '../../schema/pointer.ts';
import { reach } from '../../schema/reach.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const explicitFields: PolicyRule = {
  id: 'explicit-fields',
  summary:
    'Fields are spelt out: no objects without fields, no arrays of anything, no values of any kind, nothing declared open without saying why (x-open: "reason").',
  severity: 'warning',
  fault: 'POLICY_REFUSED',
  *check({ document }): Generator<PolicyFinding> {
    const seen = new Set<string>();
    for (const { place, name } of reach(document)) {
      const { schema, pointer } = place;
      if (place.resource.document !== document || seen.has(pointer)) continue;
      seen.add(pointer);
      if (isObject(schema) && typeof member(schema, 'x-open') === 'string') continue;
      if (name !== undefined && isAnything(schema))
        yield { pointer, message: `"${name}" may be anything.`, params: { field: name }, hint };
      else if (isObject(schema) && isBareArray(schema))
        yield { pointer, message: 'An array of anything: nobody can tell what is in it.', hint };
      else if (isObject(schema) && isBareObject(schema))
        yield { pointer, message: 'An object without fields: nobody can tell what is in it.', hint };
      else if (isObject(schema) && isDeclaredOpen(schema))
        yield {
          pointer: append(pointer, 'additionalProperties'),
          message: 'Declared open to fields of any kind.',
          hint: 'Objects are open to growth anyway: leave it out, give it a schema, or say why in "x-open".',
        };
    }
  },
};

const hint = 'Spell the fields out, or say in "x-open" why they cannot be.';

const silent = new Set([
  'title',
  'description',
  '$comment',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

/** Whether `schema` says nothing about the value: `true`, or annotations alone. */
function isAnything(schema: Json): boolean {
  if (schema === true) return true;
  return isObject(schema) && Object.keys(schema).every((keyword) => silent.has(keyword) || keyword.startsWith('x-'));
}

const ofAnyType = ['enum', 'const', '$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if'];

const describing = [
  'properties',
  'patternProperties',
  'propertyNames',
  'additionalProperties',
  'unevaluatedProperties',
  'maxProperties',
  ...ofAnyType,
];

function isBareObject(schema: JsonObject): boolean {
  const type = member(schema, 'type');
  const mayBeObject = type === 'object' || (isArray(type) && type.includes('object'));
  return mayBeObject && !describing.some((keyword) => Object.hasOwn(schema, keyword));
}

function isBareArray(schema: JsonObject): boolean {
  const type = member(schema, 'type');
  const mayBeArray = type === 'array' || (isArray(type) && type.includes('array'));
  const items = member(schema, 'items');
  const isTold = items !== undefined && (isArray(items) || !isAnything(items));
  return mayBeArray && !isTold && !describingItems.some((keyword) => Object.hasOwn(schema, keyword));
}

const describingItems = ['prefixItems', 'contains', 'maxItems', ...ofAnyType];

function isDeclaredOpen(schema: JsonObject): boolean {
  const additional = member(schema, 'additionalProperties');
  return additional === true || (isObject(additional) && isAnything(additional));
}
