/** Logical types (Avro 1.12, "Logical Types"). An invalid one is ignored: the underlying type stands, as the specification says. */
import { type JsonObject, member } from '../schema/json.ts';
import type { Logical, PrimitiveKind } from './type.ts';

/** A row is a logical type and what it may annotate. */
const underlying: Readonly<Record<string, readonly (PrimitiveKind | 'fixed')[]>> = {
  decimal: ['bytes', 'fixed'],
  'big-decimal': ['bytes'],
  uuid: ['string', 'fixed'],
  date: ['int'],
  'time-millis': ['int'],
  'time-micros': ['long'],
  'timestamp-millis': ['long'],
  'timestamp-micros': ['long'],
  'timestamp-nanos': ['long'],
  'local-timestamp-millis': ['long'],
  'local-timestamp-micros': ['long'],
  'local-timestamp-nanos': ['long'],
  duration: ['fixed'],
};

/** `size` in bytes, of a fixed. */
export function readLogical(schema: JsonObject, kind: PrimitiveKind | 'fixed', size?: number): Logical | undefined {
  const name = member(schema, 'logicalType');
  if (typeof name !== 'string' || !Object.hasOwn(underlying, name) || !underlying[name]?.includes(kind))
    return undefined;
  if (name !== 'decimal')
    return (name === 'duration' && size !== 12) || (name === 'uuid' && size !== undefined && size !== 16)
      ? undefined
      : { name };
  const precision = member(schema, 'precision');
  const scale = member(schema, 'scale') ?? 0;
  if (!isCount(precision) || precision === 0 || !isCount(scale) || scale > precision) return undefined;
  if (size !== undefined && precision > digitsIn(size)) return undefined;
  return { name, precision, scale };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Decimal digits that `bytes` bytes of two's complement hold. */
function digitsIn(bytes: number): number {
  return Math.floor(Math.log10(2) * (8 * bytes - 1));
}
