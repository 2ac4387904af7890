import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') },
    // `server-only` throws outside Next unless this condition is set; tests run on the server.
    conditions: ['react-server', 'node', 'import', 'default'],
  },
  ssr: { resolve: { conditions: ['react-server', 'node', 'import', 'default'], externalConditions: ['react-server', 'node', 'import', 'default'] } },
  test: { include: ['{lib,media-plane,app,test}/**/*.test.ts'], exclude: ['node_modules/**', 'test/journeys/**'], testTimeout: 30_000, hookTimeout: 60_000 },
});
