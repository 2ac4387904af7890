import { expect, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible';
import { Authenticator } from '../support/authenticator';
import type { DemoProject } from '../support/demo';

/** What a person does to get in, as they would do it. Every step is on the page; nothing is set behind its back. */
export interface Person {
  email: string;
  password: string;
  authenticator: Authenticator;
  recoveryCodes: string[];
}

/** The page of a one-time link, once it has taken the secret out of the address bar. */
export async function openLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await expect(page.getByLabel('Your name')).toBeVisible();
  expect(new URL(page.url()).hash).toBe('');
}

/** On the set-up page or an invitation: makes the account and sets up its authenticator, up to the landing page. */
export async function makeAccount(page: Page, who: { name: string; email: string; ask?: boolean }): Promise<Person> {
  const password = `long enough for ${who.email}`;
  await page.getByLabel('Your name').fill(who.name);
  if (who.ask) await page.getByLabel('Email address').fill(who.email);
  await page.getByLabel('New password').fill(password);
  await expectAccessible(page, 'making an account');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByRole('button', { name: 'Show the QR code' }).click();
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  await expectAccessible(page, 'setting up an authenticator');
  const key = await page.getByText('No camera? Type this key:').locator('.mono').textContent();
  if (!key) throw new Error('no key is shown');
  const authenticator = new Authenticator(key);
  await typeCode(page, await authenticator.code());

  const codes = page.getByRole('listitem').filter({ hasText: /^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/ });
  await expect(codes).toHaveCount(10);
  await expectAccessible(page, 'recovery codes');
  const recoveryCodes = await codes.allTextContents();
  await page.getByRole('checkbox', { name: /I stored them/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  return { email: who.email, password, authenticator, recoveryCodes };
}

export async function signIn(page: Page, origin: string, person: Person): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByLabel('Email address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { name: 'Confirm it is you' })).toBeVisible();
  await typeCode(page, await person.authenticator.code());
  await page.waitForURL((url) => url.pathname !== '/second-factor');
}

/** Answers the dialog that asks for the second factor at the moment of an act. */
export async function stepUp(page: Page, act: string | RegExp, person: Person): Promise<void> {
  const dialog = page.getByRole('dialog', { name: act });
  await expect(dialog).toBeVisible();
  await typeCode(dialog, await person.authenticator.code());
  await expect(dialog).toBeHidden();
}

/** Six digits send themselves. */
const typeCode = (where: Page | Locator, code: string): Promise<void> =>
  where.getByRole('textbox', { name: /code/i }).fill(code);

/** What a `SecretOnce` shows, read the way a person reads it: press Show. */
export async function readSecret(where: Page | Locator, label: string | RegExp): Promise<string> {
  const secret = where.getByRole('region', { name: label });
  await secret.getByRole('button', { name: 'Show' }).click();
  return text(secret.locator('code'));
}

/** From the organisation's projects: makes one with the fence GLOBAL and reads what is shown this once. */
export async function createProject(page: Page, name: string, environment: string): Promise<DemoProject> {
  const { origin, pathname } = new URL(page.url());
  const organisation = pathname.split('/')[1] ?? '';
  await page.goto(`${origin}/${organisation}`);
  await page.getByRole('button', { name: 'Create project' }).first().click();
  const panel = page.getByRole('dialog');
  await panel.getByLabel('Name').fill(name);
  await panel.getByRole('radio', { name: new RegExp(`^${environment}`) }).check();
  await panel.getByRole('button', { name: 'Create project' }).click();
  await expect(panel.getByRole('heading', { name: `${name} is ready` })).toBeVisible();
  const primary = await readSecret(panel, 'Primary certificate');
  const appId = await text(panel.getByText(/^[0-9a-f]{32}$/).first());
  const fence = await panel.getByRole('link', { name: 'Set the fence' }).getAttribute('href');
  const id = fence?.split('/').at(-2) ?? '';
  return {
    organisation,
    name,
    id,
    appId,
    environment: environment.toLowerCase(),
    certificates: { primary, secondary: null },
    fence: [],
  };
}

const text = async (where: Locator): Promise<string> => (await where.textContent()) ?? '';
