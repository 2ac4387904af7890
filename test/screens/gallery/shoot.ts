/** `npx tsx test/screens/gallery/shoot.ts OUT [scene…]`: every scene, two sizes, two themes, as PNG. */
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { CHROMIUM_FLAGS, chromiumPath } from '../../support/browser';
import { buildGallery } from './build';
import { SCENE_NAMES } from './scene-names';

const [out, ...only] = process.argv.slice(2);
if (!out) {
  process.stderr.write('usage: shoot.ts OUT [scene…]\n');
  process.exit(2);
}
const SIZES = { '': { width: 1280, height: 800 }, '-390': { width: 390, height: 844 } };

const url = await buildGallery(join(out, 'page'));
const browser = await chromium.launch({
  executablePath: await chromiumPath(),
  args: [...CHROMIUM_FLAGS, '--allow-file-access-from-files'],
});
for (const [suffix, viewport] of Object.entries(SIZES)) {
  for (const theme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport, reducedMotion: 'reduce' });
    page.on('console', (message) => message.type() === 'error' && process.stderr.write(`${message.text()}\n`));
    page.on('pageerror', (error) => process.stderr.write(`${error.message}\n`));
    for (const scene of SCENE_NAMES.filter((each) => only.length === 0 || only.includes(each))) {
      await page.goto(url(scene, theme));
      await page.evaluate(() => document.fonts.ready);
      if (scene === 'palette') {
        await page.keyboard.press('Control+k');
        await page.keyboard.type('rev');
      }
      await page.screenshot({ path: join(out, `${scene}${suffix}-${theme}.png`) });
    }
    await page.close();
  }
}
await browser.close();
