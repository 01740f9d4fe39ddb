/** Examples of envelope fields, for showing what a whole event looks like. They follow what a schema states first, and prove nothing. */
import { isObject, type Json, type JsonObject, member } from './json.ts';
import { resolve } from './pointer.ts';

const samples: Readonly<Record<string, Json>> = {
  uuid: '5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c11',
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  email: 'someone@example.org',
  uri: 'https://example.org/',
};

const maxSampleDepth = 16;

/** A plausible value of `schema`, which stands in `root`: its first example, constant or choice, else the plainest value of its type. */
export function sample(schema: Json, root: JsonObject, depth = 0): Json {
  if (!isObject(schema) || depth > maxSampleDepth) return null;
  const reference = member(schema, '$ref');
  if (typeof reference === 'string' && reference.startsWith('#'))
    return sample(resolve(root, reference.slice(1)) ?? true, root, depth + 1);
  for (const keyword of ['examples', 'enum'] as const) {
    const listed = member(schema, keyword);
    if (Array.isArray(listed) && listed[0] !== undefined) return listed[0];
  }
  const constant = member(schema, 'const') ?? member(schema, 'default');
  if (constant !== undefined) return constant;
  for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const) {
    const branches = member(schema, keyword);
    if (Array.isArray(branches) && branches[0] !== undefined) return sample(branches[0], root, depth + 1);
  }
  return sampleOfType(schema, root, depth);
}

function sampleOfType(schema: JsonObject, root: JsonObject, depth: number): Json {
  const stated = member(schema, 'type');
  const type = Array.isArray(stated) ? stated[0] : stated;
  if (type === 'object') {
    const properties = member(schema, 'properties');
    const required = member(schema, 'required');
    if (!isObject(properties) || !Array.isArray(required)) return {};
    const names = required.filter((name): name is string => typeof name === 'string');
    return Object.fromEntries(names.map((name) => [name, sample(member(properties, name) ?? true, root, depth + 1)]));
  }
  if (type === 'string') return samples[String(member(schema, 'format') ?? '')] ?? 'example';
  if (type === 'integer' || type === 'number') return member(schema, 'minimum') ?? 1;
  if (type === 'boolean') return false;
  return type === 'array' ? [] : null;
}
