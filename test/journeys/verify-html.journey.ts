/**
 * An auditor without account, network and Node opens one file from the disk and drops a pack on it. Nothing leaves the page, whatever the
 * pack holds.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { toUtf8 } from '@/lib/kernel/encoding';
import { formatProofFile, formatVkey, inclusionProof } from '@/lib/kernel/log';
import { writeTar } from '@/lib/kernel/pack';
import { buildVerifier } from '@/lib/launch/verifier';
import { primitives } from '@/lib/primitives';
import { readVerifier, servedVerifier } from '@/lib/verifier';
import { genuine, MUTANTS, SIZE, world } from '../foreign/mutants';
import { checkpointOf, type Files, FORGER, membersOf, packOf, recordLine, VKEY, worldWith } from '../foreign/world';
import { expectAccessible } from '../support/accessible';
import { ROOT } from '../support/imports';

const folder = mkdtempSync(join(tmpdir(), 'cordon-verify-'));
const pathOf = (name: string) => join(folder, name);
const html = pathToFileURL(pathOf('verify.html')).href;
const PACK = 'good.cordon-pack.tar.gz';
/** What somebody could write into an event, to be looked at. */
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202egnp.exe\u0000';

async function archive(name: string, files: Files): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(membersOf(files))) chunks.push(chunk);
  const bytes = gzipSync(Buffer.concat(chunks));
  writeFileSync(pathOf(name), bytes);
  return bytes;
}

test.beforeAll(async () => {
  writeFileSync(pathOf('verify.html'), await buildVerifier(ROOT));
  const verifier = readVerifier(pathOf('verify.html'));
  writeFileSync(pathOf('served.html'), servedVerifier(verifier, { name: 'console.example', vkeys: [VKEY] }));
  const good = await genuine();
  const bytes = await archive(PACK, good);
  writeFileSync(pathOf('truncated.tar.gz'), bytes.subarray(0, bytes.length - 400));
  for (const [name, mutant] of [
    ['tampered.tar.gz', 'an event says something else'],
    ['missing.tar.gz', 'an event is left out'],
  ] as const) {
    await archive(name, await MUTANTS.find((each) => each.name === mutant)!.make(good));
  }
  const hostile = worldWith(world, 4, { details: { said: HOSTILE } });
  await archive('hostile.tar.gz', await packOf(worldWith(hostile, 7, { objectId: HOSTILE }), { operator: false }));
  const proof = formatProofFile({
    index: 10,
    hashes: inclusionProof(primitives, 10, SIZE, world.log.read),
    extra: toUtf8(recordLine(world.events[10]!, 10))!,
    checkpoint: await checkpointOf(world.log),
  });
  writeFileSync(pathOf('event.tlog-proof'), proof);
});
test.afterAll(() => rmSync(folder, { recursive: true }));

const asked: string[] = [];
const complaints: string[] = [];
test.beforeEach(async ({ page, context }) => {
  asked.length = 0;
  complaints.length = 0;
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await context.setOffline(true);
  await page.goto(html);
});
test.afterEach(() => {
  // The page itself, and the worker it makes of its own script.
  expect(asked.filter((url) => url !== html && !/^(blob:|data:image)/.test(url))).toEqual([]);
  expect(complaints).toEqual([]);
});

const verdict = (page: Page) => page.locator('#verdict');
const step = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
async function check(page: Page, file: string, vkey = VKEY): Promise<void> {
  await page.getByLabel('Verifier key of the log').fill(vkey);
  await page.getByLabel('Evidence pack or proof').setInputFiles(pathOf(file));
  await expect(verdict(page)).not.toHaveText(/Nothing checked yet|^Checking$/);
}

test('a genuine pack is green, with what was proven and whose key was believed', async ({ page }) => {
  await check(page, PACK);
  await expect(verdict(page)).toHaveText('Complete, in order and unaltered');
  await expect(verdict(page)).toBeFocused();
  await expect(page.locator('#panel')).toHaveClass('panel success');
  await expect(page.locator('#panel')).toContainText('10 events meet the filter and are all here; 20 other entries');
  await expect(page.locator('#panel')).toContainText('3 to 32 of 40 in the log');
  await expect(page.locator('#panel')).toContainText('brought by you');
  await expect(step(page, 'Every entry')).toContainText('is what the log holds at its index');
  await expect(step(page, 'Known checkpoint').first()).toContainText('you brought none');
  await expect(page.getByRole('note')).toHaveCount(0);
  await page.getByRole('listitem').filter({ hasText: 'ses_13' }).locator('summary').press('Enter');
  await expect(page.locator('.opened')).toContainText('größer U+2028 than');
  await expectAccessible(page, 'green');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByLabel('Verifier key of the log').fill('');
  await expect(verdict(page)).toHaveText('Nothing checked yet');
  await expect(page.getByRole('status')).toHaveText('');
});

