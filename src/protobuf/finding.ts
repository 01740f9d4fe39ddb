/** The findings about two `.proto` files. Ids are never renamed: waivers and stored reports refer to them. */
import { isArray, type Json } from '../schema/json.ts';

export type Params = Readonly<Record<string, Json>>;

export interface ProtoRow {
  readonly meaning: string;
  readonly effect: 'narrows' | 'widens' | 'replaces' | 'none';
  /** Its severity where it breaks no direction that is enforced. */
  readonly quiet: 'info' | 'warning';
  /** What the reversed edit is called. */
  readonly mirror: string;
  readonly message: (params: Params, at: string) => string;
  readonly hint?: string;
}

const text = (value: Json | undefined) => (isArray(value) ? value.map(String).join(', ') : String(value));

/** A row is one edit; the comparison emits it, reports print it, the README lists it. */
export const protoFindings = {
  PROTO_FIELD_TYPE_CHANGED: {
    meaning: 'A number carries a type that stands differently on the wire.',
    effect: 'replaces',
    quiet: 'warning',
    mirror: 'PROTO_FIELD_TYPE_CHANGED',
    message: (p, at) =>
      `${at}: number ${text(p.number)} was ${text(p.previous)} and is ${text(p.next)}, which stands differently on the wire.`,
    hint: 'Give the new type a new number, and reserve the old one.',
  },
  PROTO_FIELD_TYPE_LOSSY: {
    meaning: 'The types share a form on the wire, and not all values: what does not fit is cut.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'PROTO_FIELD_TYPE_LOSSY',
    message: (p, at) =>
      `${at}: number ${text(p.number)} was ${text(p.previous)} and is ${text(p.next)}: compatible as long as the values fit.`,
    hint: 'Make sure that no value beyond the smaller type was written.',
  },
  PROTO_FIELD_LABEL_CHANGED: {
    meaning: 'A field became repeated or stopped being so, and its values stand differently on the wire.',
    effect: 'replaces',
    quiet: 'warning',
    mirror: 'PROTO_FIELD_LABEL_CHANGED',
    message: (p, at) =>
      `${at}: number ${text(p.number)} was ${text(p.previous)} and is ${text(p.next)}: numbers are packed where they repeat.`,
    hint: 'Give the new field a new number, and reserve the old one.',
  },
  PROTO_FIELD_LABEL_LOSSY: {
    meaning: 'A repeated field became singular: of several values the last is read.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'PROTO_FIELD_LABEL_LOSSY',
    message: (p, at) =>
      `${at}: number ${text(p.number)} was ${text(p.previous)} and is ${text(p.next)}: of several values the last is read.`,
  },
  PROTO_REQUIRED_ADDED: {
    meaning: 'A field is required: what was written without it is refused.',
    effect: 'narrows',
    quiet: 'warning',
    mirror: 'PROTO_REQUIRED_REMOVED',
    message: (p, at) => `${at}: "${text(p.field)}" is required now; older messages without it are refused.`,
    hint: 'Make it optional: required fields cannot be taken back.',
  },
  PROTO_REQUIRED_REMOVED: {
    meaning: 'A field is required no more: older readers refuse what is written without it.',
    effect: 'widens',
    quiet: 'warning',
    mirror: 'PROTO_REQUIRED_ADDED',
    message: (p, at) => `${at}: "${text(p.field)}" is required no more; older readers refuse messages without it.`,
    hint: 'Keep writing it until all readers have the new schema: set the level to BACKWARD.',
  },
  PROTO_FIELD_ADDED: {
    meaning: 'A number is new. Readers that do not know it pass it over.',
    effect: 'none',
    quiet: 'info',
    mirror: 'PROTO_FIELD_REMOVED',
    message: (p, at) => `${at}: "${text(p.field)}" is new, with the number ${text(p.number)}.`,
  },
  PROTO_FIELD_REMOVED: {
    meaning: 'A number is gone, and reserved so that nobody takes it again.',
    effect: 'none',
    quiet: 'info',
    mirror: 'PROTO_FIELD_ADDED',
    message: (p, at) => `${at}: "${text(p.field)}" is gone, and its number ${text(p.number)} is reserved.`,
  },
  PROTO_FIELD_REMOVED_UNRESERVED: {
    meaning: 'A number is gone and free to be taken again with another meaning, while stored messages still carry it.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'PROTO_FIELD_ADDED',
    message: (p, at) => `${at}: "${text(p.field)}" is gone, and its number ${text(p.number)} is not reserved.`,
    hint: 'Reserve the number and the name.',
  },
  PROTO_RESERVED_USED: {
    meaning: 'A field takes a number or a name that was reserved: stored messages may carry something else there.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'PROTO_FIELD_REMOVED',
    message: (p, at) => `${at}: "${text(p.field)}" takes ${text(p.reserved)}, which was reserved.`,
    hint: 'Take a number that was never used.',
  },
  PROTO_RESERVED_DROPPED: {
    meaning: 'A reservation is gone: the number may be taken again.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'PROTO_RESERVED_DROPPED',
    message: (p, at) => `${at}: ${text(p.reserved)} is reserved no more.`,
    hint: 'Keep reservations for ever.',
  },
  PROTO_FIELD_RENAMED: {
    meaning: 'A field has another name. The wire knows numbers alone; ProtoJSON, names alone.',
    effect: 'none',
    quiet: 'info',
    mirror: 'PROTO_FIELD_RENAMED',
    message: (p, at) =>
      `${at}: number ${text(p.number)} was called "${text(p.previous)}" and is called "${text(p.next)}".`,
    hint: 'Where messages go as JSON, keep the name there: json_name.',
  },
  PROTO_JSON_NAME_CHANGED: {
    meaning: 'ProtoJSON calls a field differently; readers there refuse the old name.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'PROTO_JSON_NAME_CHANGED',
    message: (p, at) => `${at}: number ${text(p.number)} is "${text(p.next)}" in JSON and was "${text(p.previous)}".`,
    hint: 'Keep the name by json_name.',
  },
  PROTO_JSON_TYPE_CHANGED: {
    meaning: 'ProtoJSON writes a field’s values differently.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'PROTO_JSON_TYPE_CHANGED',
    message: (p, at) => `${at}: number ${text(p.number)} is ${text(p.next)} in JSON and was ${text(p.previous)}.`,
  },
  PROTO_ONEOF_JOINED: {
    meaning: 'Fields that could stand together are alternatives now: of both, the last is read.',
    effect: 'narrows',
    quiet: 'warning',
    mirror: 'PROTO_ONEOF_SPLIT',
    message: (p, at) =>
      `${at}: ${text(p.fields)} are alternatives of "${text(p.oneof)}" now, and could stand together before.`,
    hint: 'Move a single field into a new oneof, or add new fields to it.',
  },
  PROTO_ONEOF_SPLIT: {
    meaning: 'Fields that were alternatives may stand together: older readers keep the last.',
    effect: 'widens',
    quiet: 'warning',
    mirror: 'PROTO_ONEOF_JOINED',
    message: (p, at) => `${at}: ${text(p.fields)} were alternatives of "${text(p.oneof)}", and may stand together now.`,
    hint: 'Let readers have the new schema before writers use it: set the level to BACKWARD.',
  },
  PROTO_ENUM_VALUE_REMOVED: {
    meaning: 'A number of an enum is gone: readers keep it as a number, or set it aside where the enum is closed.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'PROTO_ENUM_VALUE_ADDED',
    message: (p, at) => `${at}: "${text(p.value)}" (${text(p.number)}) is gone; stored messages carry the number.`,
    hint: 'Keep the value, marked deprecated, or reserve its number and name.',
  },
  PROTO_ENUM_VALUE_ADDED: {
    meaning: 'A number of an enum is new.',
    effect: 'none',
    quiet: 'info',
    mirror: 'PROTO_ENUM_VALUE_REMOVED',
    message: (p, at) => `${at}: "${text(p.value)}" (${text(p.number)}) is new.`,
  },
  PROTO_ENUM_VALUE_RENAMED: {
    meaning: 'A number of an enum has another name; ProtoJSON writes names.',
    effect: 'none',
    quiet: 'info',
    mirror: 'PROTO_ENUM_VALUE_RENAMED',
    message: (p, at) => `${at}: ${text(p.number)} was called "${text(p.previous)}" and is called "${text(p.next)}".`,
    hint: 'Where messages go as JSON, keep the old name as an alias.',
  },
  PROTO_ENUM_VALUE_RENUMBERED: {
    meaning: 'A name of an enum has another number: each side reads another meaning.',
    effect: 'replaces',
    quiet: 'warning',
    mirror: 'PROTO_ENUM_VALUE_RENUMBERED',
    message: (p, at) => `${at}: "${text(p.value)}" was ${text(p.previous)} and is ${text(p.next)}.`,
    hint: 'Give it back its number; new values take new numbers.',
  },
  PROTO_MESSAGE_REMOVED: {
    meaning: 'A message that is an event of its own is gone: nothing reads what was written of it.',
    effect: 'narrows',
    quiet: 'warning',
    mirror: 'PROTO_MESSAGE_ADDED',
    message: (p) => `The message "${text(p.name)}" is gone, and stored data was written with it.`,
    hint: 'Keep it, marked deprecated.',
  },
  PROTO_MESSAGE_ADDED: {
    meaning: 'A message is new.',
    effect: 'none',
    quiet: 'info',
    mirror: 'PROTO_MESSAGE_REMOVED',
    message: (p) => `The message "${text(p.name)}" is new.`,
  },
  PROTO_PACKAGE_CHANGED: {
    meaning: 'The package has another name. The wire does not carry it; generated code and google.protobuf.Any do.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'PROTO_PACKAGE_CHANGED',
    message: (p) => `The package was "${text(p.previous)}" and is "${text(p.next)}".`,
  },
  PROTO_SYNTAX_CHANGED: {
    meaning: 'The syntax is another: presence, packing and closed enums follow it.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'PROTO_SYNTAX_CHANGED',
    message: (p) => `The syntax was ${text(p.previous)} and is ${text(p.next)}.`,
  },
  PROTO_PRESENCE_CHANGED: {
    meaning: 'Whether readers distinguish an unset field from one that holds its default changed.',
    effect: 'none',
    quiet: 'info',
    mirror: 'PROTO_PRESENCE_CHANGED',
    message: (p, at) =>
      `${at}: readers ${p.next === true ? 'can see now' : 'can no longer see'} whether number ${text(p.number)} is set.`,
  },
  PROTO_DEFAULT_CHANGED: {
    meaning: 'The default of a proto2 field changed: where it is not written, it is read differently.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'PROTO_DEFAULT_CHANGED',
    message: (p, at) =>
      `${at}: the default of number ${text(p.number)} was ${text(p.previous)} and is ${text(p.next)}.`,
  },
  PROTO_DOC_CHANGED: {
    meaning: 'Only comments, services, options or the order of definitions changed.',
    effect: 'none',
    quiet: 'info',
    mirror: 'PROTO_DOC_CHANGED',
    message: () => 'Comments, services, options or order changed; messages are written and read as before.',
  },
} as const satisfies Readonly<Record<string, ProtoRow>>;

export type ProtoRule = keyof typeof protoFindings;
