import { describe, expect, test } from 'vitest';
import { type Address, permissionOf, reachable } from './target.ts';

const address = (text: string): Address => ({ address: text, family: text.includes(':') ? 6 : 4 });
const resolvingTo =
  (...addresses: string[]) =>
  async () =>
    addresses.map(address);
const nobody = permissionOf([]);

describe('a target', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0.0.0.0/',
    'http://10.255.0.1/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://172.31.255.255/',
    'http://192.168.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::]/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:8.8.8.8]/',
    'http://[64:ff9b::a00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[fc00::1]/',
    'http://[fd12::1]/',
    'http://[fe80::1]/',
    'http://[ff02::1]/',
  ])('at the private address %s is out of reach', async (url) => {
    expect(await reachable(new URL(url), nobody, resolvingTo())).toBeUndefined();
  });

  test.each(['http://8.8.8.8/', 'http://172.32.0.1/', 'http://100.128.0.1/', 'http://[2606:4700::1111]/'])(
    'at the public address %s is reached',
    async (url) => {
      expect(await reachable(new URL(url), nobody, resolvingTo())).toBeDefined();
    },
  );

  test('whose name stands for one private address among public ones is out of reach', async () => {
    const url = new URL('http://hook.example/');
    expect(await reachable(url, nobody, resolvingTo('8.8.8.8', '10.0.0.1'))).toBeUndefined();
    expect(await reachable(url, nobody, resolvingTo('8.8.8.8', '8.8.4.4'))).toEqual(address('8.8.8.8'));
    expect(await reachable(url, nobody, resolvingTo())).toBeUndefined();
  });

  test('is reached where its name or its network is allowed, and its neighbours are not', async () => {
    const some = permissionOf(['Hook.internal', '10.1.0.0/16', '::1']);
    const at = (url: string, ...found: string[]) => reachable(new URL(url), some, resolvingTo(...found));
    expect(await at('http://hook.internal/', '192.168.0.1')).toEqual(address('192.168.0.1'));
    expect(await at('http://other.internal/', '192.168.0.1')).toBeUndefined();
    expect(await at('http://hook.internal.example/', '192.168.0.1')).toBeUndefined();
    expect(await at('http://x/', '10.1.2.3')).toBeDefined();
    expect(await at('http://x/', '10.2.2.3')).toBeUndefined();
    expect(await at('http://x/', '10.1.2.3', '10.2.2.3')).toBeUndefined();
    expect(await at('http://[::1]/')).toBeDefined();
    expect(await at('http://127.0.0.1/')).toBeUndefined();
  });
});
