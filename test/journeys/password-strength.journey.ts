import type { Request } from '@playwright/test';
import { expectAccessible } from '../support/accessible';
import { expect, test } from './demo-world';
import { signIn } from './people';

/** A megabyte of words for somebody who never types a password would be rude; half of one, after the first key, is the price of the judgement. */
const MOST_BYTES = 500_000;

test('the strength of a new password is told while typing, and stays in the browser', async ({ page, world }) => {
  const person = world.person('developer@academy.example');
  await signIn(page, world.system.console, person);
  await page.goto(`${world.system.console}/account`);
  const field = page.getByLabel('New password', { exact: true });
  const says = page.locator('[aria-live=polite]', { hasText: /characters|guesses|Fair|Good|Strong/ });
  await page.waitForLoadState('networkidle');

  const sent: Request[] = [];
  page.on('request', (request) => sent.push(request));
  await field.pressSequentially('Passw');
  await expect(says).toHaveText('5 of 12 characters.');
  await field.fill('Password1234');
  await expect(says).toHaveText(/first guesses/);
  await field.fill(`developeracademy1`);
  await expect(says).toHaveText(/first guesses/);
  await field.fill('gate mural lantern seven');
  await expect(says).toHaveText('Strong.');
  await expectAccessible(page, 'a judged password');
  await field.fill('');
  await expect(says).toHaveCount(0);

  // Only code came, only once, and nothing of what was typed went anywhere.
  for (const request of sent) expect(request.method(), request.url()).toBe('GET');
  expect(sent.map((request) => request.url() + (request.postData() ?? '')).join(' ')).not.toMatch(/mural|Password1234/);
  const scripts = sent.filter((request) => request.url().includes('/_next/static/'));
  const sizes = await Promise.all(scripts.map(async (request) => (await request.sizes()).responseBodySize));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  test.info().annotations.push({ type: 'bytes over the wire', description: String(bytes) });
  expect(scripts.length).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(MOST_BYTES);

  // The same judgement on the server, for whoever sends the form anyway.
  await page.getByLabel('Present password').fill(person.password);
  await field.fill('Password1234');
  await page.getByLabel('New password once more').fill('Password1234');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('among those attackers try first')).toBeVisible();
});

test('staff sees the sign-in defence, with the limits as they are enforced', async ({ page, world }) => {
  const person = world.person('security@provider.example');
  for (let n = 0; n < 3; n++) {
    await page.goto(`${world.system.staff}/sign-in`);
    await page.getByLabel('Email address').fill('somebody@provider.example');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('do not match')).toBeVisible();
  }
  await signIn(page, world.system.staff, person);
  await page.goto(`${world.system.staff}/staff/abuse`);
  await expect(page.getByRole('heading', { name: 'Sign-in defence' })).toBeVisible();
  await expect(page.getByText('No attack found')).toBeVisible();
  // Others in this world may have mistyped too.
  await expect(page.getByText(/^\d+ accounts?$/).first()).toBeVisible();
  await expect(page.getByRole('row', { name: /strangers’ networks/ })).toContainText('80');
  await expectAccessible(page, 'sign-in defence');
});
