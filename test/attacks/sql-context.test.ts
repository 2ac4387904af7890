import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/platform';
import { startCluster, type TestCluster, type TestDatabase } from '../support/database';
import { hostile as asConsole, DENIED, sqlOutcome as outcome } from '../support/hostile';
import {
  addApiKey,
  addFactor,
  addMember,
  addOrganisation,
  addPerson,
  addProject,
  addSession,
  type PersonRow,
  type ProjectRow,
  proofOf,
  query,
  sha256,
} from '../support/world';

/** Of the sizes that a row of the log has. */
const LEAF = `substr(sha256('seed'), 1, 16), sha256('e') || substr(sha256('e'), 1, 23)`;

/**
 * The attacker's position: any SQL as the console's role (an injection nobody noticed), and the session secret of one customer.
 * The other customer's organisation is full of rows. Nothing of it may be read or changed.
 */
interface Tenant {
  organisation: string;
  owner: PersonRow;
  session: { id: string; secret: string };
  project: ProjectRow;
  key: { id: string; key: string };
}

let cluster: TestCluster;
let db: TestDatabase;
let mine: Tenant;
let theirs: Tenant;

async function tenant(): Promise<Tenant> {
  const owner = await addPerson(db, 'customer');
  const organisation = await addOrganisation(db, owner);
  const project = await addProject(db, organisation);
  const key = await addApiKey(db, organisation, project.id, ['project:read', 'revocation:write']);
  const run = (sql: string, values: unknown[]) => query(db.url.installer, sql, values);
  await run(
    `insert into "Revocation" ("id", "organisationId", "projectId", "subjectType", "subject", "issuedBefore", "reason", "createdById", "seq")
    values ($1, $2, $3, 'user', 'u', now(), 'r', 'x', 1)`,
    [newId('rev'), organisation, project.id],
  );
  await run(
    `insert into "Invitation" ("id", "realm", "organisationId", "email", "memberRole", "secretHash", "expiresAt")
    values ($1, 'customer', $2, 'a@example.com', 'developer', $3, now() + interval '1 day')`,
    [newId('inv'), organisation, sha256(organisation)],
  );
  await run(
    `insert into "PolicyResource" ("key", "kind", "appId", "organisationId", "body", "seq") values ($1, 'fence', $2, $3, $4, 1)`,
    [
      `fence/${project.appId}`,
      project.appId,
      organisation,
      JSON.stringify({ kind: 'fence', id: project.appId, regions: ['EU'] }),
    ],
  );
  await run(
    `insert into "Edge" ("name", "region", "url", "relay", "report") values ($1, 'EU', 'http://localhost', 'localhost:1', '{}')`,
    [`edge-${organisation.slice(-6)}`],
  );
  await run(
    `insert into "Decision" ("edgeName", "bootId", "n", "organisationId", "projectId", "appId", "at", "traceId", "channel", "account", "action", "verdict", "rule", "code", "epoch", "seq", "addressPrefix")
    values ('e', $1, 1, $1, $2, $3, now(), 't', 'c', 'a', 'join', 'deny', 'fence', 'x', 1, 1, '')`,
    [organisation, project.id, project.appId],
  );
  await run(
    `insert into "MediaSession" ("id", "edgeName", "bootId", "organisationId", "projectId", "appId", "channel", "account", "direction", "startedAt")
    values ($1, 'e', 'b', $2, $3, $4, 'c', 'a', 'both', now())`,
    [newId('med'), organisation, project.id, project.appId],
  );
  await run(
    `insert into "AccessPolicy" ("id", "organisationId", "passwordMinCharacters", "sessionIdleMinutes", "sessionHours", "factor", "networks",
      "networksForSessions", "networksForKeys") values ($1, $1, 12, 60, 8, 'any', '{}', true, false)`,
    [organisation],
  );
  await run(
    `insert into "MintedToken" ("tokenId", "organisationId", "projectId", "mintedById", "expiresAt") values ($1, $2, $3, $4, now() + interval '1 hour')`,
    [`token-of-${organisation}`, organisation, project.id, owner.id],
  );
  await run(
    `insert into "Idempotency" ("apiKeyId", "key", "organisationId", "requestHash", "status", "response") values ($1, 'k', $2, '\\x00', 200, '{}')`,
    [key.id, organisation],
  );
  const event = await run(
    `insert into "AuditEvent" ("id", "organisationId", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "header", "commitments", "seed", "entry")
    values (gen_random_uuid(), $1, gen_random_uuid(), 's', 'success', 'member', 'a', 't', 'o', '\\x00', '{}', ${LEAF}) returning "id"`,
    [organisation],
  );
  await run(
    `insert into "AuditValue" ("eventId", "subject", "organisationId", "sealed") values ($1, '', $2, sha256('sealed'))`,
    [event[0]!.id, organisation],
  );
  await run(
    `insert into "AuditExport" ("id", "organisationId", "requestedById", "format", "filter", "rangeFrom", "rangeTo", "size")
    values ($1, $2, $3, 'ndjson', '{}', 0, 1, 1)`,
    [newId('exp'), organisation, owner.id],
  );
  const stream = newId('str');
  await run(
    `insert into "AuditStream" ("id", "organisationId", "createdById", "kind", "address", "next") values ($1, $2, $3, 'syslog', 'siem.example.com:6514', 0)`,
    [stream, organisation, owner.id],
  );
  await run(
    `insert into "AuditStreamDelivery" ("streamId", "n", "first", "end", "verdict", "code", "millis", "bytes") values ($1, 1, 0, 1, 'retry', 'timeout', 1, 1)`,
    [stream],
  );
  await run(`insert into "AuditStreamLetter" ("streamId", "first", "end", "code") values ($1, 0, 1, 'answer')`, [
    stream,
  ]);
  await run(
    `insert into "AuditView" ("id", "organisationId", "ownerId", "name", "filter") values ($1, $2, $3, 'A view', '{}')`,
    [newId('viw'), organisation, owner.id],
  );
  await run(
    `insert into "AuditSample" ("id", "organisationId", "ownerId", "filter", "rangeFrom", "rangeTo", "size", "population", "seed", "seedGiven", "wanted", "places")
    values ($1, $2, $3, '{}', 0, 1, 1, 1, 'x', true, 1, '{0}')`,
    [newId('smp'), organisation, owner.id],
  );
  const request = newId('grt');
  await run(
    `insert into "AccessRequest" ("id", "personId", "kind", "terms", "targets", "organisations", "decideBy")
    values ($1, 'usr_staff', 'access', '[]', '{host:a}', array[$2], now())`,
    [request, organisation],
  );
  await run(
    `insert into "ProviderAccess" ("requestId", "organisationId", "staffId", "employer", "country", "kind", "mode", "purpose", "reason", "ticket", "targets", "projects", "dataClasses", "files", "minutes", "answerBy")
    values ($1, $2, 'emp_x', 'Example Ltd', 'DE', 'access', 'notify', 'incident', 'r', '', '{host:a}', '{}', '{log}', false, 5, now())`,
    [request, organisation],
  );
  await run(
    `insert into "ProviderSession" ("sessionId", "organisationId", "requestId", "target", "way", "startedAt", "endedAt", "shared")
    values ($1, $2, $3, 'host:a', 'web terminal', now(), now(), false)`,
    [newId('ssn'), organisation, request],
  );
  await run(
    `insert into "AccessVote" ("requestId", "userId", "organisationId", "role", "verdict", "minutes") values ($1, $2, $3, 'customer ' || $3, 'approve', 5)`,
    [request, owner.id, organisation],
  );
  await run(
    `insert into "AccessComment" ("id", "requestId", "organisationId", "authorId", "byStaff", "text") values ($1, $2, $3, $4, false, 't')`,
    [newId('cmt'), request, organisation, owner.id],
  );
  await run(
    `insert into "LockboxSetting" ("projectId", "organisationId", "mode", "answerMinutes", "changedById") values ($1, $2, 'approve', 60, $3)`,
    [project.id, organisation, owner.id],
  );
  return { organisation, owner, session: await addSession(db, owner), project, key };
}

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  mine = await tenant();
  theirs = await tenant();
});
afterAll(() => cluster?.stop());

