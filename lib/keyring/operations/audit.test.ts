import { createCipheriv, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openContext } from '../open';
import type { Purpose } from '../protocol';
import { ORIGINS, openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
beforeAll(async () => {
  keyring = await openTestKeyring();
});
afterAll(() => keyring.close());

const keysOf = async (...subjects: string[]) => (await run(keyring.context, 'audit.keys', { subjects })).keys;

/** As lib/audit seals. */
function sealed({ keyId, key }: { keyId: string; key: string }, text: string, boundTo: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), nonce);
  cipher.setAAD(Buffer.from(boundTo));
  const body = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return Buffer.concat([Buffer.from(keyId, 'hex'), nonce, body]).toString('base64');
}
const open = async (...values: { sealed: string; boundTo: string }[]) =>
  (await run(keyring.context, 'audit.open', { values })).values;

const purpose = (subject: string): Purpose => ({
  sessionId: 'ses_1',
  userId: 'usr_9',
  action: 'audit.erase',
  object: subject,
  terms: 'ab12',
});
const erase = (subject: string, over: Partial<Purpose> = {}) => {
  const meant = purpose(subject);
  const ticket = keyring.context.tickets.issue({ ...meant, ...over }, 'psk_1', keyring.clock.now);
  return run(keyring.context, 'audit.erase', { subject, ticket, purpose: meant });
};

describe('audit.keys', () => {
  it('gives each subject a key of its own, the same again within the year and another in the next', async () => {
    const [ada, bob] = await keysOf('usr_a', 'usr_b');
    expect(ada!.key).not.toBe(bob!.key);
    expect(Buffer.from(ada!.key, 'base64')).toHaveLength(32);
    expect(await keysOf('usr_a')).toEqual([ada]);
    const { until } = await run(keyring.context, 'audit.keys', { subjects: ['usr_a'] });
    expect(until).toBe(keyring.clock.now + 60_000);
    const before = keyring.clock.now;
    keyring.clock.now = Date.UTC(2027, 0, 1) - 1;
    expect((await run(keyring.context, 'audit.keys', { subjects: ['usr_a'] })).until).toBe(Date.UTC(2027, 0, 1));
    keyring.clock.now += 1;
    const [next] = await keysOf('usr_a');
    expect(next!.keyId).not.toBe(ada!.keyId);
    expect(next!.key).not.toBe(ada!.key);
    keyring.clock.now = before;
  });

  it('makes one key for many who ask at once, and keeps it over a restart', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => keysOf('usr_crowd')));
    expect(new Set(asked.map(([key]) => key!.keyId)).size).toBe(1);
    const again = await openContext(keyring.home, () => keyring.clock.now, ORIGINS);
    expect((await run(again, 'audit.keys', { subjects: ['usr_crowd'] })).keys).toEqual(asked[0]);
    await Promise.all([again.positions.close(), again.credentials.close(), again.subjects.close()]);
  });
});

describe('audit.open', () => {
  it('opens a value for its event, and says when it was moved or its key is unknown', async () => {
    const [key] = await keysOf('usr_o');
    const value = sealed(key!, 'secret', 'audit|1');
    const unknown = sealed({ ...key!, keyId: '0123456789abcdef' }, 'secret', 'audit|1');
    expect(
      await open(
        { sealed: value, boundTo: 'audit|1' },
        { sealed: value, boundTo: 'audit|2' },
        { sealed: unknown, boundTo: 'audit|1' },
        { sealed: '', boundTo: 'audit|1' },
        { sealed: Buffer.from(key!.keyId, 'hex').toString('base64'), boundTo: 'audit|1' },
      ),
    ).toEqual([
      { state: 'open', value: Buffer.from('secret').toString('base64') },
      { state: 'unreadable' },
      { state: 'gone' },
      { state: 'gone' },
      { state: 'unreadable' },
    ]);
  });
});

describe('audit.erase', () => {
  it('destroys the keys of every year, in memory and on disk, and leaves those of others', async () => {
    const [gone, kept] = await keysOf('usr_gone', 'usr_kept');
    keyring.clock.now += 366 * 86_400_000;
    const [later] = await keysOf('usr_gone');
    const values = [sealed(gone!, 'a', 'x'), sealed(later!, 'b', 'x'), sealed(kept!, 'c', 'x')];
    expect(await erase('usr_gone')).toEqual({ destroyed: [gone!.keyId, later!.keyId] });
    expect((await open(...values.map((each) => ({ sealed: each, boundTo: 'x' })))).map(({ state }) => state)).toEqual([
      'gone',
      'gone',
      'open',
    ]);
    for (const name of await readdir(keyring.home)) {
      const text = await readFile(join(keyring.home, name), 'utf8');
      for (const { keyId, key } of [gone!, later!]) {
        expect(text).not.toContain(keyId);
        expect(text).not.toContain(key);
      }
    }
    expect(await readFile(join(keyring.home, 'subjects.log'), 'utf8')).toContain(kept!.key);
    const [anew] = await keysOf('usr_gone');
    expect(anew!.keyId).not.toBe(later!.keyId);
  });

  it.each([
    ['another subject', { object: 'usr_else' }],
    ['another act', { action: 'certificate.reveal' }],
    ['other terms', { terms: 'cd34' }],
  ])('refuses a confirmation for %s', async (_what, over) => {
    await keysOf('usr_safe');
    await expect(erase('usr_safe', over)).rejects.toMatchObject({ code: 'ticket.refused' });
    expect(keyring.context.subjects.find((await keysOf('usr_safe'))[0]!.keyId)).not.toBeNull();
  });
});
