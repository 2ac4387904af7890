import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster, type TestDatabase } from '../support/database';
import { DENIED, hostile, sqlOutcome } from '../support/hostile';
import {
  addFactor,
  addMember,
  addOrganisation,
  addPasskey,
  addPerson,
  addSession,
  type PersonRow,
  proofOf,
  query,
} from '../support/world';

/**
 * The attacker's position: any SQL as the console's role, the secrets of sessions that pass through it, and now and then a proof the keyring
 * gave for something else. What they want: to be somebody, to be somebody for longer, or to say that somebody agreed.
 */
let cluster: TestCluster;
let db: TestDatabase;
let customer: PersonRow;
let organisation: string;
let victim: PersonRow;
let key: { id: string; credentialId: string };
beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  customer = await addPerson(db, 'customer');
  organisation = await addOrganisation(db, customer);
  victim = await addPerson(db, 'customer');
  await addMember(db, organisation, victim, 'administrator');
  key = await addPasskey(db, victim);
});
afterAll(() => cluster?.stop());

const now = () => Math.floor(Date.now() / 1000);
type Enter = Parameters<typeof hostile>[1];
const asPerson = (secret: string): Enter => ['select * from cordon.enter_person($1)', [secret]];
const asStaff = (secret: string): Enter => ['select * from cordon.enter_staff($1)', [secret]];
const asMember = (secret: string, organisationId: string): Enter => [
  'select * from cordon.enter_organisation($1, $2)',
  [secret, organisationId],
];
const as = (enter: Enter, fn: (client: pg.Client) => Promise<void>) => hostile(db, enter, fn);
const many = async (
  client: pg.Client,
  tries: readonly (readonly [sql: string, values: unknown[], expected: string])[],
) => {
  for (const [sql, values, expected] of tries)
    expect([sql, values, await sqlOutcome(client, sql, values)]).toEqual([sql, values, expected]);
};

describe('rows of passkeys', () => {
  // They write their own credential under the victim's name, or take the victim's away, or endorse one by hand.
  it('cannot be forged, changed or taken away', async () => {
    const { secret } = await addSession(db, customer);
    const columns = `("id", "userId", "realm", "credentialId", "publicKey", "name", "deviceBound", "transports", "aaguid", "state")`;
    await as(asPerson(secret), (client) =>
      many(client, [
        [
          `insert into "Passkey" ${columns} values ('psk_x', $1, 'customer', 'c', 'k', 'n', true, '{}', '', 'active')`,
          [victim.id],
          DENIED,
        ],
        [`update "Passkey" set "userId" = $1`, [customer.id], DENIED],
        [`update "Passkey" set "state" = 'active'`, [], DENIED],
        [`update "Passkey" set "counter" = 0`, [], DENIED],
        [`delete from "Passkey"`, [], DENIED],
        [`update "Session" set "raisedBy" = 'passkey', "passkeyId" = $1`, [key.id], DENIED],
      ]),
    );
  });

  // They look for the credential ids and keys of others, to prepare an attack on somebody else's account.
  it('are seen by their owner, and those of staff by staff', async () => {
    const { secret } = await addSession(db, customer);
    const { id: own } = await addPasskey(db, customer);
    const employee = await addPerson(db, 'staff', 'auditor');
    const { id: staffKey } = await addPasskey(db, employee, 'pending');
    const { secret: staff } = await addSession(db, await addPerson(db, 'staff', 'support'));
    const seen = (enter: Enter) =>
      hostile(db, enter, async (client) => (await client.query('select "id" from "Passkey"')).rows.map(({ id }) => id));
    expect(await seen(null)).toEqual([]);
    expect(await seen(asPerson(secret))).toEqual([own]);
    // Being in one organisation with somebody shows nothing of their keys.
    expect(await seen(asMember(secret, organisation))).toEqual([own]);
    expect(await seen(asStaff(staff))).toEqual([staffKey]);
    await as(null, async (client) => {
      const { rows } = await client.query('select * from cordon.passkeys_of($1)', [secret]);
      expect(rows.map(({ passkey_id }) => passkey_id)).toEqual([own]);
      await many(client, [['select * from cordon.passkeys_of($1)', ['guess'], 'session.invalid']]);
      // A credential id, which only its authenticator's answers carry, gives no name, key or address away.
      const found = await client.query('select * from cordon.find_passkey($1)', [key.credentialId]);
      expect(Object.keys(found.rows[0])).toEqual(['passkey_id', 'user_id', 'realm', 'counter', 'status']);
    });
  });
});

