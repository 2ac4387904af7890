import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { servePage } from '../plane/edge-page';
import { type DemoProject, postOffer, type VendorToken, vendorToken } from '../support/demo';
import { type CallPage, playingPage, publishingPage } from '../support/media-page';
import { type System, startSystem } from '../support/system';
import { createProject, makeAccount, openLink, type Person, readSecret, stepUp } from './people';

declare const window: Window & {
  cordon: {
    join(options: object): Promise<unknown>;
    WHIPClient: new (options: object) => { ingest(stream: MediaStream): Promise<void> };
    WebRTCPlayer: new (options: object) => { load(url: URL, key: string): Promise<void> };
  };
};

/** From an empty installation to a call that is cut, with nothing made up: one system, two edges, real browsers. */
test.describe.configure({ mode: 'serial', timeout: 300_000 });

let system: System;
const contexts: BrowserContext[] = [];

test.beforeAll(async () => {
  test.setTimeout(300_000);
  [system, served] = await Promise.all([startSystem(), servePage()]);
});
test.afterAll(async () => {
  served?.close();
  for (const context of contexts) await context.close();
  await system?.stop();
});

const join = (account: string) => ({
  edgeUrl: system.edges['eu-1']!,
  appId: project.appId,
  channel: 'room',
  account,
  token: vendorToken(project, { user: account }),
});

/** Waits until that many more frames are decoded. */
async function growing(call: CallPage, by: number): Promise<void> {
  const from = await call.frames();
  await expect.poll(() => call.frames(), { timeout: 30_000 }).toBeGreaterThanOrEqual(from + by);
}

/** On the page of a change: every edge says that it enforces it. */
const expectEnforced = (page: Page) =>
  expect(page.getByRole('status').filter({ hasText: 'Enforced on 2 of 2 edges.' })).toHaveCount(1);

async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  contexts.push(context);
  return context.newPage();
}

let staff: { page: Page; person: Person };
let owner: { page: Page; person: Person };
let invitation: string;
/** The project of the journey, and one beside it. */
let project: DemoProject;
let other: DemoProject;
let alice: CallPage;
let bob: CallPage;
let bobJoin: ReturnType<typeof join>;
let served: Awaited<ReturnType<typeof servePage>>;

test('the set-up link makes the provider’s first administrator, once', async ({ browser }) => {
  const page = await newPage(browser);
  if (!system.setupLink) throw new Error('no set-up link was printed');
  await openLink(page, system.setupLink);
  const person = await makeAccount(page, {
    ...{ name: 'First Administrator', email: 'first@provider.example' },
    ...{ ask: true, factor: 'passkey' },
  });
  await expect(page).toHaveURL(`${system.staff}/staff`);
  staff = { page, person };

  const second = await newPage(browser);
  await second.goto(system.setupLink);
  await expect(second.getByRole('heading', { name: 'Set-up is done' })).toBeVisible();
});

