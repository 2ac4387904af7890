import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from '@playwright/test';
import { indexOf, linesIn, relined } from '../foreign/mutants';
import type { Files } from '../foreign/world';
import { expectAccessible } from '../support/accessible';
import { install } from '../support/debian';
import { type Hands, type HeldPasskey, lendHands } from '../support/hands';
import { processes } from '../support/processes';
import { hasSshd } from '../support/sshd';
import { PasskeyDevice } from '../support/virtual-authenticator';
import { type DemoWorld, expect, test } from './demo-world';
import { archiveOf, openOffline, unpacked } from './offline-page';
import { type Person, signInByPasskey, stepUp } from './people';

/**
 * Access to production from asking to the last process: an employee is designated and trained, asks, and gets in only when security and the customer
 * have signed, each with a passkey in a browser of their own; works in the web terminal and with their own ssh on a real host; is found by what stood on
 * the screen, seen by the customer and replayed by the auditor; and is cut off in the middle.
 */
test.describe.configure({ timeout: 900_000 });
test.use({ trace: 'off' });

const really = hasSshd(
  'sessions on a production host, their search, replay and download, and what is left after a revocation',
);
const player = really && install(['asciinema'], ['asciinema']);
if (really && !player)
  process.stderr.write('\n*** SKIPPED: there is no asciinema. NOT CHECKED: that it plays a download. ***\n\n');

const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
const REASON = 'One-way audio in ward-7 since this morning';
const HOST = 'demo-1';

