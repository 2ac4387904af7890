import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KeyringProcess } from '@/lib/keyring/test-support';
import { enrol } from '@/test/support/soft-passkeys';
import { adminRecover } from './admin-recover';
import { type Installation, startInstallation } from './test-support';

let installation: Installation;
let keyring: KeyringProcess;
beforeAll(async () => {
  installation = await startInstallation({ CORDON_STAFF_ORIGIN: 'https://staff.example.com' });
  keyring = installation.keyring;
});
afterAll(() => installation?.stop());

async function recover(...args: string[]) {
  const said = { lines: '', errors: '' };
  const status = await adminRecover.run(args, {
    line: (text = '') => {
      said.lines += text;
    },
    error: (text) => {
      said.errors += text;
    },
  });
  return { status, ...said };
}

it('opens a link, and takes one passkey without a second person', async () => {
  const { status, lines, errors } = await recover('--json');
  expect([status, errors]).toEqual([0, '']);
  expect(JSON.parse(lines)).toEqual({
    link: expect.stringMatching(/^https:\/\/staff\.example\.com\/setup#[A-Za-z0-9_-]{43}$/),
    welcomed: true,
  });
  const { call } = keyring.client('console');
  const states = [await enrol(call, { realm: 'staff' }), await enrol(call, { realm: 'staff' })];
  expect(states.map(({ registered }) => registered.state)).toEqual(['active', 'pending']);
});

it('says so when the keyring cannot be reached, or does not take the token', async () => {
  process.env.CORDON_KEYRING_SOCKET = join(keyring.home, 'nothing.sock');
  expect(JSON.parse((await recover('--json')).lines)).toMatchObject({ welcomed: false });
  process.env.CORDON_KEYRING_SOCKET = keyring.socketPath;
  process.env.CORDON_KEYRING_TOKEN = keyring.tokens.console;
  const { status, lines, errors } = await recover();
  expect([status, lines]).toEqual([0, expect.stringContaining('https://staff.example.com/setup#')]);
  expect(errors).toContain('The keyring cannot be reached from here');
});
