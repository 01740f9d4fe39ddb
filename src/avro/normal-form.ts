/** The Parsing Canonical Form (Avro 1.12, "Transforming into Parsing Canonical Form"): equal exactly where data is written the same way. */
import type { AvroType, NamedType } from './type.ts';

/** What is said of a type beyond how its data is written is left out: docs, defaults, aliases, logical types. */
export function normalForm(type: AvroType, defined: Set<string> = new Set()): string {
  switch (type.kind) {
    case 'array':
      return `{"type":"array","items":${normalForm(type.items, defined)}}`;
    case 'map':
      return `{"type":"map","values":${normalForm(type.values, defined)}}`;
    case 'union':
      return `[${type.branches.map((branch) => normalForm(branch, defined)).join(',')}]`;
    case 'record':
    case 'enum':
    case 'fixed':
      return namedForm(type, defined);
    default:
      return `"${type.kind}"`;
  }
}

function namedForm(type: NamedType, defined: Set<string>): string {
  if (defined.has(type.name)) return `"${type.name}"`;
  defined.add(type.name);
  const head = `{"name":"${type.name}","type":"${type.kind}"`;
  if (type.kind === 'fixed') return `${head},"size":${type.size}}`;
  if (type.kind === 'enum') return `${head},"symbols":[${type.symbols.map((symbol) => `"${symbol}"`).join(',')}]}`;
  const fields = type.fields.map(({ name, type: of }) => `{"name":"${name}","type":${normalForm(of, defined)}}`);
  return `${head},"fields":[${fields.join(',')}]}`;
}
