import type { Browser, Page } from 'playwright';
import { PlayClient, PublishClient } from '../plane/support/engine-client';
import { Authenticator } from './authenticator';
import { type Demo, postOffer, projectOf, vendorToken } from './demo';
import { type Hands, lendHands, type Made } from './hands';
import { send } from './http';
import type { System } from './system';

/**
 * Somebody's access in all its shapes at once (an open page in a real browser, requests with their cookie, requests with a key they
 * made, a call that rests on a token they minted), and for each how long after the deactivating act began it was still good.
 */
export interface Cut {
  what: string;
  /** Milliseconds from the beginning of the act to the last moment it was seen to work. */
  afterMs: number;
  /** How it was refused. */
  how: string;
}

/** Something that works until it is cut. */
interface Access {
  what: string;
  /** Resolves when it works. */
  working: Promise<void>;
  /** Resolves when it is cut: with the time it last worked or was noticed to be over, and how. */
  cut: Promise<{ at: number; how: string }>;
  stop(): Promise<void>;
}

const now = (): number => performance.timeOrigin + performance.now();
const STREAM = '/account/watch';
const PACKET_EVERY_MS = 20;
/** A stream that is silent for this long is cut: fifty packets did not come. */
const SILENCE_MS = 1_000;

/** Asks again and again; over when the answer is no success. */
function asking(what: string, everyMs: number, ask: () => Promise<{ ok: boolean; how: string }>): Access {
  let going = true;
  let works = (): void => undefined;
  const working = new Promise<void>((resolve) => {
    works = resolve;
  });
  const cut = (async () => {
    for (let last = now(); ; ) {
      const begun = now();
      const { ok, how } = await ask();
      if (!ok) return { at: last, how };
      last = begun;
      works();
      if (!going) return { at: last, how: 'never' };
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return {
    what,
    working,
    cut,
    async stop() {
      going = false;
      await cut;
    },
  };
}

const cookieRequests = (origin: string, path: string, who: Made): Access =>
  asking('requests with the cookie', 5, async () => {
    const first = await getWith(origin, path, who);
    // A page being made at that moment found somebody at its first question and nobody at the next: 500. The next one is refused in words.
    const { status, to } = first.status === 500 ? await getWith(origin, path, who) : first;
    return { ok: first.status === 200, how: `${status} ${to}`.trim() };
  });

/** A page as a script with the cookie gets it; `to` is where it is sent instead, without the query. */
export async function getWith(origin: string, path: string, { cookie }: Made): Promise<{ status: number; to: string }> {
  const { status, headers } = await send({ origin, path, headers: { cookie: `${cookie.name}=${cookie.value}` } });
  return { status, to: (headers.location ?? '').replace(/\?.*/, '') };
}

/** Below the API's rate of 20 requests a second. */
const keyRequests = (origin: string, key: string): Access =>
  asking('requests with the API key', 60, async () => {
    const response = await fetch(`${origin}/api/v1/project`, { headers: { authorization: `Bearer ${key}` } });
    const { code = '' } = (await response.json()) as { code?: string };
    return { ok: response.ok, how: `${response.status} ${code}`.trim() };
  });

/** Resolves with the time when the page has become another one: what was on it is gone by then, whatever may still load. */
const leaving = (page: Page, path: string): Promise<number> =>
  new Promise((resolve) => {
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame() && new URL(frame.url()).pathname !== path) resolve(now());
    });
  });

/** A page left open in two tabs, which share one stream. Nobody touches them: they have to find out by themselves. */
async function openPage(browser: Browser, origin: string, path: string, { cookie }: Made): Promise<Access> {
  const url = `${origin}${path}`;
  const context = await browser.newContext();
  // The origin, not the page: the address a cookie is set for says which paths it goes to.
  await context.addCookies([{ ...cookie, url: origin, httpOnly: true, sameSite: 'Lax' }]);
  const streams: string[] = [];
  context.on('request', (request) => {
    if (request.url().endsWith(STREAM)) streams.push(request.url());
  });
  const [first, second] = [await context.newPage(), await context.newPage()];
  const opened = first.waitForResponse((response) => response.url().endsWith(STREAM));
  await first.goto(url);
  const { ok, status } = await opened.then((response) => ({ ok: response.ok(), status: response.status() }));
  if (!ok) throw new Error(`the page is not told when its session ends: ${status}`);
  await second.goto(url);
  const cut = Promise.all([first, second].map((page) => leaving(page, path))).then((times) => {
    const { pathname, search } = new URL(second.url());
    return { at: Math.max(...times), how: pathname + search };
  });
  const headings = [first, second].map((page) => page.getByRole('heading', { level: 1 }).waitFor());
  return {
    what: 'the open page',
    working: Promise.all(headings).then(() => {
      if (streams.length !== 1) throw new Error(`two tabs opened ${streams.length} streams`);
    }),
    cut,
    async stop() {
      await context.close();
    },
  };
}

