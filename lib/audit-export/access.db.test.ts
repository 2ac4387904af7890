/** A sample of 25 grants from the console's database to a pack that an auditor verifies without it. */
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { host } from '@/lib/cli/audit-verify-source';
import { AccessIngest } from '@/lib/control/access/ingest';
import type { JudgedAccess } from '@/lib/kernel/access';
import { accountOf, principalOf } from '@/lib/kernel/grant';
import { parseVkey } from '@/lib/kernel/log';
import { type PackReport, readTar, verifyPack } from '@/lib/kernel/pack';
import { newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { outcome } from '@/test/attacks/identity-world';
import { type GrantWorld, openGrantWorld, type Someone, withPasskey } from '@/test/support/grant-world';

vi.mock('next/headers', async () => (await import('@/test/attacks/identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('@/test/attacks/identity-world')).nextNavigation);

const POPULATION = 26;
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
    await agree(id);
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
});

const TARGET = 'host:eu-fra-1';
const agree = (request: string) =>
  world.sign(security, () =>
    grants.voteOnRequest(security, { request, role: 'security', verdict: 'approve', minutes: 60 }),
  );

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
  await say(TARGET, { kind: 'host.login', grant, account, serial, keyId, port: 1 });
}

async function packed(who: Someone): Promise<{ report: PackReport; access: JudgedAccess }> {
  await world.sequence();
  const id = await exports.requestAccessExport(who.secret, {});
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
  return { report: result.report, access };
}

describe('a pack of access to production', () => {
  it('shows of every grant that its person and everybody who had to signed it, with passkeys of the registry', async () => {
    const auditor = await world.employ('auditor');
    const { access } = await packed(auditor);
    expect(access.grants.map(({ id }) => id)).toEqual(ids);
    expect(access.grants.flatMap(({ faults }) => faults)).toEqual([]);
    expect([access.faults, access.findings, access.designationsChecked]).toEqual([[], [], true]);
    const [used] = access.grants;
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

  it('is asked for by those who may take the provider’s log out', async () => {
    expect(await outcome(exports.requestAccessExport(ada.secret, {}))).toBe('authz.forbidden');
    expect(await outcome(exports.requestAccessExport(world.owner.secret, {}))).toBe('session.invalid');
  });
});