const hostile = <T>(enter: [sql: string, values: unknown[]] | null, fn: (client: pg.Client) => Promise<T>) =>
  asConsole(db, enter, fn);

const asMine = (): [string, unknown[]] => [
  'select * from cordon.enter_organisation($1, $2)',
  [mine.session.secret, mine.organisation],
];

const TENANT_COLUMN: Record<string, string> = { Organisation: 'id', PolicyResource: 'organisationId' };

async function tables(): Promise<{ name: string; columns: string[]; readable: string[] }[]> {
  return query(
    db.url.installer,
    `select c.relname as name, array_agg(a.attname::text) as columns,
       coalesce(array_agg(a.attname::text) filter (where has_column_privilege('cordon_console', c.oid, a.attnum, 'select')), '{}') as readable
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> '_prisma_migrations' group by 1 order by 1`,
  );
}

describe('SQL as the console role', () => {
  it('forces row policies on every table, also for its owner', async () => {
    const open = await query(
      db.url.installer,
      `select relname from pg_class where relnamespace in ('public'::regnamespace) and relkind = 'r' and relname <> '_prisma_migrations'
         and not (relrowsecurity and relforcerowsecurity)`,
    );
    expect(open).toEqual([]);
    const bypass = await query(
      db.url.installer,
      `select rolname from pg_roles where rolname like 'cordon%' and (rolbypassrls or rolsuper) and rolname <> 'cordon_installer'`,
    );
    expect(bypass).toEqual([]);
  });

  it('sees no row of any table without a secret', async () => {
    const list = await tables();
    expect(list.length).toBeGreaterThan(20);
    await hostile(null, async (client) => {
      for (const { name, readable } of list) {
        if (readable.length === 0) continue;
        const { rowCount } = await client.query(`select ${readable.map((c) => `"${c}"`).join(', ')} from "${name}"`);
        expect([name, rowCount]).toEqual([name, 0]);
      }
    });
  });

  it('sees, with one tenant entered, its own rows and none of another in any table', async () => {
    let checked = 0;
    for (const { name, columns, readable } of await tables()) {
      const column = TENANT_COLUMN[name] ?? (columns.includes('organisationId') ? 'organisationId' : undefined);
      if (!column || !readable.includes(column)) continue;
      const kind =
        name === 'Idempotency'
          ? (['select * from cordon.enter_api_key($1)', [mine.key.key]] as [string, unknown[]])
          : asMine();
      await hostile(kind, async (client) => {
        const { rows } = await client.query(
          `select distinct "${column}" as tenant from "${name}" where "${column}" is not null`,
        );
        expect([name, rows.map((r) => r.tenant)]).toEqual([name, [mine.organisation]]);
      });
      checked++;
    }
    expect(checked).toBeGreaterThanOrEqual(12);
  });

  it('writes no row of another tenant in any table', async () => {
    await hostile(asMine(), async (client) => {
      for (const { name, columns } of await tables()) {
        const column = TENANT_COLUMN[name] ?? (columns.includes('organisationId') ? 'organisationId' : undefined);
        if (!column) continue;
        for (const statement of [
          `delete from "${name}" where "${column}" = '${theirs.organisation}'`,
          `update "${name}" set "${column}" = '${mine.organisation}' where "${column}" = '${theirs.organisation}'`,
          `update "${name}" set "${column}" = '${theirs.organisation}' where "${column}" = '${mine.organisation}'`,
        ]) {
          expect([name, statement, await outcome(client, statement)]).toEqual([
            name,
            statement,
            expect.stringMatching(/^(nothing|42501|audit.append_only)$/),
          ]);
        }
      }
    });
    expect(
      await query(db.url.installer, 'select 1 from "Project" where "organisationId" = $1', [theirs.organisation]),
    ).toHaveLength(1);
  });

  it('changes no setting of another tenant through updatable columns', async () => {
    await hostile(asMine(), async (client) => {
      expect(await outcome(client, `update "Project" set "name" = 'x' where "id" = $1`, [theirs.project.id])).toBe(
        'nothing',
      );
      expect(await outcome(client, `update "Project" set "name" = 'x' where "id" = $1`, [mine.project.id])).toBe(
        'done',
      );
      expect(
        await outcome(client, `update "Certificate" set "status" = 'deleted' where "projectId" = $1`, [
          theirs.project.id,
        ]),
      ).toBe('nothing');
      expect(
        await outcome(client, `update "ApiKey" set "revokedAt" = now() where "projectId" = $1`, [theirs.project.id]),
      ).toBe('nothing');
    });
  });

  it('hangs no row of its own under a project of another', async () => {
    await hostile(asMine(), async (client) => {
      const insert = `insert into "Certificate" ("id", "organisationId", "projectId", "slot", "sealed", "fingerprint") values ('crt_x', $1, $2, 'secondary', 's', 'f')`;
      expect(await outcome(client, insert, [mine.organisation, theirs.project.id])).toBe(DENIED);
      expect(await outcome(client, insert, [theirs.organisation, theirs.project.id])).toBe(DENIED);
      expect(await outcome(client, insert, [mine.organisation, mine.project.id])).toBe('done');
    });
  });

  it('reads no password hash, session secret, factor, link or key, not even its own', async () => {
    await hostile(asMine(), async (client) => {
      for (const column of [
        '"User"."passwordHash"',
        '"Session"."secretHash"',
        '"TotpFactor"."sealed"',
        '"RecoveryCode"."hash"',
        '"Invitation"."secretHash"',
        '"ApiKey"."secretHash"',
        '"Edge"."joinHash"',
        '"Edge"."report"',
      ]) {
        expect([column, await outcome(client, `select ${column} from ${column.split('.')[0]}`)]).toEqual([
          column,
          DENIED,
        ]);
      }
      for (const table of [
        '"StepUp"',
        '"Throttle"',
        '"PolicyFrame"',
        'cordon.secret',
        'cordon.setup',
        'public._prisma_migrations',
        'pg_authid',
        'pg_hba_file_rules',
      ]) {
        expect([table, await outcome(client, `select * from ${table}`)]).toEqual([table, DENIED]);
      }
    });
  });

  it('forges no context with set_config, in any form', async () => {
    await hostile(asMine(), async (client) => {
      const real = (await client.query(`select current_setting('cordon.context') as c`)).rows[0].c as string;
      expect(real).toContain(mine.organisation);
      const forged = [
        real.replace(mine.organisation, theirs.organisation),
        real.replace('|owner|', '|administrator|'),
        real.replace(/^member/, 'staff'),
        real.slice(0, -1),
        `${real}0`,
        real.replace(/[0-9a-f]{64}$/, '0'.repeat(64)),
        real.replace(/\|[0-9a-f]{64}$/, '|'),
        '',
        '||||||||',
      ];
      for (const value of forged) {
        await client.query('select set_config($1, $2, true)', ['cordon.context', value]);
        const { rowCount } = await client.query('select "id" from "Project"');
        expect([value, rowCount]).toEqual([value, 0]);
      }
      // The real one again: the check above can also say yes.
      await client.query('select set_config($1, $2, true)', ['cordon.context', real]);
      expect((await client.query('select "id" from "Project"')).rowCount).toBe(1);
    });
  });

  it('uses no context of another transaction, of the same connection or another', async () => {
    const client = new pg.Client(db.url.console);
    await client.connect();
    try {
      await client.query('begin');
      await client.query(...asMine());
      const copied = (await client.query(`select current_setting('cordon.context') as c`)).rows[0].c as string;
      await client.query('commit');
      await client.query('begin');
      await client.query('select set_config($1, $2, false)', ['cordon.context', copied]);
      expect((await client.query('select "id" from "Project"')).rowCount).toBe(0);
      await client.query('rollback');
      await hostile(null, async (other) => {
        await other.query('select set_config($1, $2, true)', ['cordon.context', copied]);
        expect((await other.query('select "id" from "Project"')).rowCount).toBe(0);
      });
    } finally {
      await client.end();
    }
  });

  it('enters no organisation, staff or person without a secret that allows it', async () => {
    const stranger = await addPerson(db, 'customer');
    const half = await addSession(db, stranger, 1);
    await hostile(null, async (client) => {
      const tries: [string, unknown[], string][] = [
        [
          'select cordon.enter_organisation($1, $2)',
          [mine.session.secret, theirs.organisation],
          'organisation.not_found',
        ],
        ['select cordon.enter_organisation($1, $2)', ['guess', mine.organisation], 'session.invalid'],
        ['select cordon.enter_organisation($1, $2)', [mine.session.id, mine.organisation], 'session.invalid'],
        ['select cordon.enter_organisation($1, $2)', [null, mine.organisation], 'session.invalid'],
        ['select cordon.enter_staff($1)', [mine.session.secret], 'session.invalid'],
        ['select cordon.enter_person($1)', [half.secret], 'session.second_factor_required'],
        ['select cordon.enter_api_key($1)', [mine.key.id], 'key.invalid'],
      ];
      for (const [sql, values, expected] of tries)
        expect([sql, await outcome(client, sql, values)]).toEqual([sql, expected]);
    });
  });

  it('becomes no other role and makes no object', async () => {
    await hostile(asMine(), async (client) => {
      for (const sql of [
        'set role cordon_owner',
        'set role cordon_definer',
        'set role cordon_control',
        'set session authorization cordon_installer',
        'create table public.x (a int)',
        'create function cordon.x() returns int language sql as $$ select 1 $$',
        'create schema x',
        'create temporary table x (a int)',
        'alter table "Project" disable row level security',
        'drop policy see on "Project"',
        'alter function cordon.mac(text, text) owner to cordon_console',
        "set session_replication_role = 'replica'",
        'truncate "Project"',
        'create extension dblink',
        "select pg_read_file('/etc/passwd')",
        'copy "Project" to program \'cat\'',
      ]) {
        expect([sql, await outcome(client, sql)]).toEqual([sql, DENIED]);
      }
      // Allowed by PostgreSQL, and an error instead of a bypass: row_security = off never shows more.
      expect(await outcome(client, 'set row_security = off')).toBe('done');
      await client.query('savepoint s');
      await client.query('set local row_security = off');
      await expect(client.query('select "id" from "Project"')).rejects.toMatchObject({ code: DENIED });
      await client.query('rollback to savepoint s');
    });
  });

  it('calls no inner function', async () => {
    await hostile(asMine(), async (client) => {
      for (const sql of [
        `select cordon.set_context('member', '${theirs.organisation}', 'u', 'owner', 's', null)`,
        `select cordon.mac('context', 'x')`,
        `select cordon.verified_context()`,
        `select cordon.live_session('x')`,
        `select cordon.take_invitation('x')`,
        `select cordon.has_administrator()`,
        `select cordon.use_time_step('f', 'u', 1)`,
        `select cordon.expect_edge('e', 'EU', 'u', 'r', '\\x00', 60)`,
        `select cordon.check_resource('{}')`,
        `select cordon.require_work('x')`,
        `select cordon.use_passkey('p', 'u', 1)`,
        `select cordon.set_recovery_codes('u', '{}')`,
        `select cordon.check_proof('m', 1, 'p')`,
        `select cordon.may_use_totp_for('u', 'customer', 'a')`,
      ]) {
        expect([sql, await outcome(client, sql)]).toEqual([sql, DENIED]);
      }
    });
  });

  it('grants exactly the listed functions, none to everybody', async () => {
    const functions = await query<{
      name: string;
      config: string[] | null;
      definer: boolean;
      everybody: boolean;
      owner: string;
      trigger: boolean;
    }>(
      db.url.installer,
      `select p.proname as name, p.proconfig as config, p.prosecdef as definer, has_function_privilege('public', p.oid, 'execute') as everybody,
         p.proowner::regrole::text as owner, p.prorettype = 'trigger'::regtype as trigger
       from pg_proc p where p.pronamespace = 'cordon'::regnamespace`,
    );
    expect(functions.length).toBeGreaterThan(40);
    for (const fn of functions) {
      expect([fn.name, fn.everybody, fn.owner]).toEqual([fn.name, false, 'cordon_definer']);
      expect([fn.name, fn.config]).toEqual([fn.name, ['search_path=pg_catalog, pg_temp']]);
    }
  });

  it('inserts no session, user, membership, factor or step-up', async () => {
    await hostile(asMine(), async (client) => {
      for (const sql of [
        `insert into "Session" ("id", "secretHash", "userId", "realm", "aal", "expiresAt", "addressPrefix", "userAgent") values ('s', sha256('x'), '${theirs.owner.id}', 'customer', 2, now() + interval '1 h', '', '')`,
        `insert into "User" ("id", "realm", "email", "name", "passwordHash") values ('u', 'customer', 'x@example.com', 'x', 'x')`,
        `insert into "Membership" ("id", "organisationId", "userId", "role") values ('m', '${theirs.organisation}', '${mine.owner.id}', 'owner')`,
        `insert into "TotpFactor" ("id", "userId", "sealed") values ('f', '${mine.owner.id}', 's')`,
        `insert into "StepUp" ("id", "sessionId", "action", "object", "factor", "ticket", "expiresAt") values ('x', '${mine.session.id}', 'a', 'o', 'totp', 't', now() + interval '1 h')`,
        `update "User" set "staffRole" = 'administrator' where "id" = '${mine.owner.id}'`,
        `update "Session" set "aal" = 2`,
      ]) {
        expect([sql, await outcome(client, sql)]).toEqual([sql, DENIED]);
      }
    });
  });

  it('raises no session without the keyring', async () => {
    const factor = await addFactor(db, theirs.owner);
    await hostile(null, async (client) => {
      // Anybody with SQL can begin a session of anybody; it can do nothing but give a second factor.
      await client.query('select cordon.start_session($1, $2, $3, $4, $5, 3600)', [
        theirs.owner.id,
        'ses_attack',
        sha256('attack'),
        '',
        '',
      ]);
      const now = Math.floor(Date.now() / 1000);
      expect(await outcome(client, 'select cordon.enter_organisation($1, $2)', ['attack', theirs.organisation])).toBe(
        'session.second_factor_required',
      );
      expect(
        await outcome(client, 'select cordon.raise_session($1, $2, 1, $3, $4, $5, $6)', [
          'attack',
          factor,
          now,
          '00',
          'ses_2',
          sha256('2'),
        ]),
      ).toBe('totp.proof_invalid');
      const begin = ['attack', 'fac_mine', 'sealed', ''];
      expect(await outcome(client, 'select cordon.begin_totp($1, $2, $3, $4)', begin)).toBe('totp.already_enrolled');
      expect(
        await outcome(client, 'select cordon.raise_session_with_recovery($1, $2, $3, $4)', [
          'attack',
          ['guess'],
          'ses_2',
          sha256('2'),
        ]),
      ).toBe('recovery.invalid');
      // A proof for another session, and one that is too old.
      const other = proofOf(db, ['raise', 'ses_other', theirs.owner.id, factor, 1, now]);
      expect(
        await outcome(client, 'select cordon.raise_session($1, $2, 1, $3, $4, $5, $6)', [
          'attack',
          factor,
          now,
          other,
          'ses_2',
          sha256('2'),
        ]),
      ).toBe('totp.proof_invalid');
      const old = proofOf(db, ['raise', 'ses_attack', theirs.owner.id, factor, 1, now - 200]);
      expect(
        await outcome(client, 'select cordon.raise_session($1, $2, 1, $3, $4, $5, $6)', [
          'attack',
          factor,
          now - 200,
          old,
          'ses_2',
          sha256('2'),
        ]),
      ).toBe('totp.proof_invalid');
    });
  });
});