test('a pack that is believed on its own word is not green', async ({ page }) => {
  await check(page, PACK, '');
  await expect(verdict(page)).toHaveText('It fits together, by its own key only');
  await expect(page.getByRole('note')).toContainText('The key is the pack’s own.');
  await expect(page.locator('#panel')).toHaveClass('panel notice');
});

test('a tampered pack is red, with the row', async ({ page }) => {
  await check(page, 'tampered.tar.gz');
  await expect(verdict(page)).toHaveText('Refused at index 10');
  await expect(page.locator('#panel')).toHaveClass('panel danger');
  await expect(step(page, 'Every entry')).toContainText('its hash is not the leaf of the log at this index');
  await expect(step(page, 'Filter').first()).toContainText('not finished');
  await expect(step(page, 'Counts').first()).toContainText('not finished');
  const row = page.locator('li.fails');
  await expect(row).toContainText('This line fails');
  await expect(row).toContainText('ses_11');
  await expectAccessible(page, 'red');
  await check(page, 'missing.tar.gz');
  await expect(verdict(page)).toHaveText('Refused at index 10');
  await expect(page.getByText('Nothing stands for index 10 here.')).toBeVisible();
});

test('half a pack, another key, and a key that is none are red or refused', async ({ page }) => {
  await check(page, 'truncated.tar.gz');
  await expect(verdict(page)).toHaveText('Refused');
  await expect(page.locator('.headline .code')).toHaveText('malformed');
  await check(page, PACK, formatVkey(FORGER.key));
  await expect(page.locator('.headline .code')).toHaveText('signature');
  await page.getByLabel('Verifier key of the log').fill('console.example');
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByText('Line 1 is not a verifier key.')).toBeVisible();
  await expect(page.getByLabel('Verifier key of the log')).toBeFocused();
  await expect(verdict(page)).toHaveText('Nothing checked yet');
});

test('what a pack says stays text, and what hides is seen', async ({ page }) => {
  await check(page, 'hostile.tar.gz');
  await expect(verdict(page)).toHaveText('Complete, in order and unaltered');
  const row = page.getByRole('listitem').filter({ hasText: 'onerror' });
  await expect(row).toContainText('<img src=x onerror="document.title=1"><script>');
  await expect(row).toContainText('U+202Egnp.exeU+0000');
  expect(await page.locator('main').locator('img, script, iframe').count()).toBe(0);
  await expect(page).toHaveTitle('Check a file · Cordon');
});

test('a proof of one event is green, and asks for a key', async ({ page }) => {
  await page.getByLabel('Evidence pack or proof').setInputFiles(pathOf('event.tlog-proof'));
  await expect(page.getByText('A proof of one event brings no key along')).toBeVisible();
  await page.getByLabel('Verifier key of the log').fill(VKEY);
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(verdict(page)).toHaveText('The log holds this event');
  await expect(page.locator('#below')).toContainText('"ses_10"');
});

test('served by a console it has that console’s key, and says whose word that is', async ({ page }) => {
  const served = pathToFileURL(pathOf('served.html')).href;
  await page.goto(served);
  await expect(page.getByLabel('Verifier key of the log')).toHaveValue(VKEY);
  await expect(page.getByText('Filled in by console.example')).toBeVisible();
  await page.getByLabel('Evidence pack or proof').setInputFiles(pathOf(PACK));
  await expect(verdict(page)).toHaveText('Complete, in order and unaltered');
  await expect(page.getByRole('note')).toContainText('The key is the word of console.example.');
  await expect(page.locator('#panel')).toContainText('given by this console');
  await expect(page.getByRole('link', { name: 'Download this page' })).toHaveAttribute('href', '/verify/verify.html');
  expect(asked.splice(0).filter((url) => url !== html && url !== served && !/^(blob:|data:image)/.test(url))).toEqual(
    [],
  );
});

test('a browser that makes no worker of it verifies all the same, and a drop will do', async ({ page }) => {
  await page.evaluate(() => {
    delete (window as { Worker?: unknown }).Worker;
  });
  await page.getByLabel('Verifier key of the log').fill(VKEY);
  const bytes = [...gzipSync('no pack')];
  const drop = (content: number[]) =>
    page.evaluate((data) => {
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(data)], 'dropped'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
    }, content);
  await drop(bytes);
  await expect(page.getByLabel('Evidence pack or proof')).toHaveValue(/dropped$/);
  await expect(page.locator('.headline .code')).toHaveText('malformed');
  await check(page, PACK);
  await expect(verdict(page)).toHaveText('Complete, in order and unaltered');
});
