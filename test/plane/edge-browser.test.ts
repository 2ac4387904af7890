import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type * as Sdk from '@/media-plane/client';
import { launchChromium, servePage } from './edge-page';
import { addProject, revocation, startTestEdge, type TestEdge, type TestProject, token, until } from './edge-world';

/** What the page keeps between steps. */
interface Scope {
  cordon: typeof Sdk & {
    WHIPClient: new (options: object) => { ingest(stream: MediaStream): Promise<void>; destroy(): Promise<void> };
    WebRTCPlayer: new (options: object) => { load(url: URL, key: string): Promise<void>; unload(): Promise<void> };
  };
  room: Sdk.Room;
  sender: Sdk.MediaPeer;
  heard: { name: string; value: never }[];
  decoded: number;
  client: { destroy(): Promise<void> };
  player: { unload(): Promise<void> };
}
declare const window: Window & Scope;

let edge: TestEdge;
let project: TestProject;
let served: { url: string; close: () => void };
let browser: Browser;

beforeAll(async () => {
  [edge, served, browser] = await Promise.all([startTestEdge('eu-1', 'EU'), servePage(), launchChromium()]);
});
afterEach(async () => {
  for (const page of browser.contexts().flatMap((context) => context.pages())) await page.close();
  await until(() => edge.edge.sessions() === 0, 40_000);
});
afterAll(async () => {
  await browser?.close();
  served?.close();
  await edge?.stop();
});

const page = async (): Promise<Page> => {
  const opened = await browser.newPage();
  await opened.goto(served.url);
  return opened;
};

/** Joins with the SDK and notes every event. */
async function join(account: string, bearer: string | null = token(project, { account })): Promise<Page> {
  const opened = await page();
  await opened.evaluate(
    async (options) => {
      const room = await window.cordon.join(options);
      window.room = room;
      window.heard = [];
      window.decoded = 0;
      for (const name of ['state', 'participants', 'permissions', 'cut', 'refused', 'expiring', 'message'] as const) {
        room.on(name, (value) => window.heard.push({ name, value: value as never }));
      }
      room.on('stats', (stats) => {
        window.decoded = Math.max(...stats.map(({ framesDecoded }) => framesDecoded));
      });
    },
    { edgeUrl: edge.url, appId: project.appId, channel: 'room', account, token: bearer },
  );
  return opened;
}
const publish = (opened: Page, label: string): Promise<void> =>
  opened.evaluate(async (text) => {
    window.sender = await window.room.publish(window.cordon.pictureSource({ label: text }).stream, { data: true });
  }, label);
const play = (opened: Page, publisher: string | null): Promise<void> =>
  opened.evaluate(async (whose) => {
    const peer = await window.room.subscribe(whose, { data: true });
    const video = document.querySelector('video');
    if (video) video.srcObject = peer.stream;
  }, publisher);
const frames = (opened: Page): Promise<number> => opened.evaluate(() => window.decoded);
const heard = async (opened: Page, name: string): Promise<Record<string, unknown>> =>
  until(
    async () => (await opened.evaluate(() => window.heard)).find((event) => event.name === name)?.value as never,
    15_000,
  );
const growing = async (opened: Page): Promise<number> => {
  const from = await frames(opened);
  return until(async () => ((await frames(opened)) >= from + 10 ? frames(opened) : 0), 20_000);
};

