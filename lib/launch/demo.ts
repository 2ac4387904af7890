import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchConfig } from './config';
import type { LaunchDatabase } from './database';
import { consolePlan, paths } from './plan';
import { type Secrets, writeDurably } from './secrets';
import { welcomeStaff } from './welcome';

/**
 * Fills an empty installation with the demo world and writes `demo.json` (0600) with everything needed to use it. It goes through
 * the same use cases as the console, in a process with the console's rights. Null when the world was loaded before.
 */
export async function loadDemo(
  config: LaunchConfig,
  secrets: Secrets,
  database: LaunchDatabase,
  say: (line: string) => void,
): Promise<string> {
  const file = join(config.home, 'demo.json');
  if (existsSync(file)) {
    refreshOrigins(file, config);
    return file;
  }
  const link = await database.setupLink(config.staffOrigin);
  if (!link)
    throw new Error(
      `This installation has people already, and the demo wants an empty one. Set CORDON_HOME to a new directory.`,
    );
  const installer = { socketPath: paths(config.home).socket, token: secrets.keyring.installer };
  await welcomeStaff(installer, [null]);
  const { staffIds, ...world } = await runLoader(config, secrets, database, link.slice(link.indexOf('#') + 1), say);
  await welcomeStaff(installer, staffIds, DEMO_WELCOME_SECONDS);
  writeDurably(file, JSON.stringify({ ...origins(config), ...world }, null, 2));
  return file;
}

interface LoadedWorld {
  staffIds: string[];
}

/** Each of the demo's staff sets up a passkey at the first sign-in, whenever that is. */
const DEMO_WELCOME_SECONDS = 31_536_000;

const origins = (config: LaunchConfig) => ({
  console: { customer: config.consoleOrigin, staff: config.staffOrigin },
  edges: config.edges.map(({ name, region, port }) => ({ name, region, url: `http://localhost:${port}` })),
});

/** Ports may differ from the last start. */
function refreshOrigins(file: string, config: LaunchConfig): void {
  const known = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeDurably(file, JSON.stringify({ ...known, ...origins(config) }, null, 2));
}

function runLoader(
  config: LaunchConfig,
  secrets: Secrets,
  database: LaunchDatabase,
  link: string,
  say: (line: string) => void,
): Promise<LoadedWorld> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', join(config.root, '.build', 'demo.mjs')], {
      cwd: config.root,
      env: consolePlan(config, secrets, { console: database.url('console'), exporter: database.url('exporter') })
        .env as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const output: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.push(text);
      for (const line of text.split('\n')) if (line.startsWith('· ')) say(line.slice(2));
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      const result = output
        .join('')
        .split('\n')
        .find((line) => line.startsWith('{'));
      if (code === 0 && result) resolve(JSON.parse(result) as LoadedWorld);
      else reject(new Error('The demo world could not be loaded; the reason stands above.'));
    });
    // The set-up secret goes over a pipe: command lines and environments can be read by others.
    child.stdin.end(link);
  });
}
