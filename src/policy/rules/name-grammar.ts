import type { Catalog } from '../../schema/catalog.ts';
import { type SubjectName, subjectPattern } from '../../schema/subject.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';
import { nameStyle } from '../words.ts';

export const nameGrammar: PolicyRule = {
  id: 'name-grammar',
  summary: "The subject's name follows the catalog's grammar: number of segments, style of each, major suffix.",
  severity: 'error',
  fault: 'SUBJECT_NAME_INVALID',
  *check({ subject, name, catalog }): Generator<PolicyFinding> {
    const form = grammarText(catalog);
    if (!name) {
      yield {
        pointer: '',
        message: `"${subject}" is no subject name: letters, digits, "_" and "-" in segments joined by dots.`,
        hint: form,
        params: { subject, pattern: subjectPattern.source },
      };
      return;
    }
    for (const message of violations(name, catalog)) yield { pointer: '', message, hint: form, params: { subject } };
  },
};

function* violations(name: SubjectName, catalog: Catalog): Generator<string> {
  const { segments, major } = catalog.names;
  const min = segments.filter((segment) => !segment.optional).length;
  if (name.segments.length < min || name.segments.length > segments.length)
    yield `"${name.type}" has ${name.segments.length} segments; the catalog's names have ${min === segments.length ? min : `${min} to ${segments.length}`}.`;
  const expected = align(name.segments.length, segments);
  for (const [index, segment] of name.segments.entries()) {
    const wanted = expected[index];
    if (wanted && !nameStyle[wanted.style].test(segment))
      yield `The ${wanted.name} "${segment}" is not in ${wanted.style} style.`;
  }
  if (major === 'required' && !name.suffixed) yield `"${name.type}" lacks its major line, such as ".v1".`;
  if (major === 'none' && name.suffixed)
    yield `"${name.type}.v${name.major}" spells a major line, which this catalog's names do not carry.`;
}

/** Which grammar segment each of `count` segments stands for: optional ones drop out first to last until the count fits. */
function align(count: number, segments: Catalog['names']['segments']): Catalog['names']['segments'] {
  let surplus = segments.length - count;
  return segments.filter((segment) => {
    if (surplus > 0 && segment.optional) {
      surplus -= 1;
      return false;
    }
    return true;
  });
}

export function grammarText(catalog: Catalog): string {
  const parts = catalog.names.segments
    .map((segment) => (segment.optional ? `[${segment.name}]` : segment.name))
    .join('.');
  const suffix = { required: '.vN', optional: '[.vN]', none: '' }[catalog.names.major];
  return `Names of ${catalog.name} have the form ${parts}${suffix}.`;
}
