import { expect, it } from 'vitest';
import { uuidv7 } from './uuid.ts';

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('gives ids of version 7 that rise and differ, also within a millisecond and when the clock steps back', () => {
  const start = Date.parse('2026-03-01T12:00:00Z');
  const times = [...Array.from({ length: 10_000 }, () => start), start - 5_000, start + 1];
  const ids = times.map(uuidv7);
  expect(ids.filter((id) => !form.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});

it('states the time in its first 48 bits', () => {
  const later = Date.parse('2030-01-01T00:00:00Z');
  expect(Number.parseInt(uuidv7(later).replaceAll('-', '').slice(0, 12), 16)).toBe(later);
});
