/**
 * Whether two types match in the sense of "Schema Resolution" (Avro 1.12): by name and kind, not by what records hold. Which branch
 * of a union a datum is read with depends on this alone; whether it then can be read is another question.
 */
import {
  type AvroType,
  type Field,
  isNamed,
  type Logical,
  type NamedType,
  type UnionType,
  unqualified,
} from './type.ts';

/** A row is what a writer's primitive may be read as beside itself. */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

export function matches(writer: AvroType, reader: AvroType): boolean {
  if (writer.kind === 'union' || reader.kind === 'union') return true;
  if (writer.kind !== reader.kind) return isPromoted(writer.kind, reader.kind);
  switch (writer.kind) {
    case 'array':
      return matches(writer.items, (reader as typeof writer).items);
    case 'map':
      return matches(writer.values, (reader as typeof writer).values);
    case 'record':
    case 'enum':
      return isNameOf(reader as NamedType, writer.name);
    case 'fixed':
      return (
        isNameOf(reader as NamedType, writer.name) &&
        writer.size === (reader as typeof writer).size &&
        sameDecimal(writer.logical, (reader as typeof writer).logical)
      );
    default:
      return sameDecimal(writer.logical, (reader as typeof writer).logical);
  }
}

export function isPromoted(writer: string, reader: string): boolean {
  return promotions[writer]?.includes(reader) ?? false;
}

/**
 * The branches a datum of `writer` may be read with, the one that is taken first. Of several that match by their unqualified names
 * the one with the very name comes before the others: the specification is silent there, and implementations agree.
 */
export function inOrder(writer: AvroType, { branches }: UnionType): readonly AvroType[] {
  const matching = branches.filter((branch) => matches(writer, branch));
  if (matching.length < 2 || !isNamed(writer)) return matching;
  const exact = matching.filter((branch) => isNamed(branch) && branch.name === writer.name);
  return [...exact, ...matching.filter((branch) => !exact.includes(branch))];
}

/** The unqualified names are equal, or the reader knows the writer's full name as an alias. */
export function isNameOf(reader: NamedType, writer: string): boolean {
  return unqualified(reader.name) === unqualified(writer) || reader.aliases.includes(writer);
}

/** "Two schemas that are decimal logical types match if their scales and precisions match." Others are read as what lies under them. */
export function sameDecimal(writer: Logical | undefined, reader: Logical | undefined): boolean {
  if (writer?.name !== 'decimal' || reader?.name !== 'decimal') return true;
  return writer.precision === reader.precision && writer.scale === reader.scale;
}

/** The writer's field that a reader's field takes its value from: by its own name before its aliases. */
export function writerField(fields: readonly Field[], reader: Field): Field | 'ambiguous' | undefined {
  const found = fields.filter(({ name }) => name === reader.name || reader.aliases.includes(name));
  return found.length > 1 ? 'ambiguous' : found[0];
}