describe('publish()', () => {
  const fence = (project: ProjectRow) => ({ kind: 'fence', id: project.appId, regions: ['EU'] });
  const call = (client: pg.Client, put: unknown[], del: string[] = []) =>
    outcome(client, 'select cordon.publish($1::jsonb, $2::text[])', [JSON.stringify(put), del]);

  it('takes resources of the entered organisation only', async () => {
    await hostile(asMine(), async (client) => {
      expect(await call(client, [fence(mine.project)])).toBe('done');
      expect(await call(client, [fence(theirs.project)])).toBe('policy.not_yours');
      expect(await call(client, [fence(mine.project), fence(theirs.project)])).toBe('policy.not_yours');
      expect(await call(client, [], [`fence/${theirs.project.appId}`])).toBe('policy.not_yours');
      expect(await call(client, [{ kind: 'edges', id: 'edges', generation: 1, edges: [] }])).toBe('policy.not_yours');
      expect(
        await call(client, [
          {
            kind: 'revocation',
            id: 'rev_1',
            appId: theirs.project.appId,
            subject: { type: 'project' },
            issuedBefore: 1,
          },
        ]),
      ).toBe('policy.not_yours');
      const project = {
        kind: 'project',
        id: mine.project.appId,
        projectId: mine.project.id,
        organisationId: mine.organisation,
        certificates: [{ id: mine.project.certificateId }],
      };
      expect(await call(client, [project])).toBe('done');
      expect(await call(client, [{ ...project, organisationId: theirs.organisation }])).toBe('policy.not_yours');
      expect(await call(client, [{ ...project, projectId: theirs.project.id }])).toBe('policy.not_yours');
      expect(await call(client, [{ ...project, certificates: [{ id: theirs.project.certificateId }] }])).toBe(
        'policy.not_yours',
      );
      expect(await call(client, [])).toBe('policy.invalid');
    });
  });

  it('does not take over a revocation id of another organisation', async () => {
    const resource = (project: ProjectRow) => ({
      kind: 'revocation',
      id: 'rev_same',
      appId: project.appId,
      subject: { type: 'project' },
      issuedBefore: 1,
    });
    const client = new pg.Client(db.url.console);
    await client.connect();
    await client.query('begin');
    await client.query('select * from cordon.enter_organisation($1, $2)', [theirs.session.secret, theirs.organisation]);
    await client.query('select cordon.publish($1::jsonb, $2::text[])', [
      JSON.stringify([resource(theirs.project)]),
      [],
    ]);
    await client.query('commit');
    await client.end();
    await hostile(asMine(), async (attacker) =>
      expect(await call(attacker, [resource(mine.project)])).toBe('policy.not_yours'),
    );
  });

  it('needs a context, and the scope of an API key', async () => {
    await hostile(null, async (client) => expect(await call(client, [fence(mine.project)])).toBe('policy.not_yours'));
    await hostile(['select * from cordon.enter_api_key($1)', [mine.key.key]], async (client) => {
      expect(await call(client, [fence(mine.project)])).toBe('policy.not_yours');
      expect(
        await call(client, [
          {
            kind: 'revocation',
            id: newId('rev'),
            appId: mine.project.appId,
            subject: { type: 'project' },
            issuedBefore: 1,
          },
        ]),
      ).toBe('done');
    });
  });

  it('lets an auditor publish nothing', async () => {
    const auditor = await addPerson(db, 'customer');
    await addMember(db, mine.organisation, auditor, 'auditor');
    const { secret } = await addSession(db, auditor);
    await hostile(['select * from cordon.enter_organisation($1, $2)', [secret, mine.organisation]], async (client) => {
      expect(await call(client, [fence(mine.project)])).toBe('policy.not_yours');
      expect(await outcome(client, `update "Project" set "name" = 'x'`)).toBe('nothing');
    });
  });

  it('lets control write the edges and nothing of a customer', async () => {
    const client = new pg.Client(db.url.control);
    await client.connect();
    await client.query('begin');
    expect(await call(client, [{ kind: 'edges', id: 'edges', generation: 1, edges: [] }])).toBe('done');
    expect(await call(client, [fence(mine.project)])).toBe('policy.not_yours');
    for (const table of ['"User"', '"Session"', '"Membership"', '"ApiKey"', '"AuditEvent"', '"Organisation"'])
      expect([table, await outcome(client, `select * from ${table}`)]).toEqual([table, DENIED]);
    await client.query('rollback');
    await client.end();
  });
});

