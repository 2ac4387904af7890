import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The Chromium the tests drive: one that is installed, else Debian's (installed with apt when root), else the one npm ships. First the
 * shell without a window: the same engine, without the work for tabs and toolbars that nobody sees.
 * Run as a program it makes sure there is one and prints its path.
 */
const SHELL = '/usr/bin/chromium-headless-shell';
const INSTALLED = [
  SHELL,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

export async function chromiumPath(): Promise<string> {
  const found = process.env.CHROMIUM ?? INSTALLED.find((path) => existsSync(path));
  if (found) return found;
  if (process.getuid?.() === 0 && apt()) return SHELL;
  return shipped();
}

function apt(): boolean {
  console.log('Installing Chromium from Debian (about a minute, once)');
  const run = (...args: string[]) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  return (
    run('update', '-qq') &&
    run('install', '-y', '-qq', '--no-install-recommends', 'chromium-headless-shell') &&
    existsSync(SHELL)
  );
}

/** Kept in a path of our own with its version: the package's own place in the temp directory is reused whatever lies there. */
async function shipped(): Promise<string> {
  const { default: chromium } = await import('@sparticuz/chromium');
  const path = join(homedir(), '.cache', 'cordon', 'chromium-153.0.0', 'chromium');
  if (!existsSync(path)) {
    console.log('Unpacking the Chromium that npm ships');
    mkdirSync(join(path, '..'), { recursive: true });
    copyFileSync(await chromium.executablePath(), path);
  }
  return path;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(`Chromium: ${await chromiumPath()}`);
