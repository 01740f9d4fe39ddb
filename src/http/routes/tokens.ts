/** API tokens: created, listed, revoked. */
import * as z from 'zod';
import { createToken, revokeToken } from '../../registry/governance/tokens.ts';
import { route } from '../route.ts';
import { freeText, none } from '../shapes/parameters.ts';
import { tokenBody, tokenView } from '../shapes/token.ts';

export const createTokenRoute = route({
  method: 'post',
  path: '/v1/tokens',
  id: 'createToken',
  group: 'Governance',
  summary: 'Makes an API token.',
  description: 'Only this reply contains the token: the registry keeps its SHA-256.',
  params: none,
  query: none,
  body: {
    kind: 'json',
    schema: tokenBody,
    example: { name: 'orders-ci', role: 'publisher', services: ['orders'], expires: '2027-03-31' },
  },
  replies: {
    201: { description: 'The token.', schema: z.object({ ...tokenView.shape, token: z.string() }) },
  },
  faults: ['TOKEN_INVALID'],
  permission: 'admin',
  action: 'token.create',
  handle: async ({ body, context }) => {
    const { token, secret } = await createToken(context, body);
    return { status: 201, json: { ...token, token: secret } };
  },
});

export const listTokensRoute = route({
  method: 'get',
  path: '/v1/tokens',
  id: 'listTokens',
  group: 'Governance',
  summary: 'Lists API tokens, also expired and revoked ones, with the last day each was used.',
  description: 'Tokens of the configuration (HERALD_TOKENS) are not among them.',
  params: none,
  query: none,
  replies: { 200: { description: 'All tokens.', schema: z.object({ items: z.array(tokenView) }) } },
  faults: [],
  permission: 'admin',
  example: 'curl $HERALD/v1/tokens',
  handle: async ({ context }) => ({ status: 200, json: { items: await context.store.tokens() } }),
});

export const revokeTokenRoute = route({
  method: 'delete',
  path: '/v1/tokens/{token}',
  id: 'revokeToken',
  group: 'Governance',
  summary: 'Revokes an API token, at once.',
  params: z.strictObject({ token: freeText(100).meta({ description: 'The id of the token, not the token.' }) }),
  query: none,
  replies: { 204: { description: 'The token is revoked.' } },
  faults: ['TOKEN_NOT_FOUND'],
  permission: 'admin',
  action: 'token.revoke',
  handle: async ({ params, context }) => {
    await revokeToken(context, params.token);
    return { status: 204 };
  },
});
