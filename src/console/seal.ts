/** Values that a browser keeps for us and can neither read nor change: AES-256-GCM, with a time until which they hold. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../registry/ports.ts';

export interface Seal {
  /** Text for a cookie. `purpose` keeps one kind of value from being taken for another. */
  readonly close: (purpose: string, value: unknown, forMs: number) => string;
  /** The value, or undefined where it is not ours, was changed, or holds no more. */
  readonly open: (purpose: string, sealed: string) => { readonly value: unknown; readonly leftMs: number } | undefined;
  /** What a form repeats to show that it comes from a page of ours, shown to this visitor. */
  readonly formToken: (visitor: string) => string;
}

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
const envelope = z.tuple([z.number(), z.unknown()]);

/** `secret`: at least 32 bytes; the same in every process that shares visitors. */
export function createSeal(secret: Uint8Array, clock: Clock): Seal {
  const derived = (use: string) => Buffer.from(hkdfSync('sha256', secret, '', `herald console ${use}`, keyBytes));
  const formKey = derived('forms');
  const keyOf = (purpose: string) => derived(`seal ${purpose}`);
  return {
    close(purpose, value, forMs) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', keyOf(purpose), nonce);
      const text = Buffer.concat([cipher.update(JSON.stringify([clock.now() + forMs, value])), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length <= nonceBytes + tagBytes) return undefined;
      const opened = decrypted(keyOf(purpose), bytes);
      if (opened === undefined) return undefined;
      const [until, value] = envelope.parse(JSON.parse(opened));
      const leftMs = until - clock.now();
      return leftMs > 0 ? { value, leftMs } : undefined;
    },
    formToken: (visitor) => createHmac('sha256', formKey).update(visitor).digest('base64url'),
  };
}

/** Undefined where the bytes were not sealed with this key. */
function decrypted(key: Buffer, bytes: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
  } catch {
    // the tag does not fit: forged, changed, or sealed with a key of before
    return undefined;
  }
}