describe('sessions', () => {
  // They begin a session in the victim's name with a passkey, raise one they began with nothing, and raise what is raised already, each with
  // no proof, with a proof of something else, of somebody else, for another session, too old, or for a passkey that waits.
  it('are not begun or raised without a proof for exactly that', async () => {
    const waiting = await addPasskey(db, victim, 'pending');
    const begin = `select cordon.start_session_with_passkey($1, $2, $3, $4, $5, 'ses_new', sha256('new'), '', '', 3600)`;
    const raise = `select cordon.raise_session_with_passkey($1, $2, $3, $4, $5, 'ses_new', sha256('new'))`;
    const at = now();
    const word = (...parts: (string | number)[]) => proofOf(db, parts);
    const half = await addSession(db, victim, 1);
    const full = await addSession(db, victim, 2, 'passkey');
    const recovered = await addSession(db, victim, 2, 'recovery');
    const bad = 'totp.proof_invalid';
    await as(null, (client) =>
      many(client, [
        [begin, [key.id, victim.id, 1, at, '00'], bad],
        [begin, [key.id, victim.id, 1, at, word('passkey-raise', 'ses_new', victim.id, key.id, 1, at)], bad],
        [begin, [key.id, victim.id, 1, at, word('passkey-begin', 'ses_other', victim.id, key.id, 1, at)], bad],
        [begin, [key.id, victim.id, 1, at, word('passkey-begin', 'ses_new', customer.id, key.id, 1, at)], bad],
        [
          begin,
          [key.id, victim.id, 1, at - 200, word('passkey-begin', 'ses_new', victim.id, key.id, 1, at - 200)],
          bad,
        ],
        // A field left out or with the separator in it would shift its neighbours, and a time left out would never be old.
        [begin, [key.id, null, 1, at, word('passkey-begin', 'ses_new', key.id, 1, at)], bad],
        [
          begin,
          [`${victim.id}|${key.id}`, null, 1, at, word('passkey-begin', 'ses_new', victim.id, key.id, 1, at)],
          bad,
        ],
        [begin, [key.id, victim.id, 1, null, word('passkey-begin', 'ses_new', victim.id, key.id, 1)], bad],
        // Good words of the keyring, for a passkey of somebody else and one that waits.
        [
          begin,
          [key.id, customer.id, 1, at, word('passkey-begin', 'ses_new', customer.id, key.id, 1, at)],
          'passkey.unknown',
        ],
        [
          begin,
          [waiting.id, victim.id, 1, at, word('passkey-begin', 'ses_new', victim.id, waiting.id, 1, at)],
          'passkey.unknown',
        ],
        [raise, [half.secret, key.id, 1, at, '00'], bad],
        [raise, [half.secret, key.id, 1, at, word('passkey-begin', half.id, victim.id, key.id, 1, at)], bad],
        [raise, [half.secret, key.id, 1, at, word('passkey-raise', full.id, victim.id, key.id, 1, at)], bad],
        [raise, ['guess', key.id, 1, at, '00'], 'session.invalid'],
        // Signing again with the same session would make it last for ever.
        [
          raise,
          [full.secret, key.id, 1, at, word('passkey-raise', full.id, victim.id, key.id, 1, at)],
          'session.complete',
        ],
        [
          raise,
          [recovered.secret, key.id, 1, at, word('passkey-raise', recovered.id, victim.id, key.id, 1, at)],
          'session.complete',
        ],
        [raise, [half.secret, key.id, 1, at, word('passkey-raise', half.id, victim.id, key.id, 1, at)], 'done'],
      ]),
    );
  });

  it('are not prolonged with an authenticator either', async () => {
    const factor = await addFactor(db, victim);
    const full = await addSession(db, victim, 2, 'totp');
    const at = now();
    const proof = proofOf(db, ['raise', full.id, victim.id, factor, 7, at]);
    const raise = `select cordon.raise_session($1, $2, 7, $3, $4, 'ses_new', sha256('new'))`;
    await as(null, (client) => many(client, [[raise, [full.secret, factor, at, proof], 'session.complete']]));
  });

  // A secret was copied from memory: of a session that is over, that holds the password only, that recovery codes opened, or of an employee who
  // came as far as a code. Each is put into every function that lets somebody in or changes something.
  it('that are good for no work open nothing', async () => {
    const employee = await addPerson(db, 'staff', 'administrator');
    const over = await addSession(db, victim);
    await query(db.url.installer, `update "Session" set "revokedAt" = now() where "id" = $1`, [over.id]);
    const idle = await addSession(db, victim);
    await query(db.url.installer, `update "Session" set "lastSeenAt" = now() - interval '61 minutes' where "id" = $1`, [
      idle.id,
    ]);
    const old = await addSession(db, victim, 2, 'recovery');
    await query(db.url.installer, `update "Session" set "createdAt" = now() - interval '31 minutes' where "id" = $1`, [
      old.id,
    ]);
    const secrets: Record<string, [secret: string, refusal: string]> = {
      over: [over.secret, 'session.invalid'],
      idle: [idle.secret, 'session.invalid'],
      'recovery, an hour ago': [old.secret, 'session.invalid'],
      'password only': [(await addSession(db, victim, 1)).secret, 'session.second_factor_required'],
      recovery: [(await addSession(db, victim, 2, 'recovery')).secret, 'session.factor_required'],
      'an employee by code': [(await addSession(db, employee, 2, 'totp')).secret, 'session.passkey_required'],
      'an employee by recovery': [(await addSession(db, employee, 2, 'recovery')).secret, 'session.passkey_required'],
    };
    const doors = [
      `select cordon.enter_organisation($1, '${organisation}')`,
      'select cordon.enter_staff($1)',
      'select cordon.enter_person($1)',
      `select cordon.end_session_by_id($1, 'ses_1')`,
      'select cordon.end_other_sessions($1)',
      `select cordon.change_password($1, 'hash', 'terms')`,
      `select cordon.renew_recovery_codes($1, '{}', 'terms')`,
      `select cordon.remove_passkey($1, '${key.id}', true, 'terms')`,
      `select cordon.remove_totp($1, 'terms')`,
      `select cordon.takes_code_for($1, 'fence.apply')`,
      `select cordon.has_step_up($1, 'a', 'o', 't')`,
      `select cordon.use_step_up($1, 'a', 'o', 't')`,
      `select cordon.record_step_up($1, 's', 'f', 1, 1, 'p', 'a', 'o', 't', 'k')`,
      `select cordon.record_passkey_step_up($1, 's', 'p', 1, 1, 'p', 'a', 'o', 't', 'n', 'k')`,
      `select cordon.accept_invitation_signed_in('link', $1, 'mem_1')`,
    ];
    await as(null, async (client) => {
      for (const [whose, [secret, refusal]] of Object.entries(secrets))
        for (const door of doors)
          expect([whose, door, await sqlOutcome(client, door, [secret])]).toEqual([whose, door, refusal]);
    });
  });
});

