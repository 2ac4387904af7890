import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keyring } from './shared';

const home = mkdtempSync(join(tmpdir(), 'cordon-shared-'));
const socket = join(home, 'k.sock');
let answer = { status: 200, body: {} as object };
const server = createServer((_request, response) => {
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(home, { recursive: true });
});

const describeTrust = () =>
  keyring()
    .call('trust.describe', {})
    .then(
      () => 'done',
      (error) => error.code,
    );

describe("this process's keyring", () => {
  it('names the variable that is missing, at first use and not before', () => {
    expect(() => keyring()).toThrow(/CORDON_KEYRING_SOCKET is not set/);
  });

  it('is unavailable while nothing answers, and after a fault; a refusal stays a refusal', async () => {
    Object.assign(process.env, { CORDON_KEYRING_SOCKET: socket, CORDON_KEYRING_TOKEN: 'token' });
    expect(await describeTrust()).toBe('keyring.unavailable');
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    expect(await describeTrust()).toBe('done');
    answer = { status: 500, body: { code: 'internal' } };
    expect(await describeTrust()).toBe('keyring.unavailable');
    answer = { status: 429, body: { code: 'request.busy' } };
    expect(await describeTrust()).toBe('keyring.unavailable');
    answer = { status: 403, body: { code: 'ticket.refused' } };
    expect(await describeTrust()).toBe('keyring.refused:ticket.refused');
  });
});
