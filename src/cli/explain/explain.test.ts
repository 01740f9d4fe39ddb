import { describe, expect, it } from 'vitest';
import { catalogRules } from '../../check/rules.ts';
import { problemFaults } from '../../check/schema-rules.ts';
import { catalogue } from '../../compat/finding/table.ts';
import { explain, explainableIds } from './explain.ts';

describe('explain', () => {
  const ids = [
    ...catalogue.map(({ id }) => id),
    ...catalogRules.map(({ id }) => id),
    ...Object.keys(problemFaults),
    'SCHEMA_INVALID',
    'CATALOG_WEAKENED',
    'COMPARISON_MARK_ADDED',
    'CATALOG_REMOVED',
    'SUBJECT_REMOVED',
    'SUBJECT_RENAMED',
    'SUBJECT_DEPRECATED',
    'SUBJECT_RETIRED',
    'PIN_DEPRECATED',
    'FILE_UNREADABLE',
    'BASELINE_UNREADABLE',
    'WAIVER_EXPIRED',
    'WAIVER_TOO_LONG',
    'WAIVER_UNUSED',
  ];

  it.each(ids)('%s has a meaning, an effect and a remedy', (id) => {
    const found = explain(id);
    for (const text of [found?.meaning, found?.effect, found?.remedy]) expect(text).toMatch(/^[A-Z"].*[.)]$/);
    expect(explainableIds()).toContain(id);
  });

  it('knows no other', () => expect(explain('NO_SUCH_THING')).toBeUndefined());
});
