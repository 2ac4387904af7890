/**
 * Process entry of the installer: brings the database named by DATABASE_URL (of its owner) up to date and ends. The key the
 * database checks the keyring's proofs with comes from the keyring itself.
 */
import { z } from 'zod';
import { createKeyring } from '@/lib/keyring';
import { createLog, parseConfig } from '@/lib/platform';
import { migrate } from './migrate';

const log = createLog('migrate');

try {
  const config = parseConfig(
    z.object({
      DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
      CORDON_CONSOLE_DB_PASSWORD: z.string().min(16),
      CORDON_CONTROL_DB_PASSWORD: z.string().min(16),
      CORDON_MAILER_DB_PASSWORD: z.string().min(16).optional(),
      CORDON_SEQUENCER_DB_PASSWORD: z.string().min(16).optional(),
      CORDON_EXPORTER_DB_PASSWORD: z.string().min(16).optional(),
      CORDON_STREAMER_DB_PASSWORD: z.string().min(16).optional(),
      CORDON_CHECKER_DB_PASSWORD: z.string().min(16).optional(),
      CORDON_KEYRING_SOCKET: z.string().min(1),
      CORDON_KEYRING_TOKEN: z.string().min(1),
    }),
    process.env,
  );
  const keyring = createKeyring({ socketPath: config.CORDON_KEYRING_SOCKET, token: config.CORDON_KEYRING_TOKEN });
  const { key } = await keyring.call('database.proofKey', {});
  keyring.close();
  const applied = await migrate({
    url: config.DATABASE_URL,
    passwords: {
      console: config.CORDON_CONSOLE_DB_PASSWORD,
      control: config.CORDON_CONTROL_DB_PASSWORD,
      mailer: config.CORDON_MAILER_DB_PASSWORD,
      sequencer: config.CORDON_SEQUENCER_DB_PASSWORD,
      exporter: config.CORDON_EXPORTER_DB_PASSWORD,
      streamer: config.CORDON_STREAMER_DB_PASSWORD,
      checker: config.CORDON_CHECKER_DB_PASSWORD,
    },
    proofKey: key,
  });
  for (const migration of applied) log.info('migration applied', { migration });
  log.info('database is up to date', { count: applied.length });
} catch (error) {
  log.error('migration failed', { error, reason: error instanceof Error ? error.message : undefined });
  process.exitCode = 1;
}