describe('the browser SDK', () => {
  it('publishes a generated picture to a second page, and a revocation stops it there and says why here', async () => {
    project = addProject([edge.policy]);
    const bearer = token(project, { account: 'alice' });
    const [alice, bob] = [await join('alice', bearer), await join('bob')];
    await publish(alice, 'alice');
    await play(bob, 'alice');
    await growing(bob);
    await until(() =>
      bob.evaluate(() =>
        window.room.participants.some(
          ({ account, kinds }) => account === 'alice' && kinds.includes('audio') && kinds.includes('video'),
        ),
      ),
    );
    expect(await bob.evaluate(() => document.querySelector('video')?.videoWidth)).toBeGreaterThan(0);
    await until(() => alice.evaluate(() => window.sender.send('hello')));
    expect(await heard(bob, 'message')).toEqual({ data: 'hello' });

    expect(await edge.policy.change([revocation(project.appId, { type: 'user', account: 'alice' })])).toEqual({
      cut: 1,
    });
    expect(await heard(alice, 'cut')).toMatchObject({ code: 'revoked.user', rejoin: false });
    expect(await alice.evaluate(() => window.room.state)).toBe('over');
    await until(() => bob.evaluate(() => window.room.participants.every(({ kinds }) => kinds.length === 0)));
    // Frames already on their way to the screen may still be counted; then the count stands still over three readings.
    const still: number[] = [];
    await until(async () => {
      still.push(
        await bob.evaluate(
          () =>
            new Promise<number>((resolve) => window.room.on('stats', ([first]) => resolve(first?.framesDecoded ?? 0))),
        ),
      );
      return still.length >= 3 && new Set(still.slice(-3)).size === 1;
    });
    expect(edge.edge.sessions()).toBe(1);
    const refused = await alice.evaluate(
      (options) =>
        window.cordon.join(options).then(
          () => 'joined',
          (error: Sdk.RefusedError) => error.refusal.code,
        ),
      {
        edgeUrl: edge.url,
        appId: project.appId,
        channel: 'room',
        account: 'alice',
        token: bearer,
      },
    );
    expect(refused).toBe('revoked.user');
  });

  it('comes back by itself within ten seconds when the engine dies, and plays on', async () => {
    project = addProject([edge.policy]);
    const [alice, bob] = [await join('alice'), await join('bob')];
    await publish(alice, 'alice');
    await play(bob, null);
    await growing(bob);
    const pid = edge.engine.pid();
    if (pid === null) throw new Error('no engine');
    process.kill(pid, 'SIGKILL');
    expect(await heard(bob, 'cut')).toMatchObject({ code: 'engine.restarted', rejoin: true });
    await until(
      async () =>
        (await bob.evaluate(() => window.room.state)) === 'joined' &&
        (await alice.evaluate(() => window.room.state)) === 'joined',
      10_000,
    );
    await bob.evaluate(() => {
      window.decoded = 0;
    });
    await growing(bob);
  });
});

describe('unmodified public clients', () => {
  it('publish with WHIP and play with WHEP, and stop when the project is revoked', async () => {
    project = addProject([edge.policy]);
    const [sender, viewer] = [await page(), await page()];
    const base = (kind: string, query: string) => `${edge.url}/${kind}/${project.appId}/room?${query}`;
    await sender.evaluate(
      async ({ endpoint, authkey }) => {
        const client = new window.cordon.WHIPClient({ endpoint, opts: { iceServers: [], authkey } });
        window.client = client;
        await client.ingest(
          await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } }),
        );
      },
      { endpoint: base('whip', 'account=camera'), authkey: token(project, { account: 'camera' }) },
    );
    await viewer.evaluate(
      async ({ url, key }) => {
        const player = new window.cordon.WebRTCPlayer({
          video: document.querySelector('video'),
          type: 'whep',
          iceServers: [],
        });
        window.player = player;
        await player.load(new URL(url), key);
      },
      { url: base('whep', 'uid=7'), key: `Bearer ${token(project)}` },
    );
    const shown = () =>
      viewer.evaluate(() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0);
    await until(async () => (await shown()) > 20, 20_000);

    expect(await edge.policy.change([revocation(project.appId, { type: 'user', account: 'camera' })])).toEqual({
      cut: 1,
    });
    const still: number[] = [];
    await until(async () => {
      still.push(
        await viewer.evaluate(
          () =>
            new Promise<number>((resolve) =>
              setTimeout(
                () => resolve(document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0),
                300,
              ),
            ),
        ),
      );
      return still.length >= 3 && new Set(still.slice(-3)).size === 1;
    });
    await viewer.evaluate(() => window.player.unload());
    await until(() =>
      edge.policy.sessions('left').some(({ account, reason }) => account === '7' && reason === 'client_left'),
    );
  });
});