describe('setting up factors', () => {
  // With the victim's password a first-factor session can be had. A registration of the attacker's own, good at the keyring, is put beside
  // the victim's factors, or a waiting one is called active.
  it('takes a proof for this very passkey, and a confirmation beside another factor', async () => {
    const at = now();
    const add = `select cordon.add_passkey($1, 'psk_mine', 'cred', $2, true, '{}', '', 'Mine', $3, $4, $5, 'terms', '{}', 'ses_new', sha256('new'))`;
    const word = (session: string, who: PersonRow, bound: string, state: string, publicKey = 'pub') =>
      proofOf(db, ['passkey-add', session, who.id, 'psk_mine', 'cred', publicKey, bound, state, at]);
    const half = await addSession(db, victim, 1);
    const full = await addSession(db, victim, 2, 'totp');
    const employee = await addPerson(db, 'staff', 'administrator');
    const newcomer = await addSession(db, employee, 1);
    const bad = 'totp.proof_invalid';
    await as(null, (client) =>
      many(client, [
        [add, [half.secret, 'pub', 'active', at, '00'], bad],
        [add, [half.secret, 'pub', 'active', at, word(half.id, victim, '1', 'active')], 'passkey.already_enrolled'],
        [add, [full.secret, 'pub', 'active', at, word(full.id, victim, '1', 'active')], 'step_up.required'],
        [add, [newcomer.secret, 'pub', 'active', at, word(newcomer.id, employee, '1', 'pending')], bad],
        [add, [newcomer.secret, 'other', 'pending', at, word(newcomer.id, employee, '1', 'pending')], bad],
        // Synced, sold as bound to its device.
        [add, [newcomer.secret, 'pub', 'pending', at, word(newcomer.id, employee, '0', 'pending')], bad],
        [add, [newcomer.secret, 'pub', 'pending', at, word(newcomer.id, employee, '1', 'pending')], 'done'],
      ]),
    );
  });

  // Recovery codes: one where it takes two, twice the same, a list that means nothing, and somebody else's.
  it('takes as many recovery codes as it takes', async () => {
    const hashes = (who: PersonRow, ...codes: string[]) =>
      Promise.all(
        codes.map((code) =>
          query(
            db.url.installer,
            `insert into "RecoveryCode" ("id", "userId", "hash") values ($1, $2, sha256($3::bytea))`,
            [`rec_${who.id}${code}`, who.id, code],
          ),
        ),
      );
    await hashes(victim, 'one', 'two');
    await hashes(customer, 'theirs');
    const raise = `select cordon.raise_session_with_recovery($1, $2, 'ses_new', sha256('new'))`;
    const half = await addSession(db, victim, 1);
    const full = await addSession(db, victim, 2, 'totp');
    const no = 'recovery.invalid';
    await as(null, (client) =>
      many(client, [
        [raise, [half.secret, ['one']], no],
        [raise, [half.secret, ['one', 'one']], no],
        [raise, [half.secret, ['one', null]], no],
        [raise, [half.secret, ['one', 'theirs']], no],
        [raise, [half.secret, []], no],
        [raise, [half.secret, null], no],
        [raise, [full.secret, ['one', 'two']], no],
        [raise, [half.secret, ['one', 'two']], 'done'],
      ]),
    );
  });
});

