/**
 * The design system in a real browser: every scene hydrates without a mismatch, has no violation of WCAG A and AA
 * that axe can see in either theme, never scrolls sideways at 390 px, and its keys work.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import type { RunOnly } from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings } from '../support/accessible';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/browser';
import { buildGallery } from './gallery/build';
import { SCENE_NAMES } from './gallery/scene-names';

/** The themes differ in their colours only. */
const RULES: Record<'light' | 'dark', RunOnly> = {
  light: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] },
  dark: { type: 'rule', values: ['color-contrast'] },
};

let browser: Browser;
let out: string;
let url: Awaited<ReturnType<typeof buildGallery>>;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'cordon-gallery-'));
  url = await buildGallery(out);
  browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: [...CHROMIUM_FLAGS, '--allow-file-access-from-files'],
  });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await rm(out, { recursive: true, force: true });
});

async function open(
  context: BrowserContext,
  scene: string,
  theme: 'light' | 'dark' = 'light',
): Promise<{ page: Page; errors: string[] }> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url(scene, theme));
  await page.locator('h1').first().waitFor();
  return { page, errors };
}

test.each(SCENE_NAMES)(
  '%s hydrates as rendered, passes axe in light and dark, and fits 390 px',
  async (scene) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    for (const theme of ['light', 'dark'] as const) {
      const { page, errors } = await open(context, scene, theme);
      expect(errors).toEqual([]);
      expect(await axeFindings(page, RULES[theme])).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    }
    await context.close();
  },
  60_000,
);

describe('keyboard', () => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  });
  afterAll(() => context.close());

  test('J and K walk the rows, "." opens the menu of the row', async () => {
    const { page } = await open(context, 'fleet');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('as-dxb-1');
    await page.keyboard.press('.');
    await page.getByRole('menuitem', { name: 'Copy ID' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
  });

  test('"/" goes to search, where letters are letters', async () => {
    const { page } = await open(context, 'fleet');
    await page.keyboard.press('/');
    await page.keyboard.type('jk?');
    expect(await page.getByRole('searchbox').inputValue()).toBe('jk?');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('the palette lists a forbidden act with its reason and closes with Escape', async () => {
    const { page } = await open(context, 'palette');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('retire');
    await page.getByText('17 joins still use it').waitFor();
    await page.keyboard.press('Enter');
    expect(await page.getByRole('dialog').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('a pasted code with a space fills six cells and sends itself', async () => {
    const { page } = await open(context, 'step-up');
    const code = page.getByRole('textbox', { name: 'Six-digit code' });
    await code.fill('409 118');
    await page.getByText('A project of this name is already here.').waitFor();
    await expect.poll(() => code.inputValue()).toBe('');
  });

  test('a confirmation begins at the passkey, and is read out with its terms', async () => {
    const { page } = await open(context, 'step-up');
    const dialog = page.getByRole('dialog', { name: 'Apply the fence: Consult' });
    const passkey = dialog.getByRole('button', { name: 'Confirm with passkey' });
    await expect.poll(() => passkey.evaluate((button) => button === document.activeElement)).toBe(true);
    const described = await dialog.evaluate((layer) =>
      (layer.getAttribute('aria-describedby') ?? '')
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent)
        .join(' '),
    );
    expect(described).toMatch(/Fence afterEU Europe \(home\), JP Japan/);
    await page.keyboard.press('Enter');
    await dialog
      .getByRole('status')
      .getByText(/^Your device asks you/)
      .waitFor();
    expect(await dialog.getByRole('button', { name: 'Waiting for your device' }).getAttribute('aria-busy')).toBe(
      'true',
    );
  });

  test('a confirmation given up gives the focus back to what asked for it', async () => {
    const { page } = await open(context, 'step-up');
    const dialog = page.getByRole('dialog', { name: 'Apply the fence: Consult' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    const apply = page.getByRole('button', { name: 'Apply to 11 edges' });
    await apply.click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => apply.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test('without a passkey a confirmation begins at the code, and shows marks that would hide', async () => {
    const { page } = await open(context, 'step-up-code');
    const code = page.getByRole('textbox', { name: 'Six-digit code' });
    await expect.poll(() => code.evaluate((field) => field === document.activeElement)).toBe(true);
    await page.getByText('This is no longer what you confirmed.').waitFor();
    expect(await page.getByRole('region', { name: 'Terms' }).textContent()).toContain('Token server U+202E terces');
  });

  test('a screen record plays, seeks and finds by keys, and its output does nothing but show', async () => {
    const { page, errors } = await open(context, 'replay');
    const screen = page.getByRole('region', { name: 'Screen', exact: true });
    const time = page.getByRole('slider', { name: 'Time in the screen record' });
    await expect.poll(() => screen.locator('pre').textContent()).toContain('edge log --peer 7c1f');
    expect(await time.getAttribute('aria-valuetext')).toBe('06:49 of 11:03');
    expect(await screen.locator('.xterm').isVisible()).toBe(true);
    await page.keyboard.press('n');
    await expect.poll(() => screen.locator('pre').textContent()).toContain('edge trace path 7c1f');
    await page.keyboard.press('p');
    await expect.poll(() => time.getAttribute('aria-valuetext')).toBe('06:48 of 11:03');
    await expect.poll(() => screen.locator('pre').textContent()).not.toContain('edge trace path 7c1f');
    await page.keyboard.press('/');
    await page.keyboard.type('refused');
    await page.getByText('0 on screen').waitFor();
    await page.getByRole('searchbox').fill('path_lost');
    await page.getByText('16 on screen').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => time.getAttribute('aria-valuetext')).toBe('08:02 of 11:03');
    await page.keyboard.press('Tab');
    await page.locator('h1').first().click();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await expect.poll(() => time.getAttribute('aria-valuetext')).toMatch(/^08:(?:0[3-9]|[1-5])/);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play' }).waitFor();
    expect([await page.title(), await screen.locator('a').count(), errors]).toEqual(['Gallery', 0, []]);
  });

  test('the solid button waits for the typed name', async () => {
    const { page } = await open(context, 'confirm');
    const act = page.getByRole('button', { name: 'Cut 41 sessions' });
    expect(await act.isDisabled()).toBe(true);
    await page.keyboard.type('Consult');
    expect(await act.isEnabled()).toBe(true);
  });

  test('a refused form keeps what was typed and focuses the field in error', async () => {
    const { page } = await open(context, 'form');
    const name = page.getByLabel('Name', { exact: true });
    await page.getByLabel('Longest session').fill('4 h');
    await name.fill('Triage');
    await page.getByRole('button', { name: 'Apply to 11 edges' }).click();
    await page.getByText('Already used by another project').waitFor();
    expect(await name.inputValue()).toBe('Triage');
    expect(await name.evaluate((field) => field === document.activeElement)).toBe(true);
  });
});