test('staff create an organisation and hand its owner a link', async () => {
  const { page } = staff;
  await page.getByRole('button', { name: 'Create organisation' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Create organisation' });
  await panel.getByLabel('Name').fill('Harbour Clinic');
  await expect(panel.getByLabel('Address', { exact: true })).toHaveValue('harbour-clinic');
  await panel.getByLabel(/First owner/).fill('owner@harbour.example');
  await panel.getByRole('button', { name: 'Create organisation' }).click();
  invitation = await readSecret(panel, /^Invitation link/);
  expect(new URL(invitation).origin).toBe(system.console);
  await page.reload();
  await expect(page.getByRole('table', { name: 'Organisations' })).toContainText('Harbour Clinic');
  expect(await page.content()).not.toContain(new URL(invitation).hash.slice(1));
});

test('the owner accepts on the customers’ origin and lands in the organisation', async ({ browser }) => {
  const page = await newPage(browser);
  await openLink(page, invitation);
  const person = await makeAccount(page, {
    ...{ name: 'Harbour Owner', email: 'owner@harbour.example' },
    factor: 'authenticator',
  });
  await expect(page).toHaveURL(`${system.console}/harbour-clinic`);
  await expect(page.getByText('No projects yet')).toBeVisible();
  owner = { page, person };
});

test('a project gets an App ID and a certificate, the certificate this once', async () => {
  const { page } = owner;
  project = await createProject(page, 'Ward round', 'Staging');
  expect(project.appId).toMatch(/^[0-9a-f]{32}$/);
  expect(project.certificates.primary).toMatch(/^[0-9a-f]{32}$/);

  await page.reload();
  await page.goto(`${system.console}/harbour-clinic/projects/${project.id}/certificates`);
  await expect(page.getByRole('heading', { name: 'Certificates' })).toBeVisible();
  expect(await page.content()).not.toContain(project.certificates.primary);
  other = await createProject(page, 'Night shift', 'Production');
});

test('the fence is planned, confirmed with a code and enforced on every edge', async () => {
  const { page, person } = owner;
  await page.goto(`${system.console}/harbour-clinic/projects/${project.id}/fence`);
  await page.getByRole('button', { name: 'Sets' }).click();
  await page.getByRole('menuitem', { name: 'Only EU' }).click();

  const effects = page.getByRole('table', { name: 'Effect per edge' });
  await expect(effects.getByRole('row', { name: /^eu-1/ })).toContainText('Allows');
  await expect(effects.getByRole('row', { name: /^na-1/ })).toContainText('Allows, then refuses');
  await page.getByRole('button', { name: 'Apply to 2 edges' }).click();
  await stepUp(page, /Apply the fence/, person);

  await expect(page).toHaveURL(/\/changes\/\d+/);
  await expectEnforced(page);
});

test('a camera published through the EU edge is played in another browser', async ({ browser }) => {
  alice = await publishingPage(browser, served.url, join('alice'));
  bobJoin = join('bob');
  bob = await playingPage(browser, served.url, bobJoin);
  await growing(bob, 40);
});

test('each wrong join is refused with its own code', async () => {
  const [eu, na] = [system.edges['eu-1']!, system.edges['na-1']!];
  const named = (choices: VendorToken = {}, of: DemoProject = project) =>
    vendorToken(of, { user: 'carol', ...choices });
  const now = Math.floor(Date.now() / 1000);
  const refusals: [
    what: string,
    edge: string,
    kind: 'whip' | 'whep',
    of: DemoProject,
    token: string | null,
    code: string,
  ][] = [
    ['the edge outside the fence', na, 'whip', project, named(), 'fence.region_denied'],
    ['that edge, without a token', na, 'whep', project, null, 'fence.region_denied'],
    ['no token', eu, 'whip', project, null, 'token.missing'],
    ['something else', eu, 'whip', project, '007nonsense', 'token.malformed'],
    ['a subscriber who publishes', eu, 'whip', project, named({ role: 'subscriber' }), 'privilege.publish_missing'],
    ['another project’s token', eu, 'whip', project, named({}, other), 'token.wrong_project'],
    ['another channel’s token', eu, 'whip', project, named({ channel: 'elsewhere' }), 'token.wrong_channel'],
    ['another user’s token', eu, 'whip', project, named({ user: 'dave' }), 'token.wrong_account'],
    ['an expired token', eu, 'whip', project, named({ issuedAt: now - 700, lifetimeSeconds: 600 }), 'token.expired'],
    ['a forged token', eu, 'whip', project, named({ certificate: '0'.repeat(32) }), 'token.signature'],
    ['a token for any channel', eu, 'whip', project, named({ channel: '*' }), 'token.wildcard_forbidden'],
    ['an unknown App ID', eu, 'whip', { ...project, appId: 'f'.repeat(32) }, named(), 'project.unknown'],
  ];
  const answers = await Promise.all(
    refusals.map(async ([what, edge, kind, of, token]) => {
      const { status, problem } = await postOffer(edge, kind, of, token, { query: 'account=carol' });
      return [what, status >= 401, problem?.code];
    }),
  );
  expect(answers).toEqual(refusals.map(([what, , , , , code]) => [what, true, code]));

  const { problem } = await postOffer(na, 'whip', project, named(), { query: 'account=carol' });
  expect(problem).toMatchObject({ allowedRegions: ['EU'], allowedEdges: [{ name: 'eu-1', url: eu }] });
  // What the subscriber may do: the decision lets it through to the offer, which is none.
  const play = await postOffer(eu, 'whep', project, named({ role: 'subscriber' }), { query: 'account=carol' });
  expect(play.problem.code).toBe('sdp.invalid');
});

test('unmodified WHIP and WHEP clients publish and play', async ({ browser }) => {
  const [sender, viewer] = [await newPage(browser), await newPage(browser)];
  const endpoint = (kind: string, account: string) =>
    `${system.edges['eu-1']}/${kind}/${project.appId}/studio?account=${account}`;
  const authkey = (user: string) => vendorToken(project, { channel: 'studio', user });
  await sender.goto(served.url);
  await sender.evaluate(
    async (opts) => {
      const { endpoint, authkey } = opts;
      const client = new window.cordon.WHIPClient({ endpoint, opts: { iceServers: [], authkey } });
      await client.ingest(
        await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } }),
      );
    },
    { endpoint: endpoint('whip', 'camera'), authkey: authkey('camera') },
  );
  await viewer.goto(served.url);
  await viewer.evaluate(
    async ({ url, key }) => {
      const video = document.querySelector('video');
      const player = new window.cordon.WebRTCPlayer({ video, type: 'whep', iceServers: [] });
      await player.load(new URL(url), key);
    },
    { url: endpoint('whep', 'viewer'), key: `Bearer ${authkey('viewer')}` },
  );
  const shown = () =>
    viewer.evaluate(() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0);
  await expect.poll(shown, { timeout: 20_000 }).toBeGreaterThan(20);
  await Promise.all([sender.close(), viewer.close()]);
});

