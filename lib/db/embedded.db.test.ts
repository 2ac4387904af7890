import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '@/test/support/database';
import { droppedUser } from './dropped-user';
import { startEmbedded } from './embedded';

let home: string;
const password = 'installer-password-of-a-test';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cordon-embedded-'));
  chmodSync(home, 0o755);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function select(url: string): Promise<unknown> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query('select current_setting($1) as value', ['unix_socket_directories'])).rows[0].value;
  } finally {
    await client.end();
  }
}

/** A launcher of its own that starts the server, says its pid, and waits to be killed. */
async function launcher(port: number): Promise<{ child: ChildProcess; serverPid: number }> {
  const script = `import { startEmbedded } from './lib/db/embedded';
    const server = await startEmbedded({ home: ${JSON.stringify(join(home, 'postgres'))}, port: ${port}, password: ${JSON.stringify(password)} });
    console.log('pid ' + server.pid); setInterval(() => {}, 1000);`;
  const file = join(process.cwd(), 'test/support', `.launcher-${process.pid}.ts`);
  writeFileSync(file, script.replace('./lib', '@/lib'));
  try {
    const child = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const serverPid = await new Promise<number>((resolve, reject) => {
      let text = '';
      child.stdout!.on('data', (chunk) => {
        text += chunk;
        const found = /pid (\d+)/.exec(text);
        if (found) resolve(Number(found[1]));
      });
      child.once('exit', () => reject(new Error('the launcher ended')));
    });
    return { child, serverPid };
  } finally {
    rmSync(file);
  }
}

const kill = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    child.removeAllListeners('exit').once('exit', () => resolve());
    child.kill('SIGKILL');
  });

describe('the embedded server', () => {
  it('takes passwords on 127.0.0.1 only, has no unix socket, and its directory is its own', async () => {
    const port = await freePort();
    const server = await startEmbedded({ home: join(home, 'postgres'), port, password });
    try {
      expect(await select(server.url('postgres'))).toBe('');
      await expect(select(server.url('postgres').replace(password, 'wrong'))).rejects.toMatchObject({ code: '28P01' });
      const data = statSync(join(home, 'postgres/data'));
      expect(data.mode & 0o777).toBe(0o700);
      expect(data.uid).toBe(droppedUser()?.uid ?? process.getuid!());
      const hba = readFileSync(join(home, 'postgres/data/pg_hba.conf'), 'utf8')
        .split('\n')
        .filter((line) => /^(local|host)/.test(line));
      expect(hba.every((line) => line.trim().endsWith('scram-sha-256'))).toBe(true);
    } finally {
      await server.stop();
    }
    expect(existsSync(join(home, 'postgres/data/postmaster.pid'))).toBe(false);
  });

  it('stops the server of a killed launcher and starts again with its data', async () => {
    const port = await freePort();
    const first = await launcher(port);
    await expect(startEmbedded({ home: join(home, 'postgres'), port, password })).rejects.toThrow(/Another Cordon/);
    await kill(first.child);
    // Still running: nobody stopped it.
    expect(existsSync(`/proc/${first.serverPid}`)).toBe(true);
    const server = await startEmbedded({ home: join(home, 'postgres'), port, password });
    expect(existsSync(`/proc/${first.serverPid}`)).toBe(false);
    await server.ensureDatabase('kept');
    // Killed as well, leaving its pid file.
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    writeFileSync(join(home, 'postgres/owner.pid'), '999999999');
    const again = await startEmbedded({ home: join(home, 'postgres'), port, password });
    await select(again.url('kept'));
    await again.stop();
  });

  it('is not confused by a pid file whose number belongs to somebody else', async () => {
    const port = await freePort();
    const server = await startEmbedded({ home: join(home, 'postgres'), port, password });
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    const file = join(home, 'postgres/data/postmaster.pid');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid)));
    const again = await startEmbedded({ home: join(home, 'postgres'), port, password });
    await again.stop();
  });

  it.runIf(process.getuid?.() === 0)('says so when its user cannot enter the home', async () => {
    chmodSync(home, 0o700);
    await expect(startEmbedded({ home: join(home, 'postgres'), port: 1, password })).rejects.toThrow(/CORDON_HOME/);
  });
});
