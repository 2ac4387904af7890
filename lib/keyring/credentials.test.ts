import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Credential, Credentials } from './credentials';
import { temporaryHome } from './test-support';

let home: string;
let credentials: Credentials;
const path = () => join(home, 'credentials.log');
const reopen = async () => {
  await credentials.close();
  credentials = await Credentials.open(home);
};
const passkey = (n: number, over: Partial<Credential> = {}): Credential => ({
  passkeyId: `psk_${n}`,
  userId: `usr_${n}`,
  realm: 'staff',
  credentialId: `Y3JlZA${n}`,
  publicKey: 'pQECAyYg',
  deviceBound: true,
  state: 'pending',
  ...over,
});

beforeEach(async () => {
  home = await temporaryHome();
  credentials = await Credentials.open(home);
});
afterEach(async () => {
  await credentials.close();
  await rm(home, { recursive: true });
});

describe('the registry', () => {
  it('survives a restart: what was added, endorsed, removed and welcomed', async () => {
    await credentials.put(passkey(1));
    await credentials.put(passkey(2));
    await credentials.put(passkey(1, { state: 'active' }));
    await credentials.remove(['psk_2']);
    await credentials.welcome('usr_9', 5000);
    await credentials.welcome('usr_8', 5000);
    await credentials.put(passkey(8, { state: 'active' }), { userId: 'usr_8' });
    for (let round = 0; round < 2; round += 1) {
      expect(credentials.get('psk_1')).toEqual(passkey(1, { state: 'active' }));
      expect(credentials.find('Y3JlZA1')?.passkeyId).toBe('psk_1');
      expect([credentials.get('psk_2'), credentials.find('Y3JlZA2')]).toEqual([undefined, undefined]);
      expect([credentials.countOf('usr_1'), credentials.countOf('usr_2')]).toEqual([1, 0]);
      expect(credentials.welcomeOf('usr_9', 4999)).toEqual({ userId: 'usr_9' });
      expect(credentials.welcomeOf('usr_9', 5000)).toBeNull();
      expect(credentials.welcomeOf('usr_8', 4999)).toBeNull();
      await reopen();
    }
  });

  it('is on disk before the call resolves, also when many wait together', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, n) => credentials.put(passkey(n))));
    const onDisk = await Credentials.open(home);
    expect(Array.from({ length: 30 }, (_, n) => onDisk.get(`psk_${n}`)?.userId)).toEqual(
      Array.from({ length: 30 }, (_, n) => `usr_${n}`),
    );
    await onDisk.close();
  });

  it('forgets a line cut short by a kill, and goes on', async () => {
    await credentials.put(passkey(1));
    await appendFile(path(), '{"put":{"passkeyId":"psk_2","us');
    await reopen();
    expect([credentials.get('psk_1')?.state, credentials.get('psk_2')]).toEqual(['pending', undefined]);
    await credentials.put(passkey(2));
    await reopen();
    expect(credentials.get('psk_2')).toBeDefined();
  });

  it.each([
    ['rubbish', 'rubbish'],
    ['a line that means nothing', '{"put":{"passkeyId":"psk_2"}}'],
    ['a line that means too much', '{"remove":"psk_1","admin":true}'],
  ])('does not open when damaged in the middle by %s', async (_, line) => {
    await writeFile(
      path(),
      `${JSON.stringify({ put: passkey(1) })}\n${line}\n${JSON.stringify({ put: passkey(3) })}\n`,
    );
    await expect(Credentials.open(home)).rejects.toThrow(
      /credentials\.log is damaged at line 2; restore it from backup/,
    );
  });

  it('is compacted at the start', async () => {
    for (let n = 0; n < 20; n += 1) await credentials.put(passkey(1, { state: n % 2 ? 'active' : 'pending' }));
    await credentials.put(passkey(2));
    await credentials.remove(['psk_2']);
    await reopen();
    expect((await readFile(path(), 'utf8')).split('\n')).toEqual([
      JSON.stringify({ put: passkey(1, { state: 'active' }) }),
      '',
    ]);
  });
});
