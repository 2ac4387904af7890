import type { Browser, Page } from 'playwright';
import type * as Sdk from '@/media-plane/client';

/**
 * A call in real browsers through our SDK. Each page counts decoded frames over all connections it ever made, and remembers the
 * longest time in which none was added.
 */
interface Scope {
  cordon: typeof Sdk;
  room: Sdk.Room;
  decoded: number;
  longestGapMs: number;
  cuts: { code: string; rejoin: boolean }[];
}
declare const window: Window & typeof globalThis & Scope;

export interface CallPage {
  page: Page;
  /** Frames decoded since the page opened. */
  frames(): Promise<number>;
  state(): Promise<Sdk.RoomState>;
  cuts(): Promise<{ code: string; rejoin: boolean }[]>;
  /** Starts a new measurement. */
  forgetGap(): Promise<void>;
  /** Milliseconds of the longest pause between two decoded frames since then, the one under way included. */
  longestGap(): Promise<number>;
  close(): Promise<void>;
}

export interface CallOptions {
  edgeUrl: string;
  appId: string;
  channel: string;
  account: string;
  token: string;
}

const LOOK_EVERY_MS = 40;

/** Joins and sends the fake camera and microphone. */
export async function publishingPage(browser: Browser, url: string, options: CallOptions): Promise<CallPage> {
  const call = await joined(browser, url, options);
  await call.page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: true,
      video: { width: 320, height: 240, frameRate: 20 },
    });
    await window.room.publish(stream);
  });
  return call;
}

/** Joins and plays the first publisher. */
export async function playingPage(browser: Browser, url: string, options: CallOptions): Promise<CallPage> {
  const call = await joined(browser, url, options);
  await call.page.evaluate(async () => {
    const peer = await window.room.subscribe(null);
    const video = document.querySelector('video');
    if (video) video.srcObject = peer.stream;
  });
  return call;
}

async function joined(browser: Browser, url: string, options: CallOptions): Promise<CallPage> {
  // Each in a context of its own: two people share no cookies, storage or connections.
  const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  await page.addInitScript(countFrames, LOOK_EVERY_MS);
  await page.goto(url);
  await page.evaluate(async (asked) => {
    window.room = await window.cordon.join(asked);
    window.cuts = [];
    window.room.on('cut', ({ code, rejoin }) => window.cuts.push({ code, rejoin }));
  }, options);
  return {
    page,
    frames: () => page.evaluate(() => window.decoded),
    state: () => page.evaluate(() => window.room.state),
    cuts: () => page.evaluate(() => window.cuts),
    forgetGap: () => page.evaluate(() => void window.dispatchEvent(new Event('forget-gap'))),
    longestGap: () => page.evaluate(() => window.longestGapMs),
    close: () => context.close(),
  };
}

/** Runs in the page before anything else. */
function countFrames(lookEveryMs: number): void {
  const seen = new Map<RTCPeerConnection, number>();
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      seen.set(this, 0);
    }
  };
  window.decoded = 0;
  window.longestGapMs = 0;
  let lastAt = performance.now();
  window.addEventListener('forget-gap', () => {
    lastAt = performance.now();
    window.longestGapMs = 0;
  });
  const look = async (): Promise<void> => {
    let grown = false;
    for (const [connection, before] of seen) {
      if (connection.connectionState === 'closed') {
        seen.delete(connection);
        continue;
      }
      const report = await connection.getStats();
      report.forEach((entry) => {
        if (entry.type !== 'inbound-rtp' || entry.kind !== 'video' || !(entry.framesDecoded > before)) return;
        window.decoded += entry.framesDecoded - before;
        seen.set(connection, entry.framesDecoded);
        grown = true;
      });
    }
    const now = performance.now();
    window.longestGapMs = Math.max(window.longestGapMs, now - lastAt);
    if (grown) lastAt = now;
    setTimeout(() => void look(), lookEveryMs);
  };
  void look();
}
