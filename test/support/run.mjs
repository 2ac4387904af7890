// `npm test` and `npm run check`. On a fresh clone it installs and builds first; then runs each stage, says how long it took and
// stops at the first that fails.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const tsx = pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;

const prepare = [
  { name: 'install and build', command: process.execPath, args: ['lib/launch/start.mjs', '--build-only'] },
];
const install = [{ name: 'install', command: process.execPath, args: ['lib/launch/start.mjs', '--prepare-only'] }];
const quick = [
  { name: 'types', command: bin('tsc'), args: ['-p', '.', '--noEmit'] },
  { name: 'kernel purity', command: bin('tsc'), args: ['-p', 'lib/kernel', '--noEmit'] },
  { name: 'lint and format', command: bin('biome'), args: ['ci', '.'] },
  { name: 'unit', command: bin('vitest'), args: ['run', '--project', 'unit'] },
];
const whole = [
  { name: 'database', command: bin('vitest'), args: ['run', '--project', 'database'] },
  { name: 'browser', command: process.execPath, args: ['--import', tsx, 'test/support/browser.ts'] },
  { name: 'processes, planes, attacks, faults', command: bin('vitest'), args: ['run', '--project', 'whole'] },
  { name: 'journeys', command: bin('playwright'), args: ['test', '--config', 'test/journeys/playwright.config.ts'] },
];

const stages = { check: [...install, ...quick], all: [...prepare, ...quick, ...whole] }[process.argv[2]];
if (!stages) {
  console.error('usage: node test/support/run.mjs check|all');
  process.exit(2);
}

const begun = Date.now();
for (const { name, command, args } of stages) {
  const start = Date.now();
  console.log(`\n▶ ${name}`);
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  if (status !== 0) {
    console.error(
      `✗ ${name} failed after ${seconds} s (${signal ?? `code ${status}`}). Run it alone: ${[command.replace(`${root}/`, ''), ...args].join(' ')}`,
    );
    process.exit(1);
  }
  console.log(`✓ ${name}, ${seconds} s`);
}
console.log(`\nAll stages passed in ${((Date.now() - begun) / 1000).toFixed(0)} s.`);