describe('staff and roles', () => {
  it('shows staff the organisations and no data of projects', async () => {
    const administrator = await addPerson(db, 'staff', 'administrator');
    const { secret } = await addSession(db, administrator);
    await hostile(['select * from cordon.enter_staff($1)', [secret]], async (client) => {
      expect((await client.query('select "id", "name", "slug", "createdAt" from "Organisation"')).rowCount).toBe(2);
      for (const table of [
        'Project',
        'Certificate',
        'Revocation',
        'Decision',
        'MediaSession',
        'Membership',
        'AuditValue',
      ])
        expect([table, (await client.query(`select * from "${table}"`)).rowCount]).toEqual([table, 0]);
      expect((await client.query('select "id" from "User" where "realm" = $1', ['customer'])).rowCount).toBe(0);
      expect((await client.query('select * from cordon.fleet()')).rowCount).toBe(2);
    });
    await hostile(asMine(), async (client) =>
      expect((await client.query('select * from cordon.fleet()')).rowCount).toBe(0),
    );
  });

  it('lets an administrator neither make nor unmake owners, nor the last owner go', async () => {
    const administrator = await addPerson(db, 'customer');
    const membership = await addMember(db, mine.organisation, administrator, 'administrator');
    const { secret } = await addSession(db, administrator);
    await hostile(['select * from cordon.enter_organisation($1, $2)', [secret, mine.organisation]], async (client) => {
      expect(await outcome(client, `delete from "Membership" where "role" = 'owner'`)).toBe('nothing');
      expect(await outcome(client, `update "Membership" set "role" = 'owner' where "id" = $1`, [membership])).toBe(
        DENIED,
      );
      const invite = `insert into "Invitation" ("id", "realm", "organisationId", "email", "memberRole", "secretHash", "expiresAt") values ('inv_x', 'customer', $1, 'b@example.com', $2::"MemberRole", sha256('y'), now() + interval '1 day')`;
      expect(await outcome(client, invite, [mine.organisation, 'owner'])).toBe(DENIED);
      expect(await outcome(client, invite, [mine.organisation, 'developer'])).toBe('done');
    });
    await hostile(asMine(), async (client) =>
      expect(await outcome(client, `update "Membership" set "role" = 'auditor' where "role" = 'owner'`)).toBe(
        'member.last_owner',
      ),
    );
  });
});

