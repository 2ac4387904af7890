import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KeyringProcess, spawnKeyring, stopKeyring, temporaryHome } from '@/lib/keyring/test-support';
import { startCluster, type TestCluster } from '@/test/support/database';
import { enrol } from '@/test/support/soft-passkeys';
import { adminRecover } from './admin-recover';

let cluster: TestCluster;
let home: string;
let keyring: KeyringProcess;
const before = { ...process.env };

beforeAll(async () => {
  cluster = await startCluster();
  home = await temporaryHome();
  keyring = await spawnKeyring(home);
  await keyring.ready;
  Object.assign(process.env, {
    DATABASE_URL: (await cluster.database()).url.installer,
    CORDON_STAFF_ORIGIN: 'https://staff.example.com',
    CORDON_KEYRING_SOCKET: keyring.socketPath,
    CORDON_KEYRING_TOKEN: keyring.tokens.installer,
  });
});
afterAll(async () => {
  process.env = before;
  await stopKeyring(keyring);
  await cluster.stop();
  await rm(home, { recursive: true });
});

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
  process.env.CORDON_KEYRING_SOCKET = join(home, 'nothing.sock');
  expect(JSON.parse((await recover('--json')).lines)).toMatchObject({ welcomed: false });
  process.env.CORDON_KEYRING_SOCKET = keyring.socketPath;
  process.env.CORDON_KEYRING_TOKEN = keyring.tokens.console;
  const { status, lines, errors } = await recover();
  expect([status, lines]).toEqual([0, expect.stringContaining('https://staff.example.com/setup#')]);
  expect(errors).toContain('The keyring cannot be reached from here');
});
