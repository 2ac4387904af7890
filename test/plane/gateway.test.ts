/**
 * Two hops for real: OpenSSH's client, the gateway, and an OpenSSH server that trusts the production authority alone.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCertificate } from '@/lib/kernel/ssh';
import { Employee, lendGateway, recordingOf, type TestGateway } from '../support/gateway';
import { certify, hostTerms, sshKey } from '../support/ssh';
import { accountName, hasSshd, type Sshd, startSshd } from '../support/sshd';

const really = hasSshd('sessions through the gateway to a real sshd');
const account = accountName();

describe.runIf(really)('a session through the gateway', () => {
  let sshd: Sshd;
  let world: TestGateway;
  let employee: Employee;
  beforeAll(async () => {
    world = await lendGateway((host) => (host === 'db-1' ? { address: '127.0.0.1', port: sshd.port } : null));
    const host = sshKey();
    sshd = await startSshd({
      productionCa: world.keyring.productionCa.line,
      hostKey: host.file,
      hostCertificate: formatCertificate(
        certify(world.keyring.hostCa, hostTerms({ publicKey: host.publicKey, principals: ['db-1'] })),
        '',
      ),
      principalsCommand: '#!/bin/sh\necho "$3" | sed -n "s/^grant=grt_\\([0-9a-f]*\\);.*/grant-\\1/p"\n',
      accounts: [account],
    });
    employee = new Employee(world);
  });
  afterAll(async () => {
    employee?.remove();
    await world?.stop();
    await sshd?.stop();
  });

  function opened(over: Parameters<TestGateway['keyring']['grant']>[1] = {}) {
    const grant = world.keyring.grant(account, over);
    const { session } = world.keyring.open(grant, employee.key);
    employee.certificate(world.keyring, session);
    return { grant, session };
  }

  it('runs a command and passes its exit code through', async () => {
    const { session } = opened();
    const ssh = employee.ssh(session, 'echo out; echo err >&2; exit 7');
    expect(await ssh.ended, ssh.error).toBe(7);
    expect(ssh.out).toBe('out\n');
    expect(ssh.error).toContain('err\n');
  });
});
