import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, startAgent } from '@/lib/host/agent';
import { PLACES } from '@/lib/host/leftovers';
import { thisMachine } from '@/lib/host/machine';
import { accountOf, principalOf, type Sheet, type SheetGrant, sheetInput, sheetText } from '@/lib/kernel/grant';
import { formatCertificate } from '@/lib/kernel/ssh';
import { createLog } from '@/lib/platform';
import type { HostEvent } from '@/lib/uplink/host-events';
import { newId } from './grants';
import { killAll } from './processes';
import { certify, hostTerms, sshKey, userTerms } from './ssh';
import { type Sshd, startSshd } from './sshd';
import { run } from './sshd-account';

/** A production host: this machine with an agent and a real sshd of its own, and whoever signs sheets and certificates. Needs root. */
export interface Host {
  readonly agent: Agent;
  readonly sshd: Sshd;
  readonly events: HostEvent[];
  /** Folder of the agent's state, and that of what sshd asks. */
  readonly home: string;
  readonly run: string;
  /** Sends a sheet with these grants. */
  grant(grants: readonly SheetGrant[], over?: Partial<Sheet>): Promise<void>;
  sign(grants: readonly SheetGrant[], over?: Partial<Sheet>): { sheet: string; signature: string };
  /** OpenSSH's client with a certificate for this grant's account; `over` for other accounts or principals, or the bare key. */
  ssh(grant: SheetGrant, command: string, over?: Login): Promise<Outcome>;
  /** The same, for a session that stays. */
  stay(grant: SheetGrant, command: string): ChildProcess;
  uidOf(grant: SheetGrant): number;
  /** Whether it has its account, and sshd would let its holder in. */
  admits(grant: SheetGrant): boolean;
  /** Line of the key that `ssh` uses. */
  readonly holder: string;
  /** Ends the agent and begins it anew on its state. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface Login {
  account?: string;
  principal?: string;
  /** Default: yes. */
  certificate?: boolean;
}

export interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

export const newGrant = (over: Partial<SheetGrant> = {}): SheetGrant => {
  const id = newId('grt');
  const now = Math.floor(Date.now() / 1000);
  return { id, account: accountOf(id), startsAt: now - 1, deadline: now + 600, ...over };
};

/** Uids of this process alone: several test runs may share a machine. */
const rangeOf = () => {
  const from = 66_000 + (process.pid % 1_000) * 20;
  return { from, to: from + 19 };
};

export async function startHost(target = 'host:eu-1'): Promise<Host> {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-host-'));
  const home = join(folder, 'home');
  const runFolder = mkdtempSync('/run/cordon-host-');
  const range = rangeOf();
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keys = [publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)];
  const [production, hostCa, hostKey, holder] = [sshKey(), sshKey(), sshKey(), sshKey()];
  const events: HostEvent[] = [];
  run('chmod', '755', runFolder);
  const begin = () =>
    startAgent({
      ...{ target, keys, home, range },
      machine: thisMachine({ range, run: runFolder, homes: '/home', places: { ...PLACES, shared: ['/dev/shm'] } }),
      tell: (event) => void events.push(event),
      log: createLog('host', [], () => undefined),
    });
  let agent = await begin();
  const sshd = await startSshd({
    productionCa: production.line,
    hostKey: hostKey.file,
    hostCertificate: formatCertificate(certify(hostCa, hostTerms({ publicKey: hostKey.publicKey }))),
    principalsCommand: `#!/bin/sh\nexec ${runFolder}/cordon-host-principals "$@"\n`,
    accounts: [],
  });
  writeFileSync(join(folder, 'key'), holder.file, { mode: 0o600 });
  writeFileSync(join(folder, 'known_hosts'), `@cert-authority 127.0.0.1 ${hostCa.line}\n`);
  let seq = 0;
  let logins = 0;

  const signed = (grants: readonly SheetGrant[], over: Partial<Sheet> = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const sheet = { target, seq: ++seq, issuedAt: now, freshUntil: now + 60, grants, ...over };
    return { sheet: sheetText(sheet), signature: sign(null, sheetInput(sheet), privateKey).toString('base64') };
  };
  function client(grant: SheetGrant, command: string, over: Login = {}) {
    const certificate = join(folder, `certificate-${++logins}.pub`);
    const terms = userTerms({
      publicKey: holder.publicKey,
      keyId: `grant=${grant.id};session=${newId('ssn')};user=${newId('usr')}`,
      principals: [over.principal ?? principalOf(grant.id)],
    });
    writeFileSync(certificate, `${formatCertificate(certify(production, terms))}\n`);
    const options = {
      ...{ BatchMode: 'yes', StrictHostKeyChecking: 'yes', UserKnownHostsFile: join(folder, 'known_hosts') },
      ...{ GlobalKnownHostsFile: 'none', IdentityAgent: 'none', IdentitiesOnly: 'yes' },
      ...(over.certificate === false ? {} : { CertificateFile: certificate }),
      // The fastest there is: not what is under test.
      KexAlgorithms: 'curve25519-sha256',
    };
    const settings = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const who = `${over.account ?? grant.account}@127.0.0.1`;
    return spawn('ssh', ['-F', 'none', '-i', join(folder, 'key'), ...settings, '-p', String(sshd.port), who, command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
    });
  }

  return {
    get agent() {
      return agent;
    },
    ...{ sshd, events, home, run: runFolder, sign: signed, holder: holder.line },
    async grant(grants, over) {
      const refused = await agent.take(signed(grants, over));
      if (refused) throw new Error(refused);
    },
    async ssh(grant, command, over) {
      const child = client(grant, command, over);
      let [out, err] = ['', ''];
      child.stdout.on('data', (piece) => (out += piece));
      child.stderr.on('data', (piece) => (err += piece));
      const [code] = await once(child, 'close');
      return { code, out, err };
    },
    stay: (grant, command) => client(grant, command),
    admits: ({ id }) => readFileSync(join(runFolder, 'principals'), 'utf8').includes(principalOf(id)),
    uidOf(grant) {
      const held = agent.held().find((one) => one.grant === grant.id);
      if (!held) throw new Error('this grant has no account');
      return held.uid;
    },
    async restart() {
      await agent.stop();
      agent = await begin();
    },
    async stop() {
      await agent.stop();
      await sshd.stop();
      killAll(({ uid }) => uid >= range.from && uid <= range.to);
      for (const [name, uid] of passwd())
        if (uid >= range.from && uid <= range.to) run('userdel', '--force', '--remove', name);
      for (const path of [folder, runFolder]) rmSync(path, { recursive: true });
    },
  };
}

const passwd = (): [string, number][] =>
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .flatMap(([name, , uid]) => (name && uid ? [[name, Number(uid)] as [string, number]] : []));

export const hasAccount = ({ account }: SheetGrant): boolean => passwd().some(([name]) => name === account);

/**
 * How many processes have this uid, and this command where one is given, as /proc has them. Not those that have ended and wait for their parent to
 * notice: they have no memory and run nothing, and the first process of a container may let them wait for a second.
 */
export const running = (uid: number, command?: string): number =>
  readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      if (command !== undefined && readFileSync(`/proc/${name}/cmdline`, 'utf8') !== `${command.replace(' ', '\0')}\0`)
        return false;
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      return new RegExp(`^Uid:.*\\b${uid}\\b`, 'm').test(status) && !/^State:\s+[ZX]/m.test(status);
    } catch {
      return false;
    }
  }).length;
