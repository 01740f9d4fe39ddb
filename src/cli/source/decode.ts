/** Bytes of a source file as text: UTF-8, with or without a byte order mark. Anything else is refused, not replaced. */
import { positionAt } from '../../schema/scan.ts';
import type { Flaw } from './unreadable.ts';

export type Decoded = { readonly text: string } | { readonly flaw: Flaw };

const strict = new TextDecoder('utf-8', { fatal: true });

export function decode(bytes: Uint8Array): Decoded {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { flaw: { place: { line: 1, column: 1 }, message: 'it is UTF-16; save it as UTF-8' } };
  try {
    return { text: strict.decode(bytes) };
  } catch {
    const lenient = new TextDecoder('utf-8').decode(bytes);
    const place = positionAt(lenient, Math.max(0, lenient.indexOf('\ufffd')));
    return { flaw: { place, message: 'it holds bytes that are no UTF-8; save it as UTF-8' } };
  }
}
