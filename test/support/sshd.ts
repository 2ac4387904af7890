import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './database';
import { killAll } from './processes';
import { accountName, addAccount, expireAccount, removeAccount } from './sshd-account';
import { type SshdEntry, sshdEntries } from './sshd-log';

export { accountName, expireAccount };

const SSHD = '/usr/sbin/sshd';

/**
 * Whether there is a real sshd (Debian's openssh-server, installed when it is missing), and we are root, which accounts and terminals take.
 * Otherwise says aloud what is not checked.
 */
export function hasSshd(without: string): boolean {
  const why = missing();
  if (why === null) return true;
  process.stderr.write(`\n*** SKIPPED: ${why}. NOT CHECKED: ${without}. ***\n\n`);
  return false;
}

function missing(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can run a whole sshd';
  if (existsSync(SSHD)) return null;
  // The package would start a server on port 22, for everybody.
  if (existsSync('/run/systemd/system')) return `there is no ${SSHD}; install openssh-server to run it`;
  return install() ? null : `there is no ${SSHD}, and openssh-server could not be installed`;
}

function install(): boolean {
  process.stderr.write('Installing openssh-server from Debian (half a minute, once)\n');
  const apt = (...args: string[]) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      // In runlevel 1 packages start no servers.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    }).status === 0;
  const lock = ['-o', 'DPkg::Lock::Timeout=120'];
  const packages = [...lock, 'install', '-y', '-qq', '--no-install-recommends', 'openssh-server'];
  return (apt(...packages) || (apt(...lock, 'update', '-qq') && apt(...packages))) && existsSync(SSHD);
}

export interface SshdOptions {
  /** Line of the authority whose user certificates are admitted. */
  productionCa: string;
  /** Private key file of the host, and the line of its certificate. */
  hostKey: string;
  hostCertificate: string;
  /**
   * Text of a program that prints the principals of an account, one a line. Its arguments are account, serial and key id; it runs as `nobody`.
   * sshd asks it once for a certificate that is refused, expired ones among them, and twice for one that is admitted.
   */
  principalsCommand: string;
  /** Accounts to make, named by `accountName`. They go when the server stops. */
  accounts: readonly string[];
  /** A file that its log goes to as well. */
  logFile?: string;
}

export interface Sshd {
  port: number;
  /** Files: its configuration, and its private key, beside which the certificate is. */
  config: string;
  hostKey: string;
  /** Verdicts so far. */
  log(): SshdEntry[];
  /** Lines so far, as sshd wrote them. */
  lines(): readonly string[];
  /** The first verdict that fits, once sshd has written it. Rejects when it does not within 10 s. */
  logged(fits: (entry: SshdEntry) => boolean): Promise<SshdEntry>;
  /** As `logged`, for a line. */
  said(line: RegExp): Promise<string>;
  /** Another program in place of `principalsCommand`, from the next connection on. */
  answerPrincipals(program: string): void;
  /** A key revocation list (ssh-keygen -k), from the next connection on; null takes the file away, which refuses everybody. */
  revoke(list: Uint8Array | null): void;
  /** Ends the server, its connections and the accounts. */
  stop(): Promise<void>;
}

/** A real sshd on loopback, with a directory of its own. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  for (const account of options.accounts) addAccount(account);
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  // Not in the temporary directory: sshd runs no command below a folder that others may write to.
  const folder = mkdtempSync('/run/cordon-sshd-');
  spawnSync('chmod', ['755', folder]);
  const at = (name: string) => join(folder, name);
  /** As a whole, so that no connection reads half of it. */
  const put = (name: string, content: string | Uint8Array, mode: number) => {
    writeFileSync(at(`${name}.new`), content, { mode });
    renameSync(at(`${name}.new`), at(name));
  };
  put('host', options.hostKey, 0o600);
  put('host-cert.pub', `${options.hostCertificate}\n`, 0o644);
  put('production-ca.pub', `${options.productionCa}\n`, 0o644);
  put('revoked', '', 0o644);
  put('principals', options.principalsCommand, 0o755);
  const port = await freePort();
  put('config', configuration(port, at), 0o600);

  const child = spawn(SSHD, ['-D', '-e', '-f', at('config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stderr! }).on('line', (line) => {
    lines.push(line.replace(/\r$/, ''));
    if (options.logFile) appendFileSync(options.logFile, `${lines.at(-1)}\n`);
    for (const look of waiting) look();
  });
  /** The first answer that `find` gives, now or at a later line. */
  const until = <T>(find: () => T | undefined, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        waiting.delete(look);
        child.off('close', ended);
      };
      const fail = (why: string) => {
        done();
        reject(new Error(`sshd ${why} before ${what}:\n${lines.join('\n')}`));
      };
      const ended = () => fail('ended');
      const timer = setTimeout(() => fail('said nothing'), 10_000);
      const look = () => {
        const found = find();
        if (found === undefined) return;
        done();
        resolve(found);
      };
      child.once('close', ended);
      waiting.add(look);
      look();
    });
  const said = (wanted: RegExp) => until(() => lines.find((line) => wanted.test(line)), String(wanted));
  const stop = async () => {
    await end(child);
    for (const account of options.accounts) removeAccount(account);
    rmSync(folder, { recursive: true });
  };
  try {
    await said(/^Server listening on /);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ port, config: at('config'), hostKey: at('host') },
    log: () => sshdEntries(lines),
    lines: () => lines,
    logged: (fits) => until(() => sshdEntries(lines).find(fits), 'the verdict'),
    said,
    answerPrincipals: (program) => put('principals', program, 0o755),
    revoke: (list) => (list ? put('revoked', list, 0o644) : rmSync(at('revoked'))),
    stop,
  };
}

/** Certificates of the production authority are the only way in; what one may do is not narrowed here, so that it shows what the certificate says. */
const configuration = (port: number, at: (name: string) => string): string => `
ListenAddress 127.0.0.1
Port ${port}
PidFile ${at('pid')}
LogLevel VERBOSE
HostKey ${at('host')}
HostCertificate ${at('host-cert.pub')}
TrustedUserCAKeys ${at('production-ca.pub')}
RevokedKeys ${at('revoked')}
AuthorizedPrincipalsCommand ${at('principals')} %u %s %i
AuthorizedPrincipalsCommandUser nobody
AuthorizedKeysFile none
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
UsePAM no
UseDNS no
LoginGraceTime 10
PrintMotd no
PrintLastLog no
Subsystem sftp internal-sftp
${penalises() ? 'PerSourcePenalties no' : ''}
`;

/** From 9.8 on sshd turns away addresses that failed before; here they are all one. */
function penalises(): boolean {
  const { stderr } = spawnSync(SSHD, ['-V'], { encoding: 'utf8' });
  const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(stderr) ?? [];
  return Number(major) * 100 + Number(minor) >= 908;
}

/** The connections it has forked, which would outlive it, and the server. What runs as an account goes with the account. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  killAll(({ parent }) => parent === child.pid);
  child.kill('SIGTERM');
  await exited;
}
