/** Server-sent events (HTML, section 9.2) as one response. Sending to a stream that is closed does nothing. */
export interface EventStream {
  readonly response: Response;
  send(event: string, data: unknown): void;
  /** A comment, so that a broken connection is noticed. */
  beat(): void;
  close(): void;
}

/** `reopenMs`: when the browser tries again after the connection broke. `onClosed` runs once, whoever closed it. */
export function eventStream(reopenMs: number, signal: AbortSignal, onClosed: () => void): EventStream {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let open = true;
  const write = (text: string): void => {
    if (open) controller.enqueue(encoder.encode(text));
  };
  const closed = (): boolean => {
    if (!open) return false;
    open = false;
    onClosed();
    return true;
  };
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => void closed(),
  });
  const close = (): void => {
    if (closed()) controller.close();
  };
  signal.addEventListener('abort', close, { once: true });
  write(`retry: ${reopenMs}\n\n`);
  return {
    response: new Response(body, {
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store, no-transform' },
    }),
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    beat: () => write(':\n\n'),
    close,
  };
}
