import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Soft: axe finds nothing on the page as it stands, in both themes; every finding names its place. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // A colour on its way from one theme to the other is in neither.
    await page.evaluate(async () => {
      const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
      await Promise.allSettled(transitions.map(({ finished }) => finished));
    });
    // All in the page itself, which has no frames: otherwise each look opens a second page to put the parts together.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // The themes differ in their colours only.
    if (colorScheme === 'dark') axe.withRules(['color-contrast']);
    const { violations } = await axe.analyze();
    const found = violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} — ${failureSummary?.split('\n')[1]?.trim() ?? ''}`).join(' | ')}`,
    );
    expect.soft(found, `${where}: axe, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
