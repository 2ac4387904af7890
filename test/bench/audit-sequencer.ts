/** The sequencer in a process of its own, as in control, for audit.bench.ts. Environment: DATABASE_URL, CORDON_KEYRING_SOCKET, CORDON_KEYRING_TOKEN. */
import { startSequencer } from '@/lib/audit/sequencer';
import { createKeyring } from '@/lib/keyring';
import { createLog } from '@/lib/platform';

const { DATABASE_URL, CORDON_KEYRING_SOCKET, CORDON_KEYRING_TOKEN } = process.env as Record<string, string>;
const keyring = createKeyring({ socketPath: CORDON_KEYRING_SOCKET!, token: CORDON_KEYRING_TOKEN! });
const sequencer = startSequencer({ databaseUrl: DATABASE_URL!, keyring, log: createLog('control') });
process.on('SIGTERM', () => {
  void sequencer.stop().then(() => process.exit(0));
});
