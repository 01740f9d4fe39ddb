/** `multipleOf` (JSON Schema Validation §6.2.1) on decimals: 0.3 is a multiple of 0.1, whatever the doubles' quotient says. */

interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Whether `value / divisor` is an integer, both read as the shortest decimal of their double. `divisor` is above zero. */
export function isMultipleOf(value: number, divisor: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0;
  const left = decimal(value);
  const right = decimal(divisor);
  const exponent = Math.min(left.exponent, right.exponent);
  return scaled(left, exponent) % scaled(right, exponent) === 0n;
}

function scaled({ digits, exponent }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(exponent - to);
}

function decimal(number: number): Decimal {
  const [mantissa = '0', power = '0'] = String(number).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}
