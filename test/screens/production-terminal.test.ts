/**
 * The terminal of a browser as people use it: Chromium, the part of the console's server that passes it on, the gateway, and a real sshd. Typed and
 * pasted text, other letters than Latin, long output, another size of window, the way out by keyboard, and the end.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page, expect as see } from '@playwright/test';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTerminalProxy } from '@/lib/console/terminal-proxy';
import { axeFindings, wear } from '../support/accessible';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/browser';
import { lendProduction } from '../support/gateway';
import { ROOT } from '../support/imports';
import { accountName, hasSshd } from '../support/sshd';

const really = hasSshd('the terminal of the console in a browser');
const account = accountName();

describe.runIf(really)('the terminal in a browser', () => {
  let world: Awaited<ReturnType<typeof lendProduction>>;
  let server: Server;
  let browser: Browser;
  let page: Page;
  let folder: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cordon-terminal-'));
    await build({
      entryPoints: { page: join(ROOT, 'test/screens/terminal/page.tsx') },
      ...{ outdir: folder, bundle: true, format: 'iife', platform: 'browser', jsx: 'automatic', alias: { '@': ROOT } },
      define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}' },
      loader: { '.woff2': 'dataurl' },
      logLevel: 'error',
    });
    world = await lendProduction(account);
    await listen();
    browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS });
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', ({ message }) => complaints.push(message));
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function listen(): Promise<void> {
    const files: Record<string, string> = { '/page.js': 'text/javascript', '/page.css': 'text/css' };
    server = createServer(({ url = '/' }, response) => {
      const { pathname } = new URL(url, 'http://page');
      const type = files[pathname];
      response.setHeader('content-type', type ?? 'text/html; charset=utf-8');
      response.end(type ? readFileSync(join(folder, pathname)) : PAGE);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = createTerminalProxy({
      ...{ socket: world.terminal, staffOrigin: origin(), header: 'x-forwarded-for' },
      stamp: ({ headers }) => void Object.assign(headers, { 'x-forwarded-for': '203.0.113.9' }),
    });
    server.on('upgrade', proxy.upgrade);
  }
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function begin(): Promise<{ session: string }> {
    const { session, ticket } = world.keyring.open(world.keyring.grant(account), null);
    await page.goto(`${origin()}/?session=${session}&ticket=${ticket}`);
    await see(page.getByRole('status').filter({ hasText: 'The screen is recorded' })).toBeVisible();
    await shows(/Cordon: host:db-1\. The screen is recorded/);
    return { session };
  }
  const screen = () => page.locator('.xterm-rows');
  const shows = (wanted: RegExp) => see(screen()).toContainText(wanted, { timeout: 30_000 });
  const type = (text: string) => page.keyboard.type(text);
  const size = async (name: string): Promise<number[]> => {
    await type(`echo ${name}: $(stty size) .\n`);
    await shows(new RegExp(`${name}: \\d+ \\d+ \\.`));
    return new RegExp(`${name}: (\\d+) (\\d+) \\.`)
      .exec((await screen().textContent()) ?? '')!
      .slice(1)
      .map(Number);
  };

  it('takes what is typed and pasted, shows what comes, and follows the window', async () => {
    await begin();
    const wide = await size('wide');
    expect(wide[1]).toBeGreaterThan(100);
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData('text/plain', 'echo "pasted: ä→😀 漢字"\necho two lines\n');
      document.activeElement!.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
    });
    await page.keyboard.press('Enter');
    await shows(/two lines/);
    await shows(/pasted: ä→😀\s*漢字/);
    await type('seq 1 30000; echo the "end"\n');
    await shows(/30000\s*the end/);
    await page.setViewportSize({ width: 390, height: 844 });
    await type('clear\n');
    const narrow = await size('narrow');
    expect(narrow[1]).toBeLessThan(60);
    expect(narrow[1]).toBeGreaterThan(30);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.setViewportSize({ width: 1280, height: 800 });
    // A scroll bar takes a few columns once there is something to scroll.
    await expect
      .poll(async () => (await size(`again${Date.now()}`))[1], { timeout: 30_000 })
      .toBeGreaterThan(wide[1]! - 5);
  });

  it('keeps Tab for the shell, and F6 leads out, to the button and past it', async () => {
    await begin();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('xterm');
    await page.keyboard.press('F6');
    await see(page.getByRole('button', { name: 'End session' })).toBeFocused();
    for (const colorScheme of ['light', 'dark'] as const) {
      await wear(page, colorScheme);
      expect(await axeFindings(page)).toEqual([]);
    }
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('xterm');
  });

  it('is ended by its button, and says so; the host’s words do nothing to the page', async () => {
    const { session } = await begin();
    await type(`printf '\\033]0;pwned\\007\\033]8;;javascript:alert(1)\\007link\\033]8;;\\007 <b id=b>x</b>\\n'\n`);
    await shows(/link <b id=b>x<\/b>/);
    expect(await page.title()).toBe('Terminal');
    expect(await page.locator('#b, a[href^="javascript"]').count()).toBe(0);
    await page.getByRole('button', { name: 'End session' }).click();
    await see(page.getByRole('alert')).toHaveText('You ended the session.');
    await see(page.getByRole('link', { name: 'Open another session' })).toBeVisible();
    await expect
      .poll(() => world.events.find((event) => event.kind === 'session.ended' && event.session === session), {
        timeout: 30_000,
      })
      .toMatchObject({ why: 'left' });
    expect(complaints).toEqual([]);
  });
});

const PAGE =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Terminal</title><link rel="stylesheet" href="page.css"></head><body><div id="root"></div><script src="page.js"></script></body></html>';
