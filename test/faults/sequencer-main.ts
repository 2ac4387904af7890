import { startSequencer } from '@/lib/audit/sequencer';
import { createKeyring } from '@/lib/keyring';
import { createLog } from '@/lib/platform';

/** A sequencer in a process of its own, as control runs it, to be killed, stopped, and lied to about the time. */
const {
  SEQUENCER_DATABASE_URL: databaseUrl = '',
  KEYRING_SOCKET: socketPath = '',
  KEYRING_TOKEN: token = '',
} = process.env;

// The clock of this process jumps an hour at each signal, forwards and backwards in turn.
const real = Date.now;
let skew = 0;
process.on('SIGUSR2', () => {
  skew = skew > 0 ? -3_600_000 : 3_600_000;
  process.send?.({ skew });
});
Date.now = () => real() + skew;

const say = (line: string) => process.send?.({ line });
const sequencer = startSequencer({
  databaseUrl,
  keyring: createKeyring({ socketPath, token }),
  log: createLog('control', [], say),
});
process.on('disconnect', () => process.exit());
const tell = setInterval(() => {
  if (!sequencer.leading) return;
  clearInterval(tell);
  process.send?.({ leads: true });
}, 5);
