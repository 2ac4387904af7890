/**
 * The way of a session with nothing left out between passkeys and the production host: statements that people signed, the keyring's ledger, its
 * certificates, the gateway and a real sshd. Only the account on the host is another, because the host's agent makes those.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatewayEvent } from '@/lib/gateway/events';
import { type Gateway, startGateway } from '@/lib/gateway/gateway';
import { askKeyring } from '@/lib/gateway/keyring';
import { fingerprint } from '@/lib/kernel/ssh';
import { KeyringError } from '@/lib/keyring';
import type { Context } from '@/lib/keyring/context';
import { closeContext, openContext } from '@/lib/keyring/open';
import { run as operation } from '@/lib/keyring/operations';
import { Refusal } from '@/lib/keyring/refusal';
import { ORIGINS } from '@/lib/keyring/test-support';
import { createLog } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { Browser, Employee } from '../support/gateway';
import { newId } from '../support/grants';
import { openProduction, type Production } from '../support/production';
import type { Call } from '../support/soft-passkeys';
import { sshKey } from '../support/ssh';
import { accountName, hasSshd, type Sshd, startSshd } from '../support/sshd';

const really = hasSshd('a session from signed approvals to a real sshd');
const account = accountName();

describe.runIf(really)('from passkeys to the host', () => {
  const home = mkdtempSync(join(tmpdir(), 'cordon-whole-'));
  const events: GatewayEvent[] = [];
  let context: Context;
  let production: Production;
  let gateway: Gateway;
  let sshd: Sshd;
  let employee: Employee;
  /** As over the socket: a refusal comes out as the client's error. */
  const call: Call = async (name, input) => {
    try {
      return await operation(context, name, input);
    } catch (error) {
      throw error instanceof Refusal ? new KeyringError(error.code) : error;
    }
  };
  beforeAll(async () => {
    context = await openContext(join(home, 'keys'), Date.now, ORIGINS);
    const welcome = (userId: string) => call('staff.welcome', { userId, ttlSeconds: 3600 });
    production = await openProduction(call, welcome, () => Math.floor(Date.now() / 1000));
    const { sshCas } = await call('trust.describe', {});
    const host = sshKey();
    const { certificate } = await call('ssh.hostCertificate', { hosts: ['eu-1'], publicKey: host.line });
    sshd = await startSshd({
      productionCa: sshCas!.production,
      hostKey: host.file,
      hostCertificate: certificate,
      principalsCommand: '#!/bin/sh\necho "$3" | sed -n "s/^grant=grt_\\([0-9a-f]*\\);.*/grant-\\1/p"\n',
      accounts: [account],
    });
    const keyring = askKeyring({ call }, ['127.0.0.1']);
    gateway = await startGateway({
      ...{ home: join(home, 'gateway'), host: '127.0.0.1', port: 0, sourceAddress: '127.0.0.1' },
      terminal: join(home, 'terminal.sock'),
      keyring: {
        ...keyring,
        productionCertificate: async (ask) => ({ ...(await keyring.productionCertificate(ask)), account }),
      },
      addressOf: () => ({ address: '127.0.0.1', port: sshd.port }),
      delivery: { check: () => undefined, deliver: (event) => void events.push(event), silent: () => 0 },
      log: createLog('gateway', ['rule'], () => undefined),
    });
    employee = new Employee({ gateway, keyring: { hostCa: { line: sshCas!.host } } as never });
  });
  afterAll(async () => {
    employee?.remove();
    await gateway?.stop();
    await sshd?.stop();
    await closeContext(context);
    rmSync(home, { recursive: true, force: true });
  });

  async function opened(through: string) {
    const [grant, session] = [newId('grt'), newId('ssn')];
    await production.grant(grant);
    await production.open(grant, { session, through });
    return { grant, session };
  }

  it('goes in with a certificate for the confirmed key, once', async () => {
    const { grant, session } = await opened(`key ${fingerprint(primitives, employee.key.publicKey)}`);
    const { certificate } = await call('ssh.employeeCertificate', {
      session,
      publicKey: employee.key.line,
      address: null,
    });
    writeFileSync(join(employee.folder, 'id-cert.pub'), `${certificate}\n`);
    const ssh = employee.ssh(session, 'echo in; exit 7');
    expect(await ssh.ended, ssh.error).toBe(7);
    expect(ssh.out).toBe('in\n');
    const started = events.find((event) => event.kind === 'session.started' && event.session === session);
    expect(started).toMatchObject({ grant, target: 'host:eu-1', principal: `grant-${grant.slice(4)}` });
    const { serial } = started as { serial: string };
    expect(await sshd.logged((entry) => entry.serial === BigInt(serial))).toMatchObject({ verdict: 'accepted' });
    expect(await employee.ssh(session, 'echo again').ended).toBe(255);
  });

  it('goes in from a browser with a ticket, and is cut when the grant ends', async () => {
    const { grant, session } = await opened('web terminal');
    const { ticket } = await call('ssh.terminalTicket', { session });
    const browser = new Browser(join(home, 'terminal.sock'), { session, ticket });
    await browser.shows(/The screen is recorded/);
    const since = Date.now();
    await call('grant.end', { request: grant, why: 'revoked' });
    expect((await browser.over)?.end).toBe('Cordon: access ended: it was revoked.');
    expect(Date.now() - since).toBeLessThan(1000);
  });

  it('does not go in without a confirmed session, whatever the gateway says', async () => {
    const browser = new Browser(join(home, 'terminal.sock'), { session: newId('ssn'), ticket: 'A'.repeat(43) });
    expect((await browser.over)?.end).toContain('refused: this session is not open');
    const { session } = await opened('web terminal');
    const guess = new Browser(join(home, 'terminal.sock'), { session, ticket: 'A'.repeat(43) });
    expect((await guess.over)?.end).toContain('refused');
  });
});
