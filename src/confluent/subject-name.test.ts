import { describe, expect, it } from 'vitest';
import { decodeSubject, encodeSubject, inContext, qualifiedOf } from './subject-name.ts';

describe('a subject of Confluent’s', () => {
  it('keeps its name where that is safe, and comes back where it is not', () => {
    expect(encodeSubject('orders-value')).toBe('orders-value');
    expect(encodeSubject('com.org.Order')).toBe('com.org.Order');
    expect(encodeSubject('Avro:ThirdLevel')).toBe('Avro_u3a_ThirdLevel');
    expect(encodeSubject(':.eu:orders')).toBe('x_um__u3a_.eu_u3a_orders');
    for (const name of [
      'x:a',
      'xx:a',
      'x1a',
      '1a',
      '_u3a_',
      'x_um_a',
      '_um_',
      'x_u3a_a',
      'a.',
      '.a',
      'a..b',
      'x',
      'xa',
      'x-a',
      '-a',
      'ü/ b',
      '😀',
    ])
      expect([name, decodeSubject(encodeSubject(name)!)]).toEqual([name, name]);
  });

  it('that is too long or empty has none', () => {
    expect(encodeSubject('')).toBeUndefined();
    expect(encodeSubject('a'.repeat(201))).toBeUndefined();
  });
});

it('contexts are read off the name, and given to names without one', () => {
  expect(qualifiedOf(':.eu:orders')).toEqual({ context: '.eu', subject: 'orders' });
  expect(qualifiedOf('orders')).toEqual({ context: '.', subject: 'orders' });
  expect(inContext('.eu', 'orders')).toBe(':.eu:orders');
  expect(inContext('.eu', ':.us:orders')).toBe(':.us:orders');
  expect(inContext('.', 'orders')).toBe('orders');
});
