/**
 * `npx tsx test/screens/shoot.ts`: takes the pictures of README from the demo world with calls in it, into test/screens/shots.
 * `npx tsx test/screens/shoot.ts OUT` also walks every page of a customer and of staff into OUT, to be looked at.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { WebSocket } from 'ws';
import { type Person, signIn } from '../journeys/people';
import { Authenticator } from '../support/authenticator';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/browser';
import { apiOf, type Demo, type DemoProject, postOffer, projectOf, readDemo, vendorToken } from '../support/demo';
import { startSystem } from '../support/system';
import { fill, pageRoutes } from './routes';

const SHOTS = fileURLToPath(new URL('shots', import.meta.url));
const REGIONS = ['EU', 'NA', 'AS', 'JP', 'IN', 'CN'];
const VIEW = { viewport: { width: 1280, height: 800 }, colorScheme: 'light', reducedMotion: 'reduce' } as const;

const system = await startSystem({ demo: true, edges: REGIONS });
const browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS });
try {
  const demo = readDemo(system.home);
  const hall = projectOf(demo, 'Town hall');
  const sockets = await liveWorld(demo, hall);

  const anybody = await (await browser.newContext(VIEW)).newPage();
  await anybody.goto(`${system.console}/sign-in`);
  await shoot(anybody, join(SHOTS, 'sign-in.png'));

  const academy = await member(demo, 'owner@academy.example', system.console);
  const path = `${system.console}/demo-academy/projects/${hall.id}`;
  await academy.goto(path);
  await shoot(academy, join(SHOTS, 'overview.png'));
  await academy.goto(`${path}/fence/plan?regions=EU`);
  await shoot(academy, join(SHOTS, 'fence-plan.png'));
  await academy.goto(`${path}/tokens/inspect`);
  await academy.getByLabel('Token', { exact: true }).fill(vendorToken(hall, { channel: 'assembly', user: 'alice' }));
  await academy.getByLabel('Channel', { exact: true }).fill('council');
  await academy.getByLabel('Account', { exact: true }).fill('alice');
  await academy.getByRole('button', { name: 'Inspect' }).click();
  await academy.getByText('token.wrong_channel').first().waitFor();
  await shoot(academy, join(SHOTS, 'token-inspector.png'));

  const [, , out] = process.argv;
  if (out) {
    const seq =
      /policy \d+\.(\d+)/.exec(
        (await academy
          .getByText(/^policy \d/)
          .first()
          .textContent()) ?? '',
      )?.[1] ?? '';
    const values = { org: 'demo-academy', project: hall.id, seq };
    await walk(academy, system.console, out, (route) => /^\/(\[org\]|account)/.test(route), values);
    await walk(
      await member(demo, 'admin@provider.example', system.staff),
      system.staff,
      out,
      (route) => /^\/staff/.test(route),
      {},
    );
    const auditor = await member(demo, 'auditor@telehealth.example', system.console);
    await walk(auditor, system.console, out, (route) => /^\/auditor/.test(route), {});
    await walk(anybody, system.console, out, (route) => route === '/', {});
  }
  for (const socket of sockets) socket.terminate();
} finally {
  await browser.close();
  await system.stop();
}

async function member(demo: Demo, email: string, origin: string): Promise<Page> {
  const user = demo.users.find((each) => each.email === email);
  if (!user) throw new Error(`the demo has nobody called ${email}`);
  const authenticator = new Authenticator(user.totpSecret);
  authenticator.usedElsewhere();
  const person: Person = { email, password: user.password, authenticator, device: null, recoveryCodes: [] };
  const page = await (await browser.newContext(VIEW)).newPage();
  await signIn(page, origin, person);
  return page;
}

/** Calls on several edges and refused joins. A channel lives in the first region of the fence, so the fence moves between the calls. */
async function liveWorld(demo: Demo, project: DemoProject): Promise<WebSocket[]> {
  const api = apiOf(demo, project.name);
  const sockets: WebSocket[] = [];
  for (const [first, channels, people] of [
    ['NA', ['assembly', 'budget'], ['alice', 'bob', 'carol', 'dave']],
    ['AS', ['harbour'], ['erin', 'frank']],
    ['EU', ['council', 'school-board'], ['grace', 'heidi', 'ivan']],
  ] as const) {
    const regions = [first, ...REGIONS.filter((region) => region !== first)];
    const { status } = await api('PUT', '/fence', { regions });
    if (status !== 200 && status !== 202) throw new Error(`the fence was not changed: ${status}`);
    const edgeUrl = system.edges[`${first.toLowerCase()}-1`]!;
    for (const channel of channels)
      for (const account of people) sockets.push(await joinWhenHome(edgeUrl, project, channel, account));
  }
  const eu = system.edges['eu-1']!;
  for (const [user, choices] of [
    ['mallory', { certificate: '0'.repeat(32) }],
    ['alice', { channel: 'elsewhere' }],
    ['bob', { channel: '*' }],
  ] as const)
    for (let n = 0; n < 3; n++)
      await postOffer(eu, 'whip', project, vendorToken(project, { user, ...choices }), { query: `account=${user}` });
  return sockets;
}

/** Joins over the SDK's protocol; until the edge knows the newest fence it would hand the session to another one. */
async function joinWhenHome(edgeUrl: string, { appId, ...project }: DemoProject, channel: string, account: string) {
  for (;;) {
    const socket = new WebSocket(`${edgeUrl.replace('http', 'ws')}/v1/connect`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const token = vendorToken({ appId, ...project }, { channel, user: account });
    const answer = new Promise<{ type: string; edge?: { url: string } }>((resolve) =>
      socket.once('message', (data) => resolve(JSON.parse(String(data)))),
    );
    socket.send(JSON.stringify({ type: 'join', appId, channel, account, token }));
    const { type, edge } = await answer;
    if (type === 'joined' && edge?.url === edgeUrl) return socket;
    socket.terminate();
  }
}

async function walk(
  page: Page,
  origin: string,
  out: string,
  wanted: (route: string) => boolean,
  values: Record<string, string>,
) {
  mkdirSync(out, { recursive: true });
  for (const route of pageRoutes().filter(wanted)) {
    const name = route.replace(/[^a-z-]+/gi, '_') || 'start';
    for (const [suffix, look] of [
      ['', {}],
      ['-dark', { colorScheme: 'dark' }],
      ['-390', { narrow: true }],
    ] as const) {
      await page.setViewportSize('narrow' in look ? { width: 390, height: 844 } : VIEW.viewport);
      await page.emulateMedia({ colorScheme: 'colorScheme' in look ? look.colorScheme : 'light' });
      await page.goto(origin + fill(route, values));
      await shoot(page, join(out, `${name}${suffix}.png`));
    }
  }
}

async function shoot(page: Page, path: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path });
}
