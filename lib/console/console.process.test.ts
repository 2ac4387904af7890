import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('refuses to serve plain HTTP on an address that is not loopback, naming the variables', () => {
  const started = spawnSync(process.execPath, ['--import', 'tsx', 'lib/console/main.ts'], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { NODE_ENV: 'production', PATH: process.env.PATH, CORDON_CONSOLE_HOST: '0.0.0.0', PORT: '24090' },
  });
  expect(started.status).toBe(2);
  expect(started.stdout).toContain('CORDON_CONSOLE_TLS_CERT and CORDON_CONSOLE_TLS_KEY are required');
});
