/**
 * Exact arithmetic on the numbers of JSON. A double stands for its shortest decimal, `units × 10^-scale`: so 0.3 is a multiple
 * of 0.1, which it is not in binary.
 */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const one: Decimal = { units: 1n, scale: 0 };

export function decimal(value: number): Decimal {
  if (Number.isSafeInteger(value)) return { units: BigInt(value), scale: 0 };
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const units = BigInt(whole + fraction);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

function unitsAt(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}

/** Both as whole numbers of the finer of their units. */
function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [unitsAt(a, scale), unitsAt(b, scale), scale];
}

export function isMultiple(value: Decimal, step: Decimal): boolean {
  const [units, stepUnits] = aligned(value, step);
  return stepUnits !== 0n && units % stepUnits === 0n;
}

/** `value % step === 0` in exact arithmetic. */
export function isMultipleOf(value: number, step: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return step !== 0 && value % step === 0;
  return isMultiple(decimal(value), decimal(step));
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The least number that is a multiple of both. */
export function leastCommonMultiple(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  const units = (x / gcd(x, y)) * y;
  return { units: units < 0n ? -units : units, scale };
}

/** How often `step` fits into `value`, rounded down. */
export function floorDivide(value: Decimal, step: Decimal): bigint {
  const [units, stepUnits] = aligned(value, step);
  const quotient = units / stepUnits;
  return units % stepUnits !== 0n && units < 0n !== stepUnits < 0n ? quotient - 1n : quotient;
}

export function times(step: Decimal, count: bigint): Decimal {
  return { units: step.units * count, scale: step.scale };
}

/** The double that stands for `value`, or undefined where none does. */
export function toDouble(value: Decimal): number | undefined {
  const digits = value.units.toString();
  const double = Number(value.scale === 0 ? digits : `${digits}e-${value.scale}`);
  if (!Number.isFinite(double)) return undefined;
  const [back, wanted] = aligned(decimal(double), value);
  return back === wanted ? (double === 0 ? 0 : double) : undefined;
}
