/**
 * An outside auditor comes for one project and a while: sees that much, samples it, leaves with a pack, and checks it where there is neither
 * console nor network.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from '@playwright/test';
import { formatVkey } from '@/lib/kernel/log';
import { buildVerifier } from '@/lib/launch/verifier';
import { packOfAccess } from '../foreign/access';
import { indexOf, linesIn, world as madeUp, relined } from '../foreign/mutants';
import { FORGER, packOf, VKEY, worldWith } from '../foreign/world';
import { grantsSigned } from '../support/access-log';
import { expectAccessible } from '../support/accessible';
import { apiOf, projectOf } from '../support/demo';
import { ROOT } from '../support/imports';
import { expect, test } from './demo-world';
import { archiveOf, openOffline, partsOf, unpacked } from './offline-page';
import { makeAccount, openLink, readSecret, signIn } from './people';

const folder = mkdtempSync(join(tmpdir(), 'cordon-auditor-'));
test.afterAll(() => rmSync(folder, { recursive: true }));
// One person's whole way, on a machine that other stages share.
test.describe.configure({ timeout: 480_000 });
const pathOf = (name: string) => join(folder, name);
const newPage = async (browser: Browser): Promise<Page> => (await browser.newContext()).newPage();

test('an auditor of one project samples its policy changes and proves a pack offline', async ({ browser, world }) => {
  const { console: origin } = world.system;
  const consult = projectOf(world, 'Consult');
  const triage = projectOf(world, 'Triage');
  const api = apiOf(world, 'Consult');
  for (let i = 0; i < 26; i++) {
    const { status } = await api('PUT', '/fence', { regions: i % 2 === 0 ? ['EU', 'NA'] : ['EU'] });
    expect([200, 202]).toContain(status);
  }

  const owner = await newPage(browser);
  await signIn(owner, origin, world.person('owner@telehealth.example'));
  await owner.goto(`${origin}/demo-telehealth/audit?project=${triage.id}`);
  const foreignRow = await owner.getByRole('table', { name: 'Events' }).locator('a[href*="row="]').first();
  const foreignEvent = new URL((await foreignRow.getAttribute('href')) ?? '', origin).searchParams.get('row');
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

  await test.step('sees that project, no other, and no other organisation', async () => {
    await page.getByRole('button', { name: 'Project' }).click();
    await expect(page.getByRole('menuitem')).toHaveText(['Consult']);
    await page.keyboard.press('Escape');
    await page.goto(`${origin}/auditor?organisation=demo-telehealth&project=${triage.id}`);
    await expect(page.getByText('No event fits')).toBeVisible();
    for (const path of [
      `/demo-telehealth/projects/${triage.id}`,
      `/demo-telehealth/audit/${foreignEvent}/proof`,
      '/auditor?organisation=demo-academy',
      '/demo-academy/audit',
    ])
      expect((await page.request.get(origin + path)).status(), path).toBe(404);
  });

  await test.step('proves the page in the browser', async () => {
    await page.goto(`${origin}/auditor?organisation=demo-telehealth&event=fence`);
    // The newest change has a checkpoint within a second or two.
    await expect(async () => {
      await page.reload();
      await page.getByRole('button', { name: 'Verify this page' }).click();
      await expect(page.getByRole('dialog').getByText(/26 of 26 events are proven/)).toBeVisible({ timeout: 30_000 });
    }).toPass();
    await expectAccessible(page, 'a page that was proven');
    await page.keyboard.press('Escape');
  });

  await test.step('takes the proof of one event along', async () => {
    await page.getByRole('table', { name: 'Events' }).locator('a[href*="row="]').first().click();
    await download(page, page.getByRole('link', { name: 'Download proof' }), 'event.tlog-proof');
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

  const files = await test.step('exports a pack of what they may see, and downloads it', async () => {
    await page.goto(`${origin}/auditor?organisation=demo-telehealth&project=${consult.id}`);
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Export' }).click();
    await expect(page.getByText(/The file is being written/)).toBeVisible();
    await page.goto(`${origin}/demo-telehealth/audit/exports`);
    const save = page.getByRole('link', { name: 'Download' }).first();
    await expect(save).toBeVisible({ timeout: 60_000 });
    const name = await download(page, save, 'good.tar.gz');
    expect(name).toMatch(/^exp_[0-9a-f]{32}\.cordon-pack\.tar\.gz$/);
    const bytes = readFileSync(pathOf('good.tar.gz'));
    const about = await page.request.get(`${origin}/demo-telehealth/audit/exports/${name.split('.')[0]}/about`);
    const { sha256, filter } = await about.json();
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect(filter).toEqual({ projectId: [consult.id] });
    return unpacked(bytes);
  });

  const vkey = await test.step('checks it where the console serves the page, with the console’s key', async () => {
    await page.goto(`${origin}/transparency`);
    const published =
      (await page
        .getByText(/^\S+\+[0-9a-f]{8}\+\S+$/)
        .first()
        .textContent()) ?? '';
    await page.goto(`${origin}/verify`);
    const served = partsOf(page);
    await expect(page.getByLabel('Verifier key of the log')).toHaveValue(published);
    await expect(page.getByText(`Filled in by ${new URL(origin).host}`)).toBeVisible();
    await served.check(pathOf('good.tar.gz'));
    await expect(served.verdict).toHaveText('Complete, in order and unaltered');
    await expect(page.getByRole('note')).toContainText(`The key is the word of ${new URL(origin).host}.`);
    await expect(served.panel).toContainText('given by this console');
    const download = page.getByRole('link', { name: 'Download this page' });
    await expect(download).toHaveAttribute('href', '/verify/verify.html');
    const standing = await page.request.get(`${origin}/verify/verify.html`);
    expect(Buffer.from(files.get('verify.html')!).equals(await standing.body())).toBe(true);
    return published;
  });
  await page.context().close();

  writeFileSync(pathOf('verify.html'), files.get('verify.html')!);
  const events = linesIn(files, 'events.ndjson');
  const stubs = linesIn(files, 'stubs.ndjson');
  const offline = await openOffline(browser, pathOf('verify.html'));
  const { verdict, panel: found, step, check } = offline;

  await test.step('offline, the pack is green, with what was proven and whose key was believed', async () => {
    await check(pathOf('good.tar.gz'), vkey);
    await expect(verdict).toHaveText('Complete, in order and unaltered');
    await expect(verdict).toBeFocused();
    await expect(found).toHaveClass('panel success');
    await expect(found).toContainText(
      `${events.length} events meet the filter and are all here; ${stubs.length} other entries`,
    );
    await expect(found).toContainText('brought by you');
    await expect(step('Every entry')).toContainText('is what the log holds at its index');
    await expect(step('Known checkpoint')).toContainText('you brought none');
    await expect(offline.page.getByRole('note')).toHaveCount(0);
    await offline.page.getByRole('listitem').filter({ hasText: 'project.' }).first().locator('summary').press('Enter');
    await expect(offline.page.locator('.opened')).toContainText(consult.id);
    await expectAccessible(offline.page, 'green');
    await offline.page.setViewportSize({ width: 390, height: 844 });
    expect(await offline.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await offline.page.getByLabel('Verifier key of the log').fill('');
    await expect(verdict).toHaveText('Nothing checked yet');
    await expect(offline.page.getByRole('status')).toHaveText('');
  });

  await test.step('believed on its own word it is not green', async () => {
    await check(pathOf('good.tar.gz'), '');
    await expect(verdict).toHaveText('It fits together, by its own key only');
    await expect(offline.page.getByRole('note')).toContainText('The key is the pack’s own.');
    await expect(found).toHaveClass('panel notice');
  });

  await test.step('a copy that somebody changed is red, and names the row', async () => {
    const chosen = events[3]!;
    const at = indexOf(chosen).toLocaleString('en-GB');
    const other = events.with(3, chosen.replace('"success"', '"refused"'));
    expect(other[3]).not.toBe(chosen);
    writeFileSync(pathOf('tampered.tar.gz'), await archiveOf(relined(files, other, stubs)));
    writeFileSync(pathOf('missing.tar.gz'), await archiveOf(relined(files, events.toSpliced(3, 1), stubs)));
    await check(pathOf('tampered.tar.gz'), vkey);
    await expect(verdict).toHaveText(`Refused at index ${at}`);
    await expect(found).toHaveClass('panel danger');
    await expect(step('Every entry')).toContainText('its hash is not the leaf of the log at this index');
    await expect(step('Filter')).toContainText('not finished');
    await expect(step('Counts')).toContainText('not finished');
    const row = offline.page.locator('li.fails');
    await expect(row).toContainText('This line fails');
    await expect(row.locator('.index')).toHaveText(at);
    await expect(row.locator('.outcome')).toHaveText('refused');
    await expectAccessible(offline.page, 'red');
    await check(pathOf('missing.tar.gz'));
    await expect(verdict).toHaveText(`Refused at index ${at}`);
    await expect(offline.page.getByText(`Nothing stands for index ${at} here.`)).toBeVisible();
  });

  await test.step('half a pack, another key, and a key that is none are red or refused', async () => {
    writeFileSync(pathOf('half.tar.gz'), readFileSync(pathOf('good.tar.gz')).subarray(0, -400));
    await check(pathOf('half.tar.gz'));
    await expect(verdict).toHaveText('Refused');
    const code = offline.page.locator('.headline .code');
    await expect(code).toHaveText('malformed');
    await check(pathOf('good.tar.gz'), formatVkey(FORGER.key));
    await expect(code).toHaveText('signature');
    await offline.page.getByLabel('Verifier key of the log').fill('console.example');
    await offline.page.getByRole('button', { name: 'Check' }).click();
    await expect(offline.page.getByText('Line 1 is not a verifier key.')).toBeVisible();
    await expect(offline.page.getByLabel('Verifier key of the log')).toBeFocused();
    await expect(verdict).toHaveText('Nothing checked yet');
  });

  await test.step('the proof of one event asks for a key, and is green with it', async () => {
    await offline.page.getByLabel('Verifier key of the log').fill('');
    await offline.page.getByLabel('Evidence pack or proof').setInputFiles(pathOf('event.tlog-proof'));
    await expect(offline.page.getByText('A proof of one event brings no key along')).toBeVisible();
    await offline.page.getByLabel('Verifier key of the log').fill(vkey);
    await offline.page.getByRole('button', { name: 'Check' }).click();
    await expect(verdict).toHaveText('The log holds this event');
    await expect(offline.page.locator('#below')).toContainText(consult.id);
  });
  await offline.close();
});

/** What somebody could write into an event, to be looked at. */
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202egnp.exe\u0000';

