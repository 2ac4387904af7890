import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible';
import { apiOf, projectOf } from '../support/demo';
import { expect, test } from './demo-world';
import { makeAccount, openLink, readSecret, signIn } from './people';

/** An outside auditor comes for one project and a while: sees that much, samples it, and leaves with a pack. */
const newPage = async (browser: Browser): Promise<Page> => (await browser.newContext()).newPage();

test('an auditor of one project samples its policy changes and takes a pack home', async ({ browser, world }) => {
  const { console: origin } = world.system;
  const consult = projectOf(world, 'Consult');
  const api = apiOf(world, 'Consult');
  for (let i = 0; i < 26; i++) {
    const { status } = await api('PUT', '/fence', { regions: i % 2 === 0 ? ['EU', 'NA'] : ['EU'] });
    expect([200, 202]).toContain(status);
  }

  const owner = await newPage(browser);
  await signIn(owner, origin, world.person('owner@telehealth.example'));
  await owner.goto(`${origin}/demo-telehealth/members`);
  await owner.getByRole('button', { name: 'Invite member' }).click();
  const panel = owner.getByRole('dialog');
  await panel.getByLabel('Email').fill('outside@audit.example');
  await panel.getByRole('radio', { name: /^Auditor/ }).check();
  await panel.getByRole('radio', { name: /^Some projects/ }).check();
  await panel.getByRole('checkbox', { name: 'Consult' }).check();
  await expectAccessible(owner, 'inviting an auditor');
  await panel.getByRole('button', { name: 'Invite member' }).click();
  const link = await readSecret(panel, /^Invitation link/);
  await owner.context().close();

  const page = await newPage(browser);
  await openLink(page, link);
  await makeAccount(page, { name: 'Outside Auditor', email: 'outside@audit.example', factor: 'passkey' });
  await page.waitForURL(/\/auditor/);
  await expect(page.getByText(/You see: 1 project, events of all times, until/)).toBeVisible();

  await test.step('sees that project and no other', async () => {
    await page.getByRole('button', { name: 'Project' }).click();
    await expect(page.getByRole('menuitem')).toHaveText(['Consult']);
    await page.keyboard.press('Escape');
    const other = projectOf(world, 'Triage');
    await page.goto(`${origin}/auditor?organisation=demo-telehealth&project=${other.id}`);
    await expect(page.getByText('No event fits')).toBeVisible();
    expect((await page.goto(`${origin}/demo-telehealth/projects/${other.id}`))?.status()).toBe(404);
  });

  await test.step('proves the page in the browser', async () => {
    await page.goto(`${origin}/auditor?organisation=demo-telehealth&event=fence`);
    // The newest change has a checkpoint within a second or two.
    await expect(async () => {
      await page.reload();
      await page.getByRole('button', { name: 'Verify this page' }).click();
      await expect(page.getByRole('dialog').getByText(/26 of 26 events are proven/)).toBeVisible({ timeout: 5_000 });
    }).toPass();
    await expectAccessible(page, 'a page that was proven');
    await page.keyboard.press('Escape');
  });

  await test.step('samples 25 policy changes with an agreed seed', async () => {
    await page.getByRole('button', { name: 'Sample' }).click();
    const draw = page.getByRole('dialog');
    await draw.getByLabel('Seed').fill('agreed on 22 November');
    await draw.getByRole('button', { name: 'Draw sample' }).click();
    await page.waitForURL(/sample=smp_/);
    await expect(page.getByText('25 of 26 events')).toBeVisible();
    await expect(page.getByRole('table', { name: 'Sampled events' }).getByText('Changed the fence')).toHaveCount(25);
    await expectAccessible(page, 'a sample');
  });

  await test.step('exports a pack of what they may see, and downloads it', async () => {
    await page.goto(`${origin}/auditor?organisation=demo-telehealth&project=${consult.id}`);
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Export' }).click();
    await expect(page.getByText(/The file is being written/)).toBeVisible();
    await page.goto(`${origin}/demo-telehealth/audit/exports`);
    const save = page.getByRole('link', { name: 'Download' }).first();
    await expect(save).toBeVisible({ timeout: 60_000 });
    const [file] = await Promise.all([page.waitForEvent('download'), save.click()]);
    expect(file.suggestedFilename()).toMatch(/^exp_[0-9a-f]{32}\.cordon-pack\.tar\.gz$/);
    const bytes = readFileSync(await file.path());
    const id = file.suggestedFilename().split('.')[0]!;
    const about = await page.request.get(`${origin}/demo-telehealth/audit/exports/${id}/about`);
    const { sha256, filter } = await about.json();
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect(filter).toEqual({ projectId: [consult.id] });
  });
  await page.context().close();
});
