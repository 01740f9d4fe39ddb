import { describe, expect, it } from 'vitest';
import { descriptorOf } from './descriptor.ts';
import { textOfDescriptor } from './descriptor-text.ts';
import type { ProtoDocument } from './model.ts';
import { contentText } from './normal-form.ts';
import { parseProtobuf } from './parse.ts';

const read = (text: string, references: ReadonlyMap<string, ProtoDocument> = new Map()) => {
  const parsed = parseProtobuf(text, { references });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
};
const problemOf = (text: string) => {
  const parsed = parseProtobuf(text);
  return parsed.ok
    ? undefined
    : `${parsed.problems[0]?.rule} #${parsed.problems[0]?.pointer} ${parsed.problems[0]?.message}`;
};
const message = (body: string) => `syntax = "proto3"; message M { ${body} }`;

describe('a .proto file', () => {
  it('is refused with what is wrong and where', () => {
    expect(problemOf('{"type":"object"}')).toMatch(
      /^SCHEMA_INVALID # is no \.proto file: illegal token '\{' \(line 1\)/,
    );
    expect(problemOf(message('int32 a = 1; int32 b = 1;'))).toMatch(/duplicate id 1/);
    expect(problemOf(message('reserved 1; int32 a = 1;'))).toMatch(/id 1 is reserved/);
    expect(problemOf(message('int32 a = 0;'))).toMatch(
      /^SCHEMA_INVALID #\/M\/a has the number 0: field numbers are 1 to 536870911/,
    );
    expect(problemOf(message('int32 a = 19500;'))).toMatch(/has the number 19500/);
    expect(problemOf('syntax = "proto3"; enum E { A = 1; } message M { E e = 1; }')).toMatch(
      /^SCHEMA_INVALID #\/E the first value/,
    );
    expect(problemOf(message('Nothing a = 1;'))).toMatch(/no such Type or Enum 'Nothing'/);
    expect(problemOf('syntax = "proto3";')).toMatch(/defines no message/);
  });

  it('with an unknown import names it and says what to do', () => {
    expect(problemOf('syntax = "proto3"; import "a/b.proto"; message M { int32 a = 1; }')).toBe(
      'SCHEMA_REFERENCE_UNRESOLVED # imports "a/b.proto", which is neither one of the well-known files nor among the references: give the subject that holds it as a reference of that name',
    );
  });

  it('that would hurt whoever reads it is refused before it is read', () => {
    expect(problemOf(message('int32 __proto__ = 1;'))).toMatch(/^SCHEMA_NAME_FORBIDDEN/);
    const deep = `syntax = "proto3"; ${'message M { '.repeat(5_000)}${'}'.repeat(5_000)}`;
    expect(problemOf(deep)).toMatch(/^SCHEMA_TOO_DEEP/);
  });

  it('reads what it imports, and what that imports', () => {
    const inner = read('syntax = "proto3"; package x; message I { int32 a = 1; }');
    const outer = read(
      'syntax = "proto3"; package y; import "i.proto"; message O { x.I i = 1; }',
      new Map([['i.proto', inner]]),
    );
    const document = read(
      'syntax = "proto3"; import "o.proto"; message M { y.O o = 1; }',
      new Map([['o.proto', outer]]),
    );
    expect([...document.messages.keys()]).toEqual(['M']);
    expect(document.messages.get('M')?.fields[0]?.type).toMatchObject({
      kind: 'message',
      of: { name: 'y.O', own: false },
    });
  });

  it('takes its presence, packing and names from its syntax', () => {
    const fields = (text: string) =>
      read(text)
        .messages.get('M')
        ?.fields.map(({ jsonName, presence, packed }) => [jsonName, presence, packed]);
    expect(fields(message('int32 a_b = 1; optional int32 c = 2; repeated int32 d = 3; M e = 4;'))).toEqual([
      ['aB', false, false],
      ['c', true, false],
      ['d', false, true],
      ['e', true, false],
    ]);
    expect(fields('syntax = "proto2"; message M { repeated int32 d = 3; optional int32 a = 1; }')).toEqual([
      ['d', false, false],
      ['a', true, false],
    ]);
  });
});

describe('a descriptor', () => {
  const text = `syntax = "proto3"; package a.b; import "google/protobuf/timestamp.proto";
    message Order { reserved 5, 7 to 9; reserved "old"; string order_id = 1 [json_name = "ID"]; optional int32 n = 2;
      repeated int32 r = 3; map<string, Item> m = 4; oneof c { string x = 10; Item y = 11; } google.protobuf.Timestamp t = 12;
      message Item { int64 q = 1; } enum E { A = 0; B = 1; } E e = 13; }`;

  it('says what the text says', () => {
    const document = read(text);
    const again = read(descriptorOf(document, 'order.proto'));
    expect(again.messages.get('Order')?.fields.map(({ type: _, ...field }) => field)).toEqual(
      document.messages.get('Order')?.fields.map(({ type: _, ...field }) => field),
    );
    expect([...again.messages.keys()]).toEqual(['Order', 'Order.Item']);
    expect(contentText(read(descriptorOf(again, 'order.proto')))).toBe(contentText(again));
  });

  it('of proto2 keeps required fields, defaults and groups', () => {
    const document = read(
      'syntax = "proto2"; message M { required int32 a = 1; optional string b = 2 [default = "x"]; optional group G = 3 { optional int32 c = 4; } }',
    );
    const again = read(descriptorOf(document, 'm.proto'));
    expect(
      again.messages
        .get('M')
        ?.fields.map(({ name, label, default: value, delimited }) => [name, label, value, delimited]),
    ).toEqual([
      ['a', 'required', undefined, false],
      ['b', 'singular', 'x', false],
      ['g', 'singular', undefined, true],
    ]);
  });

  it('is recognised beside text and noise', () => {
    expect(textOfDescriptor(text)).toBeUndefined();
    expect(textOfDescriptor('aGVsbG8gd29ybGQ=')).toBeUndefined();
    expect(textOfDescriptor('')).toBeUndefined();
  });
});
