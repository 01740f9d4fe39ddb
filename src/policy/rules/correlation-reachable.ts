import { envelopeOf, fieldAt } from '../../schema/envelope.ts';
import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import { linearPattern } from '../../schema/pattern.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const correlationReachable: PolicyRule = {
  id: 'correlation-reachable',
  summary:
    'The envelope carries what links an event to others. Options reachable, required: places by name (correlation, causation, trace …); opaque: correlation ids are UUIDs or tokens.',
  severity: 'error',
  options: { reachable: ['correlation', 'causation'], required: [], opaque: false },
  fault: 'POLICY_REFUSED',
  *check({ catalog, options }): Generator<PolicyFinding> {
    const { schema, at } = envelopeOf(catalog);
    const pointers = new Map(Object.entries(at));
    const required = names(options.required, []);
    for (const place of new Set([...names(options.reachable, ['correlation', 'causation']), ...required])) {
      const pointer = pointers.get(place);
      const field = pointer === undefined ? undefined : fieldAt(schema, pointer);
      if (!field) yield unreachable(catalog.name, place);
      else if (required.includes(place) && !field.required)
        yield {
          pointer: '',
          message: `Events of ${catalog.name} may leave out their ${place}: ${pointer} is not required by the envelope.`,
          params: { place },
        };
      else if (place === 'correlation' && options.opaque === true && !isOpaque(field.schema))
        yield {
          pointer: '',
          message: `The correlation id of ${catalog.name} may be any text, also one that carries user data.`,
          hint: 'Give it the format "uuid", or a pattern for tokens such as ^[0-9A-Za-z_-]{21,64}$.',
          params: { place },
        };
    }
  },
};

function unreachable(catalog: string, place: string): PolicyFinding {
  return {
    pointer: '',
    message: `The envelope of ${catalog} has no place for the ${place} of an event.`,
    hint: `State it in catalog.json under envelope.at.${place}, and the field in envelope.schema.`,
    params: { place },
  };
}

function names(option: Json | undefined, otherwise: readonly string[]): readonly string[] {
  return isArray(option) ? option.filter((name) => typeof name === 'string') : otherwise;
}

/** Whatever a branch allows must be opaque; that there may be none is no user data. */
function isOpaque(schema: Json): boolean {
  if (!isObject(schema)) return false;
  if (member(schema, 'type') === 'null') return true;
  if (member(schema, 'format') === 'uuid' || isTokenPattern(member(schema, 'pattern'))) return true;
  const all = member(schema, 'allOf');
  if (isArray(all) && all.some(isOpaque)) return true;
  const branches = member(schema, 'anyOf') ?? member(schema, 'oneOf');
  return isArray(branches) && branches.length > 0 && branches.every(isOpaque);
}

/** What a person writes must not fit: an address, a sentence. Every alphabet of tokens may, nanoid's and base64url's with `_` and `-` too. */
function isTokenPattern(pattern: Json | undefined): boolean {
  if (typeof pattern !== 'string') return false;
  const compiled = linearPattern(pattern);
  // an invalid pattern is refused when the catalog's envelope is used
  return compiled.ok && !['jane@example.org', 'a plain text'].some((text) => compiled.pattern.test(text));
}