test('access is asked for, agreed to, used, seen, replayed and cut off', async ({ browser, world }) => {
  const hands = await lendHands(world.system);
  await hands.act({ do: 'employ', email: 'inspector@provider.example', name: 'Demo inspector', role: 'auditor' });
  const as = (email: string) => comeIn(browser, world, hands, email);
  const admin = await as('admin@provider.example');
  const security = await as('security@provider.example');
  const support = await as('support@provider.example');
  const customer = await as('owner@telehealth.example');
  const members = [admin, security, support].map(({ person }) => person.email);
  const [employee, approver] = [support.person.email, security.person.email];
  await hands.act({ do: 'found-committee', members, employee, approver });
  await Promise.all([admin, security, support, customer].map((who) => who.enter()));

  await test.step('the committee designates who agrees', async () => {
    await admin.goto('/staff/committee');
    const panel = await opened(admin.page, 'Designate');
    await panel.getByLabel('Whom').selectOption({ label: 'Demo security officer' });
    await panel.getByRole('radio', { name: /^Security approver/ }).check();
    await panel.getByLabel('Until the end of').fill(day(200));
    await panel.getByLabel('Minutes').fill('ISSC 3');
    await panel.getByRole('button', { name: 'Propose' }).click();
    await expect(panel).toBeHidden();
    for (const member of [admin, support]) await voteFor(member, /Demo security officer: security approver/);
    await expectAccessible(admin.page, 'the committee');
  });

  await test.step('security names somebody who stands in, and ends it', async () => {
    await security.goto('/staff/committee');
    const panel = await opened(security.page, 'Name a stand-in');
    await panel.getByLabel('Who', { exact: true }).selectOption({ label: 'Demo support engineer' });
    await expectAccessible(security.page, 'naming a stand-in');
    await panel.getByRole('button', { name: 'Sign' }).click();
    await stepUp(security.page, /^Name a stand-in/, security.person);
    await expect(panel).toBeHidden();
    const row = security.page.getByRole('table', { name: 'Stand-ins' }).getByRole('row').nth(1);
    await expect(row).toContainText('Running');
    await support.goto('/staff/committee');
    await expect(support.page.getByRole('button', { name: 'Name a stand-in' })).toBeDisabled();
    await expectAccessible(support.page, 'a stand-in');
    await row.getByRole('button', { name: 'End…' }).click();
    await security.page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await expect(row).toContainText('Ended early');
  });

  await test.step('the additional training is on record, and the agreement signed', async () => {
    await admin.goto('/staff/training');
    const panel = await opened(admin.page, 'Record a training');
    await panel.getByLabel('Whose').selectOption({ label: 'Demo support engineer' });
    await panel.getByRole('radio', { name: /^Additional/ }).check();
    await panel.getByLabel('Completed on').fill(day(-1));
    await panel.getByLabel('Evidence').fill('LMS');
    await panel.getByRole('button', { name: 'Record', exact: true }).click();
    await expect(panel).toBeHidden();
    await support.goto('/staff/training');
    await support.page.getByRole('button', { name: 'Read and sign…' }).click();
    await support.page.getByRole('button', { name: 'Sign with my passkey' }).click();
    await stepUp(support.page, /^Sign the agreement/, support.person);
    await expect(support.page.getByText('You have all that access to production takes.')).toBeVisible();
    await expectAccessible(support.page, 'training');
  });

  await test.step('a target holds the customer’s data, and a policy says who may ask', async () => {
    const telehealth = await organisationOf(admin);
    await admin.goto('/staff/targets');
    const target = await opened(admin.page, 'Add a target');
    await target.getByLabel('Name').fill(`host:${HOST}`);
    await target.getByLabel('Region').selectOption('EU');
    await target.getByRole('checkbox', { name: 'log' }).check();
    await target.getByLabel('Whose').fill(telehealth);
    await target.getByRole('button', { name: 'Add the target' }).click();
    await expect(target).toBeHidden();
    const policy = await opened(admin.page, 'Make a policy');
    await policy.getByLabel('Name').fill('Edges in EU');
    for (const box of ['edge', 'EU', 'log']) await policy.getByRole('checkbox', { name: box, exact: true }).check();
    await policy.getByLabel('Form of the ticket').fill('NW-\\d+');
    await policy.getByRole('button', { name: 'Make the policy' }).click();
    await expect(policy).toBeHidden();
    await expect(admin.page.getByRole('table', { name: 'Policies' })).toContainText('Edges in EU');
    await expectAccessible(admin.page, 'targets and policies');
  });

  await test.step('the customer wants to be asked', async () => {
    await customer.goto('/demo-telehealth/provider-access');
    const row = customer.page.getByRole('table', { name: 'What your projects say' }).getByRole('row').nth(1);
    await row.getByRole('button', { name: 'Change…' }).click();
    const panel = customer.page.getByRole('dialog', { name: /^Provider access/ });
    await panel.getByRole('radio', { name: /^Ask us/ }).check();
    await panel.getByRole('button', { name: 'Change' }).click();
    await stepUp(customer.page, /^Change the lockbox/, customer.person);
    await expect(panel).toBeHidden();
    await expect(row).toContainText('Ask us');
    await expectAccessible(customer.page, 'provider access, nothing yet');
  });

  await test.step('the employee asks, and signs it', async () => {
    await support.goto('/staff/requests/new');
    const form = support.page.getByRole('form', { name: 'Ask for access' });
    await form.getByRole('checkbox', { name: HOST }).check();
    await form.getByLabel('Ticket').fill('NW-2291');
    await form.getByLabel('Reason').fill(REASON);
    await form.getByLabel('Minutes').fill('30');
    await expectAccessible(support.page, 'asking for access');
    await form.getByRole('button', { name: 'Ask for access' }).click();
    await stepUp(support.page, /^Ask for access/, support.person);
    await expect(support.page.getByText(`“${REASON}”`)).toBeVisible();
    await expect(support.page.getByText('Your own request: somebody else answers it.')).toBeVisible();
    await expectAccessible(support.page, 'one’s own request');
  });

  await test.step('security approves for fewer minutes, by keyboard', async () => {
    await security.goto('/staff/requests');
    await expect(security.page.getByText('Needs you')).toBeVisible();
    await security.page.getByText('15 min', { exact: true }).click();
    await expect(security.page.getByRole('button', { name: /^Approve for 15 minutes/ })).toBeVisible();
    await expectAccessible(security.page, 'a request to answer');
    await security.page.getByRole('heading', { level: 1 }).click();
    await security.page.keyboard.press('a');
    await stepUp(security.page, /^Answer the request/, security.person);
    await expect(security.page.getByText('approved 15 minutes')).toBeVisible();
    await expect(support.page.getByLabel('Production access')).toHaveCount(0);
  });

  await test.step('the customer approves with its own passkey', async () => {
    await customer.goto('/demo-telehealth/provider-access');
    const waiting = customer.page.getByRole('table', { name: 'Waiting for you' });
    await expect(waiting).toContainText('Your answer');
    await waiting.getByRole('link').first().click();
    const panel = customer.page.getByRole('dialog', { name: new RegExp(HOST) });
    await expect(panel).toContainText(REASON);
    await expect(panel).not.toContainText('Demo support engineer');
    await expectAccessible(customer.page, 'a request of the provider');
    await panel.getByRole('button', { name: /^Approve for 30 minutes/ }).click();
    await stepUp(customer.page, /^Answer the request/, customer.person);
    await expect(panel).toContainText('Approved 30 minutes');
    await expect(panel).toContainText('Active');
  });

  const grant = await test.step('the employee is in, under a tape, and the customer sees it', async () => {
    await support.goto('/staff/grants');
    const tape = support.page.getByLabel('Production access');
    await expect(tape).toContainText(HOST);
    await expect(tape).toContainText(/00:1\d:\d\d/);
    await expectAccessible(support.page, 'grants, with one that runs');
    await customer.goto('/demo-telehealth/provider-access');
    await expect(customer.page.getByRole('table', { name: 'Provider access log' })).toContainText('Active');
    await customer.goto('/demo-telehealth/audit');
    await expect(customer.page.getByText('Access of the provider came to another state').first()).toBeVisible();
    const back = await tape.getByRole('link', { name: 'Give back' }).getAttribute('href');
    return /grt_[0-9a-f]{32}/.exec(back ?? '')?.[0] ?? '';
  });

  const auditor = await as('inspector@provider.example');
  await auditor.enter();
  if (really) await onTheHost({ support, security, auditor }, grant);
  else await giveBack(support);
  await test.step('the auditor samples 25 grants, and takes evidence that stands by itself', async () => {
    await grantOthers(hands, [members[0]!, employee, approver]);
    await takeEvidence(browser, auditor, world, grant);
  });

  await test.step('the customer sees that it is over, and why', async () => {
    await customer.goto('/demo-telehealth/provider-access');
    const log = customer.page.getByRole('table', { name: 'Provider access log' });
    await expect(log).toContainText('Ended');
    await expect(log).toContainText(really ? /revoked/i : 'given back');
  });

  hands.stop();
  await Promise.all([admin, security, support, customer, auditor].map(({ page }) => page.context().close()));
});

