import type { Terminal } from '@xterm/xterm';
import { guardTerminal } from '@/lib/kernel/recording';
import type { ReplayScreen } from './player';
import type { ReplayHeader } from './types';

/** xterm's colours by token. Its sixteen are few here: what a program paints keeps its meaning, and the contrast is kept by xterm. */
const THEME = {
  background: '--term-bg',
  foreground: '--term-fg',
  cursor: '--term-fg',
  cursorAccent: '--term-bg',
  selectionBackground: '--term-line',
  black: '--term-line',
  red: '--danger',
  green: '--success',
  yellow: '--term-warn',
  blue: '--class-account',
  magenta: '--class-content',
  cyan: '--term-prompt',
  white: '--term-fg',
  brightBlack: '--term-dim',
  brightRed: '--danger',
  brightGreen: '--success',
  brightYellow: '--term-warn',
  brightBlue: '--class-account',
  brightMagenta: '--class-content',
  brightCyan: '--term-prompt',
  brightWhite: '--term-fg',
} as const;

const LARGEST_PX = 13;
/** Below this nobody reads it: then the screen scrolls sideways in its frame. */
const SMALLEST_PX = 9;

export interface XtermScreen extends ReplayScreen {
  /** The rows of the screen as text, without what is empty at the end. */
  text(): string[];
  /** As large as fits this width. */
  fitTo(widthPx: number): void;
  dispose(): void;
}

/** A terminal in `host` that shows and does nothing else: no input, titles, links, clipboard, bell. Loads xterm. */
export async function openScreen(host: HTMLElement, header: ReplayHeader): Promise<XtermScreen> {
  const { Terminal } = await import('@xterm/xterm');
  const fontFamily = getComputedStyle(host).fontFamily;
  const terminal = new Terminal({
    cols: header.columns,
    rows: header.rows,
    scrollback: 0,
    disableStdin: true,
    cursorBlink: false,
    cursorInactiveStyle: 'block',
    fontFamily,
    fontSize: LARGEST_PX,
    lineHeight: 1.1,
    minimumContrastRatio: 4.5,
    theme: themeOf(host),
    logLevel: 'off',
  });
  guardTerminal(terminal.parser);
  terminal.open(host);
  let width = 0;
  const cell = cellWidth(host, fontFamily);
  const fitTo = (widthPx: number) => {
    width = widthPx;
    const px = Math.floor(widthPx / (terminal.cols * cell));
    terminal.options.fontSize = Math.min(Math.max(px, SMALLEST_PX), LARGEST_PX);
  };
  const resize = ({ columns, rows }: ReplayHeader) => {
    terminal.resize(columns, rows);
    fitTo(width);
  };
  return {
    fitTo,
    resize,
    write: (data) => terminal.write(data),
    flushed: () => new Promise((resolve) => terminal.write('', resolve)),
    reset(size) {
      terminal.reset();
      resize(size);
    },
    text: () => textOf(terminal),
    dispose: () => terminal.dispose(),
  };
}

function textOf({ buffer: { active }, rows }: Terminal): string[] {
  const lines = Array.from(
    { length: rows },
    (_, y) =>
      active
        .getLine(active.baseY + y)
        ?.translateToString(true)
        .replace(/[\p{Cf}\p{Cc}]/gu, '') ?? '',
  );
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines;
}

/** Width of a character, in multiples of the font's size. */
function cellWidth(host: HTMLElement, fontFamily: string): number {
  const context = host.ownerDocument.createElement('canvas').getContext('2d');
  if (!context) return 0.6;
  context.font = `100px ${fontFamily}`;
  return context.measureText('W').width / 100;
}

/** The tokens as the frame of the terminal resolves them, which is dark in both themes. */
function themeOf(host: HTMLElement): Record<string, string> {
  const probe = host.appendChild(host.ownerDocument.createElement('span'));
  const theme = Object.entries(THEME).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(theme);
}
