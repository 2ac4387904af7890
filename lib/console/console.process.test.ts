import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { bundled } from '@/test/support/bundled';

const main = await bundled('lib/console/main.ts');

it('refuses to serve plain HTTP on an address that is not loopback, naming the variables', () => {
  const started = spawnSync(process.execPath, [main], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { NODE_ENV: 'production', PATH: process.env.PATH, CORDON_CONSOLE_HOST: '0.0.0.0', PORT: '24090' },
  });
  expect(started.status).toBe(2);
  expect(started.stdout).toContain('CORDON_CONSOLE_TLS_CERT and CORDON_CONSOLE_TLS_KEY are required');
});

it.each([
  [{ CORDON_SMTP_URL: 'smtp://localhost:25' }, 'Mail needs both CORDON_SMTP_URL and CORDON_MAIL_FROM'],
  [{ CORDON_MAIL_FROM: 'cordon@example.com' }, 'Mail needs both CORDON_SMTP_URL and CORDON_MAIL_FROM'],
  [{ CORDON_SMTP_URL: 'http://localhost', CORDON_MAIL_FROM: 'cordon@example.com' }, 'CORDON_SMTP_URL must look like'],
  [
    { CORDON_SMTP_URL: 'smtps://mail.example.com?tls.rejectUnauthorized=false', CORDON_MAIL_FROM: 'c@example.com' },
    'CORDON_SMTP_URL must look like',
  ],
  [
    { CORDON_SMTP_URL: 'smtp://localhost:25', CORDON_MAIL_FROM: 'a@example.com, b@example.com' },
    'CORDON_MAIL_FROM must be an address',
  ],
  [{ CORDON_SMTP_URL: 'smtp://localhost:25', CORDON_MAIL_FROM: 'c@example.com' }, 'CORDON_MAILER_DATABASE_URL'],
  [{ CORDON_EXPORT_HOME: '/nowhere' }, 'CORDON_EXPORTER_DATABASE_URL'],
])('refuses to start with mail or exports half configured: %o', (mail, says) => {
  const started = spawnSync(process.execPath, [main], {
    encoding: 'utf8',
    timeout: 30_000,
    env: {
      NODE_ENV: 'production',
      PATH: process.env.PATH,
      PORT: '24091',
      CORDON_CONSOLE_ORIGIN: 'http://localhost:24091',
      CORDON_STAFF_ORIGIN: 'http://staff.localhost:24091',
      ...mail,
    },
  });
  expect([started.status, started.stdout]).toEqual([2, expect.stringContaining(says)]);
});
