import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/platform';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import {
  addApiKey,
  addFactor,
  addOrganisation,
  addPasskey,
  addPerson,
  addProject,
  addSession,
  type PersonRow,
  type ProjectRow,
  proofOf,
  query,
  sha256,
} from '@/test/support/world';
import { asApiKey, asMember, asPerson, asStaff, closeDatabase, door, withoutTenant } from '.';
import { inTransaction, type Tx } from './tx';

let cluster: TestCluster;
let db: TestDatabase;
let owner: PersonRow;
let organisation: string;
let project: ProjectRow;
let secret: string;

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  process.env.DATABASE_URL = db.url.console;
  owner = await addPerson(db, 'customer');
  organisation = await addOrganisation(db, owner);
  project = await addProject(db, organisation);
  secret = (await addSession(db, owner)).secret;
});
afterAll(async () => {
  await closeDatabase();
  await cluster?.stop();
});

const session = (id: string) => ({ id, secretHash: sha256(id) });
const now = () => Math.floor(Date.now() / 1000);

describe('entering', () => {
  it('gives a member their organisation, with every column but the secret ones', async () => {
    const seen = await asMember(secret, organisation, async (tx, who) => ({
      who,
      projects: await tx.prisma.project.findMany(),
      users: await tx.prisma.user.findMany(),
      keys: await tx.prisma.apiKey.findMany(),
      edges: await tx.prisma.edge.findMany(),
      sessions: await tx.prisma.session.findMany({ where: { userId: who.userId } }),
    }));
    expect(seen.who).toMatchObject({ kind: 'member', userId: owner.id, role: 'owner', organisationId: organisation });
    expect(seen.projects.map((p) => p.id)).toEqual([project.id]);
    expect(seen.users).toHaveLength(1);
    expect(seen.users[0]).not.toHaveProperty('passwordHash');
    expect(seen.sessions[0]).not.toHaveProperty('secretHash');
  });

  it('answers an unknown organisation and one of others alike', async () => {
    const other = await addOrganisation(db, await addPerson(db, 'customer'));
    for (const id of [other, newId('org')])
      await expect(asMember(secret, id, async () => 1)).rejects.toMatchObject({
        code: 'organisation.not_found',
        status: 404,
      });
    await expect(asMember('nothing', organisation, async () => 1)).rejects.toMatchObject({
      code: 'session.invalid',
      status: 401,
    });
  });

  it('follows the row: an ended, expired, idle or disabled session is none', async () => {
    for (const change of [
      `update "Session" set "revokedAt" = now() where "id" = $1`,
      `update "Session" set "expiresAt" = now() - interval '1 second' where "id" = $1`,
      `update "Session" set "lastSeenAt" = now() - interval '61 minutes' where "id" = $1`,
      `update "User" set "status" = 'disabled' where "id" = (select "userId" from "Session" where "id" = $1)`,
    ]) {
      const person = await addPerson(db, 'customer');
      const fresh = await addSession(db, person);
      await expect(asPerson(fresh.secret, async (_, who) => who.userId)).resolves.toBe(person.id);
      await query(db.url.installer, change, [fresh.id]);
      await expect(
        asPerson(fresh.secret, async () => 1),
        change,
      ).rejects.toMatchObject({ code: 'session.invalid' });
    }
  });

  it('holds staff to fifteen idle minutes', async () => {
    const fresh = await addSession(db, await addPerson(db, 'staff', 'security'));
    await expect(asStaff(fresh.secret, async (_, who) => who.role)).resolves.toBe('security');
    await query(db.url.installer, `update "Session" set "lastSeenAt" = now() - interval '16 minutes' where "id" = $1`, [
      fresh.id,
    ]);
    await expect(asStaff(fresh.secret, async () => 1)).rejects.toMatchObject({ code: 'session.invalid' });
  });

  it('gives the holder of a key one project, until the key is revoked', async () => {
    await addProject(db, organisation);
    const { id, key } = await addApiKey(db, organisation, project.id, ['project:read']);
    await asApiKey(key, async (tx, who) => {
      expect(who).toMatchObject({ apiKeyId: id, projectId: project.id, scopes: ['project:read'] });
      expect((await tx.prisma.project.findMany()).map((p) => p.id)).toEqual([project.id]);
      expect(await tx.prisma.membership.findMany()).toEqual([]);
      expect((await tx.prisma.project.updateMany({ data: { name: 'x' } })).count).toBe(0);
    });
    await asMember(secret, organisation, (tx) =>
      tx.prisma.apiKey.update({ where: { id }, data: { revokedAt: new Date() } }),
    );
    await expect(asApiKey(key, async () => 1)).rejects.toMatchObject({ code: 'key.invalid' });
    await expect(
      asMember(secret, organisation, (tx) => tx.prisma.apiKey.update({ where: { id }, data: { revokedAt: null } })),
    ).rejects.toMatchObject({ code: 'record.final' });
  });

  it('cannot have its context shifted by a separator in a scope', async () => {
    const { key } = await addApiKey(db, organisation, project.id, ['a|b']);
    await expect(asApiKey(key, async () => 1)).rejects.toMatchObject({ code: 'context.required' });
  });
});