describe('agreeing', () => {
  // They write down that the victim agreed: with a proof for other words, of another factor, by code where a passkey is asked for; and they
  // use one agreement for another act.
  it('takes a proof for these very words', async () => {
    const at = now();
    const { id, secret } = await addSession(db, victim, 2, 'passkey');
    const employee = await addPerson(db, 'staff', 'administrator');
    const factor = await addFactor(db, employee);
    const staff = await addSession(db, employee);
    const mine = await addFactor(db, victim);
    const byKey = `select cordon.record_passkey_step_up($1, 'stp_1', $2, 2, $3, $4, $5, 'o', $6, 'n', 'ticket')`;
    const byCode = `select cordon.record_step_up($1, 'stp_1', $2, 2, $3, $4, $5, 'o', 't', 'ticket')`;
    const word = (action: string, terms: string) =>
      proofOf(db, ['passkey-stepup', id, victim.id, key.id, 2, at, action, 'o', terms, 'n']);
    const code = (session: string, who: PersonRow, which: string, action: string) =>
      proofOf(db, ['stepup', session, who.id, which, 2, at, action, 'o', 't']);
    const bad = 'totp.proof_invalid';
    await as(null, (client) =>
      many(client, [
        [byKey, [secret, key.id, at, word('fence.apply', 'other'), 'fence.apply', 't'], bad],
        [byKey, [secret, key.id, at, word('certificate.reveal', 't'), 'fence.apply', 't'], bad],
        [byKey, [secret, key.id, at, word('fence.apply', 't'), 'fence.apply', 't'], 'done'],
        // Changes of one's own factors take the highest there is, and staff's acts always.
        [
          byCode,
          [secret, mine, at, code(id, victim, mine, 'password.change'), 'password.change'],
          'step_up.passkey_required',
        ],
        [byCode, [secret, mine, at, code(id, victim, mine, 'fence.apply'), 'fence.apply'], 'done'],
        [
          byCode,
          [staff.secret, factor, at, code(staff.id, employee, factor, 'edge.ban'), 'edge.ban'],
          'step_up.passkey_required',
        ],
        [`select cordon.use_step_up($1, 'fence.apply', 'o', null)`, [secret], 'step_up.required'],
      ]),
    );
  });

  // An administrator's session is in the console's hands, and a passkey of the attacker's waits to be endorsed.
  it('endorses no passkey without the keyring’s word for this one by this person', async () => {
    const at = now();
    const administrator = await addPerson(db, 'staff', 'administrator');
    const other = await addPerson(db, 'staff', 'security');
    const attacker = await addPerson(db, 'staff', 'administrator');
    const waiting = await addPasskey(db, attacker, 'pending');
    const second = await addPasskey(db, attacker, 'pending');
    const { secret } = await addSession(db, administrator);
    const endorse = 'select cordon.endorse_passkey($1, $2, $3)';
    const word = (passkeyId: string, by: PersonRow, when = at) =>
      proofOf(db, ['passkey-endorse', passkeyId, by.id, when]);
    await as(null, (client) =>
      many(client, [[endorse, [waiting.id, at, word(waiting.id, administrator)], 'context.required']]),
    );
    await as(asStaff(secret), (client) =>
      many(client, [
        [endorse, [waiting.id, at, '00'], 'totp.proof_invalid'],
        [endorse, [waiting.id, at, word(second.id, administrator)], 'totp.proof_invalid'],
        [endorse, [waiting.id, at, word(waiting.id, other)], 'totp.proof_invalid'],
        [endorse, [waiting.id, at - 200, word(waiting.id, administrator, at - 200)], 'totp.proof_invalid'],
        [endorse, [key.id, at, word(key.id, administrator)], 'passkey.unknown'],
        [endorse, [waiting.id, at, word(waiting.id, administrator)], 'done'],
      ]),
    );
    // Turning down is a word as well: nobody's without a standing for it.
    const turnDown = 'select cordon.turn_down_passkey($1)';
    const { secret: support } = await addSession(db, await addPerson(db, 'staff', 'support'));
    for (const enter of [
      null,
      asStaff(support),
      asPerson(secret),
      asMember((await addSession(db, victim)).secret, organisation),
    ])
      await as(enter, (client) => many(client, [[turnDown, [waiting.id], 'context.required']]));
    const { secret: own } = await addSession(db, attacker);
    await as(asStaff(own), (client) =>
      many(client, [[endorse, [waiting.id, at, word(waiting.id, attacker)], 'passkey.unknown']]),
    );
    await query(db.url.installer, `update "User" set "status" = 'disabled' where "id" = $1`, [attacker.id]);
    await as(asStaff(secret), (client) =>
      many(client, [[endorse, [waiting.id, at, word(waiting.id, administrator)], 'passkey.unknown']]),
    );
  });
});

