import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Browser, expect, type Locator, type Page } from '@playwright/test';
import { readTar, writeTar } from '@/lib/kernel/pack';
import { type Files, membersOf } from '../foreign/world';

/** verify.html, opened from the disk in a browser without network and without anything that belongs to a console. */
export interface OfflinePage {
  page: Page;
  verdict: Locator;
  panel: Locator;
  /** The line of that check in the ladder. */
  step(name: string): Locator;
  /** Gives it a file, with this key in the field, and waits for what it says. */
  check(file: string, vkey?: string): Promise<void>;
  /** Closes it. Fails if it asked for anything, or the browser had something to complain about. */
  close(): Promise<void>;
}

export async function openOffline(browser: Browser, html: string): Promise<OfflinePage> {
  const context = await browser.newContext();
  await context.setOffline(true);
  const page = await context.newPage();
  const own = pathToFileURL(html).href;
  const asked: string[] = [];
  const complaints: string[] = [];
  await page.route('**', (route) => {
    const url = route.request().url();
    if (url === own) return route.continue();
    asked.push(url);
    return route.abort();
  });
  // What no route sees: the worker that the page makes of its own script, and its icon.
  page.on('request', (request) => {
    if (request.url() !== own && !/^(blob:|data:image)/.test(request.url())) asked.push(request.url());
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(own);
  return {
    page,
    ...partsOf(page),
    async close() {
      expect(asked).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  };
}

/** The same of the page wherever it is open. */
export function partsOf(page: Page): Omit<OfflinePage, 'page' | 'close'> {
  const verdict = page.locator('#verdict');
  return {
    verdict,
    panel: page.locator('#panel'),
    step: (name) =>
      page
        .getByRole('listitem')
        .filter({ has: page.getByText(name, { exact: true }) })
        .first(),
    async check(file, vkey) {
      if (vkey !== undefined) await page.getByLabel('Verifier key of the log').fill(vkey);
      const picker = page.getByLabel('Evidence pack or proof');
      // Choosing the file that is chosen is no change to a browser.
      await picker.setInputFiles([]);
      await picker.setInputFiles(file);
      await expect(verdict).not.toHaveText(/Nothing checked yet|^Checking$/);
    },
  };
}

/** The archive of a pack, as it is handed out. */
export async function archiveOf(files: Files): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(membersOf(files))) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

/** What is in such an archive. */
export async function unpacked(archive: Buffer): Promise<Files> {
  const files: Files = new Map();
  async function* tar() {
    yield new Uint8Array(gunzipSync(archive));
  }
  for await (const { name, data } of readTar(tar())) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of data) chunks.push(chunk);
    files.set(name, new Uint8Array(Buffer.concat(chunks)));
  }
  return files;
}
