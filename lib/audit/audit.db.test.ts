import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asMember, asPerson, asStaff, closeDatabase, withoutTenant } from '@/lib/db';
import { onConnection } from '@/lib/db/control';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { destroyKeysOf } from '@/test/support/keyring';
import { addOrganisation, addPerson, addSession, type PersonRow, query } from '@/test/support/world';
import { append, appendRefusal, list, type NewEvent } from '.';
import { forgetSubjectKeys } from './keys';

const CANARY = 'canary-7f3a@example.com';

let cluster: TestCluster;
let db: TestDatabase;
let owner: PersonRow;
let organisation: string;
let secret: string;

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  process.env.DATABASE_URL = db.url.console;
  owner = await addPerson(db, 'customer');
  organisation = await addOrganisation(db, owner);
  secret = (await addSession(db, owner)).secret;
});
afterAll(async () => {
  await closeDatabase();
  await cluster?.stop();
});

const invited = (): NewEvent<'invitation.created@1'> => ({
  schema: 'invitation.created@1',
  outcome: 'success',
  actor: { kind: 'member', id: owner.id, addressPrefix: '192.0.2.0/24', userAgent: 'agent of the canary' },
  object: { type: 'Invitation', id: 'inv_1' },
  organisationId: organisation,
  fields: { realm: 'customer', role: 'developer', email: CANARY },
});

