/**
 * Signs the lines of an export with a key that two registries share, and tells whether a line was signed with it. The chain of hashes
 * shows damage; whoever changes a record and computes the chain anew is seen by the signature alone.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Seal {
  /** Over the hash of a line, which covers the line and all before it; 64 hexadecimal digits. */
  sign(hash: string): string;
  holds(hash: string, signature: string): boolean;
}

/** The same key serves nothing else that could be made to sign a hash. */
const purpose = 'herald-registry export line';

export function sealWith(key: string): Seal {
  const sign = (hash: string) => createHmac('sha256', key).update(`${purpose}\n${hash}`).digest('hex');
  return {
    sign,
    holds: (hash, signature) => {
      const right = Buffer.from(sign(hash), 'hex');
      const stated = Buffer.from(signature, 'hex');
      return stated.length === right.length && timingSafeEqual(stated, right);
    },
  };
}
