import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') };
// `server-only` throws outside Next unless this condition is set; tests run on the server.
// Not 'import': it is handed to Node as well, and require() inside CommonJS packages such as pg would find ES modules.
const conditions = ['react-server', 'node'];
const shared = { resolve: { alias, conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };

/** Needs a database, another process, a browser or the network: everything in test/ that is not pure. */
const WHOLE = ['test/{plane,attacks,faults,contract,screens,walk}/**/*.test.ts', '**/*.process.test.ts', '**/*.db.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['{lib,media-plane,app,test}/**/*.test.ts'],
          exclude: ['node_modules/**', ...WHOLE],
          testTimeout: 30_000,
          env: { NODE_ENV: 'test' },
        },
      },
      {
        ...shared,
        test: {
          name: 'whole',
          include: WHOLE,
          exclude: ['node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
