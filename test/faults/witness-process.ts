import { createLog } from '@/lib/platform';
import { startWitness } from '@/lib/witness';

/** A witness to kill: `WITNESS_DIRECTORY`, `WITNESS_LOG`. */
const { WITNESS_DIRECTORY: directory = '', WITNESS_LOG: vkey = '' } = process.env;
await startWitness({ directory, vkeys: [vkey], port: 0, log: createLog('witness') });
