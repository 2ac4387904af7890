/**
 * Listens for the end of the session, for every tab of this browser through one connection: browsers allow few connections to a
 * host, and each open tab would hold one. The tab that holds the lock keeps the stream open and tells the others; when it closes, another
 * takes over. Where any of this is missing or fails, pages work as they would without: the next request is refused.
 */
const STREAM = '/account/watch';
const NAME = 'cordon-session';
/** A session that was raised: the answer with the new cookie is on its way to this browser. */
const AGAIN_MS = 1_000;
const AGAIN_AT_MOST = 5;
const REFUSED_MS = 60_000;
/** A page that is on its way elsewhere anyway, by signing out itself, is left alone. */
const GRACE_MS = 400;

export type End = 'ended' | 'expired' | 'idle' | 'disabled' | 'left';
type News = { kind: 'end'; reason: End } | { kind: 'organisations'; ids: string[] };

export interface Watching {
  /** The organisation the page is about, if any: leaving it ends the page too. */
  organisationId?: string;
  onEnd(reason: End): void;
}

/** Gives the function that stops it. */
export function watchSession({ organisationId, onEnd }: Watching): () => void {
  const stopped = new AbortController();
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel(NAME) : null;
  const hear = (news: News): void => {
    const reason = endOf(news, organisationId);
    if (reason === null || stopped.signal.aborted) return;
    const timer = setTimeout(() => onEnd(reason), GRACE_MS);
    stopped.signal.addEventListener('abort', () => clearTimeout(timer));
  };
  if (channel) channel.onmessage = ({ data }: MessageEvent<News>) => hear(data);
  const tell = (news: News): void => {
    channel?.postMessage(news);
    hear(news);
  };
  const hold = () => holdStream(tell, stopped.signal);
  if ('locks' in navigator) {
    // Stopping while still waiting for the lock rejects; there is nothing to do about it.
    navigator.locks.request(NAME, { signal: stopped.signal }, hold).catch(() => undefined);
  } else {
    void hold();
  }
  return () => {
    stopped.abort();
    channel?.close();
  };
}

/** Why this page is over, or null when the news is about others. */
function endOf(news: News, organisationId: string | undefined): End | null {
  if (news.kind === 'end') return news.reason;
  return organisationId !== undefined && !news.ids.includes(organisationId) ? 'left' : null;
}

/** Resolves when it is stopped or the session is over. */
function holdStream(tell: (news: News) => void, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let again = 0;
    const close = (): void => {
      source.close();
      clearTimeout(timer);
      resolve();
    };
    const reopen = (afterMs: number): void => {
      source.close();
      timer = setTimeout(open, afterMs);
    };
    const end = (reason: End): void => {
      tell({ kind: 'end', reason });
      close();
    };
    function open(): void {
      source = new EventSource(STREAM);
      source.addEventListener('organisations', ({ data }) => {
        again = 0;
        tell({ kind: 'organisations', ids: JSON.parse(data) });
      });
      source.addEventListener('again', () => (++again > AGAIN_AT_MOST ? end('ended') : reopen(AGAIN_MS)));
      source.addEventListener('end', ({ data }) => end(JSON.parse(data)));
      // A broken connection is opened again by the browser itself; a refused one is not.
      source.onerror = () => (source.readyState === EventSource.CLOSED ? reopen(REFUSED_MS) : undefined);
    }
    open();
    stopped.addEventListener('abort', close);
  });
}
