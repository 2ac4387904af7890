/** A thread of control that reads what was on the screens of one record (`thread-host.ts`), and verifies it on the way. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CheckedLine, RecordingVerifier } from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';
import { MarkCounter } from '../marks';
import { screenText } from '../screen-text';
import type { ThreadData, ThreadSays } from './thread-host';

const { heads, final, limits } = workerData as ThreadData;
const port = parentPort!;
const say = (says: ThreadSays): void => port.postMessage(says);

const more = (): Promise<Uint8Array | null> =>
  new Promise((resolve) => {
    port.once('message', resolve);
    say('more');
  });

const waiting: CheckedLine[] = [];
const counter = new MarkCounter();
const verifier = new RecordingVerifier(primitives, {
  heads,
  running: !final,
  row: (_, line) => {
    if (!line) return;
    waiting.push(line);
    counter.add(line);
  },
});

async function* lines(): AsyncGenerator<CheckedLine> {
  for (let chunk = await more(); chunk; chunk = await more()) {
    const good = verifier.push(chunk);
    yield* waiting.splice(0);
    if (!good) return;
  }
}

const { entries, stopped } = await screenText(lines(), () => performance.now(), limits);
// Where the reading stopped, the record goes on: all of it has to be what the log says.
if (stopped) for (let chunk = await more(); chunk && verifier.push(chunk); chunk = await more()) waiting.length = 0;
const result = verifier.end();
// What broke off ends in the middle of a row.
const good = result.ok || (!final && result.code === 'truncated');
say(
  good
    ? { indexed: stopped ?? 'whole', entries, marks: counter.marks }
    : { indexed: 'refused', entries: [], marks: null },
);
