import type { Browser, Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible';
import { PasskeyDevice } from '../support/virtual-authenticator';
import { type DemoWorld, expect, test } from './demo-world';
import {
  alerts,
  givePassword,
  makePasskey,
  openLink,
  type Person,
  readSecret,
  signIn,
  signInWithCode,
  stepUp,
  storeCodes,
} from './people';

/** Staff come in with a passkey, and a new one opens nothing until a second person has compared its fingerprint and said so. */
test('a newcomer makes a passkey, a colleague endorses it, and from then on it is all it takes', async ({
  browser,
  world,
}) => {
  const administrator = await atTheDesk(browser, world, 'admin@provider.example');
  const newcomer = await invited(browser, administrator.page, 'newcomer@provider.example');
  const { page } = newcomer;
  const fingerprint = await waitsForColleague(newcomer);

  await test.step('until then it signs nobody in', async () => {
    const tab = await page.context().newPage();
    await newcomer.person.device!.plugInto(tab);
    await tab.goto(`${world.system.staff}/sign-in`);
    await tab.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(alerts(tab, 'That passkey was not accepted.')).toBeVisible();
    await tab.close();
  });

  await test.step('who may not endorse sees that it waits, and no button', async () => {
    const support = await atTheDesk(browser, world, 'support@provider.example');
    await support.page.goto(`${world.system.staff}/staff/employees`);
    const row = waiting(support.page, 'newcomer@provider.example');
    await expect(row).toContainText(fingerprint);
    await expect(row.getByRole('button')).toHaveCount(0);
    await support.page.context().close();
  });

  await test.step('the administrator compares, and signs it with their own', async () => {
    const desk = administrator.page;
    await desk.goto(`${world.system.staff}/staff/employees`);
    const row = waiting(desk, 'newcomer@provider.example');
    await expect(row).toContainText('device-bound');
    await expectAccessible(desk, 'a waiting passkey');
    await row.getByRole('button', { name: 'Endorse…' }).click();
    const dialog = desk.getByRole('dialog', { name: 'Endorse the passkey of Newcomer' });
    await expect(dialog).toContainText(fingerprint);
    await expectAccessible(desk, 'endorsing a passkey');
    await dialog.getByRole('button', { name: 'Endorse passkey' }).click();
    const terms = desk.getByRole('dialog', { name: 'Endorse the passkey: Newcomer' });
    await expect(terms).toContainText(fingerprint);
    await stepUp(desk, 'Endorse the passkey: Newcomer', administrator.person);
    await expect(row).toHaveCount(0);
    await expect(employee(desk, 'newcomer@provider.example')).toContainText('Device-bound');
  });

  await test.step('the page that waited goes on by itself', async () => {
    await expect(page.getByRole('heading', { name: 'Confirm it is you' })).toBeVisible();
    await expect(page.getByRole('textbox')).toHaveCount(0);
    await expectAccessible(page, 'a passkey as second factor');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await expect(page).toHaveURL(`${world.system.staff}/staff`);
  });

  await test.step('and then the passkey alone is enough', async () => {
    await page.goto(`${world.system.staff}/sign-out`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByText('Signed out')).toBeVisible();
    await signIn(page, world.system.staff, newcomer.person);
    await expect(page).toHaveURL(`${world.system.staff}/staff`);
    await expect(page.getByRole('heading', { name: 'Organisations' })).toBeVisible();
  });

  await administrator.page.goto(`${world.system.staff}/staff/log`);
  await expect(administrator.page.getByText('Endorsed a colleague').first()).toBeVisible();
  await Promise.all([page.context().close(), administrator.page.context().close()]);
});

test('a passkey that nobody recognises is turned down, and its owner starts over', async ({ browser, world }) => {
  const administrator = await atTheDesk(browser, world, 'admin@provider.example');
  const stranger = await invited(browser, administrator.page, 'stranger@provider.example');
  await waitsForColleague(stranger);

  const desk = administrator.page;
  await desk.goto(`${world.system.staff}/staff/employees`);
  const row = waiting(desk, 'stranger@provider.example');
  await row.getByRole('button', { name: 'Turn down…' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Turn down passkey' }).click();
  await expect(row).toHaveCount(0);
  await expect(employee(desk, 'stranger@provider.example')).toContainText('None yet');

  await expect(stranger.page.getByRole('heading', { name: 'Set up your passkey' })).toBeVisible();
  await Promise.all([stranger.page.context().close(), desk.context().close()]);
});

test('whoever lost their passkey comes back with two recovery codes and a colleague', async ({ browser, world }) => {
  const loser = await atTheDesk(browser, world, 'support@provider.example');
  const { page, person } = loser;
  await page.goto(`${world.system.staff}/account`);
  await page.getByRole('button', { name: 'Renew…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Renew recovery codes' }).click();
  await stepUp(page, 'Renew the recovery codes: your account', person);
  await storeCodes(page, person);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const [first = '', second = ''] = person.recoveryCodes;
  await page.context().clearCookies();
  await givePassword(page, world.system.staff, person);
  await page.getByRole('link', { name: 'Use two recovery codes' }).click();
  await page.getByLabel('First code').fill(first);
  await page.getByLabel('Second code').fill(second);
  await page.getByRole('button', { name: 'Go on with these codes' }).click();
  await expect(page.getByText('The new factor takes the place of all others.')).toBeVisible();
  await expectAccessible(page, 'staff, after recovery codes');
  const spare = await (await browser.newContext()).newPage();
  await spare.context().addCookies(await page.context().cookies());
  await spare.goto(`${world.system.staff}/enrol`);
  const fingerprint = await waitsForColleague({ page: spare, person });

  const administrator = await atTheDesk(browser, world, 'admin@provider.example');
  const desk = administrator.page;
  await desk.goto(`${world.system.staff}/staff/employees`);
  const row = waiting(desk, person.email);
  await expect(row).toContainText(fingerprint);
  await row.getByRole('button', { name: 'Endorse…' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Endorse passkey' }).click();
  await stepUp(desk, /^Endorse the passkey/, administrator.person);
  await expect(row).toHaveCount(0);

  await expect(spare.getByRole('heading', { name: 'Your passkey is endorsed' })).toBeVisible();
  await expectAccessible(spare, 'an endorsed passkey');
  await person.device!.waits();
  await spare.getByRole('link', { name: 'Sign in with it' }).click();
  await expect(spare.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await person.device!.answers();
  await spare.reload();
  await spare.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(spare).toHaveURL(`${world.system.staff}/staff`);
  await Promise.all([page, spare, desk].map((each) => each.context().close()));
});

test('somebody of the staff who comes with a code is told why, and makes a passkey', async ({ browser, world }) => {
  const page = await (await browser.newContext()).newPage();
  const auditor = world.person('auditor@provider.example');
  await signInWithCode(page, world.system.staff, auditor);
  await expect(page.getByText('a code can be typed into a page that only looks like this one')).toBeVisible();
  // Nothing of the staff is open to the code alone.
  await page.goto(`${world.system.staff}/staff/employees`);
  await expect(page).toHaveURL(/\/enrol/);

  await test.step('a device that gives up leaves everything as it was', async () => {
    const device = new PasskeyDevice();
    await device.plugInto(page);
    await device.refuses();
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    await expect(alerts(page, 'No passkey was made')).toBeVisible();
    await expectAccessible(page, 'a passkey that was not made');
    await device.unplug();
  });
  await makePasskey(page, auditor, { synced: true });
  await expect(page.getByText('need a device-bound one')).toBeVisible();
  await page.getByRole('link', { name: 'Continue' }).click();
  await expect(page).toHaveURL(`${world.system.staff}/staff/employees`);
  await page.context().close();
});

interface Somebody {
  page: Page;
  person: Person;
}

async function atTheDesk(browser: Browser, world: DemoWorld, email: string): Promise<Somebody> {
  const person = world.person(email);
  const page = await (await browser.newContext()).newPage();
  await signIn(page, world.system.staff, person);
  return { page, person };
}

/** Invited by an administrator, with a name and a password, in a browser of their own. */
async function invited(browser: Browser, desk: Page, email: string): Promise<Somebody> {
  await desk.goto(`${new URL(desk.url()).origin}/staff/employees`);
  await desk.getByRole('button', { name: 'Invite an employee' }).click();
  const panel = desk.getByRole('dialog', { name: 'Invite an employee' });
  await panel.getByLabel('Email address').fill(email);
  await panel.getByRole('button', { name: 'Invite employee' }).click();
  const link = await readSecret(panel, /^Invitation link/);

  const page = await (await browser.newContext()).newPage();
  const password = `long enough for ${email}`;
  await openLink(page, link);
  await page.getByLabel('Your name').fill('Newcomer');
  await page.getByLabel('New password').fill(password);
  await page.getByRole('button', { name: 'Make the account' }).click();
  return { page, person: { email, password, authenticator: null, device: null, recoveryCodes: [] } };
}

/** Makes the passkey, stores the codes and gives the fingerprint on the page that waits. */
async function waitsForColleague({ page, person }: Somebody): Promise<string> {
  await expect(page.getByRole('link', { name: /authenticator/ })).toHaveCount(0);
  await makePasskey(page, person);
  await storeCodes(page, person);
  await expect(page.getByRole('heading', { name: 'Waiting for a colleague' })).toBeVisible();
  await expectAccessible(page, 'waiting for a colleague');
  return (await page.getByText(/^[0-9a-f]{4}( [0-9a-f]{4}){3}$/).textContent()) ?? '';
}

const waiting = (page: Page, email: string) =>
  page.getByRole('table', { name: 'Waiting passkeys' }).getByRole('row').filter({ hasText: email });
const employee = (page: Page, email: string) =>
  page.getByRole('table', { name: 'Employees' }).getByRole('row').filter({ hasText: email });
