/**
 * Access to production with nothing left out: keyring, control, gateway and host agent as processes, a real sshd, OpenSSH's client, and everybody's
 * signatures. What is alive of a grant is looked up in /proc by the test itself.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectPeer } from '@/lib/db/install';
import { accountOf } from '@/lib/kernel/grant';
import { fingerprint, formatCertificate } from '@/lib/kernel/ssh';
import { type KeyringProcess, spawnKeyring, stopKeyring, temporaryHome } from '@/lib/keyring/test-support';
import { primitives } from '@/lib/primitives';
import { freePort, startCluster, type TestCluster, type TestDatabase } from '../support/database';
import { install } from '../support/debian';
import { Employee, type Running } from '../support/gateway';
import { acts, CAST, newId, request } from '../support/grants';
import { running } from '../support/host';
import { killAll } from '../support/processes';
import { openProduction, type Production } from '../support/production';
import { type Program, startProgram } from '../support/program';
import { enrol } from '../support/soft-passkeys';
import { certify, hostTerms, sshKey } from '../support/ssh';
import { hasSshd, type Sshd, startSshd } from '../support/sshd';
import { query } from '../support/world';

const WHAT = 'that a live session is cut and nothing of its grant is left, with all processes';
const really = hasSshd(WHAT) && hasTools();

function hasTools(): boolean {
  if (install(['at', 'cron', 'tmux'], ['atd', 'crontab', 'tmux'])) return true;
  process.stderr.write(`\n*** SKIPPED: at, cron and tmux could not be installed. NOT CHECKED: ${WHAT}. ***\n\n`);
  return false;
}

const seconds = () => Math.floor(Date.now() / 1000);
const say = (what: string, milliseconds: number) =>
  process.stderr.write(`    ${what}: ${Math.round(milliseconds)} ms\n`);

describe.runIf(really)('access to production', () => {
  const home = mkdtempSync(join(tmpdir(), 'cordon-production-'));
  const runFolder = mkdtempSync('/run/cordon-production-');
  const from = 66_000 + (process.pid % 1_000) * 20;
  const uids = { from, to: from + 19 };
  let cluster: TestCluster;
  let db: TestDatabase;
  let keyring: KeyringProcess;
  let production: Production;
  let control: Program;
  let gateway: Program;
  let agent: Program;
  let agentEnvironment: Record<string, string>;
  let sshd: Sshd;
  let employee: Employee;
  let atd: ChildProcess;
  const call: Parameters<typeof openProduction>[0] = (name, input) => keyring.client('console').call(name, input);
  const sql = (text: string, ...values: unknown[]) => query<Record<string, unknown>>(db.url.installer, text, values);

  beforeAll(async () => {
    atd = spawn('atd', ['-f'], { stdio: 'ignore' });
    cluster = await startCluster();
    db = await cluster.database();
    keyring = await spawnKeyring(await temporaryHome());
    await keyring.ready;
    const installer = keyring.client('installer');
    const welcome = (userId: string) => installer.call('staff.welcome', { userId, ttlSeconds: 3600 });
    production = await openProduction(call, welcome, seconds);
    const trust = await installer.call('trust.describe', {});
    const control_ = { CORDON_KEYRING_SOCKET: keyring.socketPath, CORDON_CONTROL_PORT: String(await freePort()) };
    control = await startProgram('lib/control/main.ts', {
      ...control_,
      ...{ DATABASE_URL: db.url.control, CORDON_KEYRING_TOKEN: keyring.tokens.control },
    });
    const peers = {
      CORDON_CONTROL_URL: `https://127.0.0.1:${control_.CORDON_CONTROL_PORT}`,
      CORDON_CONTROL_FINGERPRINT: createHash('sha256').update(new X509Certificate(trust.edgeCa).raw).digest('hex'),
    };
    const key = sshKey();
    const log = join(home, 'sshd.log');
    spawnSync('chmod', ['755', runFolder]);
    sshd = await startSshd({
      productionCa: trust.sshCas!.production,
      hostKey: key.file,
      // Of another authority, and another key: the agent gets one that gateways believe.
      hostCertificate: formatCertificate(certify(sshKey(), hostTerms({ publicKey: sshKey().publicKey }))),
      principalsCommand: `#!/bin/sh\nexec ${runFolder}/cordon-host-principals "$@"\n`,
      accounts: [],
      logFile: log,
    });
    writeFileSync(`${sshd.hostKey}.pub`, key.line);
    const targets = join(home, 'targets.json');
    writeFileSync(targets, JSON.stringify({ 'eu-1': `127.0.0.1:${sshd.port}` }));
    mkdirSync(join(home, 'homes'));
    spawnSync('chmod', ['755', home, join(home, 'homes')]);
    agentEnvironment = {
      ...{ ...peers, CORDON_HOST_NAME: 'eu-1', CORDON_HOST_HOME: join(home, 'agent'), CORDON_HOST_RUN: runFolder },
      ...{ CORDON_HOST_HOMES: join(home, 'homes'), CORDON_HOST_SSH_KEY: sshd.hostKey, CORDON_HOST_SSHD_LOG: log },
      ...{ CORDON_HOST_UID_FROM: String(uids.from), CORDON_HOST_UID_TO: String(uids.to) },
      CORDON_HOST_SSHD_CONFIG: sshd.config,
      CORDON_HOST_SHEET_KEYS: trust.sheetKeys!.map(({ publicKey }) => publicKey).join(','),
    };
    const join_ = (id: string) => expectPeer(db.url.installer, id);
    agent = await startAgent({ CORDON_HOST_JOIN_TOKEN: await join_('host:eu-1') });
    gateway = await startProgram('lib/gateway/main.ts', {
      ...{ ...peers, CORDON_GATEWAY_NAME: 'main', CORDON_GATEWAY_HOME: join(home, 'gateway') },
      ...{ CORDON_GATEWAY_PORT: '0', CORDON_GATEWAY_SOCKET: join(home, 'terminal.sock') },
      ...{ CORDON_GATEWAY_TARGETS: targets, CORDON_GATEWAY_JOIN_TOKEN: await join_('gateway:main') },
      ...{ CORDON_KEYRING_SOCKET: keyring.socketPath, CORDON_KEYRING_TOKEN: keyring.tokens.gateway },
    });
    employee = new Employee({
      gateway: { port: gateway.ready.port! } as never,
      keyring: { hostCa: { line: trust.sshCas!.host } } as never,
    });
    await sql(
      `insert into "User" ("id", "realm", "email", "name", "passwordHash", "staffRole") values ('usr_s', 'staff', 's@example.org', 'S', '-', 'security')`,
    );
    await sshd.said(/Received SIGHUP/);
  });
  afterAll(async () => {
    employee?.remove();
    await Promise.all([gateway, agent, control].map((program) => program?.stop()));
    await sshd?.stop();
    if (keyring) await stopKeyring(keyring);
    await cluster?.stop();
    killAll(({ uid }) => uid >= uids.from && uid <= uids.to);
    for (const account of accounts) spawnSync('userdel', ['--force', '--remove', account]);
    for (const path of [home, runFolder, keyring?.home]) if (path) rmSync(path, { recursive: true, force: true });
    atd?.kill();
  });

  const accounts: string[] = [];
  const startAgent = (more: Record<string, string> = {}) =>
    startProgram('lib/host/main.ts', { ...agentEnvironment, ...more });

  /** A grant that everybody has signed, and its row as the console writes it. Its account is there when this ends. */
  async function granted(person: string = CAST.asker): Promise<{ grant: string; account: string; uid: number }> {
    const grant = newId('grt');
    const terms = request(seconds(), { person });
    await production.act(person, acts.ask(grant, terms));
    await production.act(CAST.security, acts.vote(grant, terms, 'security'));
    await production.act(CAST.onCall, acts.vote(grant, terms, 'on-call'));
    await sql(
      `insert into "AccessRequest" ("id", "personId", "kind", "terms", "targets", "organisations", "decideBy") values ($1, $2, 'access', '[]', '{host:eu-1}', '{}', now())`,
      ...[grant, person],
    );
    const account = accountOf(grant);
    accounts.push(account);
    const idOf = () => Number(spawnSync('id', ['-u', account], { encoding: 'utf8' }).stdout);
    await expect.poll(idOf, { timeout: 30_000 }).toBeGreaterThan(0);
    return { grant, account, uid: idOf() };
  }

  async function opened(grant: string, person: string = CAST.asker): Promise<string> {
    const session = newId('ssn');
    const through = `key ${fingerprint(primitives, employee.key.publicKey)}`;
    await production.act(person, acts.open(grant, { session, through }));
    const { certificate } = await call('ssh.employeeCertificate', {
      ...{ session, publicKey: employee.key.line, address: null },
    });
    writeFileSync(join(employee.folder, 'id-cert.pub'), `${certificate}\n`);
    return session;
  }

  /** A live shell that has left things behind in every way there is. */
  async function shell(grant: string, person?: string): Promise<Running> {
    const ways = [
      'setsid -f sleep 621',
      'nohup sleep 622 >/dev/null 2>&1 &',
      "tmux -L cordon new-session -d 'sleep 623'",
      'echo "sleep 624" | at now',
      'echo "sleep 625" | at now + 1 hour',
      'echo "* * * * * sleep 626" | crontab -',
      'while :; do echo tick; sleep 0.05; done',
    ];
    const client = employee.ssh(await opened(grant, person), '-tt', ways.join('\n'));
    await client.said(/tick/);
    return client;
  }

  /** As the console does: the keyring first, and then the row. */
  async function revoke(grant: string): Promise<void> {
    await call('grant.end', { request: grant, why: 'revoked' });
    await sql(
      `update "AccessRequest" set "state" = 'ended', "deadline" = now(), "why" = 'revoked' where "id" = $1`,
      grant,
    );
  }

  const closing = async (grant: string) =>
    (await sql('select "closing" from "AccessRequest" where "id" = $1', grant))[0]?.closing;
  const eventsOf = async (grant: string) =>
    (await sql('select "schema" from "AuditEvent" where "objectId" = $1', grant)).map(({ schema }) => schema);

  /** Milliseconds until /proc has nothing of this uid. */
  async function gone(uid: number, since: number): Promise<number> {
    await expect.poll(() => running(uid), { timeout: 30_000, interval: 10 }).toBe(0);
    return performance.now() - since;
  }

  it('that is revoked is cut within a second, and nothing of it is alive, is to begin later or gets in again', async () => {
    const { grant, account, uid } = await granted();
    const client = await shell(grant);
    expect(running(uid)).toBeGreaterThan(5);
    const since = performance.now();
    const [cut, end] = await Promise.all([
      client.ended.then(() => performance.now() - since),
      revoke(grant).then(() => gone(uid, since)),
    ]);
    say('cut after the revocation', cut);
    say('nothing alive of it', end);
    expect(client.out).toContain('Cordon: access ended: it was revoked.');
    expect(cut).toBeLessThan(1_000);
    expect(end).toBeLessThan(2_000);
    await expect.poll(() => closing(grant), { timeout: 30_000 }).toBe('closed');
    // What the host tells comes when it comes.
    await expect
      .poll(() => eventsOf(grant), { timeout: 30_000 })
      .toEqual(expect.arrayContaining(['grant.account_gone@1', 'grant.closed@1']));
    expect(spawnSync('id', [account]).status).toBe(1);
    expect(spawnSync('atq', { encoding: 'utf8' }).stdout).not.toContain(account);
    expect(running(uid)).toBe(0);
    await expect(opened(grant)).rejects.toThrow();
  });

  it('goes on while control does not answer, to the deadline that is known, and nobody else comes in', async () => {
    const waiting = await granted();
    const comesIn = async () => await refusalOf(employee.ssh(await opened(waiting.grant), 'true'));
    const person = newId('usr');
    const until = seconds() + 14;
    await installed(person, until);
    const { grant, uid } = await granted(person);
    const client = await shell(grant, person);
    control.child.kill('SIGSTOP');
    try {
      // Until the gateway has heard nothing for long enough.
      await expect
        .poll(comesIn, { timeout: 12_000, interval: 1_000 })
        .toContain('nothing can be recorded for the audit log right now');
      expect(client.child.exitCode).toBeNull();
      expect(seconds()).toBeLessThan(until);
      await client.ended;
      const cut = Date.now() - until * 1000;
      expect(client.out).toContain('Cordon: access ended: its time is over.');
      const end = (await gone(uid, performance.now())) + (Date.now() - until * 1000);
      say('cut after the deadline', cut);
      say('nothing alive of it', end);
      expect(cut).toBeGreaterThanOrEqual(0);
      expect(cut).toBeLessThan(1_000);
      expect(end).toBeLessThan(2_000);
    } finally {
      control.child.kill('SIGCONT');
    }
    await expect.poll(() => closing(grant), { timeout: 30_000 }).toBe('closed');
    await expect.poll(comesIn, { timeout: 30_000, interval: 200 }).toBe('');
    await revoke(waiting.grant);
  });

  it('whose host is gone has failed to close, which security is told, and is closed when it is back', async () => {
    const { grant, account, uid } = await granted();
    const client = await shell(grant);
    await agent.stop('SIGKILL');
    const since = performance.now();
    await revoke(grant);
    await client.ended;
    expect(performance.now() - since).toBeLessThan(1_000);
    expect(running(uid)).toBeGreaterThan(0);
    expect(await closing(grant)).not.toBe('closed');
    // As if that had been half a minute ago; control reads anew only what is younger than a day.
    await sql(
      `update "AccessRequest" set "deadline" = "deadline" - interval '30 s', "requestedAt" = now() - interval '2 days' where "id" = $1`,
      grant,
    );
    await expect.poll(() => closing(grant), { timeout: 30_000 }).toBe('failed');
    expect(await eventsOf(grant)).toContain('grant.close_failed@1');
    expect(await sql(`select "kind" from "Notice" where "userId" = 'usr_s'`)).toContainEqual({
      kind: 'grant.failed-to-close',
    });
    agent = await startAgent();
    await gone(uid, since);
    await expect.poll(() => closing(grant), { timeout: 30_000 }).toBe('closed');
    expect(spawnSync('id', [account]).status).toBe(1);
  });

  it('has one entry of ours for each login that sshd wrote down, and none without', async () => {
    const { grant, account } = await granted();
    const client = employee.ssh(await opened(grant), 'echo in');
    expect(await client.ended, client.error).toBe(0);
    // The employee's own certificate opens nothing on the host itself.
    const direct = spawnSync('ssh', [...employee.options(sshd.port, false), `${account}@127.0.0.1`, 'true']);
    expect(direct.status).toBe(255);
    const told = async (schema: string) =>
      (
        await sql(
          `select convert_from("header", 'UTF8')::jsonb -> 'details' ->> 'serial' as "serial" from "AuditEvent" where "schema" = $1`,
          schema,
        )
      ).map(({ serial }) => String(serial));
    const accepted = sshd.log().filter(({ verdict }) => verdict === 'accepted');
    const serials = accepted.map(({ serial }) => String(serial)).sort();
    expect(serials.length).toBeGreaterThan(4);
    expect(new Set(serials).size).toBe(serials.length);
    for (const schema of ['grant.login@1', 'production.started@1'])
      await expect.poll(async () => (await told(schema)).sort(), { timeout: 30_000 }).toEqual(serials);
    expect(sshd.log().filter(({ verdict }) => verdict === 'refused').length).toBeGreaterThan(0);
    await revoke(grant);
  });

  /** Somebody new, designated to this second (Unix) and no longer: no grant of theirs outlasts it. */
  async function installed(person: string, until: number): Promise<void> {
    await keyring.client('installer').call('staff.welcome', { userId: person, ttlSeconds: 60 });
    const holder = await enrol(call, { realm: 'staff', userId: person, choices: { counter: null } });
    (production.people as Map<string, typeof holder>).set(person, holder);
    const decision = { kind: 'designate', person, as: 'authorised employee', until, minutes: 'ISSC 9' } as const;
    const id = newId('cmd');
    for (const member of CAST.members.slice(0, 2)) await production.act(member, acts.decide(id, decision));
  }

  async function refusalOf(client: Running): Promise<string> {
    await client.ended;
    return client.error;
  }
});