describe('the audit log', () => {
  it('refuses update, delete and truncate, to the console by grants and to a superuser by triggers', async () => {
    await hostile(asMine(), async (client) => {
      for (const table of ['AuditEvent', 'AuditValue']) {
        for (const sql of [
          `update "${table}" set "organisationId" = null`,
          `delete from "${table}"`,
          `truncate "${table}"`,
        ])
          expect([sql, await outcome(client, sql)]).toEqual([sql, DENIED]);
      }
    });
    for (const table of ['AuditEvent', 'AuditValue']) {
      for (const sql of [
        `update "${table}" set "organisationId" = null`,
        `delete from "${table}"`,
        `truncate "${table}"`,
      ]) {
        await expect(query(db.url.installer, sql), sql).rejects.toMatchObject({ message: 'audit.append_only' });
      }
    }
  });

  it("takes no event in another's name, of another time or transaction", async () => {
    await hostile(asMine(), async (client) => {
      const insert = (organisation: string | null, kind: string, at = 'now()') =>
        outcome(
          client,
          `insert into "AuditEvent" ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "header", "commitments", "seed", "entry")
           values (gen_random_uuid(), $1, ${at}, gen_random_uuid(), 's', 'success', $2, 'a', 't', 'o', '\\x00', '{}', ${LEAF})`,
          [organisation, kind],
        );
      expect(await insert(mine.organisation, 'member')).toBe('done');
      expect(await insert(theirs.organisation, 'member')).toBe(DENIED);
      expect(await insert(null, 'member')).toBe(DENIED);
      expect(await insert(mine.organisation, 'staff')).toBe(DENIED);
      expect(await insert(mine.organisation, 'member', `now() - interval '1 day'`)).toBe(DENIED);
      expect(await outcome(client, `insert into "AuditEvent" ("id", "xid") values (gen_random_uuid(), '1')`)).toBe(
        DENIED,
      );
      const anonymous = (event: object) =>
        outcome(client, 'select cordon.append_anonymous($1, $2)', [JSON.stringify(event), '[]']);
      expect(await anonymous({ outcome: 'success' })).toBe('context.required');
    });
  });
});

describe('one code, twenty submissions at once', () => {
  it('raises exactly one session', async () => {
    const person = await addPerson(db, 'customer');
    const factor = await addFactor(db, person);
    const sessions = await Promise.all(Array.from({ length: 20 }, () => addSession(db, person, 1)));
    const issuedAt = Math.floor(Date.now() / 1000);
    const step = Math.floor(issuedAt / 30);
    const results = await Promise.all(
      sessions.map(async ({ id, secret }, index) => {
        const proof = proofOf(db, ['raise', id, person.id, factor, step, issuedAt]);
        return query(db.url.console, 'select cordon.raise_session($1, $2, $3, $4, $5, $6, $7)', [
          secret,
          factor,
          step,
          issuedAt,
          proof,
          `ses_new_${index}`,
          sha256(`new-${index}`),
        ])
          .then(() => 'raised')
          .catch((error: Error) => error.message);
      }),
    );
    expect(results.filter((r) => r === 'raised')).toHaveLength(1);
    expect(results.filter((r) => r === 'totp.replayed')).toHaveLength(19);
  });
});
