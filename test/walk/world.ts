import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { append } from '@/lib/audit';
import { INSERT_EVENTS } from '@/lib/audit/sequencer/test-support';
import { asMember, asStaff } from '@/lib/db';
import { hashPassword } from '@/lib/identity/passwords/passwords';
import { cookieNames } from '@/lib/identity/request/cookies';
import { sealSessionCookie } from '@/lib/identity/request/next-auth';
import type { Realm } from '@/lib/identity/request/origins';
import { hashSecret, newSecret } from '@/lib/identity/sessions/secrets';
import { keyring } from '@/lib/keyring';
import { newId } from '@/lib/platform';
import { createProject } from '@/lib/projects';
import { type World as Base, openWorld } from '../contract/world';
import { type ConsoleChoices, type RunningConsole, startConsole } from '../support/console';
import { type Access, openAccess } from './access';
import { countWrites } from './unchanged';

/**
 * Two organisations with something of everything in each, people of every role in both realms, and a running console in front. What is
 * private carries a word of its own, so that an answer can be searched for what it should not hold.
 */
export const MEMBER_ROLES = ['owner', 'administrator', 'developer', 'auditor'] as const;
export const STAFF_ROLES = ['administrator', 'security', 'support', 'auditor'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];
export type StaffRole = (typeof STAFF_ROLES)[number];

export interface Someone {
  userId: string;
  realm: Realm;
  email: string;
}

/** Where a session stands. `live` is one that may work: staff with a passkey, customers with either factor. */
export type Standing = 'live' | 'totp' | 'first-factor' | 'recovery' | 'ended' | 'expired' | 'idle';

export interface Tenant {
  organisationId: string;
  slug: string;
  projectId: string;
  /** Of the same organisation, in these states. */
  frozen: { id: string; name: string };
  archivedId: string;
  certificateId: string;
  /** Disabled, so that it can be enabled and deleted. */
  otherCertificateId: string;
  invitationId: string;
  invitationSecret: string;
  membershipId: string;
  /** Of an auditor. */
  auditorMembershipId: string;
  apiKeyId: string;
  /** In its log: a confirmation, with its evidence. */
  eventId: string;
  /** An export of its log, with a file. */
  exportId: string;
  /** Streams of its log. */
  streams: Streams;
  /** A saved view and a sample of its owner's. */
  viewId: string;
  sampleId: string;
  /** A session of the owner beside the one that asks. */
  sessionId: string;
  /** A full key of the project. */
  key: string;
  /** Words that stand nowhere but in rows of that subject. */
  words: Record<
    'Organisation' | 'Project' | 'Certificate' | 'ApiKey' | 'Invitation' | 'Membership' | 'Decision' | 'Revocation',
    string
  >;
}

/** One with a dead letter, one that is paused, and one to be deleted. None has anything to send by itself. */
export interface Streams {
  active: string;
  paused: string;
  spare: string;
}

export interface WalkWorld {
  console: RunningConsole;
  base: Base;
  sql: Base['sql'];
  /** Members of the first organisation, by role. */
  member: Record<MemberRole, Someone>;
  staff: Record<StaffRole, Someone>;
  /** Owner of the second organisation. */
  stranger: Someone;
  /** Was a member of the first organisation. */
  former: Someone;
  /** A member of the first organisation, and one of staff, whose accounts are disabled. */
  disabled: Record<Realm, Someone>;
  a: Tenant;
  b: Tenant;
  /** Of everybody. */
  password: string;
  /** An open invitation to the staff, a passkey of theirs that waits, and a confirmation in the provider's log. */
  staffInvitationId: string;
  waitingPasskeyId: string;
  staffEventId: string;
  staffExportId: string;
  /** A shared view of the provider's log. */
  staffViewId: string;
  staffStreams: Streams;
  /** One of the owner's passkeys. */
  passkeyId: string;
  access: Access;
  /** Secret of a new session of that person in that standing. */
  session(person: Someone, standing?: Standing): Promise<{ id: string; secret: string }>;
  /** A Cookie header holding that secret, as the console of that realm seals it. */
  cookie(realm: Realm, secret: string): Promise<string>;
  stop(): Promise<void>;
}

const PASSWORD = 'gate mural lantern seven';

