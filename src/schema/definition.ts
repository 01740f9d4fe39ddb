/** A schema as it was given, whatever its format: text, and the definitions it uses by name. */
import { canonicalize, sha256 } from './canonical.ts';
import { asJson, type Json } from './json.ts';

export const schemaFormats = ['json', 'avro', 'protobuf'] as const;
export type SchemaFormat = (typeof schemaFormats)[number];

export interface Definition {
  readonly format: SchemaFormat;
  readonly text: string;
  /** By the name the text uses: `$ref`, import; in Avro the types of all of them are known. */
  readonly references: readonly { readonly name: string; readonly definition: Definition }[];
}

/** A name the text uses, and the pinned version that defines it. */
export interface NamedReference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** What belongs to the content of a definition beside its text: two that differ in it are two schemas. */
export interface Attached {
  readonly references?: readonly NamedReference[];
  readonly metadata?: Json;
  readonly ruleSet?: Json;
}

/** `content`: the text in its format's normal form. */
export function definitionFingerprint(format: SchemaFormat, content: string, attached: Attached): string {
  return sha256(canonicalize(asJson({ format, content, ...attached })));
}

export function isAttached({ references = [], metadata, ruleSet }: Attached): boolean {
  return references.length > 0 || metadata !== undefined || ruleSet !== undefined;
}
