import { describe, expect, test } from 'vitest';
import { type CalendarPlan, calendarText } from './calendar.ts';

const plan: CalendarPlan = {
  catalog: 'shop',
  subject: 'order.placed',
  stage: 'announced',
  successor: 'order.placed.v2',
  announcedOn: '2026-06-01',
  sunset: '2026-12-31',
  reason: 'ids; sums, and a back\\slash',
  migration: 'first line\r\nsecond — 名前をすべて読み替えてください、急がずに\u0007\nEND:VEVENT',
  entered: { announced: '2026-06-01T12:00:00.000Z' },
  revision: 3,
  revisedAt: '2026-07-02T08:09:10.123Z',
};

/** Undoes the folding, as a reader does first. */
const unfolded = (text: string) => text.replaceAll('\r\n ', '').split('\r\n');

/** The value of a property of the first event. */
function property(text: string, name: string): string | undefined {
  return unfolded(text)
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1);
}

describe('the calendar', () => {
  const text = calendarText([plan]);

  test('has lines of at most 75 octets that end in CRLF, and whole characters in each', () => {
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const lines = text.split('\r\n');
    expect(lines.at(-1)).toBe('');
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
    expect(lines.filter((line) => line.startsWith(' ')).length).toBeGreaterThan(2);
    expect(text).not.toContain('\ufffd');
  });

  test('shows an all-day event on the day of the sunset', () => {
    expect(text).toContain('DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n');
    expect(property(text, 'DTSTAMP')).toBe('20260702T080910Z');
    expect(property(text, 'SUMMARY')).toBe('Sunset of order.placed (shop)');
  });

  test('escapes what people wrote: nothing of it becomes a line of its own', () => {
    expect(unfolded(text).filter((line) => line === 'END:VEVENT')).toHaveLength(1);
    const said = property(text, 'DESCRIPTION') ?? '';
    expect(said).toContain('Why: ids\\; sums\\, and a back\\\\slash\\n');
    expect(said).toMatch(/first line\\nsecond — 名前.*\\nEND:VEVENT$/);
    expect(said).not.toMatch(/\p{Cc}/u);
  });

  test('rings 30, 7 and 1 days before, and not for what has retired', () => {
    expect([...text.matchAll(/TRIGGER:(\S+)/g)].map(([, trigger]) => trigger)).toEqual(['-P30D', '-P7D', '-P1D']);
    expect(calendarText([{ ...plan, stage: 'retired' }])).not.toContain('VALARM');
  });

  test('keeps its identity when it is postponed, with a higher sequence; announced anew it is another', () => {
    const later = calendarText([{ ...plan, sunset: '2027-02-01', revision: 4 }]);
    expect(property(later, 'UID')).toBe(property(text, 'UID'));
    expect([property(text, 'SEQUENCE'), property(later, 'SEQUENCE')]).toEqual(['2', '3']);
    const anew = calendarText([{ ...plan, entered: { announced: '2026-08-01T00:00:00.000Z' }, revision: 1 }]);
    expect(property(anew, 'UID')).not.toBe(property(text, 'UID'));
  });

  test('opens and closes everything in order', () => {
    const open: string[] = [];
    for (const line of unfolded(text)) {
      const [, word, name] = /^(BEGIN|END):(\w+)$/.exec(line) ?? [];
      if (word === 'BEGIN') open.push(name ?? '');
      if (word === 'END') expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });
});
