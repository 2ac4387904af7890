import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, readAccounts, type UidRange } from '@/lib/host/accounts';
import { thisMachine } from '@/lib/host/machine';
import { type Process, readProcesses } from '@/lib/host/processes';
import type { LaunchConfig } from './config';
import type { InstalledTrust, LaunchDatabase } from './database';
import { hostPlans, paths } from './plan';
import { writeDurably } from './secrets';
import type { ProcessPlan } from './supervise';

/**
 * A production host for the demo, on this machine: an sshd of its own on loopback, and an agent. Both make and end accounts, so uids, homes and
 * files are the demo's alone, and nothing of them is left when it stops.
 */
export const DEMO_HOST = 'demo-1';
const SSHD = '/usr/sbin/sshd';

/** With a production host where there can be one; else says in a line why there is none, and what to do about it. */
export function withDemoHost(config: LaunchConfig, say: (line: string) => void): LaunchConfig {
  if (!config.mayHost) return config;
  const why = whyNot();
  if (why) say(`The demo has no production host: ${why}`);
  return { ...config, demoHost: why === null };
}

function whyNot(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'its agent makes accounts, which takes root on Linux; start the demo with sudo to have one';
  return existsSync(SSHD) ? null : `there is no ${SSHD}; apt-get install openssh-server brings it`;
}

/** Below no folder that others may write to, or sshd asks nothing there. */
const runFolder = ({ from }: UidRange): string => `/run/cordon-demo-${from}`;

/**
 * For as long as this demo runs, from the upper end of what hosts take, above those of tests and below what Debian gives to containers. Making the
 * folder is what claims them.
 */
function claimUids(home: string): UidRange {
  for (let from = 86_000; from < 100_000; from += 100) {
    const uids = { from, to: from + 99 };
    const has = ({ uids: all }: Process): boolean => all.some((uid) => uid >= uids.from && uid <= uids.to);
    if (accountsOf(uids).length > 0 || readProcesses().some(has) || !madeFolder(runFolder(uids))) continue;
    writeDurably(uidsFile(home), JSON.stringify(uids));
    return uids;
  }
  throw new Error('The demo has no uids left for a production host. CORDON_DEMO_HOST=off starts it without one.');
}

const uidsFile = (home: string): string => join(paths(home).demoHost, 'uids.json');

function madeFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o755 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

const accountsOf = ({ from, to }: UidRange): Account[] =>
  readAccounts({ from, to }).filter(({ uid }) => uid >= from && uid <= to);

/** Writes what sshd and agent begin with, tells the gateway where the host is, and says how both are started. */
export async function prepareDemoHost(
  config: LaunchConfig,
  database: LaunchDatabase,
  trust: InstalledTrust,
): Promise<ProcessPlan[]> {
  const { home, host, ports } = config;
  const folder = paths(home).demoHost;
  const at = (name: string): string => join(folder, name);
  mkdirSync(at('homes'), { recursive: true, mode: 0o755 });
  const uids = claimUids(home);
  const run = runFolder(uids);
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  if (!existsSync(at('key'))) {
    const { status, stderr } = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('key')]);
    if (status !== 0) throw new Error(`ssh-keygen: ${stderr}`);
  }
  writeFileSync(at('production-ca.pub'), `${trust.productionCa}\n`);
  writeFileSync(at('sshd_config'), sshdConfig({ host, port: ports.demoHost, at, run }));
  sayWhere(paths(home).gatewayTargets, `${host}:${ports.demoHost}`);
  const token = existsSync(at('agent/identity.json')) ? null : await database.hostToken(DEMO_HOST);
  return hostPlans(config, {
    ...{ name: DEMO_HOST, sshd: SSHD, run, uids, token },
    ...{ fingerprint: trust.fingerprint, sheetKeys: trust.sheetKeys },
  });
}

/** As lib/host/README.md asks for, on loopback. */
const sshdConfig = (of: { host: string; port: number; at: (name: string) => string; run: string }): string => `\
ListenAddress ${of.host}
Port ${of.port}
PidFile "${of.at('sshd.pid')}"
LogLevel VERBOSE
HostKey "${of.at('key')}"
HostCertificate "${of.at('key-cert.pub')}"
TrustedUserCAKeys "${of.at('production-ca.pub')}"
AuthorizedPrincipalsCommand ${of.run}/cordon-host-principals %u
AuthorizedPrincipalsCommandUser nobody
AuthorizedKeysFile none
AuthorizedKeysCommand none
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
Subsystem sftp internal-sftp
`;

/** Beside the hosts that somebody else wrote there. */
function sayWhere(file: string, address: string): void {
  const known = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  if (known[DEMO_HOST] !== address) writeDurably(file, JSON.stringify({ ...known, [DEMO_HOST]: address }), 0o644);
}

/**
 * Ends everything of the grants of a demo whose sshd and agent have stopped, and removes their accounts: of this run, or of one that was killed.
 * Nothing where there never was a demo host. Throws when something is left.
 */
export async function endDemoGrants(home: string): Promise<void> {
  if (!existsSync(uidsFile(home))) return;
  const range = JSON.parse(readFileSync(uidsFile(home), 'utf8')) as UidRange;
  const { demoHost } = paths(home);
  const machine = thisMachine({ range, run: runFolder(range), homes: join(demoHost, 'homes') });
  for (const { name: account, uid } of accountsOf(range)) {
    const { left } = await machine.end({ grant: '', account, uid, startsAt: 0, deadline: 0 });
    if (left.length > 0) throw new Error(`Of the demo's account ${account} there is left: ${left.join(', ')}`);
  }
  machine.sweep([]);
  // The next run has other uids, and learns from its first sheet what it has to hold.
  for (const path of [runFolder(range), join(demoHost, 'agent', 'state.json'), uidsFile(home)])
    rmSync(path, { recursive: true, force: true });
}
