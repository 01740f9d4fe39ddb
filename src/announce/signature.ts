/** Proof that a delivery is ours and new: HMAC-SHA256, keyed with the webhook's secret, over the time and the body. */
import { createHmac } from 'node:crypto';

export const signatureHeader = 'herald-signature';

/**
 * `t=<seconds since 1970>,v1=<hex>` over `<seconds>.<body>`. A receiver computes the same, compares in constant time, and refuses
 * what is older than a few minutes.
 */
export function signatureOf(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
