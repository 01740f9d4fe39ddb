import { describe, expect, test } from 'vitest';
import { asHeader, fromHeader, seenIn, withoutCredentials } from './wire.ts';

describe('a header', () => {
  test.each(['plain', 'a key: with/signs', '100% sure', 'Zürich – ₤', 'line\nbreak\r\0', '', ' edges ', '🙂'])(
    'brings %j back, and carries printable ASCII alone',
    (text) => {
      expect(asHeader(text)).toMatch(/^[\x21-\x7e]*$/);
      expect(fromHeader(asHeader(text))).toBe(text);
    },
  );

  test('of another program that only looks encoded is taken as it is', () => {
    expect(fromHeader('50%off')).toBe('50%off');
  });

  test('carries half a surrogate pair as the replacement character', () => {
    expect(fromHeader(asHeader('\ud83d'))).toBe('\ufffd');
  });
});

describe('what a stored message says', () => {
  const channel = (subject: string) => ({ subject, address: 'shared', stream: 'S' });

  test('names the subject by its header, and keeps the adapters’ own headers apart', () => {
    const headers = [
      ['Herald-Subject', 'b'],
      ['herald-id', 'a%20b'],
      ['x-note', 'kept'],
    ] as const;
    expect(seenIn(headers, 'shared', [channel('a'), channel('b')])).toEqual({
      address: 'shared',
      subject: 'b',
      id: 'a b',
      key: undefined,
      headers: { 'x-note': 'kept' },
    });
  });

  test('names it by its address where that stands for one subject alone', () => {
    expect(seenIn([], 'shared', [channel('a')]).subject).toBe('a');
    expect(seenIn([], 'shared', [channel('a'), channel('b')]).subject).toBeUndefined();
    expect(seenIn([], 'other', [channel('a')]).subject).toBeUndefined();
  });
});

test('an address is shown without user and password', () => {
  expect(withoutCredentials('amqp://guest:guest@127.0.0.1:5672/vhost')).toBe('amqp://127.0.0.1:5672/vhost');
  expect(withoutCredentials('nats://token@host:4222')).toBe('nats://host:4222');
  expect(withoutCredentials('redis://host')).toBe('redis://host');
  expect(withoutCredentials('redis://me:p@s/s@host')).toBe('redis://host');
});
