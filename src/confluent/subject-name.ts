/**
 * Confluent's subjects may be called anything; this registry's are safe in paths and file names. What does not fit is written as
 * `_u<hex>_`, and a name that would then not begin with a letter gets `x_um_` in front: `:.eu:orders` is `x_um__u3a_.eu_u3a_orders`.
 */
import { maxSubjectLength, subjectPattern } from '../schema/subject.ts';

const mark = 'x_um_';

/** Undefined where even the written-out name is too long. */
export function encodeSubject(subject: string): string | undefined {
  if (subject === '') return undefined;
  const escaped = [...subject.matchAll(/[\s\S]/gu)].map(([character], index, all) => {
    const isEdge = index === 0 || index === all.length - 1 || all[index + 1]?.[0] === '.';
    if (character === '.' && isEdge) return escapeOf(character);
    if (character === '_' && /^_u(?:[0-9a-f]+|m)[^A-Za-z0-9-]/.test(subject.slice(offsetOf(all, index))))
      return escapeOf(character);
    return /[A-Za-z0-9_.-]/.test(character) ? character : escapeOf(character);
  });
  const name = escaped.join('');
  const encoded = /^[A-Za-z]/.test(name) ? name : `${mark}${name}`;
  return encoded.length <= maxSubjectLength && subjectPattern.test(encoded) ? encoded : undefined;
}

function offsetOf(all: readonly RegExpMatchArray[], index: number): number {
  return all[index]?.index ?? 0;
}

function escapeOf(character: string): string {
  return `_u${character.codePointAt(0)?.toString(16)}_`;
}

export function decodeSubject(name: string): string {
  const bare = name.startsWith(mark) ? name.slice(mark.length) : name;
  return bare.replace(/_u([0-9a-f]+)_/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

export const defaultContext = '.';

export interface Qualified {
  /** With the leading dot: `.eu`. */
  readonly context: string;
  readonly subject: string;
}

/** `:.eu:orders` → context `.eu`, subject `orders`; a name without one is in the default context. */
export function qualifiedOf(name: string): Qualified {
  const match = /^:(\.[^:]*):([\s\S]*)$/.exec(name);
  return match ? { context: match[1]!, subject: match[2]! } : { context: defaultContext, subject: name };
}

export function qualify({ context, subject }: Qualified): string {
  return context === defaultContext ? subject : `:${context}:${subject}`;
}

/** The name within a context, where it states none of its own. */
export function inContext(context: string, name: string): string {
  return name.startsWith(':.') ? qualify(qualifiedOf(name)) : qualify({ context, subject: name });
}
