/** A sample of 25 grants from the console's database to a pack that an auditor verifies without it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { auditVerify } from '@/lib/cli/audit-verify';
import { host } from '@/lib/cli/audit-verify-source';
import { AccessIngest } from '@/lib/control/access/ingest';
import type { JudgedAccess } from '@/lib/kernel/access';
import { accountOf, principalOf } from '@/lib/kernel/grant';
import { parseVkey } from '@/lib/kernel/log';
import { readTar, verifyPack } from '@/lib/kernel/pack';
import { sampleOf } from '@/lib/kernel/sample';
import { newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { outcome } from '@/test/attacks/identity-world';
import { type GrantWorld, openGrantWorld, type Someone, withPasskey } from '@/test/support/grant-world';

vi.mock('next/headers', async () => (await import('@/test/attacks/identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('@/test/attacks/identity-world')).nextNavigation);

const POPULATION = 26;
const folder = mkdtempSync(join(tmpdir(), 'cordon-access-'));
let world: GrantWorld;
let exports: typeof import('.');
let grants: typeof import('@/lib/grants');
let ada: Someone;
let security: Someone;
let pool: pg.Pool;
const ids: string[] = [];
let session: string;

beforeAll(async () => {
  world = await openGrantWorld();
  [exports, grants] = await Promise.all([import('.'), import('@/lib/grants')]);
  ada = await world.employee('support', 'authorised employee', 'break-glass');
  security = await world.employee('security', 'security approver');
  for (let n = 0; n < POPULATION - 2; n++) {
    const id = await world.ask(ada);
    await (n === 1 ? agreesForSecurity(id) : agree(id));
    ids.push(id);
  }
  const [used] = ids as [string];
  session = newId('ssn');
  await world.sign(ada, () => grants.openSession(ada, { session, request: used, target: TARGET, publicKey: '' }, null));
  ids.push(await asksTheCustomer());
  ids.push(await world.ask(ada, { kind: 'break-glass', minutes: 30 }));
  await reported(used);
  await grants.giveBack(ada, used);
  await world.control();
}, 120_000);
afterAll(async () => {
  await pool?.end();
  await world?.close();
  rmSync(folder, { recursive: true });
});

const TARGET = 'host:eu-fra-1';
const agree = (request: string) =>
  world.sign(security, () =>
    grants.voteOnRequest(security, { request, role: 'security', verdict: 'approve', minutes: 60 }),
  );

/** Somebody agrees for security, who is away. */
async function agreesForSecurity(request: string): Promise<void> {
  const committee = await import('@/lib/committee');
  const standIn = await world.employee('support', 'authorised employee');
  const from = Math.floor(Date.now() / 60_000) * 60;
  const lent = { delegation: newId('dlg'), role: 'security', to: standIn.userId, from, until: from + 86_400 } as const;
  await world.sign(security, () => committee.delegate(security, lent));
  const vote = { request, role: 'security', for: security.userId, verdict: 'approve', minutes: 60 } as const;
  await world.sign(standIn, () => grants.voteOnRequest(standIn, vote));
  await committee.endDelegation(security, lent.delegation);
}

/** A request that the customer has to agree to as well, and does. */
async function asksTheCustomer(): Promise<string> {
  const { createProject } = await import('@/lib/projects');
  const { project } = await createProject(world.owner, { name: 'Ours', environment: 'production', fence: ['EU'] });
  await world.confirmed(world.owner, () =>
    grants.changeLockbox(world.owner, { project: project.id, mode: 'approve', answerMinutes: 60 }),
  );
  const id = await world.ask(ada);
  await agree(id);
  const owner = await withPasskey(world, world.owner);
  await world.sign(owner, () => grants.answerProvider(owner, { request: id, verdict: 'approve', minutes: 60 }));
  return id;
}

/** What a gateway and a host say of the session. */
async function reported(grant: string): Promise<void> {
  pool = new pg.Pool({ connectionString: world.controlUrl, max: 2 });
  const quiet = () => undefined;
  const ingest = new AccessIngest(pool, { info: quiet, warn: quiet, error: quiet } as never);
  for (const id of [TARGET, 'gateway:main']) await world.sql('insert into "AccessPeer" ("id") values ($1)', [id]);
  const at = Date.now();
  const say = (peer: string, ...records: object[]) =>
    ingest.batch(
      peer,
      { boot: 'boot', last: records.length },
      Buffer.from(records.map((record, i) => `${JSON.stringify({ n: i + 1, at, ...record })}\n`).join('')),
    );
  const [account, principal, serial] = [accountOf(grant), principalOf(grant), '77'];
  const keyId = `grant=${grant};session=${session};user=${ada.userId}`;
  const head = { session, lines: 2, root: Buffer.alloc(32).toString('base64'), time: 1, final: true };
  await say(
    'gateway:main',
    {
      ...{ kind: 'session.started', session, grant, target: TARGET, through: 'web terminal', address: '192.0.2.9' },
      ...{ account, principal, serial, keyId, purpose: 'shell', command: null },
    },
    { kind: 'session.head', session, head, bytes: 9 },
    { kind: 'session.ended', session, why: 'closed', exit: 0 },
  );
  await say(TARGET, { kind: 'host.login', grant, account, serial, keyId, port: 1, log: '1.0', end: 1 });
}

