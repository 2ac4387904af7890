import type { Terminal } from '@xterm/xterm';
import { guardTerminal } from '@/lib/kernel/recording';

/** How a session in this terminal stands. */
export type Standing = { state: 'connecting' } | { state: 'live' } | { state: 'over'; words: string };

const LOST =
  'The connection was lost, and that ended the session. A session is never joined again: confirm a new one to go on.';
const NEVER = 'The terminal could not be reached. Nothing was begun.';
/** The gateway takes frames up to 64 KiB. */
const LONGEST_FRAME = 32 * 1024;
/** Bytes drawn after which the gateway is told. */
const TELL_AFTER = 64 * 1024;

export interface OpenTerminal {
  focus(): void;
  /** Ends the session. */
  close(): void;
}

/**
 * A terminal in `host`, connected to the gateway with a ticket, which stands in the first message and never in an address. What the host prints is
 * hostile: titles, links, colours and clipboard do nothing. `leave` is called for F6, because a terminal takes every other key.
 */
export async function openTerminal(
  host: HTMLElement,
  { session, ticket }: { session: string; ticket: string },
  told: { standing(standing: Standing): void; leave(): void },
): Promise<OpenTerminal> {
  const [{ Terminal }, { FitAddon }] = await Promise.all([import('@xterm/xterm'), import('@xterm/addon-fit')]);
  const { color, backgroundColor, fontFamily } = getComputedStyle(host);
  const terminal = new Terminal({
    fontFamily,
    fontSize: 13,
    scrollback: 5000,
    cursorBlink: false,
    screenReaderMode: true,
    theme: { foreground: color, background: backgroundColor, cursor: color, cursorAccent: backgroundColor },
    linkHandler: { activate: () => undefined },
  });
  guardTerminal(terminal.parser);
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type === 'keydown' && event.key === 'F6') told.leave();
    return event.key !== 'F6';
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(host);
  fit.fit();
  const socket = connect(terminal, { session, ticket }, told.standing);
  const sizes = new ResizeObserver(() => fit.fit());
  sizes.observe(host);
  return {
    focus: () => terminal.focus(),
    close: () => {
      sizes.disconnect();
      socket.close();
      terminal.dispose();
    },
  };
}

function connect(
  terminal: Terminal,
  first: { session: string; ticket: string },
  standing: (standing: Standing) => void,
): WebSocket {
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/staff/terminal`);
  socket.binaryType = 'arraybuffer';
  const text = new TextEncoder();
  let words: string | null = null;
  let live = false;
  let [shown, last] = [0, 0];
  const tell = (message: object) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const tellShown = (bytes: number) => {
    shown += bytes;
    if (shown - last < TELL_AFTER) return;
    last = shown;
    tell({ shown });
  };
  const send = (bytes: Uint8Array<ArrayBuffer>) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    for (let at = 0; at < bytes.length; at += LONGEST_FRAME) socket.send(bytes.subarray(at, at + LONGEST_FRAME));
  };
  socket.addEventListener('open', () => tell({ ...first, columns: terminal.cols, rows: terminal.rows }));
  socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer | string>) => {
    if (typeof data === 'string') {
      words = (JSON.parse(data) as { end: string }).end;
      return;
    }
    if (!live) {
      live = true;
      standing({ state: 'live' });
    }
    terminal.write(new Uint8Array(data), () => tellShown(data.byteLength));
  });
  socket.addEventListener('close', () => {
    terminal.options.disableStdin = true;
    standing({ state: 'over', words: words ?? (live ? LOST : NEVER) });
  });
  terminal.onData((typed) => send(text.encode(typed)));
  terminal.onBinary((typed) => send(Uint8Array.from(typed, (character) => character.charCodeAt(0))));
  terminal.onResize(({ cols, rows }) => tell({ columns: cols, rows }));
  return socket;
}
