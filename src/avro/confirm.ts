/** A datum that the writer's schema encodes and the reader's refuses, held against two readers: this project's own and `avsc`. */
import { createRequire } from 'node:module';
import type avsc from 'avsc';
import type { Json } from '../schema/json.ts';
import { unread } from './read.ts';
import type { AvroDocument } from './type.ts';

export interface Confirmed {
  readonly confirmedBy: readonly ('herald' | 'avsc')[];
  /** The datum in binary, as the writer's schema encodes it; absent where `avsc` does not take the schema. */
  readonly encoded?: string;
  readonly at: string;
  readonly message: string;
}

/** Undefined where the reader reads it after all. */
export type Confirm = (datum: Json) => Confirmed | undefined;

/**
 * `avsc` departs from the specification in what it lets pass, as decimals of another scale: the first opinion then stands alone. So
 * it does where `avsc` cannot take one of the schemas.
 */
export function confirmer(writer: AvroDocument, reader: AvroDocument): Confirm {
  let types: { readonly from: avsc.Type; readonly into: avsc.Type } | undefined;
  try {
    types = { from: avscType(writer), into: avscType(reader) };
  } catch {
    types = undefined;
  }
  return (datum) => {
    const own = unread(writer.type, reader.type, datum);
    if (own === undefined) return undefined;
    const encoded = types && encode(types.from, datum);
    if (types === undefined || encoded === undefined) return { ...own, confirmedBy: ['herald'] };
    const refused = !reads(types.from, types.into, encoded);
    return { ...own, confirmedBy: refused ? ['herald', 'avsc'] : ['herald'], encoded: encoded.toString('hex') };
  };
}

function encode(type: avsc.Type, datum: Json): Buffer | undefined {
  try {
    return type.toBuffer(type.fromString(JSON.stringify(datum)));
  } catch {
    return undefined;
  }
}

function reads(writer: avsc.Type, reader: avsc.Type, buffer: Buffer): boolean {
  try {
    reader.fromBuffer(buffer, reader.createResolver(writer, resolving()));
    return true;
  } catch {
    return false;
  }
}

/** By default `avsc` compares full names; the specification, unqualified ones. Its types do not know the option. */
function resolving(): Record<string, unknown> {
  // made anew: `avsc` keeps what it has resolved in the options it is given
  return { ignoreNamespaces: true };
}

/** References are read first, into one registry of names. */
export function avscType(document: AvroDocument): avsc.Type {
  const registry: Record<string, avsc.Type> = {};
  const seen = new Set<AvroDocument>();
  const register = ({ references }: AvroDocument) => {
    for (const each of references.values()) {
      if (seen.has(each)) continue;
      seen.add(each);
      register(each);
      make(each.root, registry);
    }
  };
  register(document);
  return make(document.root, registry);
}

const load: (name: 'avsc') => typeof avsc = createRequire(import.meta.url);

function make(root: Json, registry: Record<string, avsc.Type>): avsc.Type {
  // loaded where it is needed: whoever checks JSON Schemas only does without
  return load('avsc').Type.forSchema(root as avsc.Schema, { registry, wrapUnions: 'always' });
}