export async function openWalk(choices: ConsoleChoices = {}): Promise<WalkWorld> {
  const base = await openWorld();
  const { sql } = base;
  const console = await startConsole({ ...choices, env: { ...exporting(), ...choices.env } });

  const person = async (realm: Realm, staffRole: string | null, name: string): Promise<Someone> => {
    const id = newId('usr');
    const email = `${name}-${id.slice(-6)}@example.com`;
    await sql(
      `insert into "User" ("id", "realm", "email", "name", "passwordHash", "staffRole") values ($1, $2::"Realm", $3, $4, 'none', $5::"StaffRole")`,
      [id, realm, email, name, staffRole],
    );
    return { userId: id, realm, email };
  };
  const join = (organisationId: string, { userId }: Someone, role: MemberRole) => {
    const id = newId('mem');
    return sql(
      `insert into "Membership" ("id", "organisationId", "userId", "role") values ($1, $2, $3, $4::"MemberRole")`,
      [id, organisationId, userId, role],
    ).then(() => id);
  };

  const session: WalkWorld['session'] = async ({ userId, realm }, standing = 'live') => {
    const [id, secret] = [newId('ses'), newSecret()];
    const raisedBy = { 'first-factor': '', recovery: 'recovery', totp: 'totp' }[standing as string] ?? 'passkey';
    await sql(
      `insert into "Session" ("id", "secretHash", "userId", "realm", "aal", "raisedBy", "createdAt", "lastSeenAt", "expiresAt", "revokedAt", "addressPrefix", "userAgent")
       values ($1, $2, $3, $4::"Realm", $5, $6, now(), now() - make_interval(mins => $7), now() + make_interval(mins => $8), $9, '192.0.2.0/24', 'walk')`,
      [
        id,
        hashSecret(secret),
        userId,
        realm,
        standing === 'first-factor' ? 1 : 2,
        raisedBy,
        standing === 'idle' ? 61 : 0,
        standing === 'expired' ? -1 : 480,
        standing === 'ended' ? new Date() : null,
      ],
    );
    return { id, secret };
  };

  const stream = async (organisationId: string | null, state: 'active' | 'paused') => {
    const id = newId('str');
    const { sealed } = await keyring().call('stream.create', { streamId: id });
    await sql(
      `insert into "AuditStream" ("id", "organisationId", "createdById", "kind", "address", "sealed", "state", "next")
       values ($1, $2, 'usr_walk', 'http', 'https://10.0.0.1/', $3, $4, 1000000000)`,
      [id, organisationId, sealed, state],
    );
    await sql(`insert into "AuditStreamLetter" ("streamId", "first", "end", "code") values ($1, 0, 1, 'answer')`, [id]);
    return id;
  };
  const streamsOf = async (organisationId: string | null): Promise<Streams> => ({
    active: await stream(organisationId, 'active'),
    paused: await stream(organisationId, 'paused'),
    spare: await stream(organisationId, 'active'),
  });

  const origins = { customer: console.origin.customer, staff: console.origin.staff };
  const tenant = async (mark: string, owner: { secret: string; organisationId: string }, ownerPerson: Someone) => {
    const { organisationId } = owner;
    const slug = `walk-${mark}`;
    const word = (subject: string) => `zq${mark}${subject}`;
    const words = {
      Organisation: word('organisation'),
      Project: word('project'),
      Certificate: word('certificate'),
      ApiKey: word('apikey'),
      Invitation: word('invitation'),
      Membership: word('membership'),
      Decision: word('decision'),
      Revocation: word('revocation'),
    };
    await sql('update "Organisation" set "name" = $2, "slug" = $3 where "id" = $1', [
      organisationId,
      words.Organisation,
      slug,
    ]);
    const caller = { kind: 'member', ...owner } as const;
    const made = await createProject(caller, { name: words.Project, environment: 'development', fence: ['EU'] });
    const projectId = made.project.id;
    const inState = async (status: 'frozen' | 'archived') => {
      const { project } = await createProject(caller, {
        name: `${words.Project}-${status}`,
        environment: 'development',
        fence: ['EU'],
      });
      await sql('update "Project" set "status" = $2::"ProjectStatus" where "id" = $1', [project.id, status]);
      return { id: project.id, name: project.name };
    };
    const [frozen, { id: archivedId }] = [await inState('frozen'), await inState('archived')];
    const otherCertificateId = newId('crt');
    await sql(
      `insert into "Certificate" ("id", "organisationId", "projectId", "slot", "sealed", "fingerprint", "status")
       values ($1, $2, $3, 'secondary', 'sealed', $4, 'disabled')`,
      [otherCertificateId, organisationId, projectId, words.Certificate],
    );
    const { key, keyId: apiKeyId } = await base.key(projectId, await allScopes(), organisationId);
    await sql('update "ApiKey" set "name" = $2 where "id" = $1', [apiKeyId, words.ApiKey]);
    const invitationId = newId('inv');
    const invitationSecret = newSecret();
    await sql(
      `insert into "Invitation" ("id", "realm", "organisationId", "email", "memberRole", "secretHash", "expiresAt")
       values ($1, 'customer', $2, $3, 'developer', $4, now() + interval '7 days')`,
      [invitationId, organisationId, `${words.Invitation}@example.com`, hashSecret(invitationSecret)],
    );
    const colleague = await person('customer', null, words.Membership);
    const membershipId = await join(organisationId, colleague, 'developer');
    const auditor = await person('customer', null, `${words.Membership}-auditor`);
    const auditorMembershipId = await join(organisationId, auditor, 'auditor');
    const [viewId, sampleId] = [newId('viw'), newId('smp')];
    await sql(
      `insert into "AuditView" ("id", "organisationId", "ownerId", "name", "filter", "shared") values ($1, $2, $3, 'A view', '{}', true)`,
      [viewId, organisationId, ownerPerson.userId],
    );
    await sql(
      `insert into "AuditSample" ("id", "organisationId", "ownerId", "filter", "rangeFrom", "rangeTo", "size", "population", "seed", "seedGiven",
         "wanted", "places") values ($1, $2, $3, '{}', 0, 1, 1, 1, 'x', true, 1, '{0}')`,
      [sampleId, organisationId, ownerPerson.userId],
    );
    await base.decision(projectId, { channel: words.Decision, account: words.Decision });
    await base.session(projectId, { channel: words.Decision, account: words.Decision });
    const { revoke } = await import('@/lib/policy');
    const { key: revoker } = await base.key(projectId, ['revocation:write'], organisationId);
    await revoke({ kind: 'api-key', key: revoker }, projectId, {
      subject: { type: 'user', account: words.Revocation },
      reason: words.Revocation,
    });
    const { id: sessionId } = await session(ownerPerson);
    const eventId = await asMember(owner.secret, organisationId, (tx) =>
      append(tx, { ...confirmation(projectId), actor: { kind: 'member', id: ownerPerson.userId }, organisationId }),
    );
    return {
      organisationId,
      slug,
      projectId,
      frozen,
      archivedId,
      certificateId: made.certificate.id,
      otherCertificateId,
      invitationId,
      invitationSecret,
      membershipId,
      auditorMembershipId,
      apiKeyId,
      eventId,
      exportId: '',
      streams: await streamsOf(organisationId),
      viewId,
      sampleId,
      sessionId,
      key,
      words,
    };
  };

  await base.edge('eu-1', 'EU');
  await base.edge('eu-2', 'EU');
  const emailOf = async (userId: string) =>
    (await sql<{ email: string }>('select "email" from "User" where "id" = $1', [userId]))[0]!.email;
  const known = async ({ userId }: { userId: string }): Promise<Someone> => ({
    userId,
    realm: 'customer',
    email: await emailOf(userId),
  });
  const owner = await known(base.owner);
  const stranger = await known(base.stranger);
  const a = await tenant('a', base.owner, owner);
  const b = await tenant('b', base.stranger, stranger);
  const administrator = await person('customer', null, 'administrator');
  await join(a.organisationId, administrator, 'administrator');
  const gone = await person('customer', null, 'gone');
  await join(a.organisationId, gone, 'owner');
  const staff = Object.fromEntries(
    await Promise.all(STAFF_ROLES.map(async (role) => [role, await person('staff', role, role)])),
  ) as Record<StaffRole, Someone>;
  const goneStaff = await person('staff', 'administrator', 'gone');
  const staffInvitationId = newId('inv');
  await sql(
    `insert into "Invitation" ("id", "realm", "email", "staffRole", "secretHash", "expiresAt")
     values ($1, 'staff', 'invited@example.com', 'support', $2, now() + interval '7 days')`,
    [staffInvitationId, hashSecret(newSecret())],
  );
  const who = { administrator: staff.administrator.userId, standIn: staff.support.userId };
  const access = await openAccess(base, who, [a.organisationId, b.organisationId]);
  const passkey = async ({ userId, realm }: Someone, state: 'active' | 'pending') => {
    const id = newId('psk');
    await sql(
      `insert into "Passkey" ("id", "userId", "realm", "credentialId", "publicKey", "name", "deviceBound", "transports", "aaguid", "state")
       values ($1, $2, $3::"Realm", $1, 'public', 'Key', true, '{usb}', '', $4)`,
      [id, userId, realm, state],
    );
    return id;
  };
  const passkeyId = await passkey(owner, 'active');
  await passkey(owner, 'active');
  await sql(`insert into "TotpFactor" ("id", "userId", "sealed", "confirmedAt") values ($1, $2, 'sealed', now())`, [
    newId('fac'),
    owner.userId,
  ]);
  const waitingPasskeyId = await passkey(staff.support, 'pending');
  const staffEventId = await asStaff(base.staff.secret, (tx) =>
    append(tx, { ...confirmation('eu-1'), actor: { kind: 'staff', id: base.staff.userId } }),
  );
  await sql(`update "User" set "status" = 'disabled' where "id" = any($1)`, [[gone.userId, goneStaff.userId]]);

  await sql('update "User" set "passwordHash" = $1', [await hashPassword(PASSWORD)]);
  await sql(INSERT_EVENTS, [FORMER_LOG, 1]);
  await base.sequence();
  for (const log of [a.organisationId, b.organisationId, 'provider']) await keepIn(sql, log);
  const { requestExport, requestProviderExport } = await import('@/lib/audit-export');
  const file = { format: 'ndjson' } as const;
  const member = (organisationId: string, { secret }: { secret: string }) =>
    requestExport({ kind: 'member', secret, organisationId }, file);
  a.exportId = await member(a.organisationId, base.owner);
  b.exportId = await member(b.organisationId, base.stranger);
  // By now there are checkpoints for the samples to be of.
  await sql(
    `update "AuditSample" s set "size" = (select max(k."size") from "LogCheckpoint" k where k."log" = s."organisationId")`,
  );
  const staffViewId = newId('viw');
  await sql(
    `insert into "AuditView" ("id", "ownerId", "name", "filter", "shared") values ($1, $2, 'A view', '{}', true)`,
    [staffViewId, base.staff.userId],
  );
  const staffExportId = await requestProviderExport(base.staff.secret, file);
  // The console's own worker writes them.
  const waiting = () => sql(`select 1 from "AuditExport" where "state" in ('queued', 'running')`);
  while ((await waiting()).length > 0) await sleep(50);
  await countWrites({ sql });

  return {
    console,
    password: PASSWORD,
    base,
    sql,
    member: { owner, administrator, developer: await known(base.developer), auditor: await known(base.auditor) },
    staff,
    stranger,
    former: await person('customer', null, 'former'),
    disabled: { customer: gone, staff: goneStaff },
    a,
    b,
    staffInvitationId,
    waitingPasskeyId,
    staffEventId,
    staffExportId,
    staffViewId,
    staffStreams: await streamsOf(null),
    passkeyId,
    access,
    session,
    cookie: async (realm, secret) => `${cookieNames(origins, realm).session}=${await sealSessionCookie(realm, secret)}`,
    async stop() {
      await console.stop();
      await base.stop();
    },
  };
}

