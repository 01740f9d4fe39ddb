import { active } from '../../schema/dialect.ts';
import { assertedFormats, formatPredicate } from '../../schema/format.ts';
import { isObject } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import { append } from '../../schema/pointer.ts';
import type { LintFinding, LintRule } from '../rule.ts';

/** Defined by JSON Schema or registered by OpenAPI, and only notes here. */
const notes = new Set([
  'binary',
  'char',
  'decimal',
  'double',
  'float',
  'int16',
  'int32',
  'int64',
  'int8',
  'password',
  'uint16',
  'uint32',
  'uint64',
  'uint8',
]);

export const formatUnknown: LintRule = {
  id: 'SCHEMA_FORMAT_UNKNOWN',
  summary: 'A format is one that JSON Schema defines or OpenAPI registers: any other constrains nothing.',
  severity: 'warning',
  *check({ document }): Generator<LintFinding> {
    for (const { schema, pointer, resource } of locations(document)) {
      const { dialect } = resource;
      // a name of one's own beside a pattern is a note, and the pattern says what it means: generators write that
      if (!isObject(schema) || active(schema, 'pattern', dialect) !== undefined) continue;
      const format = active(schema, 'format', dialect);
      if (typeof format !== 'string' || notes.has(format) || formatPredicate(format) !== undefined) continue;
      if (format === 'idn-hostname') {
        yield { pointer: append(pointer, 'format'), ...unchecked };
        continue;
      }
      const meant = assertedFormats.find((known) => letters(known) === letters(format));
      yield {
        pointer: append(pointer, 'format'),
        message: `"${format}" is no known format, so it constrains nothing.`,
        hint: meant === undefined ? `Known are ${assertedFormats.join(', ')}.` : `Did you mean "${meant}"?`,
        params: { format },
      };
    }
  },
};

/**
 * A format is asserted where its definition stands still. This one's follows the tables of Unicode (RFC 5892), which each runtime has
 * in a version of its own: two installations would answer one event differently, and a verdict would change without an edit. A
 * generated validator, which imports nothing, could not carry them. UTS #46, which runtimes offer instead, maps before it looks, and
 * takes names that RFC 5891 refuses.
 */
const unchecked = {
  message: '"idn-hostname" is not checked, so it constrains nothing.',
  hint: 'Use "hostname" for names in their ASCII form (xn--…), or add a pattern.',
  params: { format: 'idn-hostname' },
};

/** `dateTime`, `date_time` and `date-time` are one name. */
function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
