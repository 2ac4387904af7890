import { expect, test } from './demo-world';
import { signIn, stepUp } from './people';

/** A session is a row on the server: where it is ended, its cookie is worth nothing from the next request on. */
test('another browser’s session is ended from the account page, at once', async ({ browser, world }) => {
  const person = world.person('developer@telehealth.example');
  const home = `${world.system.console}/demo-telehealth`;
  const [phone, desk] = [await browser.newContext({ userAgent: PHONE }), await browser.newContext()];
  const [onPhone, atDesk] = [await phone.newPage(), await desk.newPage()];
  await signIn(onPhone, world.system.console, person);
  await expect(onPhone).toHaveURL(home);
  await signIn(atDesk, world.system.console, person);

  await atDesk.goto(`${world.system.console}/account`);
  const row = atDesk.getByRole('table', { name: 'Sessions' }).getByRole('row').filter({ hasText: 'Android' });
  await row.getByRole('button', { name: 'End…' }).click();
  await atDesk.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
  await stepUp(atDesk, /End the session/, person);
  await expect(row).toHaveCount(0);

  // The page left open goes by itself.
  await expect(onPhone).toHaveURL(/\/sign-in/);
  await atDesk.goto(home);
  await expect(atDesk).toHaveURL(home);
  await Promise.all([phone.close(), desk.close()]);
});

test('signing out ends the session, not only the cookie', async ({ browser, world }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, world.system.console, world.person('auditor@telehealth.example'));
  const held = await context.storageState();
  await page.goto(`${world.system.console}/sign-out`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('Signed out')).toBeVisible();

  const thief = await browser.newContext({ storageState: held });
  const stolen = await thief.newPage();
  await stolen.goto(`${world.system.console}/account`);
  await expect(stolen).toHaveURL(/\/sign-in/);
  await Promise.all([context.close(), thief.close()]);
});

const PHONE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
