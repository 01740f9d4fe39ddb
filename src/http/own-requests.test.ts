import { describe, expect, test } from 'vitest';
import { ownRequests } from './own-requests.ts';

const refuses = ownRequests({ hosts: ['registry.internal'], origins: ['https://app.example'] });

function refusal({ method, ...headers }: { method: string; host?: string; origin?: string }) {
  const rawHeaders = Object.entries(headers).flatMap(([name, value]) => [name.toUpperCase(), value]);
  return refuses({ method, rawHeaders });
}

describe('a host', () => {
  test.each([
    'localhost',
    'localhost:8080',
    'LOCALHOST:8080',
    '127.0.0.1:8080',
    '127.8.9.10',
    '[::1]:8080',
    'registry.internal:8080',
    'Registry.Internal',
  ])('%s is answered', (host) => {
    expect(refusal({ method: 'POST', host })).toBeUndefined();
  });

  test.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.evil.example',
    'evil.example#localhost',
    'localhost@evil.example',
    '10.0.0.1',
    '0.0.0.0:8080',
    '[::ffff:127.0.0.1]',
    '[::2]:8080',
    'registry.internal.evil.example',
    '',
  ])('%s is refused, also for reading', (host) => {
    expect(refusal({ method: 'GET', host })?.code).toBe('HOST_REFUSED');
  });

  test('is stated by every browser: who states none is none', () => {
    expect(refusal({ method: 'GET' })).toBeUndefined();
  });
});

describe('an origin', () => {
  const host = 'localhost:8080';

  test.each(['http://localhost:8080', 'https://app.example'])('%s may write', (origin) => {
    expect(refusal({ method: 'POST', host, origin })).toBeUndefined();
  });

  test.each(['http://evil.example', 'http://localhost:3000', 'https://app.example.evil', 'null', 'no origin'])(
    '%s may not write, by any method',
    (origin) => {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
        expect(refusal({ method, host, origin })?.code).toBe('ORIGIN_REFUSED');
      expect(refusal({ method: 'GET', host, origin })).toBeUndefined();
    },
  );
});
