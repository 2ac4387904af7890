/** Process entry of the installer: brings the database named by DATABASE_URL (of its owner) up to date and ends. */
import { z } from 'zod';
import { createLog, parseConfig } from '@/lib/platform';
import { migrate } from './migrate';

const log = createLog('migrate');

try {
  const config = parseConfig(
    z.object({
      DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
      CORDON_CONSOLE_DB_PASSWORD: z.string().min(16),
      CORDON_CONTROL_DB_PASSWORD: z.string().min(16),
      CORDON_DATABASE_PROOF_KEY: z.string().regex(/^[0-9a-f]{64,}$/, 'hexadecimal text expected'),
    }),
    process.env,
  );
  const applied = await migrate({
    url: config.DATABASE_URL,
    passwords: { console: config.CORDON_CONSOLE_DB_PASSWORD, control: config.CORDON_CONTROL_DB_PASSWORD },
    proofKey: config.CORDON_DATABASE_PROOF_KEY,
  });
  for (const migration of applied) log.info('migration applied', { migration });
  log.info('database is up to date', { count: applied.length });
} catch (error) {
  log.error('migration failed', { error, reason: error instanceof Error ? error.message : undefined });
  process.exitCode = 1;
}