describe('transactions', () => {
  it('refuses to nest', async () => {
    await expect(asMember(secret, organisation, () => withoutTenant(async () => 1))).rejects.toThrow(/already open/);
  });

  it('rolls everything back when the function throws', async () => {
    await expect(
      asMember(secret, organisation, async (tx) => {
        await tx.prisma.project.update({ where: { id: project.id }, data: { name: 'changed' } });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(
      await asMember(secret, organisation, (tx) =>
        tx.prisma.project.findUnique({ where: { id: project.id }, select: { name: true } }),
      ),
    ).toEqual({ name: project.id });
  });

  it('runs the function again after a deadlock, a bounded number of times', async () => {
    let runs = 0;
    const failing = {
      $transaction: async () => {
        runs++;
        throw Object.assign(new Error('deadlock'), { code: '40P01' });
      },
    };
    await expect(inTransaction(failing as never, async () => 1)).rejects.toThrow('deadlock');
    expect(runs).toBe(3);
  });

  it('keeps times as they are', async () => {
    const at = new Date('2026-02-03T04:05:06.789Z');
    await query(db.url.installer, 'update "Project" set "createdAt" = $2 where "id" = $1', [project.id, at]);
    const read = await asMember(secret, organisation, (tx) =>
      tx.prisma.project.findUniqueOrThrow({ where: { id: project.id } }),
    );
    expect(read.createdAt.toISOString()).toBe(at.toISOString());
  });
});

describe('the door', () => {
  const run = <T>(fn: (tx: Tx) => Promise<T>) => withoutTenant(fn);

  it('signs in with password and first factor, then with the factor, then with a recovery code', async () => {
    const person = await addPerson(db, 'customer');
    const found = await run((tx) => door.findSignIn(tx, 'customer', person.email.toUpperCase()));
    expect(found).toMatchObject({ user_id: person.id, password_hash: 'no password', status: 'active' });
    expect(await run((tx) => door.findSignIn(tx, 'staff', person.email))).toBeUndefined();
    const start = (id: string) =>
      run((tx) =>
        door.startSession(tx, {
          userId: person.id,
          session: session(id),
          addressPrefix: '192.0.2.0/24',
          userAgent: 'test',
          ttlSeconds: 3600,
        }),
      );
    const proof = (id: string, factorId: string, timeStep: number) => {
      const issuedAt = now();
      return {
        factorId,
        timeStep,
        issuedAt,
        proof: proofOf(db, ['raise', id, person.id, factorId, timeStep, issuedAt]),
      };
    };

    await start('s1');
    expect(await run((tx) => door.session(tx, 's1'))).toMatchObject({ aal: 1, has_totp: false, email: person.email });
    await run((tx) => door.beginTotp(tx, 's1', 'fac_1', 'sealed', ''));
    expect(await run((tx) => door.totpFactor(tx, 's1', true))).toMatchObject({
      factor_id: 'fac_1',
      confirmed: false,
      last_step: 0n,
    });
    await run((tx) =>
      door.confirmTotp(tx, 's1', proof('s1', 'fac_1', 10), [sha256('code-1'), sha256('code-2')], session('s2')),
    );
    expect(await run((tx) => door.session(tx, 's1'))).toBeUndefined();
    expect(await run((tx) => door.session(tx, 's2'))).toMatchObject({ aal: 2, has_totp: true });

    await start('s3');
    await expect(
      run((tx) => door.raiseSession(tx, 's3', proof('s3', 'fac_1', 10), session('s4'))),
    ).rejects.toMatchObject({ code: 'totp.replayed' });
    await run((tx) => door.raiseSession(tx, 's3', proof('s3', 'fac_1', 11), session('s4')));
    await expect(asPerson('s4', async (tx) => (await tx.prisma.recoveryCode.findMany()).length)).resolves.toBe(2);

    await start('s5');
    await run((tx) => door.raiseSessionWithRecovery(tx, 's5', ['code-1'], session('s6')));
    await start('s7');
    await expect(run((tx) => door.raiseSessionWithRecovery(tx, 's7', ['code-1'], session('s8')))).rejects.toMatchObject(
      { code: 'recovery.invalid' },
    );
    await expect(asPerson('s6', async () => 'in')).rejects.toMatchObject({ code: 'session.factor_required' });
    // After a recovery code the lost factor may be replaced without it; an ordinary session needs a step-up.
    await expect(run((tx) => door.beginTotp(tx, 's4', 'fac_2', 'sealed', ''))).rejects.toMatchObject({
      code: 'step_up.required',
    });
    await run((tx) => door.beginTotp(tx, 's6', 'fac_2', 'sealed', ''));
    await run((tx) => door.confirmTotp(tx, 's6', proof('s6', 'fac_2', 5), [], session('s9')));
    expect(await run((tx) => door.session(tx, 's4'))).toBeUndefined();
  });

  it('checks codes against the factor in use while another one is being set up', async () => {
    const person = await addPerson(db, 'customer');
    const inUse = await addFactor(db, person);
    const { secret: mine } = await addSession(db, person);
    await query(db.url.installer, `insert into "TotpFactor" ("id", "userId", "sealed") values ($1, $2, 'new')`, [
      newId('fac'),
      person.id,
    ]);
    expect(await run((tx) => door.totpFactor(tx, mine, false))).toMatchObject({ factor_id: inUse, confirmed: true });
    expect(await run((tx) => door.totpFactor(tx, mine, true))).toMatchObject({ sealed: 'new', confirmed: false });
  });

  it('uses a step-up once, for its own act and object, in its terms', async () => {
    const factorId = await addFactor(db, owner);
    const { id, secret: mine } = await addSession(db, owner);
    const issuedAt = now();
    const purpose = ['certificate.reveal', 'crt_1', 'terms'] as const;
    const [action, object, terms] = purpose;
    const proof = proofOf(db, ['stepup', id, owner.id, factorId, 77, issuedAt, ...purpose]);
    await run((tx) =>
      door.recordStepUp(tx, mine, {
        ...{ id: newId('stp'), factorId, timeStep: 77, issuedAt, proof, ticket: 'ticket' },
        ...{ action, object, terms },
      }),
    );
    const required = { code: 'step_up.required' };
    expect(await run((tx) => door.hasStepUp(tx, mine, action, object, terms))).toBe(true);
    expect(await run((tx) => door.hasStepUp(tx, mine, action, object, 'others'))).toBe(false);
    await expect(run((tx) => door.useStepUp(tx, mine, action, 'crt_2', terms))).rejects.toMatchObject(required);
    await expect(run((tx) => door.useStepUp(tx, mine, action, object, 'others'))).rejects.toMatchObject(required);
    expect(await asMember(mine, organisation, (tx) => door.useStepUp(tx, mine, action, object, terms))).toBe('ticket');
    await expect(run((tx) => door.useStepUp(tx, mine, action, object, terms))).rejects.toMatchObject(required);
  });

  it('signs in, raises and confirms with a passkey, on the word of the keyring', async () => {
    const person = await addPerson(db, 'customer');
    const { id: passkeyId, credentialId } = await addPasskey(db, person);
    const found = await run((tx) => door.findPasskey(tx, credentialId));
    expect(found).toMatchObject({ passkey_id: passkeyId, user_id: person.id, realm: 'customer', counter: 0n });
    const word = (kind: string, sessionId: string, counter: number, ...more: string[]) => {
      const issuedAt = now();
      const proof = proofOf(db, [kind, sessionId, person.id, passkeyId, counter, issuedAt, ...more]);
      return { passkeyId, userId: person.id, counter, issuedAt, proof };
    };
    const begin = (name: string) => ({ session: session(name), addressPrefix: '', userAgent: '', ttlSeconds: 3600 });
    await run((tx) => door.startSessionWithPasskey(tx, word('passkey-begin', 'p1', 1), begin('p1')));
    expect(await run((tx) => door.session(tx, 'p1'))).toMatchObject({ aal: 2, raised_by: 'passkey', passkeys: 1 });
    // A word for another session begins none.
    const other = run((tx) => door.startSessionWithPasskey(tx, word('passkey-begin', 'p1', 1), begin('p2')));
    await expect(other).rejects.toMatchObject({ code: 'totp.proof_invalid' });

    await run((tx) => door.startSession(tx, { userId: person.id, ...begin('p3') }));
    await run((tx) => door.raiseSessionWithPasskey(tx, 'p3', word('passkey-raise', 'p3', 2), session('p4')));
    expect(await run((tx) => door.session(tx, 'p3'))).toBeUndefined();
    expect(await asPerson('p4', (tx) => tx.prisma.passkey.findMany({ select: { counter: true } }))).toEqual([
      { counter: 2n },
    ]);

    const [action, object, terms] = ['certificate.reveal', 'crt_1', 'terms'];
    const stepUp = (id: string, nonce: string) => ({
      ...word('passkey-stepup', 'p4', 3, action!, object!, terms!, nonce),
      ...{ id, action: action!, object: object!, terms: terms!, nonce, ticket: 'ticket' },
    });
    await run((tx) => door.recordPasskeyStepUp(tx, 'p4', stepUp('stp_a', 'nonce')));
    await expect(run((tx) => door.recordPasskeyStepUp(tx, 'p4', stepUp('stp_b', 'nonce')))).rejects.toMatchObject({
      code: 'step_up.replayed',
    });
    expect(await run((tx) => door.useStepUp(tx, 'p4', action!, object!, terms!))).toBe('ticket');
  });

  it('lets a second person endorse a staff passkey, and nobody else', async () => {
    const [employee, security, support] = [
      await addPerson(db, 'staff', 'support'),
      await addPerson(db, 'staff', 'security'),
      await addPerson(db, 'staff', 'support'),
    ];
    const { id: passkeyId } = await addPasskey(db, employee, 'pending');
    const { secret: high } = await addSession(db, security);
    const { secret: low } = await addSession(db, support);
    const { secret: own } = await addSession(db, employee);
    const endorse = (as: string, by: PersonRow) => {
      const issuedAt = now();
      const proof = proofOf(db, ['passkey-endorse', passkeyId, by.id, issuedAt]);
      return asStaff(as, (tx) => door.endorsePasskey(tx, passkeyId, issuedAt, proof));
    };
    await expect(endorse(low, support)).rejects.toMatchObject({ code: 'context.required' });
    await expect(endorse(own, employee)).rejects.toMatchObject({ code: 'context.required' });
    await expect(endorse(high, support)).rejects.toMatchObject({ code: 'totp.proof_invalid' });
    await endorse(high, security);
    await expect(endorse(high, security)).rejects.toMatchObject({ code: 'passkey.unknown' });
    // A security officer's own second key is for somebody else.
    const { id: second } = await addPasskey(db, security, 'pending');
    const issuedAt = now();
    const proof = proofOf(db, ['passkey-endorse', second, security.id, issuedAt]);
    const self = asStaff(high, (tx) => door.endorsePasskey(tx, second, issuedAt, proof));
    await expect(self).rejects.toMatchObject({ code: 'passkey.unknown' });
  });

  it('takes an invitation once', async () => {
    const email = `${newId('usr')}@example.com`;
    await asMember(secret, organisation, (tx, who) =>
      tx.prisma.invitation.create({
        data: {
          id: newId('inv'),
          realm: 'customer',
          organisationId: organisation,
          email,
          memberRole: 'developer',
          secretHash: sha256('link'),
          invitedById: who.userId,
          expiresAt: new Date(Date.now() + 86_400_000),
        },
      }),
    );
    expect(await run((tx) => door.findInvitation(tx, 'link'))).toMatchObject({
      email,
      organisation_name: organisation,
      member_role: 'developer',
    });
    const accept = () =>
      run((tx) =>
        door.acceptInvitation(tx, {
          linkSecret: 'link',
          userId: newId('usr'),
          name: 'New',
          passwordHash: 'h',
          membershipId: newId('mem'),
        }),
      );
    await accept();
    await expect(accept()).rejects.toMatchObject({ code: 'invitation.invalid' });
    expect(await asMember(secret, organisation, (tx) => tx.prisma.membership.count())).toBe(2);
  });

  it('adds a membership to an existing account, for its own address only', async () => {
    const person = await addPerson(db, 'customer');
    const { secret: signedIn } = await addSession(db, person);
    const invite = (email: string, link: string) =>
      query(
        db.url.installer,
        `insert into "Invitation" ("id", "realm", "organisationId", "email", "memberRole", "secretHash", "expiresAt") values ($1, 'customer', $2, $3, 'auditor', $4, now() + interval '1 day')`,
        [newId('inv'), organisation, email, sha256(link)],
      );
    await invite('somebody.else@example.com', 'link-a');
    await invite(person.email, 'link-b');
    await expect(
      run((tx) => door.acceptInvitationSignedIn(tx, 'link-a', signedIn, newId('mem'))),
    ).rejects.toMatchObject({ code: 'invitation.invalid' });
    await run((tx) => door.acceptInvitationSignedIn(tx, 'link-b', signedIn, newId('mem')));
    await expect(asMember(signedIn, organisation, async (_, who) => who.role)).resolves.toBe('auditor');
  });

  it('lets a person rename themselves and change the password after a step-up', async () => {
    const person = await addPerson(db, 'customer');
    const { id, secret: mine } = await addSession(db, person);
    const other = await addSession(db, person);
    await asPerson(mine, (tx) => door.renameSelf(tx, 'New Name'));
    expect((await run((tx) => door.session(tx, mine)))!.name).toBe('New Name');
    await expect(run((tx) => door.renameSelf(tx, 'x'))).rejects.toMatchObject({ code: 'context.required' });
    await expect(asPerson(mine, (tx) => door.changePassword(tx, mine, 'hash', 'terms'))).rejects.toMatchObject({
      code: 'step_up.required',
    });
    await query(
      db.url.installer,
      `insert into "StepUp" ("id", "sessionId", "action", "object", "terms", "factor", "ticket", "expiresAt") values ($1, $2, 'password.change', $3, 'terms', 'totp', 't', now() + interval '1 minute')`,
      [newId('stp'), id, person.id],
    );
    await asPerson(mine, (tx) => door.changePassword(tx, mine, 'hash', 'terms'));
    expect(await run((tx) => door.session(tx, other.secret))).toBeUndefined();
    expect(await run((tx) => door.findSignIn(tx, 'customer', person.email))).toMatchObject({ password_hash: 'hash' });
    await run((tx) => door.endSession(tx, mine));
    expect(await run((tx) => door.session(tx, mine))).toBeUndefined();
  });

  it('ends sessions of the same person only', async () => {
    const person = await addPerson(db, 'customer');
    const [a, b, c] = [await addSession(db, person), await addSession(db, person), await addSession(db, person)];
    const foreign = await addSession(db, await addPerson(db, 'customer'));
    await run((tx) => door.endSessionById(tx, a.secret, b.id));
    await run((tx) => door.endSessionById(tx, a.secret, foreign.id));
    expect(await run((tx) => door.session(tx, b.secret))).toBeUndefined();
    expect(await run((tx) => door.session(tx, foreign.secret))).toBeDefined();
    await run((tx) => door.endOtherSessions(tx, a.secret));
    expect(await run((tx) => door.session(tx, c.secret))).toBeUndefined();
    expect(await run((tx) => door.session(tx, a.secret))).toBeDefined();
  });

  it('keeps one administrator of the provider, and lets nobody else change staff', async () => {
    const administrator = await addPerson(db, 'staff', 'administrator');
    const support = await addPerson(db, 'staff', 'support');
    const [{ secret: high }, { secret: low }] = [await addSession(db, administrator), await addSession(db, support)];
    await expect(asStaff(low, (tx) => door.setStaff(tx, support.id, 'administrator', 'active'))).rejects.toMatchObject({
      code: 'context.required',
    });
    await expect(asStaff(high, (tx) => door.setStaff(tx, administrator.id, 'auditor', 'active'))).rejects.toMatchObject(
      { code: 'staff.last_administrator' },
    );
    await asStaff(high, (tx) => door.setStaff(tx, support.id, 'support', 'disabled'));
    expect(await run((tx) => door.session(tx, low))).toBeUndefined();
    expect(await asStaff(high, (tx) => door.fleet(tx))).toEqual([]);
  });

  it('publishes with a rising sequence number, written into each resource', async () => {
    const put = [{ kind: 'fence', id: project.appId, regions: ['EU', 'NA'] }];
    const first = await asMember(secret, organisation, (tx) => door.publish(tx, put));
    const second = await asMember(secret, organisation, (tx) => door.publish(tx, put));
    expect(second).toBe(first + 1n);
    const [row] = await asMember(secret, organisation, (tx) => tx.prisma.policyResource.findMany());
    expect(row).toMatchObject({ seq: second, body: { version: Number(second), regions: ['EU', 'NA'] } });
  });
});
