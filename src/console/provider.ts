/** Signing in with the organisation's provider: OpenID Connect, authorization code with PKCE. The provider is discovered when it is first needed. */
import * as client from 'openid-client';
import * as z from 'zod';
import { Fault } from '../errors.ts';

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** Claims asked for beside `openid`. */
  readonly scope: string;
  /** Allows `http:` issuers, on loopback alone. */
  readonly insecure: boolean;
}

/** What a sign-in that is under way must remember; sealed in a cookie. */
export const pendingShape = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), then: z.string() });
export type Pending = z.output<typeof pendingShape>;

export interface Provider {
  /** Where to send the browser, and what to remember until it comes back. */
  readonly begin: (callback: string, then: string) => Promise<{ readonly to: string; readonly pending: Pending }>;
  /** The claims of who signed in. Fault UNAUTHENTICATED where the answer does not fit. */
  readonly finish: (answer: URL, pending: Pending) => Promise<Readonly<Record<string, unknown>>>;
}

const timeoutSeconds = 10;

export function openProvider(settings: ProviderSettings): Provider {
  let discovered: Promise<client.Configuration> | undefined;
  const configuration = () => {
    discovered ??= discover(settings).catch((cause: unknown) => {
      discovered = undefined;
      throw new Fault('KEYS_UNAVAILABLE', {}, { message: 'The sign-in provider cannot be reached; try again.', cause });
    });
    return discovered;
  };
  return {
    async begin(callback, then) {
      const config = await configuration();
      const pending = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
        then,
      };
      const to = client.buildAuthorizationUrl(config, {
        redirect_uri: callback,
        scope: `openid ${settings.scope}`.trim(),
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      });
      return { to: to.href, pending };
    },
    async finish(answer, pending) {
      const config = await configuration();
      try {
        const tokens = await client.authorizationCodeGrant(config, answer, {
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          pkceCodeVerifier: pending.verifier,
          idTokenExpected: true,
        });
        return tokens.claims() ?? {};
      } catch (cause) {
        throw new Fault(
          'UNAUTHENTICATED',
          {},
          { message: 'The provider did not confirm the sign-in. Try again.', cause },
        );
      }
    },
  };
}

function discover({ issuer, clientId, clientSecret, insecure }: ProviderSettings): Promise<client.Configuration> {
  return client.discovery(
    new URL(issuer),
    clientId,
    undefined,
    clientSecret ? client.ClientSecretPost(clientSecret) : client.None(),
    {
      timeout: timeoutSeconds,
      ...(insecure && { execute: [client.allowInsecureRequests] }),
    },
  );
}
