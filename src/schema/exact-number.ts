/**
 * Numbers as JSON writes them against numbers as programs read them. Readers keep a double (RFC 8259 §6): a literal that says more
 * than one holds would be read as another number, so a schema may not say it.
 */

/** A decimal without outer zeros: `1.50`, `15e-1` and `1.5` are one. */
interface Decimal {
  readonly isNegative: boolean;
  /** Empty for zero. */
  readonly digits: string;
  /** Of the last digit. */
  readonly exponent: number;
}

/** Digits of the largest double. */
const maxDigits = 309;

/** Whether a double holds the number: it prints as written, or it is an integer whose value the double has to the last digit. */
export function isExact(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value)) return false;
  const stated = decimalOf(literal);
  const printed = decimalOf(String(value));
  const isSame = stated.digits === printed.digits && stated.exponent === printed.exponent;
  return stated.digits === '' || isSame || integerOf(stated) === BigInt(Math.trunc(Math.abs(value)));
}

/** Linear in the length of the literal, which a stranger may have written. */
function decimalOf(literal: string): Decimal {
  const [mantissa = '', power = '0'] = literal.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const all = whole + fraction;
  let start = 0;
  let end = all.length;
  while (start < end && all[start] === '0') start += 1;
  while (end > start && all[end - 1] === '0') end -= 1;
  const digits = all.slice(start, end);
  const exponent = digits === '' ? 0 : Number(power) - fraction.length + (all.length - end);
  return { isNegative: mantissa.startsWith('-'), digits, exponent };
}

/** Its absolute value, where it is an integer that a double might hold. */
function integerOf({ digits, exponent }: Decimal): bigint | undefined {
  if (exponent < 0 || digits.length + exponent > maxDigits) return undefined;
  return BigInt(digits) * 10n ** BigInt(exponent);
}

/** A row is a bound, the bound that says the same of integers, and how far that lies from it. */
const bounds: Readonly<Record<string, readonly [keyword: string, distance: bigint]>> = {
  maximum: ['exclusiveMaximum', 1n],
  exclusiveMaximum: ['maximum', -1n],
  minimum: ['exclusiveMinimum', -1n],
  exclusiveMinimum: ['minimum', 1n],
};

/** What is wrong with a literal that is not exact, and what to write instead. `isDraft04`: exclusive bounds are booleans there. */
export function inexactText(literal: string, keyword = '', isDraft04 = false): string {
  const wrong = 'is a number that a double cannot hold exactly, so that readers would see another one';
  if (!Number.isFinite(Number(literal))) return `${wrong}: a double ends near 1.8e308`;
  const decimal = decimalOf(literal);
  const absolute = integerOf(decimal);
  if (absolute === undefined) return `${wrong}: write ${String(Number(literal))}`;
  const integer = decimal.isNegative ? -absolute : absolute;
  const [other, distance] = (Object.hasOwn(bounds, keyword) ? bounds[keyword] : undefined) ?? ['', 0n];
  const bound = integer + distance;
  if (other !== '' && isExact(String(bound)))
    return `${wrong}: write ${isDraft04 ? draft04Bound(keyword, bound) : `"${other}": ${bound}`}, which says the same of integers`;
  const [below, above] = neighbours(absolute).map((each) => (decimal.isNegative ? -each : each));
  return `${wrong}: the nearest that it holds are ${below} and ${above}`;
}

/** In draft-04 the exclusive bound is the inclusive one with a boolean beside it. */
function draft04Bound(keyword: string, bound: bigint): string {
  return `"${keyword}": ${bound} with "exclusive${keyword.charAt(0).toUpperCase()}${keyword.slice(1)}": true`;
}

/** Bits of a double's significand. */
const significantBits = 53;

function neighbours(absolute: bigint): readonly [bigint, bigint] {
  const step = 2n ** BigInt(Math.max(0, absolute.toString(2).length - significantBits));
  const below = absolute - (absolute % step);
  return [below, below + step];
}
