import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from '@playwright/test';
import { buildVerifier } from '@/lib/launch/verifier';
import { expectAccessible } from '../support/accessible';
import { ROOT } from '../support/imports';
import { PasskeyDevice } from '../support/virtual-authenticator';
import { type DemoWorld, expect, test } from './demo-world';
import { openOffline } from './offline-page';
import { type Person, signIn, stepUp } from './people';

/**
 * Access to production from nothing: a committee is founded, an employee is designated and trained, asks, and gets in only when security and the
 * customer have signed, each with a passkey in a browser of their own; the customer sees it in its log; it is given back.
 */
test.describe.configure({ timeout: 300_000 });
test.use({ trace: 'off' });

const NAMES = {
  'admin@provider.example': 'Demo administrator',
  'security@provider.example': 'Demo security officer',
  'support@provider.example': 'Demo support engineer',
} as const;
const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
const REASON = 'One-way audio in ward-7 since this morning';

test('access is asked for, agreed to by security and the customer, used up and seen', async ({ browser, world }) => {
  const admin = await atTheDesk(browser, world, 'admin@provider.example');
  const security = await atTheDesk(browser, world, 'security@provider.example');
  const support = await atTheDesk(browser, world, 'support@provider.example');
  const members = [admin, security, support];

  await test.step('a committee is founded: everybody it names signs', async () => {
    await admin.goto('/staff/committee');
    await expect(admin.page.getByText('There is no committee yet')).toBeVisible();
    const panel = await opened(admin.page, 'Found the committee');
    for (const name of Object.values(NAMES)) await panel.getByRole('checkbox', { name }).check();
    await panel.getByLabel('Until the end of').fill(day(300));
    await panel.getByLabel('Minutes').fill('ISSC 1');
    await panel.getByRole('button', { name: 'Propose' }).click();
    await expect(panel).toBeHidden();
    for (const member of members) await voteFor(member, /^Members/);
    await admin.page.reload();
    await expect(admin.page.getByRole('heading', { name: 'Designations' })).toBeVisible();
    await expectAccessible(admin.page, 'the committee');
  });

  await test.step('it designates who may ask, and who agrees', async () => {
    await designate(admin, 'Demo support engineer', 'Authorised employee');
    await designate(admin, 'Demo security officer', 'Security approver');
    for (const member of [admin, security]) await voteFor(member, /Demo support engineer: authorised employee/);
    for (const member of [admin, support]) await voteFor(member, /Demo security officer: security approver/);
  });

  await test.step('trainings, agreement and employer are on record', async () => {
    await admin.goto('/staff/training');
    const panel = await opened(admin.page, 'Publish a version');
    await panel.getByLabel('Text').fill('Nothing of what I see leaves the company.');
    await panel.getByRole('button', { name: 'Publish' }).click();
    await expect(panel).toBeHidden();
    for (const name of ['Demo support engineer', 'Demo security officer']) {
      for (const course of ['General', 'Additional']) await recordTraining(admin.page, name, course);
      await recordPlace(admin.page, name);
    }
    for (const who of [support, security]) {
      await who.goto('/staff/training');
      await who.page.getByRole('button', { name: 'Read and sign…' }).click();
      await who.page.getByRole('button', { name: 'Sign with my passkey' }).click();
      await stepUp(who.page, /^Sign the agreement/, who.person);
      await expect(who.page.getByText('You have all that access to production takes.')).toBeVisible();
    }
    await expectAccessible(support.page, 'training');
  });

  const telehealth = await organisationOf(admin);
  await test.step('a target holds the customer’s data, and a policy says who may ask', async () => {
    await admin.goto('/staff/targets');
    const target = await opened(admin.page, 'Add a target');
    await target.getByLabel('Name').fill('host:eu-fra-2');
    await target.getByLabel('Region').selectOption('EU');
    await target.getByRole('checkbox', { name: 'log' }).check();
    await target.getByLabel('Whose').fill(telehealth);
    await target.getByRole('button', { name: 'Add the target' }).click();
    await expect(target).toBeHidden();
    const policy = await opened(admin.page, 'Make a policy');
    await policy.getByLabel('Name').fill('Edges in EU');
    for (const box of ['edge', 'EU', 'log']) await policy.getByRole('checkbox', { name: box, exact: true }).check();
    await policy.getByLabel('Form of the ticket').fill('NW-\\d+');
    await policy.getByRole('button', { name: 'Make the policy' }).click();
    await expect(policy).toBeHidden();
    await expect(admin.page.getByRole('table', { name: 'Policies' })).toContainText('Edges in EU');
    await expectAccessible(admin.page, 'targets and policies');
  });

  const customer = await memberWithPasskey(browser, world, 'owner@telehealth.example');
  await test.step('the customer wants to be asked', async () => {
    await customer.goto('/demo-telehealth/provider-access');
    const row = customer.page.getByRole('table', { name: 'What your projects say' }).getByRole('row').nth(1);
    await row.getByRole('button', { name: 'Change…' }).click();
    const panel = customer.page.getByRole('dialog', { name: /^Provider access/ });
    await panel.getByRole('radio', { name: /^Ask us/ }).check();
    await panel.getByRole('button', { name: 'Change' }).click();
    await stepUp(customer.page, /^Change the lockbox/, customer.person);
    await expect(panel).toBeHidden();
    await expect(row).toContainText('Ask us');
    await expectAccessible(customer.page, 'provider access, nothing yet');
  });

  await test.step('the employee asks, and signs it', async () => {
    await support.goto('/staff/requests/new');
    const form = support.page.getByRole('form', { name: 'Ask for access' });
    await form.getByRole('checkbox', { name: 'eu-fra-2' }).check();
    await form.getByLabel('Ticket').fill('NW-2291');
    await form.getByLabel('Reason').fill(REASON);
    await form.getByLabel('Minutes').fill('30');
    await expectAccessible(support.page, 'asking for access');
    await form.getByRole('button', { name: 'Ask for access' }).click();
    await stepUp(support.page, /^Ask for access/, support.person);
    await expect(support.page.getByText(`“${REASON}”`)).toBeVisible();
    await expect(support.page.getByText('Your own request: somebody else answers it.')).toBeVisible();
    await expectAccessible(support.page, 'one’s own request');
  });

  await test.step('security approves for fewer minutes, by keyboard', async () => {
    await security.goto('/staff/requests');
    await expect(security.page.getByText('Needs you')).toBeVisible();
    await security.page.getByText('15 min', { exact: true }).click();
    await expect(security.page.getByRole('button', { name: /^Approve for 15 minutes/ })).toBeVisible();
    await expectAccessible(security.page, 'a request to answer');
    await security.page.getByRole('heading', { level: 1 }).click();
    await security.page.keyboard.press('a');
    await stepUp(security.page, /^Answer the request/, security.person);
    await expect(security.page.getByText('approved 15 minutes')).toBeVisible();
    await expect(support.page.getByLabel('Production access')).toHaveCount(0);
  });

  await test.step('the customer approves with its own passkey', async () => {
    await customer.goto('/demo-telehealth/provider-access');
    const waiting = customer.page.getByRole('table', { name: 'Waiting for you' });
    await expect(waiting).toContainText('Your answer');
    await waiting.getByRole('link').first().click();
    const panel = customer.page.getByRole('dialog', { name: /eu-fra-2/ });
    await expect(panel).toContainText(REASON);
    await expect(panel).not.toContainText('Demo support engineer');
    await expectAccessible(customer.page, 'a request of the provider');
    await panel.getByRole('button', { name: /^Approve for 30 minutes/ }).click();
    await stepUp(customer.page, /^Answer the request/, customer.person);
    await expect(panel).toContainText('Approved 30 minutes');
    await expect(panel).toContainText('Active');
  });

  await test.step('the employee is in, under a tape, and everybody sees it', async () => {
    await support.goto('/staff/grants');
    const tape = support.page.getByLabel('Production access');
    await expect(tape).toContainText('eu-fra-2');
    await expect(tape).toContainText(/00:1\d:\d\d/);
    await expectAccessible(support.page, 'grants, with one that runs');
    await customer.goto('/demo-telehealth/provider-access');
    await expect(customer.page.getByRole('table', { name: 'Provider access log' })).toContainText('Active');
    await customer.goto('/demo-telehealth/audit');
    await expect(customer.page.getByText('Access of the provider came to another state').first()).toBeVisible();
  });

  await test.step('and gives it back', async () => {
    await support.page.getByLabel('Production access').getByRole('link', { name: 'Give back' }).click();
    await support.page.getByRole('button', { name: 'Give back…' }).click();
    await support.page.getByRole('dialog').getByRole('button', { name: 'Give back' }).click();
    await expect(support.page.getByText('Given back', { exact: true }).first()).toBeVisible();
    await expect(support.page.getByLabel('Production access')).toHaveCount(0);
    await customer.goto('/demo-telehealth/provider-access');
    const log = customer.page.getByRole('table', { name: 'Provider access log' });
    await expect(log).toContainText('Ended');
    await expect(log).toContainText('given back');
  });

  await Promise.all([...members, customer].map(({ page }) => page.context().close()));
  await test.step('the provider’s auditor joins it, samples it, and proves it without the console', async () => {
    const { page, goto } = await atTheDesk(browser, world, 'auditor@provider.example');
    await goto('/staff/grants');
    const draw = await opened(page, 'Sample');
    await draw.getByLabel('Seed').fill('agreed on');
    await draw.getByRole('button', { name: 'Draw sample' }).click();
    await expect(page.getByText('A sample: 1 request.')).toBeVisible();
    await expectAccessible(page, 'a sample of grants');
    await page.getByRole('table', { name: 'Grants' }).getByRole('link').first().click();
    await expect(page.getByRole('table', { name: 'Signatures' })).toContainText('Agreed to it');
    await expect(page.getByText(/^authorised employee, until/)).toBeVisible();
    await expectAccessible(page, 'a grant with everything');
    await page.goBack();
    const panel = await opened(page, 'Evidence pack');
    await panel.getByRole('button', { name: 'Export' }).click();
    await expect(page.getByText(/The file is being written/)).toBeVisible();
    await goto('/staff/log/exports');
    const save = page.getByRole('link', { name: 'Download' }).first();
    await expect(save).toBeVisible({ timeout: 60_000 });
    const [file] = await Promise.all([page.waitForEvent('download'), save.click()]);
    await page.goto(`${world.system.console}/transparency`);
    const vkey =
      (await page
        .getByText(/^\S+\+[0-9a-f]{8}\+\S+$/)
        .first()
        .textContent()) ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'cordon-grants-'));
    try {
      const [pack, html] = [join(folder, 'grants.tar.gz'), join(folder, 'verify.html')];
      await file.saveAs(pack);
      writeFileSync(html, await buildVerifier(ROOT));
      const offline = await openOffline(browser, html);
      await offline.check(pack, vkey);
      await expect(offline.verdict).toHaveText('Complete, in order and unaltered');
      await expect(offline.page.getByRole('region', { name: 'Access to production' })).toContainText(
        '1 request, of which all hold.',
      );
      await offline.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
    await page.context().close();
  });
});

