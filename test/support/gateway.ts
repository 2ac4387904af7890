import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import type { GatewayEvent } from '@/lib/gateway/events';
import { type Gateway, type GatewayOptions, startGateway } from '@/lib/gateway/gateway';
import type { GatewayKeyring, Standing } from '@/lib/gateway/keyring';
import { parseEvent, parseRow } from '@/lib/kernel/recording';
import { DEFAULT_EXTENSIONS, fingerprint, formatCertificate, parsePublicKey } from '@/lib/kernel/ssh';
import { createLog, newId } from '@/lib/platform';
import { sha256 } from '@/lib/primitives/sha256';
import { certify, hostTerms, type SshKey, sshKey, userTerms } from './ssh';
import { type Sshd, startSshd } from './sshd';

/** What a test says of a grant; the ledger and its signatures are tested with the keyring. */
export interface TestGrant {
  id: string;
  account: string;
  state: string;
  /** Unix seconds. */
  deadline: number;
  why: string | null;
  command: string | null;
  files: boolean;
}

interface Opening {
  grant: TestGrant;
  target: string;
  through: string;
  ticket: string | null;
  used: boolean;
}

/** As the keyring behaves towards a gateway, without its ledger. Production certificates are real. */
export class TestKeyring implements GatewayKeyring {
  readonly gatewayCa = sshKey();
  readonly productionCa = sshKey();
  readonly hostCa = sshKey();
  readonly openings = new Map<string, Opening>();
  readonly grants = new Map<string, TestGrant>();
  /** No answer at all. */
  silent = false;
  /** Terms of production certificates that a test wants to be wrong. */
  wrong: Partial<Parameters<typeof userTerms>[0]> = {};

  grant(account: string, over: Partial<TestGrant> = {}): TestGrant {
    const id = newId('grt');
    const deadline = Math.floor(Date.now() / 1000) + 3600;
    const grant = { id, account, state: 'active', deadline, why: null, command: null, files: false, ...over };
    this.grants.set(id, grant);
    return grant;
  }

  /** Somebody confirmed a session: for the key, or with a ticket for the web terminal. */
  open(grant: TestGrant, key: SshKey | null, target = 'host:db-1'): { session: string; ticket: string | null } {
    const session = newId('ssn');
    const ticket = key ? null : randomBytes(24).toString('base64url');
    const through = key ? `key ${fingerprint({ sha256 }, key.publicKey)}` : 'web terminal';
    this.openings.set(session, { grant, target, through, ticket, used: false });
    return { session, ticket };
  }

  async authorities() {
    this.#speak();
    return { gateway: [this.gatewayCa.publicKey], host: [this.hostCa.publicKey] };
  }

  async hostCertificate(publicKey: string) {
    this.#speak();
    return certify(
      this.hostCa,
      hostTerms({ publicKey: parsePublicKey(publicKey)!.publicKey, principals: ['127.0.0.1'] }),
    );
  }

  async productionCertificate({
    session,
    publicKey,
    sourceAddress,
    ticket,
  }: Parameters<GatewayKeyring['productionCertificate']>[0]) {
    this.#speak();
    const { GatewayRefusal } = await import('@/lib/gateway/errors');
    const opening = this.openings.get(session);
    if (!opening || opening.used || opening.ticket !== ticket || opening.grant.state !== 'active')
      throw new GatewayRefusal('gateway.not_open');
    opening.used = true;
    const { grant } = opening;
    const terms = userTerms({
      publicKey: parsePublicKey(publicKey)!.publicKey,
      principals: [`grant-${grant.id.slice(4)}`],
      keyId: `grant=${grant.id};session=${session}`,
      sourceAddresses: [sourceAddress],
      forceCommand: grant.command,
      extensions: grant.command === null ? DEFAULT_EXTENSIONS : [],
      ...this.wrong,
    });
    return {
      certificate: certify(this.productionCa, terms),
      ...{
        grant: grant.id,
        target: opening.target,
        account: grant.account,
        principal: terms.principals[0]!,
        command: grant.command,
      },
      ...{ files: grant.files, deadline: grant.deadline, serial: String(terms.serial), keyId: terms.keyId },
    };
  }

  async describe(ids: string[]): Promise<Standing[]> {
    this.#speak();
    return ids.flatMap((id) => {
      const grant = this.grants.get(id);
      if (!grant) return [];
      const over = grant.deadline * 1000 <= Date.now();
      const { deadline } = grant;
      return over && grant.state === 'active'
        ? [{ id, state: 'ended', deadline, why: 'expired' }]
        : [{ id, state: grant.state, deadline, why: grant.why }];
    });
  }

