import { expect, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible';
import { Authenticator } from '../support/authenticator';
import type { DemoProject } from '../support/demo';
import { type DeviceChoices, PasskeyDevice } from '../support/virtual-authenticator';

/** What a person does to get in, as they would do it. Every step is on the page; nothing is set behind its back. */
export interface Person {
  email: string;
  password: string;
  /** Those who have one. */
  authenticator: Authenticator | null;
  device: PasskeyDevice | null;
  recoveryCodes: string[];
}

/** The page of a one-time link, once it has taken the secret out of the address bar. */
export async function openLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await expect(page.getByLabel('Your name')).toBeVisible();
  expect(new URL(page.url()).hash).toBe('');
}

export interface NewPerson {
  name: string;
  email: string;
  /** Types the address as well: on the set-up page. */
  ask?: boolean;
  /** Staff have no choice. */
  factor: 'passkey' | 'authenticator';
}

/** On the set-up page or an invitation: makes the account and its first factor, up to the landing page. */
export async function makeAccount(page: Page, who: NewPerson): Promise<Person> {
  const password = `long enough for ${who.email}`;
  await page.getByLabel('Your name').fill(who.name);
  if (who.ask) await page.getByLabel('Email address').fill(who.email);
  await page.getByLabel('New password').fill(password);
  await expectAccessible(page, 'making an account');
  await page.getByRole('button', { name: 'Make the account' }).click();
  const person: Person = { email: who.email, password, authenticator: null, device: null, recoveryCodes: [] };
  if (who.factor === 'passkey') await makePasskey(page, person);
  else await setUpAuthenticator(page, person);
  await storeCodes(page, person);
  return person;
}

/** On the page that sets up a factor: a new device makes the passkey. What is on screen then is left there. */
export async function makePasskey(page: Page, person: Person, choices: DeviceChoices = {}): Promise<void> {
  const device = new PasskeyDevice(choices);
  await device.plugInto(page);
  await expect(page.getByLabel('Name of the passkey')).not.toHaveValue('');
  await expectAccessible(page, 'setting up a passkey');
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await expect(page.getByText(`The passkey is made. ${choices.synced ? 'Synced' : 'Device-bound'}`)).toBeVisible();
  person.device = device;
}

async function setUpAuthenticator(page: Page, person: Person): Promise<void> {
  await page.getByRole('link', { name: 'Use an authenticator app' }).click();
  await page.getByRole('button', { name: 'Show the QR code' }).click();
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  await expectAccessible(page, 'setting up an authenticator');
  const key = await page.getByText('No camera? Type this key:').locator('.mono').textContent();
  if (!key) throw new Error('no key is shown');
  person.authenticator = new Authenticator(key);
  await typeCode(page, await person.authenticator.code());
}

/** The recovery codes on screen, kept, and on. */
export async function storeCodes(page: Page, person: Person): Promise<void> {
  const codes = page.getByRole('listitem').filter({ hasText: /^([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/ });
  await expect(codes).toHaveCount(10);
  await expectAccessible(page, 'recovery codes');
  person.recoveryCodes = await codes.allTextContents();
  await page.getByRole('checkbox', { name: /I stored them/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** With a passkey alone where there is one, else with password and code. Staff without a passkey make their first on the way. */
export async function signIn(page: Page, origin: string, person: Person): Promise<void> {
  if (person.device) return signInByPasskey(page, origin, person.device);
  await signInWithCode(page, origin, person);
  if (new URL(page.url()).pathname !== '/enrol') return;
  await makePasskey(page, person);
  await page.getByRole('link', { name: 'Continue' }).click();
  await page.waitForURL((url) => url.pathname !== '/enrol');
}

/** Password and code: customers are in, staff come to the page that makes a passkey. */
export async function signInWithCode(page: Page, origin: string, person: Person): Promise<void> {
  await givePassword(page, origin, person);
  await expect(page.getByRole('heading', { name: 'Confirm it is you' })).toBeVisible();
  await typeCode(page, await person.authenticator!.code());
  await page.waitForURL((url) => url.pathname !== '/second-factor');
}

export async function signInByPasskey(page: Page, origin: string, device: PasskeyDevice): Promise<void> {
  await device.plugInto(page);
  await page.goto(`${origin}/sign-in`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

/** The first step; whatever the second one is, is on the page. */
export async function givePassword(page: Page, origin: string, person: Person): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByLabel('Email address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

/** Answers the dialog that asks for a factor at the moment of an act, in the terms it shows. */
export async function stepUp(page: Page, act: string | RegExp, person: Person): Promise<void> {
  const dialog = page.getByRole('dialog', { name: act });
  await expect(dialog).toBeVisible();
  if (person.device) await dialog.getByRole('button', { name: 'Confirm with passkey' }).click();
  else await typeCode(dialog, await person.authenticator!.code());
  await expect(dialog).toBeHidden();
}

/** What the page says in red. */
export const alerts = (page: Page, text: string): Locator => page.getByRole('alert').filter({ hasText: text });

/** Six digits send themselves. */
export const typeCode = (where: Page | Locator, code: string): Promise<void> =>
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
