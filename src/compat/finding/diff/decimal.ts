/** Exact division of decimal numbers as they are written: 0.3 is three tenths, not the double nearest to it. */

interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

function decimal(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = value.toString().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

const widest = 700;

/** Whether `multiple` is an integer multiple of `step`. */
export function divides(step: number, multiple: number): boolean {
  const left = decimal(multiple);
  const right = decimal(step);
  if (right.digits === 0n) return false;
  const shift = left.exponent - right.exponent;
  if (Math.abs(shift) > widest) return false;
  const scale = 10n ** BigInt(Math.abs(shift));
  const [dividend, divisor] = shift >= 0 ? [left.digits * scale, right.digits] : [left.digits, right.digits * scale];
  return dividend % divisor === 0n;
}
