// First step of `npm start` and `npm run demo`. Plain JavaScript with nothing but Node, because on a fresh clone nothing else is
// there yet: installs what package-lock.json names, then hands over to main.ts.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const stamp = join(root, 'node_modules', '.cordon-lock');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Cordon needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and run the command again.`,
  );
  process.exit(2);
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.log('· Installing packages (about a minute, once per change of package-lock.json)');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error('Installing failed; the reason stands above. Nothing was started.');
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

const tsx = pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;
const main = spawn(
  process.execPath,
  ['--conditions=react-server', '--import', tsx, join(root, 'lib', 'launch', 'main.ts'), ...process.argv.slice(2)],
  {
    cwd: root,
    // The channel carries nothing: it closes when this process is killed, and main.ts then stops everything.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  },
);
// This process only waits, so that main.ts can stop everything in order. Ctrl-C reaches the whole foreground group, `kill` only
// this process; hearing of it twice does no harm.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => main.kill(signal));
main.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