/** A listener's stream that rests on the token, with somebody of the project itself sending. */
async function call(system: System, demo: Demo, projectName: string, token: string): Promise<Access> {
  const project = projectOf(demo, projectName);
  const edge = system.edges['eu-1']!;
  const publisher = new PublishClient({ video: false });
  const posted = await postOffer(edge, 'whip', project, vendorToken(project, { user: 'camera' }), {
    offer: await publisher.offer(),
  });
  if (posted.status !== 201) throw new Error(`the edge refused the camera: ${JSON.stringify(posted.problem)}`);
  await publisher.accept(posted.sdp);
  const sending = setInterval(() => publisher.sendRaw('audio', publisher.packet('audio')), PACKET_EVERY_MS);
  const player = new PlayClient({ video: false });
  let packets = 0;
  let last = now();
  let works = (): void => undefined;
  const working = new Promise<void>((resolve) => {
    works = resolve;
  });
  player.tracks.audio!.onMessage((packet) => {
    const isRtcp = packet[1]! >= 192 && packet[1]! <= 223;
    if (isRtcp) return;
    last = now();
    if (++packets === 10) works();
  });
  const join = () => player.offer().then((offer) => postOffer(edge, 'whep', project, token, { offer }));
  const joined = await join();
  if (joined.status !== 201) throw new Error(`the edge refused the token: ${JSON.stringify(joined.problem)}`);
  await player.accept(joined.sdp);
  let looking: NodeJS.Timeout | undefined;
  let ended: () => void = () => undefined;
  const cut = working.then(
    () =>
      new Promise<{ at: number; how: string }>((resolve) => {
        ended = () => resolve({ at: last, how: 'never' });
        looking = setInterval(() => {
          if (now() - last < SILENCE_MS) return;
          clearInterval(looking);
          void postOffer(edge, 'whep', project, token).then(({ status, problem }) =>
            resolve({ at: last, how: `${status} ${problem?.code ?? ''}`.trim() }),
          );
        }, PACKET_EVERY_MS);
      }),
  );
  return {
    what: 'the call on a token they minted',
    working,
    cut,
    async stop() {
      clearInterval(looking);
      clearInterval(sending);
      ended();
      player.close();
      publisher.close();
    },
  };
}

/** Waits until all of it works, has the act done, and then for every cut. */
async function cutting(accesses: readonly Access[], act: () => Promise<unknown>, withinMs: number): Promise<Cut[]> {
  try {
    await Promise.all(accesses.map(({ working }) => working));
    const begun = now();
    await act();
    return await Promise.all(
      accesses.map(async ({ what, cut }) => {
        const late = new Promise<never>((_, reject) => {
          setTimeout(() => reject(new Error(`${what} still works after ${withinMs} ms`)), withinMs).unref();
        });
        const { at, how } = await Promise.race([cut, late]);
        return { what, afterMs: Math.max(0, Math.round(at - begun)), how };
      }),
    );
  } finally {
    await Promise.allSettled(accesses.map((access) => access.stop()));
  }
}

export interface Stage {
  system: System;
  demo: Demo;
  browser: Browser;
  hands: Hands;
  /** Of the developer. */
  authenticator: Authenticator;
  /** Everything has to be cut by then; what is measured is the time it took. */
  withinMs: number;
}

const DEVELOPER = 'developer@telehealth.example';

export async function setStage(system: System, demo: Demo, browser: Browser, withinMs: number): Promise<Stage> {
  const authenticator = new Authenticator(demo.users.find(({ email }) => email === DEVELOPER)!.totpSecret);
  // The demo's loader may have typed this step's code.
  authenticator.usedElsewhere();
  return { system, demo, browser, hands: await lendHands(system), authenticator, withinMs };
}

/** A member of the staff is disabled. Gives the session they had as well. */
export async function disableStaff(
  { system, browser, hands, withinMs }: Stage,
  email = 'support@provider.example',
): Promise<{ cuts: Cut[]; was: Made; administrator: Made }> {
  const administrator = await hands.signIn('staff', 'admin@provider.example');
  const was = await hands.signIn('staff', email);
  const at = [system.staff, '/staff/employees'] as const;
  const cuts = await cutting(
    [await openPage(browser, ...at, was), cookieRequests(...at, was)],
    () =>
      hands.act({
        do: 'set-staff',
        secret: administrator.secret,
        userId: was.userId,
        role: 'support',
        status: 'disabled',
      }),
    withinMs,
  );
  return { cuts, was, administrator };
}

/** A developer is taken out of their organisation. */
export async function removeDeveloper({ system, demo, browser, hands, authenticator, withinMs }: Stage): Promise<{
  cuts: Cut[];
  was: Made;
  key: string;
  token: string;
}> {
  const project = projectOf(demo, 'Consult');
  const owner = await hands.signIn('customer', 'owner@telehealth.example');
  const was = await hands.signIn('customer', DEVELOPER);
  const { secret, userId } = was;
  const { key } = await hands.act<{ key: string }>({
    ...{ do: 'make-key', secret, userId, code: await authenticator.code() },
    projectId: project.id,
  });
  const { token } = await hands.act<{ token: string }>({
    ...{ do: 'mint', secret, userId, account: 'mine' },
    projectId: project.id,
  });
  const at = [system.console, '/demo-telehealth'] as const;
  const cuts = await cutting(
    [
      await openPage(browser, ...at, was),
      cookieRequests(...at, was),
      keyRequests(system.console, key),
      await call(system, demo, 'Consult', token),
    ],
    () => hands.act({ do: 'remove', secret: owner.secret, userId }),
    withinMs,
  );
  return { cuts, was, key, token };
}
