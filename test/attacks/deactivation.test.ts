import { rmSync } from 'node:fs';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../plane/edge-page';
import { type Cut, disableStaff, getWith, removeDeveloper, type Stage, setStage } from '../support/deactivation';
import { postOffer, projectOf, readDemo } from '../support/demo';
import { newHome, type System, startSystem } from '../support/system';

/**
 * The attack: somebody knows that they are about to lose their access and keeps what they can. A developer who leaves keeps a page open in a
 * tab, the cookie in a script, an API key they made for themselves, and a call that rests on a token they minted that morning. A
 * dismissed employee leaves a page of the provider's open on a machine overnight. None of them does anything that would be refused: they
 * only go on with what they have. Everything has to end by itself, at once, in a running system with real edges and a real browser.
 */
const MINUTE = 60_000;
const home = newHome();
let system: System;
let browser: Browser;
let stage: Stage;

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({ demo: true, edges: ['EU', 'NA'], home }),
    launchChromium('--host-resolver-rules=MAP staff.localhost 127.0.0.1'),
  ]);
  // Generous: this shows that all of it ends and how; `npm run bench -- deactivate` measures how soon.
  stage = await setStage(system, readDemo(home), browser, 15_000);
}, 8 * MINUTE);
afterAll(async () => {
  stage?.hands.stop();
  await browser?.close();
  await system?.interrupt();
  rmSync(home, { recursive: true, force: true });
});

function print(who: string, cuts: readonly Cut[]): void {
  for (const { what, afterMs, how } of cuts) console.log(`${who}: ${what} ended after ${afterMs} ms (${how})`);
}
const hows = (cuts: readonly Cut[]) => Object.fromEntries(cuts.map(({ what, how }) => [what, how]));

describe('the removed developer', () => {
  it('loses the tab, the cookie, the key and the call, and comes back with none of them', {
    timeout: 3 * MINUTE,
  }, async () => {
    const { cuts, was, key, token } = await removeDeveloper(stage);
    print('developer', cuts);
    expect(hows(cuts)).toEqual({
      // Still signed in, with nowhere to go.
      'the open page': '/choose',
      'requests with the cookie': '404',
      'requests with the API key': '401 key.invalid',
      'the call on a token they minted': '403 revoked.token',
    });
    const again = await fetch(`${system.console}/api/v1/project`, { headers: { authorization: `Bearer ${key}` } });
    expect(again.status).toBe(401);
    expect(await getWith(system.console, '/demo-telehealth', was)).toMatchObject({ status: 404 });
    // The session is theirs, not the organisation's: it goes on, and leads nowhere.
    expect(await getWith(system.console, '/account', was)).toMatchObject({ status: 200 });
    const project = projectOf(stage.demo, 'Consult');
    for (const edge of Object.values(system.edges)) {
      const { status } = await postOffer(edge, 'whep', project, token);
      expect(status, edge).toBe(403);
    }
  });
});

describe('the disabled employee', () => {
  it('loses the page left open and the cookie, and gets neither back when enabled again', {
    timeout: 3 * MINUTE,
  }, async () => {
    const { cuts, was, administrator } = await disableStaff(stage);
    print('employee', cuts);
    expect(hows(cuts)).toEqual({
      'the open page': '/sign-in?ended=disabled',
      'requests with the cookie': '307 /sign-in',
    });
    await stage.hands.act({
      ...{ do: 'set-staff', secret: administrator.secret, userId: was.userId },
      ...{ role: 'support', status: 'active' },
    });
    expect(await getWith(system.staff, '/staff', was)).toEqual({ status: 307, to: '/sign-in' });
  });
});