test('what a pack says stays text, what hides is seen, and a browser without workers will do', async ({ browser }) => {
  const said = worldWith(madeUp, 4, { details: { said: HOSTILE } });
  const hostile = await packOf(worldWith(said, 7, { objectId: HOSTILE }), { operator: false });
  writeFileSync(pathOf('hostile.tar.gz'), await archiveOf(hostile));
  writeFileSync(pathOf('built.html'), await buildVerifier(ROOT));
  const { page, verdict, check, close } = await openOffline(browser, pathOf('built.html'));
  await check(pathOf('hostile.tar.gz'), VKEY);
  await expect(verdict).toHaveText('Complete, in order and unaltered');
  const row = page.getByRole('listitem').filter({ hasText: 'onerror' });
  await expect(row).toContainText('<img src=x onerror="document.title=1"><script>');
  await expect(row).toContainText('U+202Egnp.exeU+0000');
  expect(await page.locator('main').locator('img, script, iframe').count()).toBe(0);
  await expect(page).toHaveTitle('Check a file · Cordon');

  await page.evaluate(() => {
    delete (window as { Worker?: unknown }).Worker;
  });
  await page.evaluate(
    (bytes) => {
      const dropped = new DataTransfer();
      dropped.items.add(new File([new Uint8Array(bytes)], 'dropped'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
    },
    [...gzipSync('no pack')],
  );
  await expect(page.getByLabel('Evidence pack or proof')).toHaveValue(/dropped$/);
  await expect(page.locator('.headline .code')).toHaveText('malformed');
  await check(pathOf('hostile.tar.gz'));
  await expect(verdict).toHaveText('Complete, in order and unaltered');
  await close();
});

test('an approval that is no signature is named, also where the log’s own key vouches for it', async ({ browser }) => {
  const log = grantsSigned(2);
  const approval = log.events.findLast(({ details }) => details.action === 'grant.vote')!;
  const evidence = JSON.parse(String(approval.personal.evidence)) as { signature: string };
  const signature = Buffer.from(evidence.signature, 'base64url');
  signature[40]! ^= 1;
  const changed = JSON.stringify({ ...evidence, signature: signature.toString('base64url') });
  const forged = log.events.with(approval.index, {
    ...approval,
    personal: { ...approval.personal, evidence: changed },
  });
  writeFileSync(pathOf('forged.tar.gz'), await archiveOf(await packOfAccess(forged)));
  writeFileSync(pathOf('built.html'), await buildVerifier(ROOT));
  const { page, verdict, panel, check, close } = await openOffline(browser, pathOf('built.html'));
  const grants = page.getByRole('region', { name: 'Access to production' });
  await check(pathOf('forged.tar.gz'), VKEY);
  await expect(verdict).toHaveText('Approvals in it do not hold');
  await expect(panel).toHaveClass('panel danger');
  await expect(page.locator('.headline .code')).toHaveText('approval.signature');
  const bad = grants.locator('li.fails');
  await expect(bad).toHaveCount(1);
  await expect(bad).toContainText(approval.objectId);
  await expect(bad).toContainText(`approval.signature at index ${approval.index}`);
  await expectAccessible(page, 'a grant that does not hold');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await close();
});

/** The name it was offered under. */
async function download(page: Page, link: ReturnType<Page['getByRole']>, as: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
  await file.saveAs(pathOf(as));
  return file.suggestedFilename();
}
