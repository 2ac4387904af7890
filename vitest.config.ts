import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') };
// `server-only` throws outside Next unless this condition is set; tests run on the server.
// Not 'import': it is handed to Node as well, and require() inside CommonJS packages such as pg would find ES modules.
const conditions = ['react-server', 'node'];
const shared = { resolve: { alias, conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };

/** Makes what the PostgreSQL of every file is copied from. */
const globalSetup = 'test/support/template.ts';

/** A PostgreSQL and a keyring of its own, in this process: several files at once. */
const DATABASE = [
  '**/*.db.test.ts',
  'test/contract/**/*.test.ts',
  'test/attacks/{identity,sql,keyring,notices,stream,witness}-*.test.ts',
  'test/attacks/production-*.test.ts',
  'test/attacks/abuse-{enumeration,lock-out,spray,travel}.test.ts',
  'test/attacks/{access-policy,auditor-scope,erased-subject,log-owner,password-reset,production-forged-approval,prune-alone,step-up-bound}.test.ts',
];
/** Every page and door of the built console, one file after the other. */
const WALK = ['test/walk/**/*.test.ts'];
/** How the built console looks, and what it does with hostile requests. */
const WEB = ['test/screens/**/*.test.ts', 'test/attacks/http-*.test.ts'];
/** Processes, media, browsers: one file after the other. */
const WHOLE = ['test/{plane,attacks,faults}/**/*.test.ts', '**/*.process.test.ts'];

/** How long a condition is waited for that is awaited: long, because a test that passes never waits so long, and a machine may be busy. */
const PATIENCE = { poll: { timeout: 30_000 } };

const UNIT_FOLDERS = ['lib', 'media-plane', 'app', 'test'];
/** Puts something in the place of a module, a clock, a global or the environment. */
const REPLACES =
  /\bvi\.(?:mock|doMock|stub\w+|spyOn|useFakeTimers|resetModules)\(|process\.env\.\w+ = |assign\(process\.env/;
/**
 * In a full run unit tests share their processes: half of what they cost is to start one for each file and to read the same modules in it. A file
 * that replaces something has a process to itself, and so has each that is run by hand.
 */
const SHARE = process.env.CORDON_TEST_PROCESSES === 'shared';
const alone = UNIT_FOLDERS.flatMap((folder) =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' }).map(
    (file) => `${folder}/${file}`,
  ),
)
  .filter((file) => file.endsWith('.test.ts') && REPLACES.test(readFileSync(new URL(file, import.meta.url), 'utf8')))
  // Folders of routes have names that mean something in a pattern.
  .map((file) => file.replace(/[()[\]]/g, '\\$&'));

const unit = (
  name: string,
  { include = [`{${UNIT_FOLDERS}}/**/*.test.ts`], exclude = [] as string[], isolate = true } = {},
) => ({
  ...shared,
  test: {
    name,
    include,
    exclude: ['node_modules/**', ...DATABASE, ...WALK, ...WEB, ...WHOLE, ...exclude],
    isolate,
    expect: PATIENCE,
    testTimeout: 120_000,
    env: { NODE_ENV: 'test' as const },
    // By itself it leaves one processor of two idle.
    maxWorkers: 2,
  },
});

export default defineConfig({
  test: {
    projects: [
      ...(SHARE
        ? [unit('unit', { exclude: alone, isolate: false }), unit('unit-alone', { include: alone })]
        : [unit('unit')]),
      {
        ...shared,
        test: {
          name: 'database',
          globalSetup,
          include: DATABASE,
          exclude: ['node_modules/**'],
          expect: PATIENCE,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      ...Object.entries({ walk: WALK, web: WEB, whole: WHOLE }).map(([name, include]) => ({
        ...shared,
        test: {
          name,
          globalSetup,
          include,
          exclude: ['node_modules/**', ...DATABASE, ...(name === 'whole' ? WEB : [])],
          expect: PATIENCE,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      })),
    ],
  },
});
