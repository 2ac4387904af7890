import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asMember, closeDatabase } from '@/lib/db';
import { CordonError, newId } from '@/lib/platform';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { addMember, addOrganisation, addPerson, addSession, query } from '@/test/support/world';
import { accessOf, guarded } from './guarded';
import { type Principal, setPrincipalResolver, type Wanted } from './principal';
import { askDigest, spendStepUp } from './spend-step-up';

let cluster: TestCluster;
let db: TestDatabase;
let organisation: string;
let auditor: Principal;
let owner: Principal & { secret: string };
let asked: Wanted | undefined;
let answer: Principal | null;

async function member(role: 'owner' | 'auditor'): Promise<Principal & { secret: string }> {
  const person = await addPerson(db, 'customer');
  if (role === 'owner') organisation = await addOrganisation(db, person);
  else await addMember(db, organisation, person, role);
  const { id, secret } = await addSession(db, person);
  return { kind: 'member', userId: person.id, sessionId: id, organisationId: organisation, role, secret };
}

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  process.env.DATABASE_URL = db.url.console;
  owner = await member('owner');
  auditor = await member('auditor');
  setPrincipalResolver(async (wanted) => {
    asked = wanted;
    return answer;
  });
});
beforeEach(() => {
  answer = owner;
});
afterAll(async () => {
  await closeDatabase();
  await cluster?.stop();
});

const events = () =>
  query<{ header: string }>(
    db.url.installer,
    `select convert_from("header", 'UTF8') as header from "AuditEvent" order by "at"`,
  );

const freeze = guarded(
  { realm: 'customer', action: 'freeze', subject: 'Project', organisation: (id: string) => id },
  async (principal, _organisation: string) => `frozen by ${principal.role}`,
);

describe('guarded', () => {
  it('runs the body as the principal of the asked organisation', async () => {
    expect(await freeze(organisation)).toBe('frozen by owner');
    expect(asked).toEqual({ realm: 'customer', organisationId: organisation, act: 'project.freeze' });
    expect(accessOf(freeze)).toEqual({ subject: 'Project', action: 'freeze', realm: 'customer' });
    expect(accessOf(async () => 1)).toBeUndefined();
  });

  it('never runs the body for nobody', async () => {
    answer = null;
    let ran = false;
    const door = guarded({ realm: 'person', action: 'read', subject: 'User' }, async () => {
      ran = true;
    });
    expect(await door()).toMatchObject({ code: 'authz.not_signed_in' });
    expect(ran).toBe(false);
  });

  it('refuses a role without the right, and records it in the log of the organisation', async () => {
    answer = auditor;
    const before = (await events()).length;
    expect(await freeze(organisation)).toMatchObject({
      code: 'authz.forbidden',
      message: expect.stringContaining('role auditor'),
    });
    const after = await events();
    expect(after).toHaveLength(before + 1);
    expect(JSON.parse(after.at(-1)!.header)).toMatchObject({
      schema: 'access.refused@1',
      outcome: 'refused',
      organisationId: organisation,
      details: { action: 'project.freeze', code: 'authz.forbidden' },
    });
  });

  it('hands on what a dangerous act asks to have confirmed, and records no refusal for asking', async () => {
    const terms = (id: string) => [['Certificate', id]] as const;
    const reveal = guarded(
      { realm: 'customer', action: 'reveal', subject: 'Certificate', organisation: (_id: string) => organisation },
      ({ secret }, id: string) =>
        asMember(secret, organisation, async (tx) => {
          await spendStepUp(tx, secret, { action: 'certificate.reveal', object: id, terms: terms(id) });
          return 'value';
        }),
    );
    const before = (await events()).length;
    const ask = { action: 'certificate.reveal', object: 'crt_1', version: '', terms: terms('crt_1') };
    expect(await reveal('crt_1')).toMatchObject({ code: 'authz.step_up_required', ask });
    await query(
      db.url.installer,
      `insert into "StepUp" ("id", "sessionId", "action", "object", "terms", "factor", "ticket", "expiresAt")
       values ($1, $2, 'certificate.reveal', 'crt_1', $3, 'totp', 't', now() + interval '1 minute')`,
      [newId('stp'), (owner as { sessionId: string }).sessionId, askDigest(ask)],
    );
    expect(await reveal('crt_1')).toBe('value');
    expect(await reveal('crt_1')).toMatchObject({ code: 'authz.step_up_required' });
    expect(await reveal('crt_2')).toMatchObject({ code: 'authz.step_up_required' });
    expect(await events()).toHaveLength(before);
  });

  it('records nothing of a session that is good for no work', async () => {
    const door = guarded({ realm: 'person', action: 'read', subject: 'User' }, async () => {
      throw new CordonError('session.factor_required', 403, 'Set up a new factor.');
    });
    const before = (await events()).length;
    expect(await door()).toMatchObject({ code: 'session.factor_required' });
    expect(await events()).toHaveLength(before);
  });

  it('answers route handlers with problem details and keeps the text of unknown errors inside', async () => {
    const failing = (error: unknown) =>
      guarded({ public: { why: 'a test' } }, async (_principal, _request: Request): Promise<Response> => {
        throw error;
      })(new Request('http://localhost/'));
    const unknown = await failing(new Error('canary'));
    expect(unknown.status).toBe(500);
    expect(unknown.headers.get('content-type')).toBe('application/problem+json');
    expect(await unknown.text()).not.toContain('canary');
    const ours = await failing(new CordonError('a.b', 429, 'Slow down.', { retryAfterSeconds: 3 }));
    expect(ours.headers.get('retry-after')).toBe('3');
    expect(await ours.json()).toMatchObject({ code: 'a.b', title: 'Slow down.', status: 429 });
  });

  it("lets Next's navigation through", async () => {
    const redirect = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;push;/;307;' });
    const door = guarded({ public: { why: 'a test' } }, async () => {
      throw redirect;
    });
    await expect(door()).rejects.toBe(redirect);
  });

  it('is not fooled by a resolver: the database decides again', async () => {
    const stranger = await addSession(db, await addPerson(db, 'customer'));
    answer = { ...owner, secret: stranger.secret } as Principal;
    const read = guarded(
      { realm: 'customer', action: 'read', subject: 'Project', organisation: () => organisation },
      (principal) => asMember(principal.secret, principal.organisationId, (tx) => tx.prisma.project.findMany()),
    );
    expect(await read()).toMatchObject({ code: 'organisation.not_found' });
  });
});