describe('an employee who is curious', () => {
  // Any employee, or whoever holds their session, reads every table as far as the database lets them. Each table holds a row of a customer,
  // marked in every column. What may be seen is the list of organisations; all else about customers takes a grant.
  it('finds nothing of a customer in any table but the list of organisations and of broken logs', async () => {
    const marked = await cluster.database();
    const ids = await markEveryTable(marked);
    const classes = dataClasses();
    const tables = await readableColumns(marked);
    const found = async (enter: Enter) => {
      const seen = new Set<string>();
      await hostile(marked, enter, async (client) => {
        for (const { table, columns } of tables) {
          const personal = columns.filter((column) =>
            ['account', 'enduser', 'content'].includes(classes.get(`${table}.${column}`)!),
          );
          if (personal.length === 0) continue;
          const said = personal.map((column) => `"${column}"::text`).join(', ');
          const { rows } = await client.query(`select concat_ws(' ', ${said}) as said from "${table}"`);
          for (const { said } of rows) if (isMarked(String(said), ids)) seen.add(table);
        }
      });
      return [...seen].sort();
    };
    // The walk does see: with the customer's own session there is a lot to find.
    const { secret } = await addSession(marked, { id: ids.user, email: '' });
    const own = await found(asMember(secret, ids.organisation));
    expect(own.length).toBeGreaterThanOrEqual(15);
    for (const role of ['administrator', 'security', 'support', 'auditor']) {
      const employee = await addSession(marked, await addPerson(marked, 'staff', role));
      // And where it is their duty to know: whose log a check found not to be whole, and what was on screens in production.
      const duty = role === 'support' ? [] : ['LogCheck', ...RECORDINGS];
      const known = [...duty, 'Organisation', ...ACCESS].sort();
      expect([role, await found(asStaff(employee.secret))]).toEqual([role, known]);
    }
  });
});

const RECORDINGS = [
  'RecordingCopy',
  'RecordingCopyPiece',
  'RecordingPiece',
  'RecordingShare',
  'RecordingText',
  'SessionRecording',
];

/** The provider's own about access to production: who asked for what. It names customers whose data is concerned; of their people nobody. */
const ACCESS = [
  ...[
    // What the provider said to a customer; what the customer said is not read here.
    'AccessComment',
    'AccessLock',
    'AccessRequest',
    'AccessRouting',
    'AccessTarget',
    'Agreement',
    'AgreementSignature',
    'CommitteeDecision',
    'CommitteeVote',
    'Delegation',
  ],
  ...['EligibilityPolicy', 'EmployeePlace', 'OnCallShift', 'ProductionSession', 'ProviderAccess', 'Training'],
];