/** What takes a real host: sessions, what is kept of them, and their end. */
async function onTheHost(who: Record<'support' | 'security' | 'auditor', Somebody>, grant: string): Promise<void> {
  const { support, security, auditor } = who;
  const account = `cg-${grant.slice(-16)}`;
  /** Words that stand nowhere else. */
  const [inBrowser, overSsh] = ['kookaburra', 'pademelon'].map((word) => `${word}${Date.now().toString(36)}`) as [
    string,
    string,
  ];
  const idOf = () => Number(spawnSync('id', ['-u', account], { encoding: 'utf8' }).stdout);
  await expect.poll(idOf).toBeGreaterThan(0);
  const uid = idOf();

  await test.step('a shell in the web terminal', async () => {
    const terminal = await openTerminal(support, grant);
    await type(support.page, `echo ${inBrowser}; id -un`);
    await expect(terminal).toContainText(account);
    await expectAccessible(support.page, 'a web terminal');
    await type(support.page, 'exit');
    await expect(terminal.getByRole('alert')).toContainText('The session is over.');
  });

  await test.step('a command through their own ssh client', async () => {
    const ssh = await certified(support, grant);
    try {
      const { code, out, error } = await ssh.run(`echo ${overSsh}; id -un`);
      expect([code, out], error).toEqual([0, `${overSsh}\n${account}\n`]);
      const again = await ssh.run('true');
      expect([again.code, again.error]).toEqual([255, expect.stringContaining('Permission denied')]);
    } finally {
      ssh.remove();
    }
  });

  await test.step('security finds both by what stood on the screen, and is shown the moment', async () => {
    for (const word of [overSsh, inBrowser]) {
      const hit = security.page.getByRole('table', { name: 'Places on screens' }).getByRole('link').first();
      // A screen is read once its last lines have come.
      await expect(async () => {
        await security.goto(`/staff/sessions/search?words=${word}`);
        await expect(hit).toContainText(word, { timeout: 1_000 });
      }).toPass();
      await hit.click();
      await expect(security.page.getByText('Verified.', { exact: true })).toBeVisible();
      await expect(security.page.getByLabel('Screen', { exact: true })).toContainText(word);
    }
    await expectAccessible(security.page, 'a session, replayed');
  });

  const session = /ssn_[0-9a-f]{32}/.exec(security.page.url())?.[0];
  await test.step('the auditor replays it and takes it away', async () => {
    await auditor.goto(`/staff/sessions/${session}`);
    await auditor.page.getByRole('button', { name: 'Play', exact: true }).click();
    await expect(auditor.page.getByLabel('Screen', { exact: true })).toContainText(inBrowser, { timeout: 30_000 });
    const folder = mkdtempSync(join(tmpdir(), 'cordon-download-'));
    const take = async (name: string) => {
      const [download] = await Promise.all([
        auditor.page.waitForEvent('download'),
        auditor.page.getByRole('link', { name, exact: true }).click(),
      ]);
      const path = join(folder, download.suggestedFilename());
      await download.saveAs(path);
      return path;
    };
    try {
      const record = await take('Record, .rec');
      const heads = await take('Heads of the audit log');
      const verified = cordon('recording', 'verify', record, '--heads', heads);
      expect(verified.status, verified.stderr).toBe(0);
      writeFileSync(record, readFileSync(record, 'latin1').replace(inBrowser, inBrowser.toUpperCase()), 'latin1');
      expect(cordon('recording', 'verify', record, '--heads', heads).status).not.toBe(0);
      if (player) expect(played(await take('For asciinema, .cast'))).toContain(inBrowser);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  await test.step('security revokes in the middle of a session, and nothing is left', async () => {
    const terminal = await openTerminal(support, grant);
    await type(support.page, 'setsid -f sleep 611; nohup sleep 612 >/dev/null 2>&1 & echo be""gun');
    await expect(terminal).toContainText('begun');
    expect(of(uid).length).toBeGreaterThan(2);
    await expect(async () => {
      await security.goto('/staff/sessions');
      await security.page
        .getByRole('row')
        .filter({ hasText: 'Live' })
        .getByRole('link')
        .first()
        .click({ timeout: 1_000 });
    }).toPass();
    // It is watched as it runs, and the person is told.
    await expect(security.page.getByLabel('Screen', { exact: true })).toContainText('begun');
    await expect(terminal).toContainText(/watch/i);
    const end = await opened(security.page, 'End it now…');
    await end.getByLabel('Why').fill('Nothing of this was agreed');
    await end.getByRole('button', { name: /^End access to/ }).click();
    await expect(terminal.getByRole('alert')).toContainText('access ended: it was revoked');
    await expect.poll(() => of(uid)).toEqual([]);
    await expect(async () => {
      await security.goto(`/staff/log?object=${grant}`);
      await expect(security.page.getByText('Nothing of a grant is left on any host').first()).toBeVisible({
        timeout: 1_000,
      });
    }).toPass();
    expect(spawnSync('id', ['-u', account]).status).toBe(1);
    expect(of(uid)).toEqual([]);
  });
}

/** So many that a sample of 25 leaves some out, on a target that no customer has data on. */
const OTHERS = 27;
const SPARE = 'host:spare-1';

async function grantOthers(hands: Hands, [administrator, employee, approver]: [string, string, string]) {
  // With further passkeys: those in the browsers have counted on.
  for (const email of [administrator, employee, approver]) await hands.act({ do: 'equip', realm: 'staff', email });
  const policy = await hands.act<string>({ do: 'open-target', administrator, target: SPARE });
  for (let n = 0; n < OTHERS; n++) await hands.act({ do: 'grant', employee, approver, policy, target: SPARE });
}

async function takeEvidence(browser: Browser, { page, goto }: Somebody, world: DemoWorld, grant: string) {
  const table = page.getByRole('table', { name: 'Grants' });
  const rows = table.getByRole('row').filter({ has: page.getByRole('link') });
  await goto('/staff/grants');
  await expect(rows).toHaveCount(OTHERS + 1);
  await page.getByRole('button', { name: 'Target' }).click();
  await page.getByRole('menuitem', { name: SPARE }).click();
  await expect(rows).toHaveCount(OTHERS);
  await goto(`/staff/grants/${grant}`);
  await expect(page.getByRole('table', { name: 'Signatures' })).toContainText('Agreed to it');
  await expect(page.getByText(/^authorised employee, until/)).toBeVisible();
  await expectAccessible(page, 'a grant with everything');

  await goto('/staff/grants');
  const draw = await opened(page, 'Sample');
  await draw.getByLabel('Seed').fill('agreed on');
  await draw.getByRole('button', { name: 'Draw sample' }).click();
  await expect(page.getByText('A sample: 25 requests.')).toBeVisible();
  await expect(rows).toHaveCount(25);
  await expectAccessible(page, 'a sample of grants');
  const links = await rows
    .getByRole('link')
    .evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''));
  const drawn = [...new Set(links.flatMap((href) => href.match(/grt_[0-9a-f]{32}/) ?? []))];
  expect(drawn).toHaveLength(25);
  const panel = await opened(page, 'Evidence pack');
  await panel.getByRole('button', { name: 'Export' }).click();
  await expect(page.getByText(/The file is being written/)).toBeVisible();
  await goto('/staff/log/exports');
  const save = page.getByRole('link', { name: 'Download' }).first();
  await expect(save).toBeVisible({ timeout: 60_000 });
  const [file] = await Promise.all([page.waitForEvent('download'), save.click()]);
  await page.goto(`${world.system.console}/transparency`);
  const key = page.getByText(/^\S+\+[0-9a-f]{8}\+\S+$/).first();
  const vkey = (await key.textContent()) ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'cordon-grants-'));
  const at = (name: string) => join(folder, name);
  try {
    await file.saveAs(at('grants.tar.gz'));
    const files = await unpacked(readFileSync(at('grants.tar.gz')));
    writeFileSync(at('verify.html'), files.get('verify.html')!);
    const { of, index, changed } = oneByteOfAnApproval(files, drawn);
    writeFileSync(at('changed.tar.gz'), await archiveOf(changed));
    const offline = await openOffline(browser, at('verify.html'));
    await offline.check(at('grants.tar.gz'), vkey);
    await expect(offline.verdict).toHaveText('Complete, in order and unaltered');
    await expect(offline.step('Approvals')).toContainText('is granted by signatures that count');
    const found = offline.page.getByRole('region', { name: 'Access to production' });
    await expect(found).toContainText(`${OTHERS + 1} requests, of which all hold.`);
    for (const id of drawn) await expect(found).toContainText(id);
    await expectAccessible(offline.page, 'grants that hold');
    await offline.check(at('changed.tar.gz'), vkey);
    await expect(offline.verdict).toHaveText(`Refused at index ${index.toLocaleString('en-GB')}`);
    await expect(offline.panel).toHaveClass('panel danger');
    const row = offline.page.locator('li.fails');
    await expect(row).toContainText('This line fails');
    await expect(row).toContainText('step-up@2');
    await expect(row).toContainText(of);
    await offline.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The pack with one byte of a signature changed, of an answer to one of these requests, and a manifest that fits. */
function oneByteOfAnApproval(files: Files, requests: readonly string[]) {
  const lines = linesIn(files, 'events.ndjson');
  const n = lines.findIndex((line) => line.includes('"grant.vote"') && requests.some((id) => line.includes(id)));
  const line = lines[n]!;
  const of = requests.find((id) => line.includes(id))!;
  const place = line.search(/(?<=\\"signature\\":\\"[\w-]{40})/);
  const other = line.slice(0, place) + (line[place] === 'A' ? 'B' : 'A') + line.slice(place + 1);
  expect(place).toBeGreaterThan(0);
  return { of, index: indexOf(line), changed: relined(files, lines.with(n, other), linesIn(files, 'stubs.ndjson')) };
}

async function giveBack({ page }: Somebody): Promise<void> {
  await page.getByLabel('Production access').getByRole('link', { name: 'Give back' }).click();
  await page.getByRole('button', { name: 'Give back…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Give back' }).click();
  await expect(page.getByText('Given back', { exact: true }).first()).toBeVisible();
  await expect(page.getByLabel('Production access')).toHaveCount(0);
}

interface Somebody {
  page: Page;
  person: Person;
  /** Signs in with the passkey. */
  enter(): Promise<void>;
  goto(path: string): Promise<unknown>;
}

/** Somebody in a browser of their own, with a passkey that was made before. */
async function comeIn(browser: Browser, world: DemoWorld, hands: Hands, email: string): Promise<Somebody> {
  const known = world.users.find((user) => user.email === email);
  const realm = known?.realm ?? 'staff';
  const origin = realm === 'staff' ? world.system.staff : world.system.console;
  const device = PasskeyDevice.holding(await hands.act<HeldPasskey>({ do: 'equip', realm, email }));
  // Others who share this world sign in with it too.
  const person = Object.assign(known ? world.person(email) : newPerson(email), { device });
  const page = await (await browser.newContext()).newPage();
  return {
    ...{ page, person },
    enter: () => signInByPasskey(page, origin, device),
    goto: (path) => page.goto(origin + path),
  };
}

const newPerson = (email: string): Person => ({
  ...{ email, password: '', authenticator: null, device: null, recoveryCodes: [] },
});

/** The side panel behind a button. */
async function opened(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name, exact: true }).click();
  const panel = page.getByRole('dialog');
  await expect(panel).toBeVisible();
  return panel;
}

async function voteFor({ page, person, goto }: Somebody, decision: RegExp): Promise<void> {
  await goto('/staff/committee');
  const row = page.getByRole('table', { name: 'Decisions' }).getByRole('row').filter({ hasText: decision }).first();
  await row.getByRole('button', { name: 'For', exact: true }).click();
  await stepUp(page, /^Vote/, person);
  await expect(row.getByRole('button', { name: 'For', exact: true })).toHaveCount(0);
}

/** The id of the demo's first customer, as staff read it. */
async function organisationOf({ page, goto }: Somebody): Promise<string> {
  await goto('/staff');
  const row = page.getByRole('row').filter({ hasText: 'telehealth' }).first();
  const text = await row.innerHTML();
  return /org_[0-9a-f]{32}/.exec(text)?.[0] ?? '';
}

/** A session in the web terminal, once its shell is there. */
async function openTerminal({ page, person, goto }: Somebody, grant: string): Promise<Locator> {
  await goto(`/staff/sessions/open?grant=${grant}`);
  await page.getByRole('button', { name: 'Confirm the session' }).click();
  await stepUp(page, /^Open a session/, person);
  const terminal = page.getByRole('region', { name: 'Production terminal' });
  await expect(terminal).toContainText('Access ends at');
  await expect(terminal.getByRole('status')).toHaveText('The screen is recorded');
  return terminal;
}

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/** A certificate of the console for a key of their own, and OpenSSH's client with it. It believes the line of known_hosts that the page shows, and no other host. */
async function certified({ page, person, goto }: Somebody, grant: string) {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-ssh-'));
  const at = (name: string) => join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at('key')]);
  await goto(`/staff/sessions/open?grant=${grant}`);
  await page.getByRole('radio', { name: /^Your own SSH client/ }).check();
  await page.getByLabel('Your SSH public key').fill(readFileSync(at('key.pub'), 'utf8').trim());
  await page.getByRole('button', { name: 'Confirm the session' }).click();
  await stepUp(page, /^Open a session/, person);
  await expect(page.getByText('Confirmed.', { exact: true })).toBeVisible();
  await expectAccessible(page, 'a certificate for one session');
  const shown = (await page.getByRole('main').locator('code').allTextContents()).join('\n');
  const find = (pattern: RegExp) => pattern.exec(shown)?.slice(1) ?? [];
  const [certificate = ''] = find(/(ssh-ed25519-cert-v01@openssh\.com \S+)/);
  const [known = ''] = find(/(@cert-authority \S+ ssh-ed25519 \S+)/);
  const [port = '', login = ''] = find(/-p (\d+) (ssn_[0-9a-f]{32}@\S+)/);
  writeFileSync(at('key-cert.pub'), `${certificate}\n`);
  writeFileSync(at('known_hosts'), `${known}\n`);
  const options = { BatchMode: 'yes', StrictHostKeyChecking: 'yes', UserKnownHostsFile: at('known_hosts') };
  const settings = Object.entries({ ...options, GlobalKnownHostsFile: 'none', IdentitiesOnly: 'yes' });
  const args = ['-F', 'none', '-i', at('key'), ...settings.flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  return {
    run: (command: string) => outcome(spawn('ssh', [...args, '-p', port, login, command], { timeout: 30_000 })),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; out: string; error: string }> {
  let [out, error] = ['', ''];
  child.stdout?.on('data', (piece) => (out += piece));
  child.stderr?.on('data', (piece) => (error += piece));
  const [code] = await once(child, 'close');
  return { code, out, error };
}

const cordon = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, '../../.build/cli.mjs'), ...args], { encoding: 'utf8' });

/** What asciinema puts on a terminal. */
function played(path: string): string {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' };
  const { stdout, status } = spawnSync('script', ['-qec', `asciinema cat ${path}`, '/dev/null'], {
    env,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stdout;
}

const of = (uid: number) => processes().filter((process) => process.uid === uid);
