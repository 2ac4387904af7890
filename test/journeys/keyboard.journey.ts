import type { Page } from '@playwright/test';
import { PasskeyDevice } from '../support/virtual-authenticator';
import { expect, test } from './demo-world';

/** From signing in to a project with its certificate without a pointer: what has the focus is typed into, nothing is aimed at. */
test('sign-in, palette, a new project and back, by keyboard alone', async ({ page, world }) => {
  const { keyboard } = page;
  const owner = world.person('owner@academy.example');
  await page.addInitScript(() => {
    addEventListener('pointerdown', () => sessionStorage.setItem('pointer', 'used'), true);
  });

  await page.goto(`${world.system.console}/sign-in`);
  await focusIs(page, 'Email address');
  await keyboard.type(owner.email);
  await tabTo(page, 'Password');
  await keyboard.type(owner.password);
  await keyboard.press('Enter');
  await focusIs(page, /code/i);
  await keyboard.type(await owner.authenticator!.code());
  await expect(page).toHaveURL(/\/demo-academy$/);
  await expect(page.getByRole('heading', { name: 'Projects' })).toBeVisible();

  await test.step('the palette finds the act, and Escape closes one layer', async () => {
    await keyboard.press('Control+k');
    await keyboard.type('create proj');
    await expect(page.getByRole('option', { name: 'Create project' })).toHaveAttribute('aria-selected', 'true');
    await keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await keyboard.press('Control+k');
    await keyboard.type('create proj');
    await keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Create project' })).toBeVisible();
  });

  await test.step('the form', async () => {
    await focusIs(page, 'Name');
    await keyboard.type('Keyboard choir');
    await tabTo(page, /^Development/);
    await keyboard.press('ArrowDown');
    await focusIs(page, /^Staging/);
    await tabTo(page, /^GLOBAL/);
    await keyboard.press('ArrowDown');
    await tabTo(page, /^EU/);
    await keyboard.press('Space');
    await tabTo(page, 'Create project');
    await keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Keyboard choir is ready' })).toBeVisible();
    await tabTo(page, 'Show');
    await keyboard.press('Enter');
    await expect(page.getByRole('region', { name: 'Primary certificate' }).locator('code')).toHaveText(
      /^[0-9a-f]{32}$/,
    );
    await keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  await test.step('rows, places and the list of keys', async () => {
    await expect(page.getByRole('table', { name: 'Projects' })).toContainText('Keyboard choir');
    await keyboard.press('j');
    await focusIs(page, 'Keyboard choir');
    await keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Keyboard choir', level: 1 })).toBeFocused();
    await keyboard.press('g');
    await keyboard.press('f');
    await expect(page.getByRole('heading', { name: 'Fence', level: 1 })).toBeFocused();
    await keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    await keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });
  expect(await page.evaluate(() => sessionStorage.getItem('pointer'))).toBeNull();
});

/** What staff meet at the gate: password, code, a new passkey, and then the passkey by itself. */
test('a first passkey and signing in with it, by keyboard alone', async ({ page, world }) => {
  const { keyboard } = page;
  const officer = world.person('security@provider.example');
  const device = new PasskeyDevice();
  await device.plugInto(page);
  await page.addInitScript(() => {
    addEventListener('pointerdown', () => sessionStorage.setItem('pointer', 'used'), true);
  });

  await test.step('password and code', async () => {
    await page.goto(`${world.system.staff}/sign-in`);
    await focusIs(page, 'Sign in with a passkey');
    await tabTo(page, 'Email address');
    await keyboard.type(officer.email);
    await tabTo(page, 'Password');
    await keyboard.type(officer.password);
    await keyboard.press('Enter');
    await focusIs(page, /code/i);
    await keyboard.type(await officer.authenticator!.code());
    await expect(page.getByRole('heading', { name: 'Set up your passkey' })).toBeVisible();
  });

  await test.step('the passkey', async () => {
    await tabTo(page, 'Name of the passkey');
    await tabTo(page, 'Make a passkey');
    await keyboard.press('Enter');
    await expect(page.getByText('The passkey is made.')).toBeVisible();
    await tabTo(page, 'Continue');
    await keyboard.press('Enter');
    await expect(page).toHaveURL(`${world.system.staff}/staff`);
    officer.device = device;
  });

  await test.step('out, and in again with nothing but Enter', async () => {
    await page.goto(`${world.system.staff}/sign-out`);
    await tabTo(page, 'Sign out');
    await keyboard.press('Enter');
    await focusIs(page, 'Sign in with a passkey');
    await keyboard.press('Enter');
    await expect(page).toHaveURL(`${world.system.staff}/staff`);
  });
  expect(await page.evaluate(() => sessionStorage.getItem('pointer'))).toBeNull();
});

const focusIs = (page: Page, name: string | RegExp) => expect(page.locator(':focus')).toHaveAccessibleName(name);

/** Tab until the control of that name has the focus, as one does who does not see how far it is. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const fits = (is: string) => (typeof name === 'string' ? is === name : name.test(is));
  const seen: string[] = [];
  for (let presses = 0; presses < 25; presses++) {
    await page.keyboard.press('Tab');
    const snapshot = await page.locator(':focus').ariaSnapshot();
    const is = /"((?:[^"\\]|\\.)*)"/.exec(snapshot)?.[1] ?? '';
    if (fits(is)) return;
    seen.push(is);
  }
  throw new Error(`Tab does not come to ${name}, only to: ${seen.join(' · ')}`);
}