interface Ids {
  user: string;
  organisation: string;
  project: string;
}
const MARK = 'of-a-customer';
const isMarked = (text: string, ids: Ids) =>
  [MARK, Buffer.from(MARK).toString('hex'), ids.user, ids.organisation, ids.project].some((sign) =>
    text.includes(sign),
  );

/** Class of every column, from its `@data` line. */
function dataClasses(): Map<string, string> {
  const classes = new Map<string, string>();
  const schema = readFileSync('prisma/schema.prisma', 'utf8');
  for (const [, model, body] of schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)) {
    let found = '';
    for (const line of body!.split('\n').map((text) => text.trim())) {
      found = /^\/\/\/ @data class=(\w+)/.exec(line)?.[1] ?? found;
      const [, field] = /^(\w+)\s+\w/.exec(line) ?? [];
      if (field && found) {
        classes.set(`${model}.${field}`, found);
        found = '';
      }
    }
  }
  return classes;
}

const readableColumns = (of: TestDatabase) =>
  query<{ table: string; columns: string[] }>(
    of.url.installer,
    `select c.relname as table, array_agg(a.attname::text) as columns from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> '_prisma_migrations'
       and has_column_privilege('cordon_console', c.oid, a.attnum, 'select') group by 1 order by 1`,
  );

/** Gives every table a row of one customer: ids where ids belong, the mark in every other text. Nothing keeps rows from fitting together. */
async function markEveryTable(of: TestDatabase): Promise<Ids> {
  const user = await addPerson(of, 'customer');
  const organisation = await addOrganisation(of, user);
  const ids = { user: user.id, organisation, project: 'prj_of_a_customer' };
  const columns = await query<{
    table: string;
    column: string;
    type: string;
    kind: string;
    elements: string;
    labels: string[] | null;
  }>(
    of.url.installer,
    `select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type, t.typtype as kind, t.typelem::regtype::text as elements,
       (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as labels
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' join pg_type t on t.oid = a.atttypid
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not in ('_prisma_migrations', 'Organisation', 'User', 'Membership') and (c.relname, a.attname) <> ('AuditEvent', 'xid')`,
  );
  const literal = (text: string) => `'${text}'`;
  const value = ({ column, type, kind, labels }: (typeof columns)[number]): string => {
    if (column === 'organisationId') return literal(ids.organisation);
    if (column === 'projectId') return literal(ids.project);
    if (/^(userId|subject|createdById|invitedById|actor|sessionUserId)$/.test(column) && type === 'text')
      return literal(ids.user);
    if (column === 'realm') return literal('customer');
    if (column === 'staffRole') return 'null';
    if (kind === 'e') return literal(labels![0]!);
    if (type.endsWith('[]')) return type === 'text[]' ? `array['${MARK}']` : `'{}'`;
    if (type === 'text' || type.startsWith('character')) return literal(MARK);
    if (type === 'bytea') return `convert_to('${MARK}', 'UTF8')`;
    if (type === 'jsonb' || type === 'json') return `'"${MARK}"'`;
    if (type === 'tsvector') return `to_tsvector('simple', '${MARK}')`;
    if (type === 'xid8') return `'1'`;
    if (type === 'boolean') return 'true';
    if (type === 'uuid') return 'gen_random_uuid()';
    if (type.startsWith('timestamp')) return `now() + interval '1 hour'`;
    return '1';
  };
  const names = [...new Set(columns.map(({ table }) => table))];
  const checks = await query<{ sql: string }>(
    of.url.installer,
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as sql from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace`,
  );
  const rows = names.flatMap((name) => {
    const own = columns.filter(({ table }) => table === name);
    const insert = (change: Record<string, string> = {}) =>
      `insert into "${name}" (${own.map(({ column }) => `"${column}"`).join(', ')}) overriding system value
       values (${own.map((column) => change[column.column] ?? value(column)).join(', ')}) on conflict do nothing`;
    // The provider's own log speaks of customers too.
    const provider =
      name === 'AuditValue' || name === 'AuditEvent'
        ? [insert({ organisationId: 'null', projectId: 'null', subject: literal('provider') })]
        : [];
    return [insert(), ...provider];
  });
  // As a replica nothing fires and no reference is checked.
  const statements = ["set session_replication_role = 'replica'", ...checks.map(({ sql }) => sql), ...rows];
  await query(of.url.installer, statements.join(';\n'));
  return ids;
}
