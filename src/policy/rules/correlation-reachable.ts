import { envelopeOf, fieldAt } from '../../schema/envelope.ts';
import { isArray, isObject, type Json, member } from '../../schema/json.ts';
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
          hint: 'Give it the format "uuid" or a pattern for tokens.',
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

function isOpaque(schema: Json): boolean {
  if (!isObject(schema)) return false;
  if (member(schema, 'format') === 'uuid' || isTokenPattern(member(schema, 'pattern'))) return true;
  const branches = member(schema, 'anyOf') ?? member(schema, 'oneOf');
  return isArray(branches) && branches.length > 0 && branches.every(isOpaque);
}

/** What a person writes must not fit: an address, a sentence. */
function isTokenPattern(pattern: Json | undefined): boolean {
  if (typeof pattern !== 'string') return false;
  try {
    const compiled = new RegExp(pattern, 'u');
    return !['jane@example.org', 'a plain text'].some((text) => compiled.test(text));
  } catch {
    return false; // an invalid pattern is refused when the catalog's envelope is used
  }
}
