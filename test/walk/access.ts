import pg from 'pg';
import { customerTerms, type GrantTerms, grantTerms, type Signed } from '@/lib/kernel/grant';
import { newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import type { World as Base } from '../contract/world';
import { recorded } from '../foreign/recordings';
import { acts, newId as anyId, sharesOf } from '../support/grants';
import { deliverRecord } from '../support/screen-record';
import { enrol, type Holder, signed } from '../support/soft-passkeys';

/**
 * Access to production as far as the walk goes: an administrator who has everything it takes and may answer others, requests of theirs and of a
 * colleague, in the keyring and in rows, and one that waits for each organisation's word.
 */
export interface Access {
  policyId: string;
  target: string;
  /** Of the administrator: two that run. */
  running: string;
  ending: string;
  /** Of somebody else: one that waits, a break-glass, and one that runs. */
  waiting: string;
  broken: string;
  others: string;
  /** By organisation: one that waits for it, and one of it that runs. */
  asked: Record<string, { waiting: string; running: string }>;
  decision: string;
  /** Of the administrator, on call. */
  delegation: string;
  lock: string;
  /** Of the administrator: one to hand over, one to remove; and an on-call approver who takes it. */
  shifts: { own: string; spare: string; to: string };
  /** On production, of the administrator, with a screen record. */
  session: string;
  /** Of that record: a copy, and what of it is shared. */
  copy: string;
  share: string;
  /** Of somebody else, on a grant that runs. */
  watched: { session: string; request: string };
}

const TARGET = 'host:walk-1';
const AGREEMENT = 'Nothing of what I see leaves the company.';
export const AGREEMENT_FORM = { text: AGREEMENT, months: '12' };

export async function openAccess(
  base: Base,
  { administrator, standIn }: { administrator: string; standIn: string },
  organisations: readonly string[],
): Promise<Access> {
  const { call, sql } = base;
  const policyId = newId('elp');
  await sql(
    `insert into "EligibilityPolicy" ("id", "version", "name", "classes", "regions", "dataClasses", "maxMinutes", "decideMinutes", "security", "onCall",
       "denials", "files", "breakGlass", "changedById") values ($1, 1, 'Walk', '{edge}', '{EU}', '{log}', 60, 120, 1, 0, 1, false, true, 'usr_x')`,
    [policyId],
  );
  await sql(
    `insert into "AccessTarget" ("id", "class", "region", "dataClasses", "organisations", "changedById") values ($1, 'edge', 'EU', '{log}', '{}', 'usr_x')`,
    [TARGET],
  );
  await sql(`insert into "Agreement" ("version", "text", "months", "publishedById") values (1, $1, 12, 'usr_x')`, [
    AGREEMENT,
  ]);
  const lock = newId('lck');
  await sql(
    `insert into "AccessLock" ("id", "kind", "subject", "reason", "setById") values ($1, 'target', 'host:elsewhere', 'A drill', 'usr_x')`,
    [lock],
  );
  await ready(sql, administrator);
  const shift = async () => {
    const id = newId('shf');
    await sql(
      `insert into "OnCallShift" ("id", "personId", "startsAt", "endsAt", "setById")
       values ($1, $2, date_trunc('hour', now()) + interval '1 day', date_trunc('hour', now()) + interval '2 days', 'usr_x')`,
      [id, administrator],
    );
    return id;
  };

  // Signed at the keyring itself, which is all that counts.
  const somebody = async (userId: string): Promise<Holder> => {
    await call('staff.welcome', { userId, ttlSeconds: 600 });
    return enrol(call, { userId, realm: 'staff', choices: { deviceBound: true } });
  };
  const sign = async (holder: Holder, act: Signed['act']) =>
    call(
      'act.verify',
      await signed(call, holder, {
        act: { ...act, terms: act.terms.map(([a, b]): [string, string] => [a, b]), version: '' },
      }),
    );
  const members = [await somebody(anyId('usr')), await somebody(anyId('usr'))];
  const own = await somebody(administrator);
  const colleague = await somebody(anyId('usr'));
  const until = Math.floor(Date.now() / 1000) + 86_400;
  const decide = async (decision: Parameters<typeof acts.decide>[1]) => {
    const id = anyId('cmd');
    for (const member of members) await sign(member, acts.decide(id, decision));
  };
  await decide({ kind: 'members', members: members.map(({ userId }) => userId), until, minutes: 'ISSC 1' });
  for (const { userId } of [own, colleague])
    for (const as of ['authorised employee', 'break-glass', 'security approver', 'on-call approver'] as const)
      await decide({ kind: 'designate', person: userId, as, until, minutes: 'ISSC 2' });
  await decide({ kind: 'designate', person: standIn, as: 'authorised employee', until, minutes: 'ISSC 2' });
  const delegation = newId('dlg');
  const lent = { role: 'on-call', to: standIn, from: until - 86_400, until } as const;
  await sign(own, acts.delegate(delegation, lent));
  await sql(
    `insert into "Delegation" ("id", "role", "byId", "toId", "startsAt", "endsAt") values ($1, 'on-call', $2, $3, to_timestamp($4), to_timestamp($5))`,
    [delegation, administrator, standIn, lent.from, lent.until],
  );

  const to = base.staff.userId;
  await decide({ kind: 'designate', person: to, as: 'on-call approver', until, minutes: 'ISSC 2' });

  const row = async (id: string, terms: GrantTerms, state: string, of: readonly string[] = []) => {
    const pairs = JSON.stringify(grantTerms(terms));
    await sql(
      `insert into "AccessRequest" ("id", "personId", "kind", "terms", "targets", "organisations", "decideBy", "state")
       values ($1, $2, $3, $4::jsonb, $5, $6, to_timestamp($7), $8)`,
      [id, terms.person, terms.kind, pairs, terms.targets, of, terms.decideBy, state],
    );
    for (const organisation of of) {
      // Also of what runs by break-glass: withdrawing is for who was asked.
      const needs = [
        { role: 'security', count: 1 },
        { role: `customer ${organisation}`, count: 1 },
      ];
      const shown = { ...terms, kind: 'access', approvals: needs, customers: sharesOf(needs, [TARGET]) } as const;
      await sql(
        `insert into "ProviderAccess" ("requestId", "organisationId", "staffId", "employer", "country", "kind", "mode", "purpose", "reason", "ticket",
           "targets", "projects", "dataClasses", "files", "minutes", "terms", "answerBy", "state")
         values ($1, $2, 'emp_x', 'Example Ltd', 'DE', $3, 'approve', $4, $5, '', $6, '{}', '{log}', false, $7, $8::jsonb, to_timestamp($9), $10)`,
        [
          id,
          organisation,
          terms.kind,
          terms.purpose,
          terms.reason,
          terms.targets,
          terms.minutes,
          JSON.stringify(customerTerms(shown, organisation, primitives)),
          terms.decideBy,
          state,
        ],
      );
    }
  };
  const terms = (person: string, over: Partial<GrantTerms> = {}): GrantTerms => ({
    ...{ kind: 'access', extends: null, person, targets: [TARGET], command: null, files: false, purpose: 'incident' },
    ...{ reason: 'Because of the walk', ticket: '', startsAt: null, minutes: 30, decideBy: until - 3600, denials: 1 },
    ...{ approvals: [{ role: 'security', count: 1 }], customers: [], policy: `${policyId}@1` },
    ...over,
  });
  /** A break-glass runs as soon as it is signed. */
  const running = async (holder: Holder, of: readonly string[] = []) => {
    const id = newId('grt');
    const asked = terms(holder.userId, { kind: 'break-glass', approvals: [] });
    await sign(holder, acts.ask(id, asked));
    await row(id, asked, 'active', of);
    return id;
  };
  const waiting = async (of: readonly string[] = []) => {
    const id = newId('grt');
    const approvals = [{ role: 'security', count: 1 }, ...of.map((one) => ({ role: `customer ${one}`, count: 1 }))];
    const asked = terms(colleague.userId, { approvals, customers: sharesOf(approvals, [TARGET]) });
    await sign(colleague, acts.ask(id, asked));
    await row(id, asked, 'pending', of);
    return id;
  };
  const decision = newId('cmd');
  await sql(
    `insert into "CommitteeDecision" ("id", "kind", "members", "until", "minutes", "proposedById") values ($1, 'members', $2, now() + interval '1 day', 'ISSC 3', 'usr_x')`,
    [decision, members.map(({ userId }) => userId)],
  );
  const asked: Access['asked'] = {};
  for (const organisation of organisations)
    asked[organisation] = { waiting: await waiting([organisation]), running: await running(colleague, [organisation]) };
  const ended = await running(own);
  const session = await recordedSession(base, ended, own.userId);
  const { copy, share } = await sharedCopy(sql, session);
  const watched = { session: newId('ssn'), request: await running(colleague) };
  await sql(
    `insert into "ProductionSession" ("id", "requestId", "userId", "target", "through", "startedAt") values ($1, $2, $3, $4, 'web terminal', now())`,
    [watched.session, watched.request, colleague.userId, TARGET],
  );
  return {
    ...{ copy, share, watched },
    ...{
      policyId,
      target: TARGET,
      session,
      running: await running(own),
      ending: await running(own),
      waiting: await waiting(),
    },
    ...{ broken: await running(colleague), others: await running(colleague), asked, decision, delegation, lock },
    shifts: { own: await shift(), spare: await shift(), to },
  };
}

/** One that is over, and what the gateway delivered of it. */
async function recordedSession({ sql, controlUrl }: Base, request: string, person: string): Promise<string> {
  const session = newId('ssn');
  await sql(
    `insert into "ProductionSession" ("id", "requestId", "userId", "target", "through", "startedAt", "endedAt", "why")
     values ($1, $2, $3, $4, 'web terminal', now() - interval '1 minute', now(), 'exit')`,
    [session, request, person, TARGET],
  );
  const { file, heads } = recorded('walk', undefined, session);
  const pool = new pg.Pool({ connectionString: controlUrl, max: 1, options: '-c TimeZone=UTC' });
  await deliverRecord(pool, session, file, heads);
  await pool.end();
  return session;
}

/** A whole copy, and a share that nobody has opened. */
async function sharedCopy(sql: Base['sql'], session: string): Promise<{ copy: string; share: string }> {
  const [copy, share] = [newId('rcp'), newId('shr')];
  await sql(
    `insert into "RecordingCopy" ("id", "sessionId", "withheld", "withheldLines", "bytes", "reason", "madeById")
     select $1, $2, '', 0, sum(length("bytes")), 'Because of the walk', 'usr_x' from "RecordingPiece" where "sessionId" = $2`,
    [copy, session],
  );
  await sql(
    `insert into "RecordingCopyPiece" ("copyId", "offset", "bytes") select $1, "offset", "bytes" from "RecordingPiece" where "sessionId" = $2`,
    [copy, session],
  );
  await sql(
    `insert into "RecordingShare" ("id", "copyId", "recipient", "secretHash", "expiresAt", "mostViews", "sharedById")
     values ($1, $2, 'An auditor', sha256(convert_to($1, 'UTF8')), now() + interval '1 day', 3, 'usr_x')`,
    [share, copy],
  );
  return { copy, share };
}

/** Everything that is recorded of somebody before they may have access. */
async function ready(sql: Base['sql'], person: string): Promise<void> {
  for (const course of ['general', 'additional'])
    await sql(
      `insert into "Training" ("id", "userId", "course", "completedAt", "expiresAt", "evidence", "recordedById")
       values ($1, $2, $3, now() - interval '1 day', now() + interval '300 days', 'LMS', 'usr_x')`,
      [newId('trn'), person, course],
    );
  await sql(
    `insert into "AgreementSignature" ("userId", "version", "expiresAt") values ($1, 1, now() + interval '300 days')`,
    [person],
  );
  await sql(
    `insert into "EmployeePlace" ("userId", "employer", "country", "recordedById") values ($1, 'Example Ltd', 'DE', 'usr_x')`,
    [person],
  );
  await sql(
    `insert into "Passkey" ("id", "userId", "realm", "credentialId", "publicKey", "name", "deviceBound", "transports", "aaguid", "state")
     values ($1, $2, 'staff', $1, 'public', 'Key', true, '{usb}', '', 'active')`,
    [newId('psk'), person],
  );
}