/** The log of an organisation that is no more. */
export const FORMER_LOG = 'org_former';

/** A hold and a proposal to prune in a log, by somebody else, so that whoever is asked can be the second person. They keep and prune nothing. */
export const keptIn = (log: string) => {
  const digits = createHash('md5').update(log).digest('hex');
  return { hold: `hld_${digits}`, pruning: `prn_${digits}` };
};
async function keepIn(sql: Base['sql'], log: string): Promise<void> {
  const { hold, pruning } = keptIn(log);
  await sql(
    `insert into "AuditHold" ("id", "log", "kind", "target", "reason", "setById") values ($1, $2, 'act', 'none', 'Suit', 'usr_other')`,
    [hold, log],
  );
  await sql(
    `insert into "AuditPruning" ("id", "log", "classes", "beforeAt", "upTo", "expected", "proposedById", "next")
     values ($1, $2, '{activity}', '2000-01-01', 1, 1, 'usr_other', 0)`,
    [pruning, log],
  );
}

/** What lets the console write exports and send streams. */
const exporting = (): Record<string, string> =>
  Object.fromEntries(
    ['CORDON_EXPORT_HOME', 'CORDON_EXPORTER_DATABASE_URL', 'CORDON_STREAMER_DATABASE_URL'].map((name) => [
      name,
      process.env[name] ?? '',
    ]),
  );

/** The event of a passkey's signature, as far as reading it goes. */
const confirmation = (object: string) =>
  ({
    schema: 'step-up@2',
    outcome: 'success',
    object: { type: 'step-up', id: object },
    fields: {
      action: 'project.freeze',
      factor: 'passkey',
      terms: 'a'.repeat(64),
      verdict: 'confirm',
      statement: 'cordon-act/1\n',
      evidence: JSON.stringify({
        passkeyId: '',
        credentialId: '',
        publicKey: '',
        authenticatorData: '',
        clientDataJSON: '',
        signature: '',
        origin: '',
      }),
    },
  }) as const;

async function allScopes(): Promise<string[]> {
  const { API_SCOPES } = await import('@/lib/api-keys/schemas');
  return Object.keys(API_SCOPES);
}
