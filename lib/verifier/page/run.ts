import { judge, type Listener } from './judge';
import type { Message, Request, Verdict } from './verdict';

/**
 * The same script is the page and its worker: one text, covered by one hash in the content security policy. A worker of a page that was
 * opened from the disk has no address of its own to be loaded from, so it is made of that text.
 */
export interface Run {
  /** Never settles once it is cancelled. */
  readonly verdict: Promise<Verdict>;
  cancel(): void;
}

/** What is used of a worker's scope, which the types of a page do not have. */
interface WorkerScope {
  postMessage(message: Message): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
}

/** Progress that is passed on, at most. */
const EVERY_MS = 100;

/** In the worker: one request, then it is ended by the page. */
export function serveAsWorker(scope: WorkerScope): void {
  const tell = (message: Message) => scope.postMessage(message);
  scope.onmessage = async ({ data }: MessageEvent<Request>) => {
    tell({ kind: 'verdict', verdict: await judge(data, throttled(tell)) });
  };
}

/** In the page. `script` is its own text. A browser that makes no such worker verifies in the page, which then answers slowly. */
export function start(script: string, request: Request, tell: (message: Message) => void): Run {
  let worker: Worker;
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  try {
    worker = new Worker(url);
  } catch {
    URL.revokeObjectURL(url);
    return startHere(request, tell);
  }
  let here: Run | undefined;
  const verdict = new Promise<Verdict>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind !== 'verdict') return tell(data);
      worker.terminate();
      URL.revokeObjectURL(url);
      resolve(data.verdict);
    };
    worker.onerror = () => {
      worker.terminate();
      URL.revokeObjectURL(url);
      here = startHere(request, tell);
      resolve(here.verdict);
    };
  });
  worker.postMessage(request);
  return {
    verdict,
    cancel() {
      worker.terminate();
      URL.revokeObjectURL(url);
      here?.cancel();
    },
  };
}

class Cancelled extends Error {}

function startHere(request: Request, tell: (message: Message) => void): Run {
  let cancelled = false;
  const listener = throttled((message) => {
    if (cancelled) throw new Cancelled();
    tell(message);
  });
  const verdict = judge(request, listener);
  return {
    verdict: verdict.then((value) => (cancelled ? new Promise<Verdict>(() => undefined) : value)),
    cancel() {
      cancelled = true;
    },
  };
}

function throttled(tell: (message: Message) => void): Listener {
  let told = Number.NEGATIVE_INFINITY;
  return {
    begins: (step) => tell({ kind: 'begins', step }),
    progress(phase, done, total) {
      if (performance.now() - told < EVERY_MS) return;
      told = performance.now();
      tell({ kind: 'progress', phase, done, total });
    },
  };
}
