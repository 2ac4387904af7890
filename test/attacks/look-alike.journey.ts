import { chromium, type Page } from '@playwright/test';
import { expect, test } from '../journeys/demo-world';
import { alerts, givePassword, signInByPasskey, signInWithCode, stepUp, typeCode } from '../journeys/people';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/browser';
import { PasskeyDevice } from '../support/virtual-authenticator';
import { startRelay } from './look-alike-relay';

/**
 * The attack: somebody registers a name that reads like the console's and puts a relay there. A mail leads a customer to it. Page, words and
 * answers are the console's own, because the relay asks the console for each of them; only the name in the address bar is another. The
 * attacker holds no password, no code and no passkey, and waits for whatever the customer gives.
 *
 * What must hold: the customer's passkey gives nothing, because the browser hands out a signature for the console's name to a page of that name
 * only, and the attacker's own name has no passkey. What this costs where it does not hold: a code does not know where it is typed, so the
 * relay hands it on and is signed in as the customer. That is why staff come in with a passkey only, and why everybody else should.
 */
test('a page that looks like the console gets nothing from a passkey, and everything from a code', async ({
  world,
}) => {
  const victim = world.person('admin@telehealth.example');
  const relay = await startRelay('cordon-console.test', world.system.console);
  const browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: [...CHROMIUM_FLAGS, ...relay.flags],
  });
  const page = await browser.newPage();
  const device = new PasskeyDevice();

  await test.step('the customer has a passkey, and it works at the real address', async () => {
    await signInWithCode(page, world.system.console, victim);
    await device.plugInto(page);
    await page.goto(`${world.system.console}/account`);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    await stepUp(page, 'Add a passkey: your account', victim);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.context().clearCookies();
    await device.unplug();
    await signInByPasskey(page, world.system.console, device);
    await expect(page).toHaveURL(`${world.system.console}/demo-telehealth`);
    await page.context().clearCookies();
  });

  await test.step('at the look-alike the browser refuses the passkey', async () => {
    await page.addInitScript(keepErrors);
    await page.goto(`${relay.origin}/sign-in`);
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(alerts(page, 'they were made for another address')).toBeVisible();
    expect(await errors(page)).toEqual(['SecurityError']);
    // Nor does asking for a passkey of the attacker's own name help: there is none.
    expect(await page.evaluate(askAs, 'cordon-console.test')).toBe('NotAllowedError');
    expect(relay.seen.join()).not.toContain('authenticatorData');
    expect([...relay.stolen.keys()].filter((name) => name.includes('session'))).toEqual([]);
  });

  await test.step('a code typed there is handed on, and signs the attacker in', async () => {
    await givePassword(page, relay.origin, victim);
    await typeCode(page, await victim.authenticator!.code());
    await expect(page).toHaveURL(`${relay.origin}/demo-telehealth`);

    const attacker = await browser.newContext();
    const cookies = [...relay.stolen].map(([name, value]) => ({ name, value, url: world.system.console }));
    await attacker.addCookies(cookies);
    const theirs = await attacker.newPage();
    await theirs.goto(`${world.system.console}/account`);
    await expect(theirs.getByRole('heading', { name: 'Your account' })).toBeVisible();
    await expect(theirs.getByText(victim.email).first()).toBeVisible();
  });
  await browser.close();
  relay.close();
});

/** Keeps, in the page, what the browser said to each request for a passkey. */
function keepErrors(): void {
  const kept: string[] = [];
  Object.assign(globalThis, { kept });
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = (options) =>
    get(options).catch((error: Error) => {
      kept.push(error.name);
      throw error;
    });
}
const errors = (page: Page) => page.evaluate(() => (globalThis as unknown as { kept: string[] }).kept);

const askAs = (rpId: string) =>
  navigator.credentials
    .get({ publicKey: { rpId, challenge: crypto.getRandomValues(new Uint8Array(32)), userVerification: 'required' } })
    .then(
      () => 'signed',
      (error: Error) => error.name,
    );
