import type { Scalar } from './model.ts';

/** A row is a scalar and its number in FieldDescriptorProto.Type. */
export const scalarNumbers: Readonly<Record<Scalar, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};
