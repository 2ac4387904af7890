import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') };
// `server-only` throws outside Next unless this condition is set; tests run on the server.
// Not 'import': it is handed to Node as well, and require() inside CommonJS packages such as pg would find ES modules.
const conditions = ['react-server', 'node'];
const shared = { resolve: { alias, conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };

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

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['{lib,media-plane,app,test}/**/*.test.ts'],
          exclude: ['node_modules/**', ...DATABASE, ...WALK, ...WEB, ...WHOLE],
          testTimeout: 30_000,
          env: { NODE_ENV: 'test' },
          // By itself it leaves one processor of two idle.
          maxWorkers: 2,
        },
      },
      {
        ...shared,
        test: {
          name: 'database',
          include: DATABASE,
          exclude: ['node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      ...Object.entries({ walk: WALK, web: WEB, whole: WHOLE }).map(([name, include]) => ({
        ...shared,
        test: {
          name,
          include,
          exclude: ['node_modules/**', ...DATABASE, ...(name === 'whole' ? WEB : [])],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      })),
    ],
  },
});