interface Somebody {
  page: Page;
  person: Person;
  goto(path: string): Promise<unknown>;
}

async function atTheDesk(browser: Browser, world: DemoWorld, email: string): Promise<Somebody> {
  const person = world.person(email);
  const page = await (await browser.newContext()).newPage();
  await signIn(page, world.system.staff, person);
  return { page, person, goto: (path) => page.goto(world.system.staff + path) };
}

/** A customer's owner, who adds a passkey to their authenticator. */
async function memberWithPasskey(browser: Browser, world: DemoWorld, email: string): Promise<Somebody> {
  const person = world.person(email);
  const page = await (await browser.newContext()).newPage();
  await signIn(page, world.system.console, person);
  const device = new PasskeyDevice();
  await device.plugInto(page);
  await page.goto(`${world.system.console}/account`);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
  await dialog.getByLabel('Name of the passkey').fill('My laptop');
  await dialog.getByRole('button', { name: 'Make a passkey' }).click();
  await stepUp(page, 'Add a passkey: your account', person);
  await page.getByRole('dialog', { name: 'Passkey added' }).getByRole('button', { name: 'Done' }).click();
  person.device = device;
  return { page, person, goto: (path) => page.goto(world.system.console + path) };
}

/** The side panel behind a button. */
async function opened(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name, exact: true }).click();
  const panel = page.getByRole('dialog');
  await expect(panel).toBeVisible();
  return panel;
}

