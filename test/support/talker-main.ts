/** Talks all the time, of nothing; lib/platform/readers.test.ts says for what. */
import { createLog } from '@/lib/platform/log';

const log = createLog('talker');
let lines = 0;
let unheard = 0;
process.on('uncaughtException', (error) => {
  unheard += 1;
  console.error(error);
});
const talk = setInterval(() => {
  log.info('ready', { count: ++lines });
  console.error('and this');
}, 5);
process.on('message', () => process.send!({ lines, unheard }));
process.once('disconnect', () => clearInterval(talk));
