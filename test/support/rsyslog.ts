import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './database';

/** Debian's rsyslogd with rsyslog-gnutls, as somebody's receiver of syslog over TLS. */
export interface Rsyslog {
  port: number;
  /** Message ids, structured data and messages, as it understood them. */
  lines(): { id: string; data: string; message: string }[];
  stop(): Promise<void>;
}

/** Null, and said aloud, where it is not installed. */
export function rsyslogd(): string | null {
  try {
    const path = execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/sbin command -v rsyslogd'], {
      encoding: 'utf8',
    }).trim();
    const driver = execFileSync(
      'sh',
      ['-c', 'ls /usr/lib/*/rsyslog/lmnsd_gtls.so /usr/lib/rsyslog/lmnsd_gtls.so 2>/dev/null || true'],
      {
        encoding: 'utf8',
      },
    );
    if (driver.trim() !== '') return path;
  } catch {
    // Said below.
  }
  console.warn('SKIPPED: syslog over TLS to a real rsyslogd; install rsyslog and rsyslog-gnutls to run it.');
  return null;
}

export async function startRsyslog(path: string, folder: string, tls: { cert: string; key: string }): Promise<Rsyslog> {
  const port = await freePort();
  const at = (name: string) => join(folder, name);
  writeFileSync(
    at('rsyslog.conf'),
    `global(workDirectory="${folder}" maxMessageSize="8k" defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="${tls.cert}"
  defaultNetstreamDriverCertFile="${tls.cert}" defaultNetstreamDriverKeyFile="${tls.key}")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
template(name="parts" type="string" string="%msgid%\\t%structured-data%\\t%msg%\\n")
input(type="imtcp" address="127.0.0.1" port="${port}")
action(type="omfile" file="${at('received')}" template="parts")
`,
  );
  const child = spawn(path, ['-n', '-f', at('rsyslog.conf'), '-i', at('pid')], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error('rsyslogd ended');
    await sleep(50);
  }
  return {
    port,
    lines() {
      const text = existsSync(at('received')) ? readFileSync(at('received'), 'utf8') : '';
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => {
          const [id = '', data = '', message = ''] = line.split('\t');
          return { id, data, message };
        });
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