async function packed(who: Someone, end?: number): Promise<{ access: JudgedAccess; bytes: Buffer; vkeys: string[] }> {
  await world.sequence();
  const id = await exports.requestAccessExport(who.secret, { end });
  expect(await world.writeExport()).toBe(true);
  const { stream } = await exports.downloadProviderExport(who.secret, id);
  const bytes = Buffer.from(await new Response(stream()).arrayBuffer());
  const { vkeys } = await (await import('@/lib/transparency')).operatorLog();
  const source = {
    files: () => {
      const unzip = createGunzip();
      unzip.end(bytes);
      return readTar(unzip);
    },
  };
  const keys = vkeys.map((vkey) => parseVkey(primitives, vkey)!);
  const result = await verifyPack(host, source, { keys, origin: 'localhost:3000/audit/provider' });
  if (!result.ok) throw new Error(`${result.code}: ${result.detail}`);
  const { access } = result.report;
  if (access === null || typeof access !== 'object') throw new Error(`not judged: ${access}`);
  return { access, bytes, vkeys };
}

describe('a pack of access to production', () => {
  it('shows of every grant that its person and everybody who had to signed it, with passkeys of the registry', async () => {
    const auditor = await world.employ('auditor');
    const { access } = await packed(auditor);
    expect(access.grants.map(({ id }) => id)).toEqual(ids);
    expect(access.grants.flatMap(({ faults }) => faults)).toEqual([]);
    expect([access.faults, access.findings]).toEqual([[], []]);
    const [used, byStandIn] = access.grants;
    expect(byStandIn).toMatchObject({ signed: [{}, { act: { role: `security for ${security.userId}` } }] });
    expect(used).toMatchObject({
      terms: { person: ada.userId, targets: [TARGET] },
      signed: [{ action: 'grant.request' }, { action: 'grant.vote' }, { action: 'production.open' }],
      use: {
        sessions: [{ id: session, serials: ['77'], confirmed: ['77'], record: { lines: 2, final: true } }],
        ended: { why: 'returned' },
      },
      findings: [],
    });
    const customers = access.grants.at(-2)!;
    expect(customers.signed.map(({ act }) => act?.realm)).toEqual(['staff', 'staff', 'customer']);
    expect(customers.standing?.state).toBe('active');
    expect(access.grants.at(-1)).toMatchObject({ terms: { kind: 'break-glass' }, standing: { state: 'active' } });
  });

  it('opens of what customers’ people did their answers to requests, and nothing else', async () => {
    const { bytes } = await packed(security);
    const events = linesOf(gunzipSync(bytes)).filter(({ open }) => open.actorKind?.[1] === 'member');
    const opened = events.filter(({ open }) => 'statement' in open || 'name' in open);
    expect(events.map(({ open }) => open.schema?.[1])).toContain('passkey.added@1');
    expect(opened.map(({ open }) => [open.schema?.[1], open.details?.[1]])).toMatchObject([
      ['step-up@2', { action: 'grant.vote' }],
    ]);
    expect(Object.keys(opened[0]!.open)).not.toContain('addressPrefix');
    // It says what that customer was shown, and no other person of the staff.
    expect(String(opened[0]!.open.statement?.[1])).not.toContain(ada.userId);
  });

  it('is asked for by those who may take the provider’s log out', async () => {
    expect(await outcome(exports.requestAccessExport(ada.secret, {}))).toBe('authz.forbidden');
    expect(await outcome(exports.requestAccessExport(world.owner.secret, {}))).toBe('session.invalid');
  });
});

