/**
 * Attack: somebody reaches the gateway's port. They open connections by the thousand, stall in the handshake, bring certificates of their own making,
 * or race one certificate twice. Others have a grant and play with the protocol: a window of gigabytes that is never read, input past the window,
 * channel after channel, a disk that fills while they work. The gateway sits on the way into production, so it must neither let them in nor fall
 * over, and whatever cannot be recorded must end.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectCertified, socketOf } from '@/lib/gateway/ssh2-certificates';
import { Employee, lendGateway, lendProduction, recordingOf, type TestGateway } from '../support/gateway';
import { certify, hostTerms, sshKey, userTerms } from '../support/ssh';
import { accountName, hasSshd } from '../support/sshd';

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));
const knock = (port: number) =>
  connect(port, '127.0.0.1')
    .on('error', () => undefined)
    .resume();

describe('somebody without a grant', () => {
  let world: TestGateway;
  let employee: Employee;
  beforeAll(async () => {
    world = await lendGateway(() => null, {
      limits: { perAddress: 8, burst: 100_000, perSecond: 100_000 },
      within: { authenticate: 1_000, ask: 1_000 },
    });
    employee = new Employee(world);
  });
  afterAll(async () => {
    employee.remove();
    await world.stop();
  });

  it('holds a few connections, however many they open, and none for long', async () => {
    const sockets = Array.from({ length: 1_000 }, () => knock(world.gateway.port));
    const gone = sockets.map(closed);
    const since = Date.now();
    await Promise.all(gone);
    expect(Date.now() - since).toBeLessThan(6_000);
    // And the next one is served.
    const next = knock(world.gateway.port);
    await new Promise((resolve) => next.once('data', resolve));
    next.destroy();
  });

  it.each([
    ['says nothing', ''],
    ['begins a greeting and does not end it', 'SSH-2.0-x'],
    ['sends a greeting without end', 'A'.repeat(100_000)],
    ['greets and stops', 'SSH-2.0-x\r\n'],
    ['sends a packet of 2 GiB', `SSH-2.0-x\r\n${'\x7f\xff\xff\xff'.repeat(100)}`],
  ])('is gone in time when it %s', async (_, bytes) => {
    const socket = knock(world.gateway.port);
    socket.write(Buffer.from(bytes, 'latin1'));
    socket.resume();
    await closed(socket);
  });

  it.each<[string, (session: string) => Uint8Array]>([
    [
      'an authority of their own',
      (session) => certify(sshKey(), userTerms({ publicKey: employee.key.publicKey, principals: [session] })),
    ],
    [
      'the authority for production',
      (session) =>
        certify(world.keyring.productionCa, userTerms({ publicKey: employee.key.publicKey, principals: [session] })),
    ],
    [
      'a certificate of a host',
      (session) =>
        certify(world.keyring.gatewayCa, hostTerms({ publicKey: employee.key.publicKey, principals: [session] })),
    ],
    [
      'the certificate of somebody else, whose key they do not have',
      (session) =>
        certify(world.keyring.gatewayCa, userTerms({ publicKey: sshKey().publicKey, principals: [session] })),
    ],
  ])('does not come in with %s', async (_, make) => {
    const { session } = world.keyring.open(world.keyring.grant('app'), employee.key);
    const { formatCertificate } = await import('@/lib/kernel/ssh');
    writeFileSync(join(employee.folder, 'id-cert.pub'), `${formatCertificate(make(session), '')}\n`);
    const ssh = employee.ssh(session, 'true');
    expect(await ssh.ended).toBe(255);
    expect(ssh.error).toMatch(/Permission denied|Connection closed/);
    expect(world.keyring.openings.get(session)!.used).toBe(false);
  });

  it('does not come in with a certificate that was stolen without its key', async () => {
    const { session } = world.keyring.open(world.keyring.grant('app'), employee.key);
    const client = new ssh2.Client();
    const outcome = new Promise<string>((resolve) => {
      client.once('ready', () => resolve('in'));
      client.once('error', (error: Error & { level?: string }) => resolve(error.level ?? error.message));
    });
    // OpenSSH would not even try.
    connectCertified(client, {
      config: { host: '127.0.0.1', port: world.gateway.port, username: session },
      keyFile: sshKey().file,
      certificate: certify(
        world.keyring.gatewayCa,
        userTerms({ publicKey: employee.key.publicKey, principals: [session] }),
      ),
      trusts: async () => true,
    });
    expect(await outcome).toBe('client-authentication');
    expect(world.log.at(-1)).toContain('signature_invalid');
    client.destroy();
  });

  it('does not come in with a user name that is no session', async () => {
    for (const name of ['root', '../../etc/passwd', 'ssn_zz', 'a'.repeat(5000)]) {
      employee.certificate(world.keyring, name.replace(/[^A-Za-z0-9_]/g, '').slice(0, 30) || 'x');
      const ssh = employee.ssh(name, 'true');
      expect(await ssh.ended).toBe(255);
    }
  });

  it('leaves nothing on the disk', () => {
    expect(spawnSync('ls', [join(world.home, 'recordings')]).stdout.toString()).toBe('');
  });
});

const really = hasSshd('what an employee with a grant can do to the gateway');

describe.runIf(really)('an employee with a grant', () => {
  const account = accountName();
  let world: Awaited<ReturnType<typeof lendProduction>>;
  let employee: Employee;
  beforeAll(async () => {
    world = await lendProduction(account);
    employee = new Employee(world);
  });
  afterAll(async () => {
    employee?.remove();
    await world?.stop();
  });

  /** A connection of ssh2 instead of OpenSSH: it can be made to misbehave. */
  async function connected(): Promise<{
    client: ssh2.Client;
    session: string;
    grant: { state: string; why: string | null };
  }> {
    const grant = world.keyring.grant(account);
    const { session } = world.keyring.open(grant, employee.key);
    const client = new ssh2.Client();
    client.on('error', () => undefined);
    const ready = new Promise<void>((resolve, reject) => {
      client.once('ready', () => resolve());
      client.once('error', reject);
    });
    connectCertified(client, {
      config: { host: '127.0.0.1', port: world.gateway.port, username: session },
      keyFile: employee.key.file,
      certificate: certify(
        world.keyring.gatewayCa,
        userTerms({ publicKey: employee.key.publicKey, principals: [session] }),
      ),
      trusts: async () => true,
    });
    await ready;
    return { client, session, grant };
  }
  const exec = (client: ssh2.Client, command: string) =>
    new Promise<ssh2.ClientChannel>((resolve, reject) =>
      client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel))),
    );
  const protocolOf = (client: ssh2.Client) =>
    (
      client as never as {
        _protocol: Record<'channelWindowAdjust' | 'channelData', (id: number, what: unknown) => void>;
      }
    )._protocol;
  const idOf = (channel: ssh2.ClientChannel) => (channel as never as { outgoing: { id: number } }).outgoing.id;
  const size = (session: string) => statSync(join(world.home, 'recordings', `${session}.rec`)).size;
  const settled = async (session: string) => {
    let [before, now] = [-1, 0];
    const quiet = () => {
      [before, now] = [now, size(session)];
      return now === before && now > 200_000;
    };
    await expect.poll(quiet, { interval: 300, timeout: 30_000 }).toBe(true);
    return now;
  };

  it('fills no memory with a window of gigabytes that is never read', async () => {
    const { client, session, grant } = await connected();
    const channel = await exec(client, 'yes');
    protocolOf(client).channelWindowAdjust(idOf(channel), 2 ** 31);
    socketOf(client).pause();
    const recorded = await settled(session);
    // What the gateway holds, the kernel's buffers, and what was on its way; not gigabytes.
    expect(recorded).toBeLessThan(24 * 1024 * 1024);
    Object.assign(grant, { state: 'ended', why: 'revoked' });
    await expect.poll(() => world.gateway.sessions(), { timeout: 2_000 }).toBe(0);
    client.destroy();
  });

  it('is cut off when it sends past its window', async () => {
    const { client } = await connected();
    const channel = await exec(client, 'sleep 60');
    const gone = closed(socketOf(client));
    const chunk = Buffer.alloc(32_000, 'x');
    const pour = () => {
      for (let i = 0; i < 50 && !socketOf(client).destroyed; i++) {
        try {
          protocolOf(client).channelData(idOf(channel), chunk);
        } catch {
          return;
        }
      }
      if (!socketOf(client).destroyed) setImmediate(pour);
    };
    const before = process.memoryUsage.rss();
    pour();
    await gone;
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 1024 * 1024);
    await expect.poll(() => world.gateway.sessions(), { timeout: 2_000 }).toBe(0);
  });

  it('has one channel on a connection', async () => {
    const { client } = await connected();
    const first = await exec(client, 'cat');
    await expect(exec(client, 'id')).rejects.toThrow(/Channel open failure/);
    await expect(
      new Promise((resolve, reject) =>
        client.forwardOut('127.0.0.1', 1, '127.0.0.1', 22, (error, ok) => (error ? reject(error) : resolve(ok))),
      ),
    ).rejects.toThrow(/Channel open failure/);
    first.end();
    await closed(socketOf(client));
  });

  it('begins one session when it comes twice at the same time', async () => {
    const { session } = world.keyring.open(world.keyring.grant(account), employee.key);
    employee.certificate(world.keyring, session);
    const both = [employee.ssh(session, 'echo in'), employee.ssh(session, 'echo in'), employee.ssh(session, 'echo in')];
    const codes = await Promise.all(both.map((one) => one.ended));
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    expect(both.map((one) => one.out).join('')).toBe('in\n');
  });

  it('is told, and out, when the disk is full in the middle', async () => {
    const folder = join(world.home, 'recordings');
    mkdirSync(folder, { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', folder]);
    if (mounted.status !== 0) {
      process.stderr.write(
        '\n*** SKIPPED: nothing can be mounted here. NOT CHECKED: a disk that fills during a session. ***\n\n',
      );
      return;
    }
    try {
      const { session } = world.keyring.open(world.keyring.grant(account), employee.key);
      employee.certificate(world.keyring, session);
      const shell = employee.ssh(session, 'while :; do head -c 20000 /dev/zero | tr "\\0" x; sleep 0.02; done');
      await shell.ended;
      expect(shell.error).toContain('Cordon: access ended: it could not be recorded any longer.');
      await expect.poll(() => world.gateway.sessions()).toBe(0);
      // Nothing was shown that is not on the disk.
      expect(shell.out.length).toBeGreaterThan(0);
      expect(shell.out.length).toBeLessThanOrEqual(recordingOf(world, session)!.output.length);
      expect(world.events.at(-1)).toMatchObject({ kind: 'session.ended', session, why: 'recorder' });
      // Nothing more begins there, and nothing of an opening is lost by trying.
      const next = world.keyring.open(world.keyring.grant(account), employee.key);
      employee.certificate(world.keyring, next.session);
      const refused = employee.ssh(next.session, 'echo in');
      expect(await refused.ended).toBe(255);
      expect(refused.error).toContain('refused: the session cannot be recorded');
      expect(refused.out).toBe('');
      expect(world.keyring.openings.get(next.session)!.used).toBe(false);
    } finally {
      spawnSync('umount', [folder]);
    }
  });

  it('is told, and out, when its recording is taken away', async () => {
    const { session } = world.keyring.open(world.keyring.grant(account), employee.key);
    employee.certificate(world.keyring, session);
    const shell = employee.ssh(session, '-tt', 'echo in; cat');
    await shell.said(/in\r\n/);
    rmSync(join(world.home, 'recordings', `${session}.rec`));
    await shell.ended;
    expect(shell.out).toContain('Cordon: access ended: it could not be recorded any longer.');
    const last = () => world.events.at(-1);
    await expect.poll(last).toMatchObject({ kind: 'session.ended', session, why: 'recorder' });
  });

  it('does not begin where the folder of recordings is gone', async () => {
    const folder = join(world.home, 'recordings');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'no folder');
    const { session } = world.keyring.open(world.keyring.grant(account), employee.key);
    employee.certificate(world.keyring, session);
    const ssh = employee.ssh(session, 'echo in');
    expect(await ssh.ended).toBe(255);
    expect(ssh.error).toContain('refused: the session cannot be recorded');
    expect(ssh.out).toBe('');
    rmSync(folder);
  });
});
