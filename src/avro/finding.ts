/** The findings about two Avro schemas. Ids are never renamed: waivers and stored reports refer to them. */
import { isArray, type Json } from '../schema/json.ts';

export type Params = Readonly<Record<string, Json>>;

export interface AvroRow {
  readonly meaning: string;
  readonly effect: 'narrows' | 'widens' | 'replaces' | 'none' | 'undecided';
  /** Its severity where it breaks no direction that is enforced. */
  readonly quiet: 'info' | 'warning';
  /** What the reversed edit is called. */
  readonly mirror: string;
  readonly message: (params: Params, at: string) => string;
  readonly hint?: string;
}

const text = (value: Json | undefined) =>
  isArray(value) ? value.map((each) => `"${String(each)}"`).join(', ') : String(value);

/** A row is one edit; the comparison emits it, reports print it, the README lists it. */
export const avroFindings = {
  AVRO_TYPE_NARROWED: {
    meaning: 'A type became one that the old data cannot be read as, though not the other way round.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'AVRO_TYPE_WIDENED',
    message: (p, at) =>
      `${at}: ${text(p.previous)} became ${text(p.next)}, and ${text(p.previous)} is not read as ${text(p.next)}.`,
    hint: 'Keep the type, or add a field of the new type with a default beside it.',
  },
  AVRO_TYPE_WIDENED: {
    meaning: 'A type became one that its data is promoted to; older readers cannot read what is written now.',
    effect: 'widens',
    quiet: 'info',
    mirror: 'AVRO_TYPE_NARROWED',
    message: (p, at) =>
      `${at}: ${text(p.previous)} became ${text(p.next)}, which readers of ${text(p.previous)} cannot read.`,
    hint: 'Readers have to move before writers do: set the level to BACKWARD while they move.',
  },
  AVRO_TYPE_REPLACED: {
    meaning: 'A type became another that neither side reads.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'AVRO_TYPE_REPLACED',
    message: (p, at) => `${at}: ${text(p.previous)} became ${text(p.next)}; neither is read as the other.`,
    hint: 'Add a field of the new type with a default, and remove the old one later.',
  },
  AVRO_TYPE_PROMOTED: {
    meaning: 'Text and bytes took each other’s place, which both sides read.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'AVRO_TYPE_PROMOTED',
    message: (p, at) =>
      `${at}: ${text(p.previous)} became ${text(p.next)}; each is read as the other, and bytes need not be text.`,
  },
  AVRO_NAME_CHANGED: {
    meaning: 'A record, an enum or a fixed has another name, and no alias that leads back.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'AVRO_NAME_CHANGED',
    message: (p, at) => `${at}: "${text(p.previous)}" became "${text(p.next)}".`,
    hint: 'Give the new type the old full name among its "aliases". Readers of the old schema still refuse it.',
  },
  AVRO_FIELD_ADDED: {
    meaning: 'A record has a field more. Without a default, data written before cannot be read.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'AVRO_FIELD_REMOVED',
    message: (p, at) =>
      `${at}: the field "${text(p.field)}" is new${p.default === true ? '' : ', and has no default to read older data with'}.`,
    hint: 'Give the field a "default".',
  },
  AVRO_FIELD_REMOVED: {
    meaning: 'A record has a field less. Where it had no default, older readers miss it.',
    effect: 'widens',
    quiet: 'info',
    mirror: 'AVRO_FIELD_ADDED',
    message: (p, at) =>
      `${at}: the field "${text(p.field)}" is gone${p.default === true ? '' : ', and older readers have no default for it'}.`,
    hint: 'Keep it until all readers have a schema in which it has a default.',
  },
  AVRO_FIELD_RENAMED: {
    meaning: 'A field has another name and the old one among its aliases.',
    effect: 'none',
    quiet: 'info',
    mirror: 'AVRO_FIELD_RENAMED',
    message: (p, at) =>
      `${at}: the field "${text(p.previous)}" is called "${text(p.next)}" now, and is read by its alias.`,
  },
  AVRO_SYMBOL_REMOVED: {
    meaning: 'An enum has a symbol less, and no default for the one that is gone.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'AVRO_SYMBOL_ADDED',
    message: (p, at) =>
      `${at}: the symbol "${text(p.symbol)}" is gone${p.default === true ? ', and is read as the default' : ', and stored data carries it'}.`,
    hint: 'Keep the symbol, or give the enum a "default".',
  },
  AVRO_SYMBOL_ADDED: {
    meaning: 'An enum has a symbol more, which older readers without a default refuse.',
    effect: 'widens',
    quiet: 'info',
    mirror: 'AVRO_SYMBOL_REMOVED',
    message: (p, at) =>
      `${at}: the symbol "${text(p.symbol)}" is new${p.default === true ? '; older readers take their default for it' : ', and older readers have no default for it'}.`,
    hint: 'Give the enum a "default" one version before it gets more symbols.',
  },
  AVRO_SIZE_CHANGED: {
    meaning: 'A fixed has another size.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'AVRO_SIZE_CHANGED',
    message: (p, at) => `${at}: ${text(p.previous)} bytes became ${text(p.next)}.`,
    hint: 'Define a fixed of another name, and a field for it.',
  },
  AVRO_DECIMAL_CHANGED: {
    meaning: 'A decimal has another precision or scale: the same bytes would be another number.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'AVRO_DECIMAL_CHANGED',
    message: (p, at) =>
      `${at}: decimal(${text(p.previous)}) became decimal(${text(p.next)}): the same bytes would be another number.`,
    hint: 'Add a field with the new decimal and a default.',
  },
  AVRO_LOGICAL_TYPE_CHANGED: {
    meaning: 'The same bytes are read without a complaint, and mean something else.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'AVRO_LOGICAL_TYPE_CHANGED',
    message: (p, at) =>
      `${at}: ${text(p.previous)} became ${text(p.next)}: the data is read as before, and means something else.`,
    hint: 'Add a field with the new logical type and a default.',
  },
  AVRO_UNION_BRANCH_REMOVED: {
    meaning: 'Data of a branch that was there before has no branch to be read with.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'AVRO_UNION_BRANCH_ADDED',
    message: (p, at) => `${at}: nothing reads ${text(p.branch)} any more.`,
    hint: 'Keep the branch.',
  },
  AVRO_UNION_BRANCH_ADDED: {
    meaning: 'Data of a branch is written that older readers have none for.',
    effect: 'widens',
    quiet: 'info',
    mirror: 'AVRO_UNION_BRANCH_REMOVED',
    message: (p, at) => `${at}: ${text(p.branch)} may be written now, and older readers have no branch for it.`,
    hint: 'Let readers have the branch before writers use it: set the level to BACKWARD while they move.',
  },
  AVRO_UNDECIDED_ALIAS: {
    meaning:
      'Name and aliases of one field meet several fields of the writer: implementations choose differently, or refuse.',
    effect: 'undecided',
    quiet: 'warning',
    mirror: 'AVRO_UNDECIDED_ALIAS',
    message: (p, at) => `${at}: the name and the aliases of "${text(p.field)}" meet more than one field of the writer.`,
    hint: 'Drop the alias: both fields are there.',
  },
  AVRO_UNDECIDED_BRANCH: {
    meaning: 'Several branches match by their unqualified name, and not all of them can read the data.',
    effect: 'undecided',
    quiet: 'warning',
    mirror: 'AVRO_UNDECIDED_BRANCH',
    message: (p, at) =>
      `${at}: several branches match "${text(p.branch)}", and only some of them read its data; implementations choose differently.`,
    hint: 'Give the types names that differ beyond their namespaces.',
  },
  AVRO_DEFAULT_CHANGED: {
    meaning: 'A default is another: older data is read with another value.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'AVRO_DEFAULT_CHANGED',
    message: (p, at) => `${at}: the default of ${text(p.of)} changed.`,
  },
  AVRO_DOC_CHANGED: {
    meaning: 'Only documentation, order, aliases or properties of one’s own changed.',
    effect: 'none',
    quiet: 'info',
    mirror: 'AVRO_DOC_CHANGED',
    message: () => 'Documentation or properties changed; data is written and read as before.',
  },
} as const satisfies Readonly<Record<string, AvroRow>>;

export type AvroRule = keyof typeof avroFindings;