describe('the audit log', () => {
  it('is read back with its personal values, by the members of the organisation', async () => {
    const id = await asMember(secret, organisation, (tx) => append(tx, invited()));
    const { entries } = await asMember(secret, organisation, (tx) =>
      list(tx, { organisationId: organisation, actor: { kind: 'member', id: owner.id } }),
    );
    expect(entries[0]).toMatchObject({
      id,
      schema: 'invitation.created@1',
      details: { realm: 'customer', role: 'developer' },
      personal: { email: { state: 'present', value: CANARY }, 'actor.id': { state: 'present', value: owner.id } },
    });
    const other = await addPerson(db, 'customer');
    const elsewhere = await addOrganisation(db, other);
    const { secret: theirs } = await addSession(db, other);
    expect((await asMember(theirs, elsewhere, (tx) => list(tx, { organisationId: organisation }))).entries).toEqual([]);
  });

  it('holds nothing personal in what is signed', async () => {
    await asMember(secret, organisation, (tx) => append(tx, invited()));
    const rows = await query<{ line: string; header: string }>(
      db.url.installer,
      `select convert_from("header", 'UTF8') as header, "AuditEvent"::text as line from "AuditEvent"`,
    );
    for (const { header, line } of rows) {
      for (const personal of [CANARY, owner.id, owner.email, '192.0.2', 'agent of the canary']) {
        expect(header).not.toContain(personal);
        expect(line).not.toContain(personal);
      }
    }
    expect(rows.length).toBeGreaterThan(0);
  });

  it('goes with its act: both or neither', async () => {
    const count = async () => (await query(db.url.installer, 'select 1 from "AuditEvent"')).length;
    const before = await count();
    await expect(
      asMember(secret, organisation, async (tx) => {
        await append(tx, invited());
        throw new Error('the act failed');
      }),
    ).rejects.toThrow('the act failed');
    expect(await count()).toBe(before);
  });

  it('shows what its keys are destroyed for as erased, for good and under its commitments', async () => {
    const subject = await addPerson(db, 'customer');
    const id = await asMember(secret, organisation, (tx) => append(tx, { ...invited(), subject: subject.id }));
    expect(await destroyKeysOf(`${organisation}/${subject.id}`)).toHaveLength(1);
    const read = async () =>
      (await asMember(secret, organisation, (tx) => list(tx, { organisationId: organisation, id }))).entries[0]!;
    expect((await read()).personal).toMatchObject({ email: { state: 'erased' }, 'actor.id': { state: 'present' } });
    await query(
      db.url.installer,
      `update "AuditValue" set "subject" = 'gone_' || encode(substr("sealed", 1, 8), 'hex'), "sealed" = substr("sealed", 1, 8) || '\\x00' where "eventId" = $1 and "subject" = $2`,
      [id, subject.id],
    );
    expect(await read()).toMatchObject({ altered: false, personal: { email: { state: 'erased' } } });
    // The next event about the same subject has another key.
    forgetSubjectKeys();
    const next = await asMember(secret, organisation, (tx) => append(tx, { ...invited(), subject: subject.id }));
    const { entries } = await asMember(secret, organisation, (tx) =>
      list(tx, { organisationId: organisation, id: next }),
    );
    expect(entries[0]!.personal.email).toEqual({ state: 'present', value: CANARY });
  });

  it('shows a changed row, and values of another row, as altered', async () => {
    const owns = () => asMember(secret, organisation, (tx) => append(tx, invited()));
    const [one, two] = [await owns(), await owns()];
    const change = (sql: string, values: unknown[]) => query(db.url.installer, sql, values);
    const swap = `update "AuditValue" v set "sealed" = o."sealed" from "AuditValue" o
      where v."eventId" = $1 and o."eventId" = $2 and v."subject" = o."subject"`;
    await expect(change(swap, [one, two])).rejects.toThrow('audit.append_only');
    const client = new pg.Client(db.url.installer);
    await client.connect();
    try {
      // What a database owner can do to silence triggers.
      await client.query(`set session_replication_role = 'replica'`);
      await client.query(swap, [one, two]);
      await client.query(
        `update "AuditEvent" set "header" = convert_to(replace(convert_from("header", 'UTF8'), 'developer', 'owner'), 'UTF8') where "id" = $1`,
        [two],
      );
    } finally {
      await client.end();
    }
    const { entries } = await asMember(secret, organisation, (tx) => list(tx, { organisationId: organisation }));
    const find = (id: string) => entries.find((entry) => entry.id === id)!;
    expect(find(one)).toMatchObject({
      altered: false,
      personal: { email: { state: 'altered' }, 'actor.id': { state: 'altered' } },
    });
    expect(find(two)).toMatchObject({ altered: true, details: { role: 'owner' } });
    expect(entries.filter(({ altered }) => altered)).toHaveLength(1);
    // What cannot even be read hides nothing beside it.
    const ruin = new pg.Client(db.url.installer);
    await ruin.connect();
    await ruin.query(`set session_replication_role = 'replica'`);
    await ruin.query(`update "AuditEvent" set "header" = '\\x00' where "id" = $1`, [two]);
    await ruin.query(
      `update "AuditValue" set "sealed" = '\\x0000000000000000' || convert_to('no JSON', 'UTF8') where "eventId" = $1`,
      [one],
    );
    await ruin.end();
    const again = await asMember(secret, organisation, (tx) => list(tx, { organisationId: organisation }));
    expect(again.entries).toHaveLength(entries.length);
    expect(again.entries.find(({ id }) => id === two)).toMatchObject({ altered: true, schema: '' });
    expect(again.entries.find(({ id }) => id === one)).toMatchObject({ personal: { email: { state: 'altered' } } });
  });

  it('records refusals of strangers in the log of the provider, readable by staff with that duty', async () => {
    await appendRefusal(
      {
        schema: 'sign-in.refused@1',
        outcome: 'refused',
        actor: { kind: 'anonymous', id: 'sign-in' },
        object: { type: 'User', id: '' },
        fields: { realm: 'customer', code: 'sign_in.invalid', email: CANARY },
      },
      null,
    );
    // A member whose membership just ended: the event cannot enter the organisation and is kept all the same.
    await appendRefusal(
      { ...invited(), outcome: 'refused', organisationId: 'org_gone' },
      { kind: 'member', secret, organisationId: 'org_gone' },
    );
    const read = async (role: string) => {
      const { secret: staff } = await addSession(db, await addPerson(db, 'staff', role));
      return (await asStaff(staff, (tx) => list(tx, { organisationId: null }))).entries;
    };
    for (const role of ['administrator', 'security', 'auditor'])
      expect((await read(role)).map((e) => e.actorKind)).toEqual(['anonymous', 'anonymous']);
    expect(await read('support')).toEqual([]);
    await expect(withoutTenant((tx) => append(tx, invited()))).rejects.toThrow();
  });

  it('projects an act of a person into the organisations they belong to and no other', async () => {
    const event = (organisationId: string | null): NewEvent<'sign-in@1'> => ({
      schema: 'sign-in@1',
      outcome: 'success',
      actor: { kind: 'member', id: owner.id },
      object: { type: 'User', id: '' },
      organisationId,
      fields: { factor: 'totp', email: owner.email },
    });
    await asPerson(secret, async (tx) => {
      await append(tx, event(null));
      await append(tx, event(organisation));
    });
    const foreign = await addOrganisation(db, await addPerson(db, 'customer'));
    await expect(asPerson(secret, (tx) => append(tx, event(foreign)))).rejects.toThrow();
  });

  it('takes events of edges from control, on its own connection, and in no other name', async () => {
    const client = new pg.Client(db.url.control);
    await client.connect();
    const event = (kind: 'edge' | 'member'): NewEvent<'edge.connected@1'> => ({
      schema: 'edge.connected@1',
      outcome: 'success',
      actor: { kind, id: 'eu-1' },
      object: { type: 'Edge', id: 'eu-1' },
      fields: { region: 'EU', build: 'test' },
    });
    try {
      await client.query('begin');
      await append(onConnection(client), event('edge'));
      await expect(append(onConnection(client), event('member'))).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.end();
    }
  });

  it('pages without repeating or losing an event, by an index and without sorting', async () => {
    const person = await addPerson(db, 'customer');
    const org = await addOrganisation(db, person);
    const { secret: mine } = await addSession(db, person);
    const at = Date.now();
    // Groups of five share a millisecond: the cursor must tell them apart.
    await asMember(mine, org, async (tx) => {
      for (let i = 0; i < 25; i++) await append(tx, { ...invited(), organisationId: org }, at + Math.floor(i / 5));
    });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await asMember(mine, org, (tx) =>
        list(tx, { organisationId: org }, cursor, 7),
      );
      seen.push(...page.entries.map((entry) => entry.id));
      cursor = page.next;
    } while (cursor);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);

    await query(
      db.url.installer,
      `insert into "AuditEvent" ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "header", "commitments", "seed", "entry")
       select gen_random_uuid(), $1, now() - make_interval(secs => i), gen_random_uuid(), 's', 'success', 'member', 'a', 't', 'o', '\\x00', '{}',
         sha256('seed')::bytea, sha256('e') || substr(sha256('e'), 1, 23) from generate_series(1, 20000) i`,
      [org],
    );
    await query(db.url.installer, 'analyze "AuditEvent"');
    const plan = await asMember(
      mine,
      org,
      (tx) =>
        tx.prisma.$queryRaw<
          { 'QUERY PLAN': string }[]
        >`explain select e."id" from "AuditEvent" e where e."organisationId" = ${org} order by e."at" desc, e."id" desc limit 201`,
    );
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('AuditEvent_organisationId_at_id_idx');
    expect(text).not.toMatch(/Sort|Seq Scan on "AuditEvent"/);
  });
});
