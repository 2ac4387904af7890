/**
 * Every page there is, found in the file system: what strangers get, and for those who belong there that axe finds no violation
 * of WCAG 2 A and AA in light and dark, nothing scrolls sideways at 390 px, and the browser has nothing to complain about.
 */
import type { Browser, Page } from '@playwright/test';
import { type DemoWorld, expect, test } from '../journeys/demo-world';
import { createProject, makeAccount, openLink, readSecret, signIn } from '../journeys/people';
import { expectAccessible } from '../support/accessible';
import { apiOf, postOffer, projectOf, vendorToken } from '../support/demo';
import { fill, pageRoutes } from './routes';

/** Pages for people who are not signed in. A page that is not here must turn strangers away. */
const PUBLIC = [
  '/',
  '/sign-in',
  '/sign-out',
  '/forgot',
  '/reset',
  '/invite',
  '/setup',
  '/shared-record',
  '/transparency',
];
/** Pages between the password and the second factor. */
const HALFWAY = ['/second-factor', '/recover'];
const FIRST_TIME = '/enrol';

const routes = pageRoutes();
const under = (...roots: string[]) =>
  routes.filter((route) => roots.some((root) => route === root || route.startsWith(`${root}/`)));
const ORGANISATION = under('/[org]');
const STAFF = under('/staff');
const AUDITOR = under('/auditor');
const PERSON = ['/account', '/account/not-me', '/choose', '/turned-away'];

// Each walk signs in its own people, and there are two browsers.
test.describe.configure({ mode: 'parallel', timeout: 600_000 });
test.use({ trace: 'off' });

test('each page is known to one of the walks below', () => {
  const walked = [...PUBLIC, ...HALFWAY, FIRST_TIME, ...ORGANISATION, ...STAFF, ...AUDITOR, ...PERSON];
  expect(routes.filter((route) => !walked.includes(route))).toEqual([]);
  expect([...PUBLIC, ...HALFWAY, FIRST_TIME, ...PERSON].filter((route) => !routes.includes(route))).toEqual([]);
});

test('strangers are sent to sign in, or find nothing', async ({ page, world }) => {
  const values = await valuesOf(world);
  for (const origin of [world.system.console, world.system.staff]) {
    await page.goto(`${origin}/sign-in`);
    for (const route of routes.filter((each) => !PUBLIC.includes(each))) {
      const { status, path } = await asked(page, origin + fill(route, values));
      const got = status === 404 ? 'nothing' : path;
      expect.soft(['nothing', '/sign-in'], `${origin}${route} gave ${got}`).toContain(got);
    }
  }
});

test('members of another organisation find nothing, customers no staff page, staff no customer page', async ({
  browser,
  world,
}) => {
  const values = await valuesOf(world);
  const outsider = await signedIn(browser, world, 'owner@academy.example');
  for (const route of [...ORGANISATION, ...STAFF, ...AUDITOR]) {
    const { status } = await asked(outsider, world.system.console + fill(route, values));
    expect.soft(status, `${route} for the owner of another organisation`).toBe(404);
  }
  await outsider.context().close();
  const support = await signedIn(browser, world, 'support@provider.example');
  for (const route of [...ORGANISATION, ...AUDITOR]) {
    const { status } = await asked(support, world.system.staff + fill(route, values));
    expect.soft(status, `${route} for staff`).toBe(404);
  }
  await support.context().close();
});