test('a revoked user is cut during the call, told why, and cannot come back', async () => {
  const { page, person } = owner;
  await growing(bob, 10);
  await page.goto(`${system.console}/harbour-clinic/projects/${project.id}/revocations`);
  await page.getByRole('button', { name: 'Revoke…' }).click();
  const panel = page.getByRole('dialog', { name: 'Revoke' });
  await panel.getByLabel('User', { exact: true }).fill('bob');
  await panel.getByLabel('Reason').fill('Left the clinic');
  await panel.getByRole('button', { name: 'Revoke and cut 1 session' }).click();
  await stepUp(page, /^Revoke: Ward round/, person);
  await expect(page.getByRole('heading', { name: 'Revoked: user bob' })).toBeVisible();
  await expectEnforced(page);
  await expect(page.getByRole('row', { name: /^eu-1/ })).toContainText('1 cut');

  await expect.poll(() => bob.cuts()).toEqual([{ code: 'revoked.user', rejoin: false }]);
  expect(await bob.state()).toBe('over');
  const refusal = await bob.page.evaluate(
    (asked) =>
      window.cordon.join(asked).then(
        () => 'joined',
        (error) => error.refusal.code,
      ),
    bobJoin,
  );
  expect(refusal).toBe('revoked.user');
  const stopped = await bob.frames();
  // Alice goes on, and so does everybody's clock; Bob's count does not.
  const fresh = await playingPage(alice.page.context().browser()!, served.url, join('erin'));
  await growing(fresh, 20);
  await fresh.close();
  expect(await bob.frames()).toBe(stopped);
});

test('the organisation’s audit log tells who did what, and what the edges did', async () => {
  const { page } = owner;
  await page.goto(`${system.console}/harbour-clinic/audit`);
  const log = page.getByRole('table');
  for (const [sentence, event, actor] of [
    ['Revoked tokens', 'revocation.created', 'Harbour Owner'],
    ['Changed the fence', 'fence.changed', 'Harbour Owner'],
    ['An edge cut live sessions', 'enforcement.sessions_cut', 'Edge'],
  ] as const) {
    const row = log.getByRole('row').filter({ hasText: sentence }).first();
    await expect(row).toContainText(event);
    await expect(row).toContainText(actor);
  }
  await log.getByRole('row').filter({ hasText: 'An edge cut live sessions' }).first().getByRole('link').first().click();
  const panel = page.getByRole('dialog', { name: 'An edge cut live sessions' });
  await expect(panel).toContainText('eu-1');
  await expect(panel).toContainText('1');
});

test('a frozen project refuses everything and ends every call', async () => {
  const { page, person } = owner;
  await growing(alice, 0);
  await page.goto(`${system.console}/harbour-clinic/projects/${project.id}/settings`);
  await page.getByRole('button', { name: 'Freeze…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Freeze Ward round' });
  await dialog.getByLabel('Reason').fill('Closed for the night');
  await dialog.getByRole('button', { name: /^Freeze and cut \d+ live session/ }).click();
  await stepUp(page, /^Freeze: Ward round/, person);
  await expect.poll(() => alice.cuts()).toEqual([{ code: 'project.frozen', rejoin: false }]);
  const token = vendorToken(project, { user: 'carol' });
  for (const kind of ['whip', 'whep'] as const) {
    const { status, problem } = await postOffer(system.edges['eu-1']!, kind, project, token, {
      query: 'account=carol',
    });
    expect([status, problem.code]).toEqual([403, 'project.frozen']);
  }
  const beside = await postOffer(system.edges['eu-1']!, 'whip', other, vendorToken(other, { user: 'carol' }), {
    query: 'account=carol',
  });
  expect(beside.problem.code).toBe('sdp.invalid');
});
