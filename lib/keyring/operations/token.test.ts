import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseToken } from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import type { Input } from '../protocol';
import { openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
beforeAll(async () => {
  keyring = await openTestKeyring();
});
afterAll(() => keyring.close());

const appId = 'ab'.repeat(16);
const services = [{ kind: 'rtc', channel: 'room', account: '7', privileges: [{ id: 1, seconds: 0 }] }];
const audience = { channel: 'room', account: '7' };

async function certificate(certificateId: string, of = appId) {
  const row = { certificateId, projectId: 'prj_1', appId: of };
  return { ...row, sealed: (await run(keyring.context, 'certificate.create', row)).sealed };
}
const mint = async (from: Awaited<ReturnType<typeof certificate>>, over: Partial<Input<'token.mint'>> = {}) =>
  await run(keyring.context, 'token.mint', {
    ...from,
    issuedAt: Math.floor(keyring.clock.now / 1000),
    lifetimeSeconds: 3600,
    services,
    ...over,
  });

describe('token.mint and token.match', () => {
  it('mints a 007 token that its certificate, and only its certificate, matches', async () => {
    const [primary, secondary] = [await certificate('crt_1'), await certificate('crt_2')];
    const { token } = await mint(secondary);
    expect(parseToken(token, primitives)).toMatchObject({
      ok: true,
      token: { version: '007', appId, lifetimeSeconds: 3600, services },
    });
    const match = async (certificates: (typeof primary)[]) =>
      (await run(keyring.context, 'token.match', { certificates, token, ...audience })).certificateId;
    expect(await match([primary, secondary])).toBe('crt_2');
    expect(await match([primary])).toBeNull();
    expect(await match([])).toBeNull();
  });

  it('matches nothing for another App ID or for text that is no token', async () => {
    const other = await certificate('crt_3', 'cd'.repeat(16));
    const { token } = await mint(other);
    const mine = await certificate('crt_1');
    for (const text of [token, '007', '', 'x'.repeat(8192)]) {
      expect(await run(keyring.context, 'token.match', { certificates: [mine], token: text, ...audience })).toEqual({
        certificateId: null,
      });
    }
  });

  it('draws a new salt each time', async () => {
    const from = await certificate('crt_1');
    expect((await mint(from)).token).not.toBe((await mint(from)).token);
  });

  it('refuses services that cannot be packed and issue times ahead of the clock', async () => {
    const from = await certificate('crt_1');
    await expect(mint(from, { services: [{ kind: 'nothing', privileges: [] }] })).rejects.toMatchObject({
      code: 'token.refused',
    });
    await expect(mint(from, { services: [null] })).rejects.toMatchObject({ code: 'token.refused' });
    await expect(mint(from, { issuedAt: keyring.clock.now / 1000 + 61 })).rejects.toMatchObject({
      code: 'token.refused',
    });
  });
});