test('pages before signing in', async ({ browser, world }) => {
  const page = await (await browser.newContext(LOOK)).newPage();
  for (const route of PUBLIC.filter((each) => each !== '/setup')) await looksRight(page, world.system.console + route);
  for (const route of ['/sign-in', '/forgot', '/setup']) await looksRight(page, world.system.staff + route);
  await page.goto(`${world.system.console}/sign-in`);
  const person = world.person('admin@telehealth.example');
  await page.getByLabel('Email address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(/second-factor/);
  for (const route of HALFWAY) await looksRight(page, world.system.console + route);
  await page.context().close();
});

test('pages of the provider, and a fresh organisation: empty', async ({ browser, world }) => {
  const staff = await signedIn(browser, world, 'admin@provider.example');
  // A session on production has no empty state: there is none yet.
  for (const route of [...STAFF.filter((each) => !each.includes('[session]')), '/account'])
    await looksRight(staff, world.system.staff + route);
  await staff.setViewportSize(LOOK.viewport);
  await staff.goto(`${world.system.staff}/staff`);
  await staff.getByRole('button', { name: 'Create organisation' }).first().click();
  const panel = staff.getByRole('dialog', { name: 'Create organisation' });
  await panel.getByLabel('Name').fill('Fresh start');
  await panel.getByLabel(/First owner/).fill('owner@fresh.example');
  await panel.getByRole('button', { name: 'Create organisation' }).click();
  const link = await readSecret(panel, /^Invitation link/);
  await staff.context().close();

  const page = await (await browser.newContext(LOOK)).newPage();
  await openLink(page, link);
  await looksRight(page, `${world.system.console}/invite`, { stay: true });
  await makeAccount(page, { name: 'Fresh owner', email: 'owner@fresh.example', factor: 'authenticator' });
  const organisation = `${world.system.console}/fresh-start`;
  await expect(page).toHaveURL(organisation);
  for (const route of ORGANISATION.filter((each) => !each.includes('[project]')))
    await looksRight(page, world.system.console + fill(route, { org: 'fresh-start' }), EMPTY);
  await page.setViewportSize(LOOK.viewport);
  await page.goto(organisation);
  const project = await createProject(page, 'Untouched', 'Development');
  await page.goto(organisation);
  const seq =
    /policy \d+\.(\d+)/.exec(
      (await page
        .getByText(/^policy \d/)
        .first()
        .textContent()) ?? '',
    )?.[1] ?? '';
  const values = { org: 'fresh-start', project: project.id, seq };
  for (const route of ORGANISATION.filter((each) => each.includes('[project]')))
    await looksRight(page, world.system.console + fill(route, values), EMPTY);
  await page.context().close();
});

test('pages of a customer and an auditor: dense', async ({ browser, world }) => {
  const values = await valuesOf(world);
  const owner = await signedIn(browser, world, 'owner@telehealth.example');
  for (const route of [...ORGANISATION, ...PERSON]) await looksRight(owner, world.system.console + fill(route, values));
  // States that only an address opens.
  for (const path of [
    '?create=1',
    `/projects/${values.project}/fence/plan?regions=EU,NA`,
    `/projects/${values.project}/revocations?revoke=user&subject=bob`,
    '/projects/prj_00000000000000000000000000000000',
  ])
    await looksRight(owner, `${world.system.console}/${values.org}${path}`);
  await owner.context().close();
  const auditor = await signedIn(browser, world, 'auditor@telehealth.example');
  for (const route of [...AUDITOR, '/[org]'])
    await looksRight(auditor, `${world.system.console}${fill(route, values)}?organisation=${values.org}`);
  await auditor.context().close();
});

type Themes = Parameters<typeof expectAccessible>[2];
/** A page that is looked at full as well: there in both themes. */
const EMPTY = { themes: ['light'] } as const;
const LOOK = { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' } as const;

/** What an address of the page's own origin answers, without showing it. */
const asked = (page: Page, address: string): Promise<{ status: number; path: string }> =>
  page.evaluate(async (address) => {
    const { status, url } = await fetch(address, { headers: { accept: 'text/html' } });
    return { status, path: new URL(url).pathname };
  }, address);

async function signedIn(browser: Browser, world: DemoWorld, email: string): Promise<Page> {
  const page = await (await browser.newContext(LOOK)).newPage();
  await signIn(
    page,
    email.endsWith('provider.example') ? world.system.staff : world.system.console,
    world.person(email),
  );
  return page;
}

/** Soft: every page is looked at, and each finding names its page. */
async function looksRight(page: Page, url: string, { stay = false, themes = undefined as Themes } = {}): Promise<void> {
  const complaints: string[] = [];
  const complain = (text: string) => complaints.push(text.slice(0, 300));
  const onConsole = (message: { type(): string; text(): string }) => {
    // A page that is rightly a 404 is reported by the browser as an error of loading.
    if (message.type() === 'error' && !/status of 404/.test(message.text())) complain(message.text());
  };
  const onError = (error: Error) => complain(error.message);
  page.on('console', onConsole).on('pageerror', onError);
  await page.setViewportSize(LOOK.viewport);
  await page.emulateMedia({ colorScheme: 'light' });
  if (!stay) await page.goto(url);
  const where = new URL(page.url()).pathname + new URL(url).search;
  await expect.soft(page.locator('h1').first(), `${where}: a title`).toBeVisible();
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
  await expectAccessible(page, where, themes);
  await page.setViewportSize({ width: 390, height: 844 });
  expect
    .soft(await page.evaluate(() => document.documentElement.scrollWidth), `${where}: width at 390 px`)
    .toBeLessThanOrEqual(390);
  page.off('console', onConsole).off('pageerror', onError);
  expect.soft(complaints, `${where}: the browser’s complaints`).toEqual([]);
}

/** Something to see in lists of sessions, decisions and revocations, made once; and what fills the parts of a route. */
let made: Promise<{ org: string; project: string; seq: string }> | undefined;
function valuesOf(world: DemoWorld) {
  made ??= (async () => {
    const consult = projectOf(world, 'Consult');
    const eu = world.system.edges['eu-1']!;
    for (const user of [
      'alice',
      'bob',
      'carol',
      'a-very-long-account-name-that-does-not-fit-in-any-column-of-any-table',
    ]) {
      for (const [edge, channel, certificate] of [
        [eu, 'ward-7', undefined],
        [eu, 'ward-8', '0'.repeat(32)],
        [world.system.edges['na-1']!, 'ward-7', undefined],
      ] as const)
        await postOffer(edge, 'whip', consult, vendorToken(consult, { channel, user, certificate }), {
          channel,
          query: `account=${user}`,
        });
    }
    const { status, body } = await apiOf(world, 'Consult')('POST', '/revocations', {
      subject: { type: 'user', account: 'bob' },
      reason: 'Looked at by a test',
    });
    if (status !== 201) throw new Error(`no revocation: ${status} ${JSON.stringify(body)}`);
    const nobodys = `ssn_${'0'.repeat(32)}`;
    const grant = `grt_${'0'.repeat(32)}`;
    return { org: consult.organisation, project: consult.id, seq: String(body.seq), session: nobodys, grant };
  })();
  return made;
}
