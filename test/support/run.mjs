// `npm test` (all), `npm run check`, and unit tests alone. On a fresh clone it installs and builds first; then runs each
// stage, says how long it took and stops at the first that fails. What runs beside something else is shown once it is done.
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const tsx = pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;

const prepare = [
  { name: 'install and build', command: process.execPath, args: ['lib/launch/start.mjs', '--build-only'] },
];
const install = [{ name: 'install', command: process.execPath, args: ['lib/launch/start.mjs', '--prepare-only'] }];
const unit = {
  name: 'unit',
  command: bin('vitest'),
  args: ['run', '--project', 'unit*'],
  env: { CORDON_TEST_PROCESSES: 'shared' },
};
const quick = [
  { name: 'types', command: bin('tsc'), args: ['-p', '.', '--noEmit'] },
  { name: 'kernel purity', command: bin('tsc'), args: ['-p', 'lib/kernel', '--noEmit'] },
  { name: 'lint and format', command: bin('biome'), args: ['ci', '.'] },
  unit,
];
const browser = { name: 'browser', command: process.execPath, args: ['--import', tsx, 'test/support/browser.ts'] };
const vitest = (name, project) => ({ name, command: bin('vitest'), args: ['run', '--project', project] });
/** How much beside something else gives way to the first part of its stage (`nice`). */
const { PRIORITY_BELOW_NORMAL } = constants.priority;
/**
 * Each leaves a processor idle part of the time: people of journeys wait, processes start one after the other. What keeps to times of its own (a
 * second to cut a session) runs beside the journeys alone, which give way to it.
 */
const processes = {
  atOnce: 2,
  parts: [
    vitest('processes, planes, attacks, faults', 'whole'),
    { name: 'journeys', command: bin('playwright'), args: ['test', '--config', 'test/journeys/playwright.config.ts'] },
  ],
};
const requests = {
  atOnce: 3,
  parts: [vitest('looks and requests', 'web'), vitest('database', 'database'), vitest('pages and doors', 'walk')],
};

const stages = {
  unit: [unit],
  check: [...install, ...quick],
  all: [...prepare, ...quick, browser, processes, requests],
}[process.argv[2]];
if (!stages) {
  console.error('usage: node test/support/run.mjs unit|check|all');
  process.exit(2);
}

/** Rejects with the words that say what to run. What runs beside another stage is shown once it is done. */
function run({ name, command, args, env }, { stdio, givesWay }) {
  const start = Date.now();
  const child = spawn(command, args, { cwd: root, stdio, env: { ...process.env, ...env } });
  if (givesWay && child.pid !== undefined) setPriority(child.pid, PRIORITY_BELOW_NORMAL);
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => output.push(piece));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.stdout.write(Buffer.concat(output));
      const seconds = ((Date.now() - start) / 1000).toFixed(1);
      if (code === 0) {
        console.log(`✓ ${name}, ${seconds} s`);
        return resolve();
      }
      const alone = [command.replace(`${root}/`, ''), ...args].join(' ');
      reject(new Error(`✗ ${name} failed after ${seconds} s (${signal ?? `code ${code}`}). Run it alone: ${alone}`));
    });
  });
}

/** Runs the parts of a stage, `atOnce` at a time. The first of them is seen as it runs. Returns what says why some failed. */
async function runStage({ parts, atOnce = 1 }) {
  const failed = [];
  const waiting = parts.map((part, index) =>
    index === 0
      ? { part, stdio: 'inherit', givesWay: false }
      : { part, stdio: ['ignore', 'pipe', 'pipe'], givesWay: true },
  );
  async function lane() {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      console.log(`\n▶ ${next.part.name}`);
      await run(next.part, next).catch((error) => failed.push(error.message));
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane));
  return failed;
}

const begun = Date.now();
for (const stage of stages) {
  const failed = await runStage('parts' in stage ? stage : { parts: [stage] });
  for (const message of failed) console.error(message);
  if (failed.length > 0) process.exit(1);
}
console.log(`\nAll stages passed in ${((Date.now() - begun) / 1000).toFixed(0)} s.`);
