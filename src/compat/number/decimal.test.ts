import { describe, expect, it } from 'vitest';
import { decimal, floorDivide, isMultipleOf, leastCommonMultiple, times, toDouble } from './decimal.ts';

describe('a decimal', () => {
  it('divides as decimals do, not as doubles do', () => {
    expect(isMultipleOf(0.3, 0.1)).toBe(true);
    expect(isMultipleOf(19.99, 0.01)).toBe(true);
    expect(isMultipleOf(0.35, 0.1)).toBe(false);
    expect(isMultipleOf(1e308, 0.123456789)).toBe(false);
    expect(isMultipleOf(1e-7, 1e-8)).toBe(true);
    expect(isMultipleOf(0, 7)).toBe(true);
  });

  it('has least common multiples', () => {
    expect(toDouble(leastCommonMultiple(decimal(0.4), decimal(0.6)))).toBe(1.2);
    expect(toDouble(leastCommonMultiple(decimal(4), decimal(6)))).toBe(12);
  });

  it('rounds division down, below zero too', () => {
    expect(floorDivide(decimal(-1), decimal(2))).toBe(-1n);
    expect(floorDivide(decimal(-4), decimal(2))).toBe(-2n);
    expect(floorDivide(decimal(5.5), decimal(0.5))).toBe(11n);
  });

  it('knows which of them are doubles', () => {
    expect(toDouble(times(decimal(1), 9007199254740993n))).toBeUndefined();
    expect(toDouble(decimal(1e300))).toBe(1e300);
    expect(toDouble(decimal(-2.5e-10))).toBe(-2.5e-10);
  });
});
