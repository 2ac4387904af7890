import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Purpose } from '../protocol';
import { openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
beforeAll(async () => {
  keyring = await openTestKeyring();
});
afterAll(() => keyring.close());

const row = { certificateId: 'crt_1', projectId: 'prj_1', appId: 'aB'.repeat(16) };
const purpose: Purpose = {
  sessionId: 'ses_1',
  userId: 'usr_1',
  action: 'certificate.reveal',
  object: 'crt_1',
  terms: 'ab12',
};
const create = () => run(keyring.context, 'certificate.create', row);
const ticket = (over: Partial<Purpose> = {}, passkeyId = '') =>
  keyring.context.tickets.issue({ ...purpose, ...over }, passkeyId, keyring.clock.now);
const reveal = (sealed: string, over: object = {}) =>
  run(keyring.context, 'certificate.reveal', { ...row, sealed, ticket: ticket(), purpose, ...over });

describe('certificate.create', () => {
  it('makes 32 lower-case hex characters, a sealed form without them, and a fingerprint', async () => {
    const made = await create();
    expect(made.value).toMatch(/^[0-9a-f]{32}$/);
    expect(made.fingerprint).toMatch(/^c1:[0-9a-f]{4}…[0-9a-f]{2}$/);
    expect(made.sealed).toMatch(/^v1\.c1\.[A-Za-z0-9_-]+$/);
    expect(Buffer.from(made.sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain(made.value);
    expect((await create()).value).not.toBe(made.value);
  });

  it('refuses ids that could imitate another row', async () => {
    await expect(
      run(keyring.context, 'certificate.create', { ...row, certificateId: 'crt|prj' }),
    ).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('certificate.reveal', () => {
  it('shows the value for a ticket of this act, from a code or a passkey', async () => {
    const made = await create();
    expect(await reveal(made.sealed)).toEqual({ value: made.value });
    expect(await reveal(made.sealed, { ticket: ticket({}, 'psk_1') })).toEqual({ value: made.value });
  });

  it.each([
    ['no ticket', { ticket: '' }],
    ['a made-up ticket', { ticket: `t2.${'A'.repeat(22)}.1795262402000..${'A'.repeat(43)}` }],
    ['a purpose for another act', { purpose: { ...purpose, action: 'sign-in' } }],
    ['a purpose for another object', { purpose: { ...purpose, object: 'crt_2' } }],
  ])('refuses %s', async (_, over) => {
    await expect(reveal((await create()).sealed, over)).rejects.toMatchObject({ code: 'ticket.refused' });
  });

  it.each([
    ['certificate', { object: 'crt_2' }],
    ['act', { action: 'certificate.delete' }],
    ['session', { sessionId: 'ses_2' }],
    ['user', { userId: 'usr_2' }],
    ['agreement', { terms: 'cd34' }],
  ])('refuses a genuine ticket of another %s', async (_, over) => {
    await expect(reveal((await create()).sealed, { ticket: ticket(over) })).rejects.toMatchObject({
      code: 'ticket.refused',
    });
  });

  it('refuses a ticket that names another factor than the one that gave it', async () => {
    const [head, nonce, issued, , mac] = ticket().split('.');
    const moved = [head, nonce, issued, 'psk_1', mac].join('.');
    await expect(reveal((await create()).sealed, { ticket: moved })).rejects.toMatchObject({ code: 'ticket.refused' });
  });

  it('takes a ticket once, and for five minutes', async () => {
    const { sealed } = await create();
    const once = ticket();
    await reveal(sealed, { ticket: once });
    await expect(reveal(sealed, { ticket: once })).rejects.toMatchObject({ code: 'ticket.refused' });
    const late = ticket();
    keyring.clock.now += 300_000;
    await expect(reveal(sealed, { ticket: late })).rejects.toMatchObject({ code: 'ticket.refused' });
  });

  it.each([
    ['certificate', { certificateId: 'crt_2', purpose: { ...purpose, object: 'crt_2' } }],
    ['project', { projectId: 'prj_2' }],
    ['App ID', { appId: 'ab'.repeat(16) }],
  ])('does not open a value moved to another %s', async (_, over) => {
    const { sealed } = await create();
    const object = 'certificateId' in over ? 'crt_2' : 'crt_1';
    await expect(reveal(sealed, { ...over, ticket: ticket({ object }) })).rejects.toMatchObject({
      code: 'sealed.unreadable',
    });
  });

  it('does not open a changed value', async () => {
    const { sealed } = await create();
    const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BA' : 'AA'}`;
    await expect(reveal(changed)).rejects.toMatchObject({ code: 'sealed.unreadable' });
    await expect(reveal(sealed.replace('v1.c1.', 'v1.c2.'))).rejects.toMatchObject({ code: 'sealed.unreadable' });
    await expect(reveal(sealed.replace('v1.c1.', 'v1.t1.'))).rejects.toMatchObject({ code: 'sealed.unreadable' });
  });
});
