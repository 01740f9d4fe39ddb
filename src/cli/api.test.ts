import { expect, test } from 'vitest';
import { apiAt } from './api.ts';
import type { Io } from './io.ts';

/** As fetch fails: what happened is in the cause. */
const failing = (code: string): Pick<Io, 'fetch'> => ({
  fetch: () => Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('why'), { code }) })),
});

test.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is not trusted: it signs itself (DEPTH_ZERO_SELF_SIGNED_CERT)'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is not trusted: its authority is not known here'],
  ['CERT_HAS_EXPIRED', 'its certificate is not trusted: it has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is not trusted: it is for another host name'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'Does it speak https?'],
  ['ECONNREFUSED', 'cannot be reached. Start one with "herald serve"'],
])('%s is said as what it is', async (code, says) => {
  const api = apiAt('https://registry.example', failing(code), undefined);
  await expect(api.call('GET', '/v1/catalogs')).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringContaining(says),
  });
});
