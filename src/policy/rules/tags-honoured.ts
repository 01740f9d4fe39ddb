import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import { append } from '../../schema/pointer.ts';
import { holdsThroughout, reach } from '../../schema/reach.ts';
import { statedSensitivity } from '../../schema/sensitivity.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const tagsHonoured: PolicyRule = {
  id: 'tags-honoured',
  summary:
    'Tags are known to the catalog, forbidden ones are not used, and what must be encrypted ("x-encryption": "required", or by its tag) has the shape of ciphertext.',
  severity: 'error',
  fault: 'POLICY_REFUSED',
  *check({ document, catalog }): Generator<PolicyFinding> {
    const { tags: known } = catalog.classification;
    const seen = new Set<string>();
    for (const reached of reach(document)) {
      const { schema, pointer, resource } = reached.place;
      if (resource.document !== document || seen.has(pointer)) continue;
      seen.add(pointer);
      yield* misspelt(schema, pointer);
      const tags = statedSensitivity(schema)?.tags ?? [];
      for (const tag of tags) {
        const row = Object.hasOwn(known, tag) ? known[tag] : undefined;
        if (!row)
          yield {
            pointer,
            message: `The catalog knows no tag "${tag}".`,
            hint: knownTags(Object.keys(known)),
            params: { tag },
          };
        else if (row.forbidden)
          yield {
            pointer,
            message: `Fields tagged "${tag}" may not be in events: ${row.description}`,
            params: { tag },
          };
      }
      const demanding = tags.find((tag) => Object.hasOwn(known, tag) && known[tag]?.encryption === 'required');
      const stated = isObject(schema) && member(schema, 'x-encryption') === 'required';
      if ((demanding !== undefined || stated) && !holdsThroughout(reached.place, document, isCiphertext))
        yield {
          pointer,
          message: 'It must be encrypted, but its type admits plain text.',
          hint: 'Make it a string with "contentEncoding": "base64", the format "jwe", or a pattern for ciphertext.',
          params: { tag: demanding ?? null },
        };
    }
  },
};

/** What is written so that nobody reads it would look like protection. */
function* misspelt(schema: Json, pointer: string): Generator<PolicyFinding> {
  if (!isObject(schema)) return;
  const tags = member(schema, 'x-tags');
  if (tags !== undefined && !(isArray(tags) && tags.every((tag) => typeof tag === 'string')))
    yield {
      pointer: append(pointer, 'x-tags'),
      message: 'Tags are a list of names; this says nothing.',
      hint: typeof tags === 'string' ? `Write "x-tags": [${JSON.stringify(tags)}].` : 'Write "x-tags": ["…"].',
      params: { keyword: 'x-tags' },
    };
  if (member(schema, 'x-classification') !== undefined && typeof member(schema, 'x-classification') !== 'string')
    yield {
      pointer: append(pointer, 'x-classification'),
      message: 'A classification is the name of a level; this says nothing.',
      params: { keyword: 'x-classification' },
    };
  const encryption = member(schema, 'x-encryption');
  if (encryption !== undefined && encryption !== 'required')
    yield {
      pointer: append(pointer, 'x-encryption'),
      message: 'Encryption is "required" or not stated; this says nothing.',
      params: { keyword: 'x-encryption' },
    };
}

function knownTags(tags: readonly string[]): string {
  return tags.length === 0 ? 'catalog.json lists no tags yet; add it there.' : `Known: ${[...tags].sort().join(', ')}.`;
}

/** A string in an encoding that no one writes by hand. */
function isCiphertext(schema: Json): boolean {
  if (!isObject(schema)) return false;
  const type = member(schema, 'type');
  if (type !== 'string' && !(isArray(type) && type.every((name) => name === 'string' || name === 'null'))) return false;
  const encoding = member(schema, 'contentEncoding');
  return (
    encoding === 'base64' || encoding === 'base64url' || member(schema, 'format') === 'jwe' || isCipherPattern(schema)
  );
}

/** A pattern counts when it leaves no room for white space: words of a plain text would be refused. */
function isCipherPattern(schema: Json): boolean {
  const pattern = isObject(schema) ? member(schema, 'pattern') : undefined;
  if (typeof pattern !== 'string' || !pattern.startsWith('^') || !pattern.endsWith('$')) return false;
  try {
    return !new RegExp(pattern, 'u').test('a plain text');
  } catch {
    return false; // an invalid pattern is another rule's finding
  }
}
