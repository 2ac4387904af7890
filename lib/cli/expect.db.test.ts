import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig as readGateway } from '@/lib/gateway/config';
import { readConfig as readHost } from '@/lib/host/config';
import type { KeyringProcess } from '@/lib/keyring/test-support';
import { query } from '@/test/support/world';
import { type Command, UsageError } from './command';
import { gatewayExpect } from './gateway-expect';
import { hostExpect } from './host-expect';
import { type Installation, startInstallation } from './test-support';

/** What the commands print is what the processes take, and the token is the one the database waits for. */
let installation: Installation;
let keyring: KeyringProcess;
beforeAll(async () => {
  installation = await startInstallation({ CORDON_CONTROL_PORT: '7400' });
  keyring = installation.keyring;
});
afterAll(() => installation?.stop());

async function printed(command: Command, ...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const status = await command.run(args, { line: (text = '') => void lines.push(text), error: () => undefined });
  expect(status).toBe(0);
  return lines;
}

const environment = (lines: string[]): Record<string, string> =>
  Object.fromEntries(lines.filter((line) => !line.startsWith('# ')).map((line) => line.split(/=(.*)/s).slice(0, 2)));

/** The row that waits for this token. */
const waits = (token: string) =>
  query(
    installation.url,
    `select "id", "joinExpiresAt" - now() between interval '9 minutes' and interval '10 minutes' as "soon" from "AccessPeer" where "joinHash" = $1`,
    [createHash('sha256').update(token).digest()],
  );

const known = async () => {
  const trust = await keyring.client('installer').call('trust.describe', {});
  const fingerprint = createHash('sha256').update(new X509Certificate(trust.edgeCa).raw).digest('hex');
  return { fingerprint, sheetKeys: trust.sheetKeys!.map(({ publicKey }) => publicKey) };
};

describe('cordon gateway expect', () => {
  it('prints what a gateway begins with, and what to do next', async () => {
    const lines = await printed(gatewayExpect, 'eu');
    const config = readGateway({
      ...environment(lines),
      ...{ CORDON_GATEWAY_HOME: '/g', CORDON_GATEWAY_PORT: '7490', CORDON_GATEWAY_SOCKET: '/g/s' },
      ...{ CORDON_GATEWAY_TARGETS: '/t.json', CORDON_KEYRING_TOKEN: 'of the client gateway' },
    });
    expect(config).toMatchObject({
      ...{ CORDON_GATEWAY_NAME: 'eu', CORDON_CONTROL_URL: 'https://127.0.0.1:7400' },
      ...{ CORDON_KEYRING_SOCKET: keyring.socketPath, CORDON_CONTROL_FINGERPRINT: (await known()).fingerprint },
    });
    expect(await waits(config.CORDON_GATEWAY_JOIN_TOKEN!)).toEqual([{ id: 'gateway:eu', soon: true }]);
    expect(lines.join('\n')).toContain('# 2. Start node .build/gateway.mjs');
    expect(lines.join('\n')).not.toContain(keyring.tokens.installer);
  });

  it('prints the same as JSON, and a new token takes the place of the last', async () => {
    const [first] = (await printed(gatewayExpect, 'na', '--json')).map((line) => JSON.parse(line));
    const [second] = (await printed(gatewayExpect, 'na', '--json')).map((line) => JSON.parse(line));
    expect(second).toEqual({
      ...{ name: 'na', controlUrl: 'https://127.0.0.1:7400', keyringSocket: keyring.socketPath },
      ...{ fingerprint: (await known()).fingerprint, token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) },
    });
    expect([await waits(first.token), (await waits(second.token)).length]).toEqual([[], 1]);
  });
});

describe('cordon host expect', () => {
  it('prints what an agent begins with, and what to do next', async () => {
    const lines = await printed(hostExpect, 'db-1');
    const config = readHost(environment(lines));
    const { fingerprint, sheetKeys } = await known();
    expect(config).toMatchObject({ CORDON_HOST_NAME: 'db-1', CORDON_CONTROL_FINGERPRINT: fingerprint });
    expect(config.CORDON_HOST_SHEET_KEYS.map((key) => Buffer.from(key).toString('base64'))).toEqual(sheetKeys);
    expect(await waits(config.CORDON_HOST_JOIN_TOKEN!)).toEqual([{ id: 'host:db-1', soon: true }]);
    expect(lines.join('\n')).toContain('{"db-1": "address:22"}');
  });
});

it.each([gatewayExpect, hostExpect])('takes no name that control would not: $name', async (command) => {
  for (const name of ['', 'Eu', 'eu-', '-eu', 'a/b', 'x'.repeat(64)])
    await expect(printed(command, '--', name)).rejects.toThrow(UsageError);
});
