/**
 * Addresses that calendar programs can subscribe to. Such programs send no credentials, so the address itself is signed: it reads one
 * calendar, until a day, and nothing else. Another key makes all addresses given out invalid.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Fault } from '../errors.ts';

export interface Feed {
  readonly catalog?: string | undefined;
  readonly stage?: string | undefined;
  /** The last day it may be read. */
  readonly expires: string;
  /** Who asked for it; the audit of who could read what. */
  readonly actor: string;
}

export interface Feeds {
  sign(feed: Feed): string;
  /** Throws Fault UNAUTHENTICATED where the signature does not fit, or the day has passed. */
  verify(feed: Feed, signature: string, today: string): void;
}

export function feedsWith(key: string): Feeds {
  const digest = ({ catalog = '', stage = '', expires, actor }: Feed) =>
    createHmac('sha256', key)
      .update(JSON.stringify(['deprecations.ics', catalog, stage, expires, actor]))
      .digest();
  return {
    sign: (feed) => digest(feed).toString('base64url'),
    verify(feed, signature, today) {
      const given = Buffer.from(signature, 'base64url');
      const right = digest(feed);
      const isRight = given.length === right.length && timingSafeEqual(given, right);
      if (isRight && today <= feed.expires) return;
      throw new Fault(
        'UNAUTHENTICATED',
        {},
        {
          message:
            'This address is not valid: its signature does not fit, or its last day has passed. Ask for another.',
          cause: { reason: isRight ? 'expired' : 'forged' },
        },
      );
    },
  };
}
