import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible';
import { PasskeyDevice } from '../support/virtual-authenticator';
import { expect, test } from './demo-world';
import { alerts, givePassword, makePasskey, signIn, signInByPasskey, stepUp, storeCodes } from './people';

/** From an authenticator app to a passkey alone, and back in after losing it. */
test.describe.configure({ mode: 'serial' });

test('a customer adds a passkey, signs in with it, and lets the authenticator go', async ({ page, world }) => {
  const person = world.person('developer@academy.example');
  const account = `${world.system.console}/account`;
  const passkeys = page.getByRole('table', { name: 'Passkeys' });
  await signIn(page, world.system.console, person);
  const phone = new PasskeyDevice({ synced: true });
  await phone.plugInto(page);

  await test.step('added with a code', async () => {
    await page.goto(account);
    await expect(page.getByText('No passkey yet')).toBeVisible();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
    await dialog.getByLabel('Name of the passkey').fill('My phone');
    await expectAccessible(page, 'adding a passkey');
    await dialog.getByRole('button', { name: 'Make a passkey' }).click();
    await stepUp(page, 'Add a passkey: your account', person);
    const made = page.getByRole('dialog', { name: 'Passkey added' });
    await expect(made).toContainText('Synced');
    await expectAccessible(page, 'a passkey was added');
    await made.getByRole('button', { name: 'Done' }).click();
    await expect(passkeys.getByRole('row').filter({ hasText: 'My phone' })).toContainText('In use');
  });

  await test.step('the page says what each session was begun with', async () => {
    await signOut(page);
    await signInByPasskey(page, world.system.console, phone);
    await expect(page).toHaveURL(`${world.system.console}/demo-academy`);
    await page.goto(account);
    const present = page.getByRole('table', { name: 'Sessions' }).getByRole('row').filter({ hasText: 'this one' });
    await expect(present).toContainText('Passkey · My phone');
  });

  await test.step('as a second factor too, beside the code', async () => {
    await signOut(page);
    await givePassword(page, world.system.console, person);
    await expect(page.getByText('or a code from your authenticator')).toBeVisible();
    await expectAccessible(page, 'passkey or code');
    await phone.refuses();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await expect(alerts(page, 'Nothing was signed')).toBeVisible();
    await phone.answers();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await expect(page).toHaveURL(`${world.system.console}/demo-academy`);
    person.device = phone;
  });

  await test.step('the authenticator is removed', async () => {
    await page.goto(account);
    const panel = panelOf(page, 'Authenticator app');
    await panel.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove authenticator' }).click();
    await stepUp(page, 'Remove the authenticator: your account', person);
    await expect(panel).toContainText('Not set up');
    person.authenticator = null;
  });

  await test.step('the last factor stays', async () => {
    await passkeys.getByRole('row').filter({ hasText: 'My phone' }).getByRole('button').click();
    await expect(page.getByRole('menuitem', { name: /Remove/ })).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('menuitem', { name: /Rename/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Rename the passkey' });
    await dialog.getByLabel('Name').fill('Old phone');
    await dialog.getByRole('button', { name: 'Rename passkey' }).click();
    await expect(passkeys).toContainText('Old phone');
  });

  await test.step('new recovery codes', async () => {
    await page.getByRole('button', { name: 'Renew…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Renew recovery codes' }).click();
    await stepUp(page, 'Renew the recovery codes: your account', person);
    await storeCodes(page, person);
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(panelOf(page, 'Recovery codes')).toContainText('10');
  });
});

test('with the phone lost, two recovery codes lead to a new passkey and nowhere else', async ({ browser, world }) => {
  const person = world.person('developer@academy.example');
  const lost = person.device!;
  const page = await (await browser.newContext()).newPage();
  await givePassword(page, world.system.console, person);
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await page.getByRole('link', { name: 'Use two recovery codes' }).click();
  await expect(page.getByRole('heading', { name: 'Use two recovery codes' })).toBeVisible();
  await expectAccessible(page, 'two recovery codes');
  const [first = '', second = ''] = person.recoveryCodes;
  await page.getByLabel('First code').fill(first);
  await page.getByLabel('Second code').fill('0000-0000-0000-0000');
  await page.getByRole('button', { name: 'Go on with these codes' }).click();
  await expect(alerts(page, 'Recovery codes do not match')).toBeVisible();
  await page.getByLabel('Second code').fill(second);
  await page.getByRole('button', { name: 'Go on with these codes' }).click();
  await expect(page.getByText('The new factor takes the place of all others.')).toBeVisible();
  await page.goto(`${world.system.console}/demo-academy`);
  await expect(page).toHaveURL(/\/enrol/);

  await makePasskey(page, person);
  await storeCodes(page, person);
  await expect(page).toHaveURL(`${world.system.console}/demo-academy`);
  await page.goto(`${world.system.console}/account`);
  const rows = page.getByRole('table', { name: 'Passkeys' }).getByRole('row');
  await expect(rows).toHaveCount(2);
  await expect(rows.last()).toContainText('Device-bound');

  const finder = await (await browser.newContext()).newPage();
  await lost.plugInto(finder);
  await finder.goto(`${world.system.console}/sign-in`);
  await finder.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(alerts(finder, 'That passkey was not accepted.')).toBeVisible();
  await Promise.all([page.context().close(), finder.context().close()]);
});

test('a browser that offers passkeys in the address field signs in from there, and forgets it for the password', async ({
  browser,
  world,
}) => {
  const person = world.person('developer@academy.example');
  const page = await (await browser.newContext()).newPage();
  await person.device!.plugInto(page, { inFields: true });
  await person.device!.waits();
  await page.addInitScript(countRequests);

  await test.step('the password, while the offer is open', async () => {
    await page.goto(`${world.system.console}/sign-in`);
    await expect.poll(() => requests(page)).toEqual({ open: ['conditional'], ended: [] });
    await page.getByLabel('Email address').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(alerts(page, 'do not match')).toBeVisible();
    // Taken back for the password, and offered again once that was wrong.
    await expect.poll(() => requests(page)).toEqual({ open: ['conditional'], ended: ['AbortError'] });
  });

  await test.step('the button takes the place of the offer', async () => {
    await person.device!.refuses();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(alerts(page, 'Nothing was signed')).toBeVisible();
    await expectAccessible(page, 'sign-in, passkey refused');
  });

  await test.step('chosen from the list of the field', async () => {
    await person.device!.answers();
    await page.reload();
    await expect(page).toHaveURL(`${world.system.console}/demo-academy`);
  });
  await page.context().close();
});

/** Keeps in the page which requests for a passkey are open, by how they are shown, and how the others ended. */
function countRequests(): void {
  const open: string[] = [];
  const ended: string[] = [];
  Object.assign(globalThis, { requests: { open, ended } });
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = async (options) => {
    const shown = options?.mediation ?? 'modal';
    open.push(shown);
    try {
      return await get(options);
    } catch (error) {
      ended.push((error as Error).name);
      throw error;
    } finally {
      open.splice(open.indexOf(shown), 1);
    }
  };
}
const requests = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { requests: { open: string[]; ended: string[] } }).requests);

async function signOut(page: Page): Promise<void> {
  await page.goto(new URL('/sign-out', page.url()).href);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('Signed out')).toBeVisible();
}

const panelOf = (page: Page, title: string) =>
  page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) });
