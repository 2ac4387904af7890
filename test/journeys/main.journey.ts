import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { startSystem, type System } from '../support/system';
import { makeAccount, openLink, type Person, readSecret, stepUp } from './people';

/** From an empty installation to a call that is cut, with nothing made up: one system, two edges, real browsers. */
test.describe.configure({ mode: 'serial', timeout: 300_000 });

let system: System;
const contexts: BrowserContext[] = [];

test.beforeAll(async () => {
  test.setTimeout(300_000);
  system = await startSystem();
});
test.afterAll(async () => {
  for (const context of contexts) await context.close();
  await system?.stop();
});

async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  contexts.push(context);
  return context.newPage();
}

let staff: { page: Page; person: Person };
let owner: { page: Page; person: Person };
let invitation: string;

test('the set-up link makes the provider’s first administrator, once', async ({ browser }) => {
  const page = await newPage(browser);
  if (!system.setupLink) throw new Error('no set-up link was printed');
  await openLink(page, system.setupLink);
  const person = await makeAccount(page, { name: 'First Administrator', email: 'first@provider.example', ask: true });
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
  const person = await makeAccount(page, { name: 'Harbour Owner', email: 'owner@harbour.example' });
  await expect(page).toHaveURL(`${system.console}/harbour-clinic`);
  await expect(page.getByText('No projects yet')).toBeVisible();
  owner = { page, person };
});