async function voteFor({ page, person, goto }: Somebody, decision: RegExp): Promise<void> {
  await goto('/staff/committee');
  const row = page.getByRole('table', { name: 'Decisions' }).getByRole('row').filter({ hasText: decision }).first();
  await row.getByRole('button', { name: 'For', exact: true }).click();
  await stepUp(page, /^Vote/, person);
  await expect(row.getByRole('button', { name: 'For', exact: true })).toHaveCount(0);
}

async function designate({ page, goto }: Somebody, whom: string, as: string): Promise<void> {
  await goto('/staff/committee');
  const panel = await opened(page, 'Designate');
  await panel.getByLabel('Whom').selectOption({ label: whom });
  await panel.getByRole('radio', { name: new RegExp(`^${as}`) }).check();
  await panel.getByLabel('Until the end of').fill(day(200));
  await panel.getByLabel('Minutes').fill('ISSC 2');
  await panel.getByRole('button', { name: 'Propose' }).click();
  await expect(panel).toBeHidden();
}

async function recordTraining(page: Page, name: string, course: string): Promise<void> {
  const panel = await opened(page, 'Record a training');
  await panel.getByLabel('Whose').selectOption({ label: name });
  await panel.getByRole('radio', { name: new RegExp(`^${course}`) }).check();
  await panel.getByLabel('Completed on').fill(day(-1));
  await panel.getByLabel('Evidence').fill('LMS');
  await panel.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(panel).toBeHidden();
}

async function recordPlace(page: Page, name: string): Promise<void> {
  const panel = await opened(page, 'Record employer and country');
  await panel.getByLabel('Whose').selectOption({ label: name });
  await panel.getByLabel('Employer').fill('Example Ltd');
  await panel.getByLabel('Country').fill('DE');
  await panel.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(panel).toBeHidden();
}

/** The id of the demo's first customer, as staff read it. */
async function organisationOf({ page, goto }: Somebody): Promise<string> {
  await goto('/staff');
  const row = page.getByRole('row').filter({ hasText: 'telehealth' }).first();
  const text = await row.innerHTML();
  return /org_[0-9a-f]{32}/.exec(text)?.[0] ?? '';
}