  #speak(): void {
    if (this.silent) throw new Error('no answer');
  }
}

export interface TestGateway {
  gateway: Gateway;
  keyring: TestKeyring;
  events: GatewayEvent[];
  home: string;
  /** Unix socket. */
  terminal: string;
  /** Set to what `check` shall throw. */
  delivery: { refuse: Error | null };
  log: string[];
  stop(): Promise<void>;
}

export async function lendGateway(
  addressOf: GatewayOptions['addressOf'],
  over: Partial<GatewayOptions> = {},
): Promise<TestGateway> {
  const home = mkdtempSync(join(tmpdir(), 'cordon-gateway-'));
  const keyring = new TestKeyring();
  const events: GatewayEvent[] = [];
  const log: string[] = [];
  const delivery = { refuse: null as Error | null };
  const gateway = await startGateway({
    ...{ home: join(home, 'home'), host: '127.0.0.1', port: 0, sourceAddress: '127.0.0.1' },
    ...{ keyring, addressOf, terminal: join(home, 'terminal.sock') },
    delivery: {
      check: () => {
        if (delivery.refuse) throw delivery.refuse;
      },
      deliver: (event) => void events.push(event),
      silent: () => 0,
    },
    log: createLog('gateway', ['rule'], (line) => void log.push(line)),
    limits: { perAddress: 200, burst: 10_000, perSecond: 10_000 },
    ...over,
  });
  return {
    ...{ gateway, keyring, events, home: join(home, 'home'), terminal: join(home, 'terminal.sock'), delivery, log },
    async stop() {
      await gateway.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The lines of a recording, by kind. */
export function recordingOf({ home }: Pick<TestGateway, 'home'>, session: string) {
  const path = join(home, 'recordings', `${session}.rec`);
  if (!existsSync(path)) return null;
  const rows = readFileSync(path).toString('utf8').trimEnd().split('\n');
  const parsed = rows.map((row) => parseRow(row));
  const lines = parsed.flatMap((row) => {
    const event = row && 'text' in row ? parseEvent((row as { text: string }).text) : null;
    return event ? [event] : [];
  });
  const of = (kind: string) => lines.filter((line) => line.kind === kind).map(({ data }) => data);
  return { path, lines, output: of('o').join(''), marks: of('m'), sizes: of('r') };
}

/** A folder with an employee's key and certificate for real `ssh`, `scp` and `sftp`, which know the host authority and nothing else. */
export class Employee {
  readonly folder = mkdtempSync(join(tmpdir(), 'cordon-employee-'));
  readonly key = sshKey();
  readonly #port: number;

  constructor({ gateway, keyring }: Pick<TestGateway, 'gateway' | 'keyring'>) {
    this.#port = gateway.port;
    writeFileSync(join(this.folder, 'id'), this.key.file, { mode: 0o600 });
    writeFileSync(
      join(this.folder, 'known'),
      `@cert-authority [127.0.0.1]:${this.#port},127.0.0.1 ${keyring.hostCa.line}\n`,
    );
  }

  /** As the keyring would for an opening with this key. */
  certificate(keyring: TestKeyring, session: string, over: Partial<Parameters<typeof userTerms>[0]> = {}): void {
    const terms = userTerms({
      publicKey: this.key.publicKey,
      principals: [session],
      sourceAddresses: ['127.0.0.1'],
      extensions: [],
      ...over,
    });
    writeFileSync(join(this.folder, 'id-cert.pub'), `${formatCertificate(certify(keyring.gatewayCa, terms), '')}\n`);
  }

  /** Without `strict`, whatever host is there is believed. */
  options(port = this.#port, strict = true): string[] {
    const set = [
      `IdentityFile=${join(this.folder, 'id')}`,
      `CertificateFile=${join(this.folder, 'id-cert.pub')}`,
      `UserKnownHostsFile=${strict ? join(this.folder, 'known') : '/dev/null'}`,
      'GlobalKnownHostsFile=/dev/null',
      'IdentitiesOnly=yes',
      `StrictHostKeyChecking=${strict ? 'yes' : 'no'}`,
      'BatchMode=yes',
      'ConnectTimeout=10',
      `Port=${port}`,
    ];
    return ['-F', '/dev/null', ...set.flatMap((option) => ['-o', option])];
  }

  ssh(session: string, ...args: string[]): Running {
    return run('ssh', [
      ...this.options(),
      ...args.filter((a) => a.startsWith('-')),
      `${session}@127.0.0.1`,
      ...args.filter((a) => !a.startsWith('-')),
    ]);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A program that runs, what it has said so far, and how it ended. */
export class Running {
  out = '';
  error = '';
  readonly ended: Promise<number | null>;
  readonly #waiting = new Set<() => void>();

  constructor(readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
      for (const look of this.#waiting) look();
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.error += text;
      for (const look of this.#waiting) look();
    });
    this.ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Resolves once it has said this. Rejects when it ends before, or after 10 s. */
  said(wanted: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const look = () => {
        if (!wanted.test(this.out + this.error)) return;
        done();
        resolve();
      };
      const fail = (why: string) => {
        done();
        reject(new Error(`${why} before ${wanted}:\n${this.out}\n${this.error}`));
      };
      const timer = setTimeout(() => fail('nothing said'), 10_000);
      this.#waiting.add(look);
      void this.ended.then(() => {
        look();
        if (this.#waiting.has(look)) fail('ended');
      });
      look();
    });
  }
}

export const run = (program: string, args: string[]): Running =>
  new Running(
    spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, TERM: 'xterm-256color' } }),
  );

/** sshd takes the principal that the key id of a certificate names. */
const PRINCIPALS = '#!/bin/sh\necho "$3" | sed -n "s/^grant=grt_\\([0-9a-f]*\\);.*/grant-\\1/p"\n';

/** A gateway before a real sshd, which is `host:db-1`, and `host:db-2` without a certificate for that name. */
export async function lendProduction(
  account: string,
  over: Partial<GatewayOptions> = {},
): Promise<TestGateway & { sshd: Sshd }> {
  let sshd: Sshd | null = null;
  const known = ['db-1', 'db-2'];
  const world = await lendGateway(
    (host) => (known.includes(host) ? { address: '127.0.0.1', port: sshd!.port } : null),
    over,
  );
  const host = sshKey();
  const terms = hostTerms({ publicKey: host.publicKey, principals: ['db-1'] });
  sshd = await startSshd({
    productionCa: world.keyring.productionCa.line,
    hostKey: host.file,
    hostCertificate: formatCertificate(certify(world.keyring.hostCa, terms), ''),
    principalsCommand: PRINCIPALS,
    accounts: [account],
  });
  const stop = async () => {
    await world.stop();
    await sshd!.stop();
  };
  return { ...world, sshd, stop };
}

/** A web terminal without a screen: what it would show, and how it ended. */
export class Browser {
  readonly web: WebSocket;
  screen = '';
  /** Whether it tells the gateway what it has drawn. */
  draws = true;
  readonly over: Promise<{ end: string; code: number | null } | null>;
  #bytes = 0;

  constructor(path: string, first: object) {
    this.web = new WebSocket(`ws+unix:${path}:/staff/terminal`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    this.web.once('open', () => this.tell({ columns: 80, rows: 24, ...first }));
    let end: { end: string; code: number | null } | null = null;
    this.web.on('message', (data: Buffer, binary: boolean) => {
      if (!binary) end = JSON.parse(data.toString());
      else {
        this.screen += data.toString('utf8');
        this.#bytes += data.length;
        if (this.draws) this.tell({ shown: this.#bytes });
      }
    });
    this.web.on('error', () => undefined);
    this.over = new Promise((resolve) => this.web.once('close', () => resolve(end)));
  }

  tell(message: object): void {
    if (this.web.readyState === this.web.OPEN) this.web.send(JSON.stringify(message));
  }

  type(text: string): void {
    const bytes = Buffer.from(text);
    // As a browser does: the gateway takes no longer frames than 64 KiB.
    for (let at = 0; at < bytes.length; at += 32_768) this.web.send(bytes.subarray(at, at + 32_768), { binary: true });
  }

  shows(wanted: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`not shown: ${wanted}\n${this.screen.slice(-2000)}`));
      const timer = setTimeout(fail, 10_000);
      const look = () => {
        if (!wanted.test(this.screen)) return;
        clearTimeout(timer);
        this.web.off('message', look);
        resolve();
      };
      this.web.on('message', look);
      this.web.once('close', fail);
      look();
    });
  }
}