/** Records of a pack, as they stand in its tar. */
const linesOf = (tar: Buffer): { open: Record<string, [salt: string, value: unknown]> }[] =>
  [...tar.toString('utf8').matchAll(/^\{"count":.*$/gm)].map(([line]) => JSON.parse(line));

describe('the population', () => {
  const read = (who: Someone, over: Partial<Parameters<typeof grants.readPopulation>[1]> = {}) =>
    grants.readPopulation(who, { filter: {}, ...over }, 50, 0);
  const idsOf = ({ lines }: Awaited<ReturnType<typeof read>>) => lines.map(({ id }) => id).sort();

  it('joins to each request its signatures, sessions, records and what sshd says', async () => {
    const auditor = await world.employ('auditor');
    const { lines, total, hosts } = await read(auditor);
    expect([total, hosts]).toEqual([POPULATION, 0]);
    const used = lines.find(({ id }) => id === ids[0])!;
    expect(used).toMatchObject({
      approvals: 1,
      sessions: 1,
      joined: { confirmed: 3, begun: 1, seen: 1, recorded: 1, findings: [] },
    });
    expect(lines.find(({ id }) => id === ids.at(-2))?.joined?.confirmed).toBe(3);
    expect((await read(ada)).lines.every(({ joined }) => joined === null)).toBe(true);
  });

  it('is found by person, target, customer, time, early end and overdue review', async () => {
    const customer = [ids.at(-2)!];
    expect(idsOf(await read(security, { filter: { early: true } }))).toEqual([ids[0]]);
    expect(idsOf(await read(security, { filter: { review: true } }))).toEqual([ids.at(-1)]);
    expect(idsOf(await read(security, { filter: { overdue: true } }))).toEqual([]);
    expect((await read(security, { person: ada.userId })).total).toBe(POPULATION);
    expect((await read(security, { person: security.userId })).total).toBe(0);
    expect((await read(security, { target: TARGET })).total).toBe(POPULATION);
    expect((await read(security, { target: 'host:elsewhere' })).total).toBe(0);
    expect(idsOf(await read(security, { organisation: world.owner.organisationId }))).toEqual(
      expect.arrayContaining(customer),
    );
    expect((await read(security, { organisation: world.stranger.organisationId })).total).toBe(0);
    expect((await read(security, { to: '2020-01-01' })).total).toBe(0);
    expect((await read(security, { from: '2020-01-01' })).total).toBe(POPULATION);
  });

  it('opens one with all that belongs to it', async () => {
    const evidence = await grants.readEvidence(security, ids[0]!);
    expect(evidence).toMatchObject({
      request: { id: ids[0], state: 'ended' },
      held: {
        trainings: [{ course: 'additional' }, { course: 'general' }],
        agreement: { version: 1 },
      },
      signed: [
        { action: 'grant.request', factor: 'passkey' },
        { action: 'grant.vote', verdict: 'approve' },
        { action: 'production.open' },
      ],
      use: { ended: { why: 'returned' }, sessions: [{ id: session, confirmed: ['77'] }] },
    });
    expect(evidence.held.designations.map(({ as }) => as).sort()).toEqual(['authorised employee', 'break-glass']);
    expect(evidence.signed.every(({ by }) => by !== null)).toBe(true);
    expect(await outcome(grants.readEvidence(ada, ids[0]!))).toBe('authz.forbidden');
    expect(await outcome(grants.readEvidence(security, newId('grt')))).toBe('grant.not_found');
  });

  it('is sampled by seed, and the same requests are drawn from the pack', async () => {
    const auditor = await world.employ('auditor');
    await world.sequence();
    const drawn = await grants.drawGrants(auditor, { wanted: 25, seed: 'agreed on' });
    expect(drawn).toMatchObject({ seed: 'agreed on', wanted: 25 });
    const shown = idsOf(await read(auditor, { sample: drawn }));
    expect(shown).toHaveLength(25);
    const { access, bytes, vkeys } = await packed(auditor, drawn.size);
    const places = new Map(access.grants.map(({ index, id }) => [index, id]));
    const again = sampleOf(primitives, drawn.seed, places.keys(), drawn.wanted).map((place) => places.get(place)!);
    expect(again.sort()).toEqual(shown);
    const write = (name: string, content: string | Buffer) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const lines: string[] = [];
    const asked = [write('pack.tar.gz', bytes), '--vkey', write('vkey', vkeys.join('\n'))];
    const out = { line: (text = '') => void lines.push(text), error: () => undefined };
    const status = await auditVerify.run([...asked, '--seed', drawn.seed, '--sample', '25'], out);
    const text = lines.join('\n');
    expect([status, text]).toEqual([0, expect.stringContaining('sample     25 of 26, by the seed "agreed on"')]);
    for (const id of shown) expect(text).toContain(`OK     ${id} at index`);
    expect(await outcome(grants.drawGrants(ada, { wanted: 25 }))).toBe('authz.forbidden');
    // Whoever may not read the log learns nothing of what was drawn.
    expect((await read(ada, { sample: drawn })).total).toBe(0);
  });
});
