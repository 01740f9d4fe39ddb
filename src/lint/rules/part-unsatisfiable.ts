import { isObject, type Json } from '../../schema/json.ts';
import { type Pointer, resolve } from '../../schema/pointer.ts';
import type { LintFinding, LintRule } from '../rule.ts';

/** Told where the contradiction is, and not again of all that contains it. */
export const partUnsatisfiable: LintRule = {
  id: 'SCHEMA_PROPERTY_UNSATISFIABLE',
  summary: 'No part of the schema contradicts itself, so that nothing could ever stand there.',
  severity: 'warning',
  *check({ document, inspection }): Generator<LintFinding> {
    const found = new Map<Pointer, readonly string[]>();
    for (const pointer of inspection.pointers.toReversed()) {
      const schema = resolve(document.root, pointer);
      if (pointer === '' || !mayContradict(schema)) continue;
      if ([...found.keys()].some((below) => below.startsWith(`${pointer}/`))) continue;
      const keywords = inspection.contradiction(pointer);
      if (keywords !== undefined) found.set(pointer, keywords);
    }
    for (const [pointer, keywords] of [...found].reverse())
      yield {
        pointer,
        message: `Nothing can stand here: ${contradicting(keywords)}.`,
        hint: 'Say `false` where nothing is meant.',
        params: { keywords },
      };
  },
};

export function contradicting(keywords: readonly string[]): string {
  const quoted = keywords.map((keyword) => `"${keyword}"`);
  if (quoted.length < 2) return `${quoted[0] ?? 'the schema'} allows no value`;
  return `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)} contradict each other`;
}

/** Whoever writes `false` or `{"not": {}}` means it; and a single keyword contradicts nothing. */
function mayContradict(schema: Json | undefined): boolean {
  if (!isObject(schema)) return false;
  const keywords = Object.keys(schema).filter((keyword) => !annotations.has(keyword) && !keyword.startsWith('x-'));
  if (keywords.length === 1) return keywords[0] === 'allOf' || keywords[0] === 'enum';
  return keywords.length > 1;
}

const annotations = new Set([
  'title',
  'description',
  '$comment',
  'default',
  'examples',
  'deprecated',
  '$id',
  '$schema',
]);
