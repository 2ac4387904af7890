import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';

/** What axe finds on the page as it stands, each finding with its place; by all rules, or by those of `only`. */
export async function axeFindings(page: Page, only?: axe.RunOnly): Promise<string[]> {
  // Straight into the page, which has no frames, and no more than the violations made out: a third of the time of a driver for all cases.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const violations = await page.evaluate(async (runOnly) => {
    const options = { resultTypes: ['violations' as const], ...(runOnly && { runOnly }) };
    return (await (window as unknown as { axe: typeof axe }).axe.run(document, options)).violations;
  }, only);
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} — ${failureSummary?.split('\n')[1]?.trim() ?? ''}`).join(' | ')}`,
  );
}

/** Puts the page into a theme. A colour on its way from one to the other is in neither, so this waits until all have arrived. */
export async function wear(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(async () => {
    const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(transitions.map(({ finished }) => finished));
  });
}

/** Soft: axe finds nothing on the page as it stands, in both themes, or those named. */
export async function expectAccessible(
  page: Page,
  where: string,
  themes: readonly ('light' | 'dark')[] = ['light', 'dark'],
): Promise<void> {
  for (const colorScheme of themes) {
    await wear(page, colorScheme);
    // The themes differ in their colours only.
    const only: axe.RunOnly | undefined =
      colorScheme === 'dark' ? { type: 'rule', values: ['color-contrast'] } : undefined;
    expect.soft(await axeFindings(page, only), `${where}: axe, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
