/**
 * The contract with ssh2 1.17.0, whose private members ssh2-certificates.ts uses: both ends in this process, over TCP. That OpenSSH agrees is
 * shown in test/plane/gateway.test.ts. A host that is not certified as it should be is refused before anything is said to it.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import ssh2, { type Connection, type ParsedKey } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import { CERTIFICATE_TYPE } from '@/lib/kernel/ssh';
import { certify, hostTerms, sshKey, userTerms } from '@/test/support/ssh';
import { type Dial, dialHost, newSessionKey } from './host';
import { certifiedKey, signAsCertified, socketOf } from './ssh2-certificates';

const authority = sshKey();
const host = sshKey();
const key = newSessionKey();
const userKey = sshKey();
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A server with this host key. `seen` are the attempts to authenticate. */
async function serve(hostKey: ParsedKey | string, certified = true) {
  const seen: { algorithm: string; signed: boolean }[] = [];
  const connections: Connection[] = [];
  const server = new ssh2.Server(
    { hostKeys: [typeof hostKey === 'string' ? hostKey : { key: hostKey as never }] } as never,
    (connection) => {
      connections.push(connection);
      if (certified) signAsCertified(connection, hostKey as ParsedKey);
      connection.on('error', () => undefined);
      connection.on('authentication', (auth) => {
        if (auth.method !== 'publickey') return auth.reject(['publickey'] as never);
        seen.push({ algorithm: auth.key.algo, signed: auth.signature !== undefined });
        auth.accept();
      });
      connection.on('session', (accept) => {
        const session = accept();
        session.on('exec', (ok) => {
          const channel = ok();
          channel.on('data', (chunk: Buffer) => channel.write(chunk));
          channel.on('end', () => {
            channel.exit(7);
            channel.end();
          });
        });
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    for (const connection of connections) socketOf(connection).destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen, connections };
}

const dial = (port: number, over: Partial<Dial> = {}) =>
  dialHost({
    ...{ name: 'db-1', address: '127.0.0.1', port, account: 'app', key, authorities: [authority.publicKey] },
    certificate: certify(authority, userTerms({ publicKey: userKey.publicKey })),
    now: () => Date.now() / 1000,
    ...over,
  }).then((client) => {
    open.push(() => client.end());
    return client;
  });
const certificate = (over: Partial<Parameters<typeof hostTerms>[0]> = {}, by = authority) =>
  certify(by, hostTerms({ publicKey: host.publicKey, principals: ['db-1'], ...over }));

describe('ssh2', () => {
  it('is the version this was written for', () => {
    const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const { version } = JSON.parse(
      readFileSync(new URL('../../node_modules/ssh2/package.json', import.meta.url), 'utf8'),
    );
    expect([dependencies.ssh2, version]).toEqual(['1.17.0', '1.17.0']);
  });

  it('shows certificates on both sides, and carries a session', async () => {
    const { port, seen } = await serve(certifiedKey(host.file, certificate()));
    const client = await dial(port);
    expect(seen).toEqual([
      { algorithm: CERTIFICATE_TYPE, signed: false },
      { algorithm: CERTIFICATE_TYPE, signed: true },
    ]);
    expect(await echo(client, 'hello')).toEqual({ out: 'hello', code: 7 });
  });

  it('changes keys in the middle of a session', async () => {
    const { port, connections } = await serve(certifiedKey(host.file, certificate()));
    const client = await dial(port);
    for (let i = 0; i < 3; i++) {
      await new Promise<void>((resolve) => connections[0]!.rekey(resolve));
      expect(await echo(client, `round ${i}`)).toEqual({ out: `round ${i}`, code: 7 });
    }
  });
});

describe('a host is not believed', () => {
  it.each<[string, () => Uint8Array]>([
    ['certified by another authority', () => certificate({}, sshKey())],
    ['certified for another name', () => certificate({ principals: ['db-2'] })],
    ['with a certificate that is over', () => certificate({ validBefore: Math.floor(Date.now() / 1000) - 1 })],
    [
      'with a certificate of a user',
      () => certify(authority, userTerms({ publicKey: host.publicKey, principals: ['db-1'] })),
    ],
  ])('%s', async (_, make) => {
    const { port, seen } = await serve(certifiedKey(host.file, make()));
    await expect(dial(port)).rejects.toMatchObject({ code: 'host.untrusted' });
    expect(seen).toEqual([]);
  });

  it('that shows the certificate of somebody else’s key', async () => {
    const thief = sshKey();
    const { port, seen } = await serve(certifiedKey(thief.file, certificate()));
    await expect(dial(port)).rejects.toMatchObject({ code: 'host.untrusted' });
    expect(seen).toEqual([]);
  });

  it('that has a plain key only', async () => {
    const { port, seen } = await serve(host.file, false);
    await expect(dial(port)).rejects.toMatchObject({ code: 'host.untrusted' });
    expect(seen).toEqual([]);
  });

  it('that changes to another key in the middle of a session', async () => {
    const { port, connections } = await serve(certifiedKey(host.file, certificate()));
    const client = await dial(port);
    const closed = new Promise((resolve) => socketOf(client).once('close', resolve));
    signAsCertified(connections[0]!, certifiedKey(host.file, certificate({ principals: ['db-2'] })));
    connections[0]!.rekey();
    await closed;
  });
});

it('says when nobody is there', async () => {
  const { port } = await serve(certifiedKey(host.file, certificate()));
  for (const close of open.splice(0)) close();
  await expect(dial(port)).rejects.toMatchObject({ code: 'host.unreachable' });
});

function echo(client: ssh2.Client, text: string): Promise<{ out: string; code: number }> {
  return new Promise((resolve, reject) => {
    client.exec('cat', (error, channel) => {
      if (error) return reject(error);
      let out = '';
      let code = -1;
      channel.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
      channel.on('exit', (status: number) => {
        code = status;
      });
      channel.on('close', () => resolve({ out, code }));
      channel.end(text);
    });
  });
}
