import { toDomainError } from './errors';
import type { MemberRole, Realm, StaffRole, UserStatus } from './generated/enums';
import type { Tx } from './tx';

/**
 * The database's functions for moments when there is no tenant yet, as typed calls. Secrets go in as text and are hashed
 * there (SHA-256 of their UTF-8 bytes); hashes made here are passed as 32 bytes. Refusals come out as `CordonError`.
 */
type Bytes = Uint8Array<ArrayBuffer>;

export interface LiveSession {
  session_id: string;
  user_id: string;
  realm: Realm;
  aal: 1 | 2;
  raised_by: '' | 'totp' | 'passkey' | 'recovery';
  email: string;
  name: string;
  staff_role: StaffRole | null;
  created_at: Date;
  last_seen_at: Date;
  expires_at: Date;
  has_totp: boolean;
  /** Active ones. */
  passkeys: number;
  /** Waiting to be endorsed. */
  passkeys_pending: number;
}

/** Proof of a second factor, as the keyring gave it. */
export interface Proof {
  factorId: string;
  timeStep: number;
  /** Unix seconds; accepted for 120 s. */
  issuedAt: number;
  proof: string;
}

export interface NewSession {
  id: string;
  /** SHA-256 of the new secret. */
  secretHash: Bytes;
}

const one = async <T>(rows: Promise<T[]>): Promise<T | undefined> => (await rows)[0];

/** Undefined when unknown. The caller verifies a dummy hash then, so that both take the same time. */
export const findSignIn = (tx: Tx, realm: Realm, email: string) =>
  one(
    tx.prisma.$queryRaw<{ user_id: string; password_hash: string; status: UserStatus }[]>`
      select * from cordon.find_sign_in(${realm}, ${email})`,
  );

/** Begins a session after the password only (aal 1): it may give or first-enrol the second factor within ten minutes. */
export async function startSession(
  tx: Tx,
  input: { userId: string; session: NewSession; addressPrefix: string; userAgent: string; ttlSeconds: number },
): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.start_session(${input.userId}, ${input.session.id}, ${input.session.secretHash},
    ${input.addressPrefix}, ${input.userAgent}, ${input.ttlSeconds}::int)`;
}

/** The live session of a secret, or undefined. Notes that it was seen, once a minute at most. */
export const session = (tx: Tx, secret: string) =>
  one(tx.prisma.$queryRaw<LiveSession[]>`select * from cordon.session(${secret})`);

/** `terms` (a `termsDigest`) is what the step-up for `totp.enrol` was given for, where one is needed. */
export async function beginTotp(
  tx: Tx,
  secret: string,
  factorId: string,
  sealed: string,
  terms: string,
): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.begin_totp(${secret}, ${factorId}, ${sealed}, ${terms})`;
}

/** The factor to verify a code against: the one in use, or with `enrolling` the one about to be confirmed. */
export const totpFactor = (tx: Tx, secret: string, enrolling: boolean) =>
  one(
    tx.prisma.$queryRaw<{ factor_id: string; sealed: string; last_step: bigint; confirmed: boolean }[]>`
      select * from cordon.totp_factor(${secret}, ${enrolling})`,
  );

/** Confirms a factor, stores the hashes of new recovery codes, and raises the session. The transaction then acts as this person. */
export async function confirmTotp(
  tx: Tx,
  secret: string,
  proof: Proof,
  recoveryHashes: Bytes[],
  next: NewSession,
): Promise<void> {
  const hashes = recoveryHashes.map((hash) => Buffer.from(hash).toString('hex'));
  await tx.prisma
    .$executeRaw`select cordon.confirm_totp(${secret}, ${proof.factorId}, ${proof.timeStep}::bigint, ${proof.issuedAt}::bigint,
    ${proof.proof}, (select coalesce(array_agg(decode(h, 'hex')), '{}') from unnest(${hashes}::text[]) h), ${next.id}, ${next.secretHash})`;
}

/** Ends the session and makes its successor at aal 2. A code works once: `totp.replayed`. The transaction then acts as this person. */
export async function raiseSession(tx: Tx, secret: string, proof: Proof, next: NewSession): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.raise_session(${secret}, ${proof.factorId}, ${proof.timeStep}::bigint,
    ${proof.issuedAt}::bigint, ${proof.proof}, ${next.id}, ${next.secretHash})`;
}

/** All codes or none are used; how many it takes, the database knows. Throws `recovery.invalid`. */
export async function raiseSessionWithRecovery(
  tx: Tx,
  secret: string,
  codes: readonly string[],
  next: NewSession,
): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.raise_session_with_recovery(${secret}, ${[...codes]}::text[], ${next.id}, ${next.secretHash})`;
}

/** The keyring's word that a passkey answered, as the database checks it. */
export interface PasskeyProof {
  passkeyId: string;
  userId: string;
  counter: number;
  /** Unix seconds; accepted for 120 s. */
  issuedAt: number;
  proof: string;
}

/** The active passkey behind a credential id (base64url), before anybody is signed in. */
export const findPasskey = (tx: Tx, credentialId: string) =>
  one(
    tx.prisma.$queryRaw<
      { passkey_id: string; user_id: string; realm: Realm; counter: bigint; status: UserStatus }[]
    >`select * from cordon.find_passkey(${credentialId})`,
  );

/** Every passkey of whoever holds the session, waiting ones too. */
export const passkeysOf = (tx: Tx, secret: string) =>
  tx.prisma.$queryRaw<
    {
      passkey_id: string;
      credential_id: string;
      public_key: string;
      transports: string[];
      counter: bigint;
      state: 'pending' | 'active';
    }[]
  >`select * from cordon.passkeys_of(${secret})`;

/** A session with both factors at once: the passkey asked its holder for PIN or biometric. The transaction then acts as this person. */
export async function startSessionWithPasskey(
  tx: Tx,
  proof: PasskeyProof,
  input: { session: NewSession; addressPrefix: string; userAgent: string; ttlSeconds: number },
): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.start_session_with_passkey(${proof.passkeyId}, ${proof.userId},
    ${proof.counter}::bigint, ${proof.issuedAt}::bigint, ${proof.proof}, ${input.session.id}, ${input.session.secretHash},
    ${input.addressPrefix}, ${input.userAgent}, ${input.ttlSeconds}::int)`;
}

/** As `raiseSession`, with a passkey. */
export async function raiseSessionWithPasskey(
  tx: Tx,
  secret: string,
  proof: PasskeyProof,
  next: NewSession,
): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.raise_session_with_passkey(${secret}, ${proof.passkeyId},
    ${proof.counter}::bigint, ${proof.issuedAt}::bigint, ${proof.proof}, ${next.id}, ${next.secretHash})`;
}

export interface NewPasskey {
  passkeyId: string;
  /** base64url. */
  credentialId: string;
  /** COSE key, base64url. */
  publicKey: string;
  deviceBound: boolean;
  transports: string[];
  aaguid: string;
  name: string;
  state: 'pending' | 'active';
  issuedAt: number;
  proof: string;
}

/**
 * Stores a passkey. An active one replaces the session by `next`; with a pending one the session stays as it is. `terms` (a `termsDigest`)
 * is what the step-up for `passkey.add` was given for, where one is needed; `recoveryHashes` count with a first factor and after a
 * recovery. The transaction then acts as this person. Throws `passkey.already_enrolled`, `step_up.required`.
 */
export async function addPasskey(
  tx: Tx,
  secret: string,
  key: NewPasskey,
  terms: string,
  recoveryHashes: Bytes[],
  next: NewSession,
): Promise<void> {
  const hashes = recoveryHashes.map((hash) => Buffer.from(hash).toString('hex'));
  await tx.prisma
    .$executeRaw`select cordon.add_passkey(${secret}, ${key.passkeyId}, ${key.credentialId}, ${key.publicKey},
    ${key.deviceBound}, ${key.transports}::text[], ${key.aaguid}, ${key.name}, ${key.state}, ${key.issuedAt}::bigint, ${key.proof}, ${terms},
    (select coalesce(array_agg(decode(h, 'hex')), '{}') from unnest(${hashes}::text[]) h), ${next.id}, ${next.secretHash})`;
}

/** With an unused step-up for `passkey.remove` on it in these terms. Throws `passkey.last_factor`. */
export async function removePasskey(
  tx: Tx,
  secret: string,
  passkeyId: string,
  endOthers: boolean,
  terms: string,
): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.remove_passkey(${secret}, ${passkeyId}, ${endOthers}, ${terms})`;
}

/** With an unused step-up for `totp.enrol` on the user id in these terms. Throws `passkey.last_factor`. */
export async function removeTotp(tx: Tx, secret: string, terms: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.remove_totp(${secret}, ${terms})`;
}

/** One's own. Needs a person's, member's or staff context. */
export async function renamePasskey(tx: Tx, passkeyId: string, name: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.rename_passkey(${passkeyId}, ${name})`;
}

/** A second person's word for a waiting staff passkey. Needs a staff context of an administrator or security officer. */
export async function endorsePasskey(tx: Tx, passkeyId: string, issuedAt: number, proof: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.endorse_passkey(${passkeyId}, ${issuedAt}::bigint, ${proof})`;
}

export async function turnDownPasskey(tx: Tx, passkeyId: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.turn_down_passkey(${passkeyId})`;
}

/** With an unused step-up for `recovery.renew` on the user id in these terms. */
export async function renewRecoveryCodes(
  tx: Tx,
  secret: string,
  recoveryHashes: Bytes[],
  terms: string,
): Promise<void> {
  const hashes = recoveryHashes.map((hash) => Buffer.from(hash).toString('hex'));
  await tx.prisma.$executeRaw`select cordon.renew_recovery_codes(${secret},
    (select coalesce(array_agg(decode(h, 'hex')), '{}') from unnest(${hashes}::text[]) h), ${terms})`;
}

/** Whether an authenticator's code will do for confirming this act. */
export async function takesCodeFor(tx: Tx, secret: string, action: string): Promise<boolean> {
  return (await one(
    tx.prisma.$queryRaw<{ takes: boolean }[]>`select cordon.takes_code_for(${secret}, ${action}) as takes`,
  ))!.takes;
}

export async function recordStepUp(
  tx: Tx,
  secret: string,
  stepUp: Proof & { id: string; action: string; object: string; terms: string; ticket: string },
): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.record_step_up(${secret}, ${stepUp.id}, ${stepUp.factorId}, ${stepUp.timeStep}::bigint,
    ${stepUp.issuedAt}::bigint, ${stepUp.proof}, ${stepUp.action}, ${stepUp.object}, ${stepUp.terms}, ${stepUp.ticket})`;
}

/** `terms` is `termsDigest` of lib/kernel/act. Throws `step_up.replayed` when this signature confirmed something before. */
export async function recordPasskeyStepUp(
  tx: Tx,
  secret: string,
  stepUp: PasskeyProof & { id: string; action: string; object: string; terms: string; nonce: string; ticket: string },
): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.record_passkey_step_up(${secret}, ${stepUp.id}, ${stepUp.passkeyId}, ${stepUp.counter}::bigint,
    ${stepUp.issuedAt}::bigint, ${stepUp.proof}, ${stepUp.action}, ${stepUp.object}, ${stepUp.terms}, ${stepUp.nonce}, ${stepUp.ticket})`;
}

/** Whether `useStepUp` would find one. For acts that do something elsewhere before their own transaction begins. */
export async function hasStepUp(
  tx: Tx,
  secret: string,
  action: string,
  object: string,
  terms: string,
): Promise<boolean> {
  return (await one(
    tx.prisma.$queryRaw<
      { found: boolean }[]
    >`select cordon.has_step_up(${secret}, ${action}, ${object}, ${terms}) as found`,
  ))!.found;
}

/**
 * Uses up a step-up given for this action on this object in exactly these terms (a `termsDigest`); gives the keyring's ticket. Throws
 * `step_up.required` when there is none.
 */
export async function useStepUp(
  tx: Tx,
  secret: string,
  action: string,
  object: string,
  terms: string,
): Promise<string> {
  const row = await one(
    tx.prisma.$queryRaw<
      { ticket: string }[]
    >`select cordon.use_step_up(${secret}, ${action}, ${object}, ${terms}) as ticket`,
  ).catch((error) => {
    // At once rather than at the end of the transaction, so that the act can say what it asks to have confirmed.
    throw toDomainError(error);
  });
  return row!.ticket;
}

export async function endSession(tx: Tx, secret: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.end_session(${secret})`;
}

/** Ends another session of the same person. */
export async function endSessionById(tx: Tx, secret: string, sessionId: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.end_session_by_id(${secret}, ${sessionId})`;
}

export async function endOtherSessions(tx: Tx, secret: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.end_other_sessions(${secret})`;
}

export interface FoundInvitation {
  id: string;
  realm: Realm;
  organisation_id: string | null;
  organisation_name: string | null;
  email: string;
  member_role: MemberRole | null;
  staff_role: StaffRole | null;
  expires_at: Date;
}

export const findInvitation = (tx: Tx, linkSecret: string) =>
  one(tx.prisma.$queryRaw<FoundInvitation[]>`select * from cordon.find_invitation(${linkSecret})`);

/** Makes the account and its membership. The transaction then acts as the new person. Throws `invitation.account_exists`. */
export async function acceptInvitation(
  tx: Tx,
  input: { linkSecret: string; userId: string; name: string; passwordHash: string; membershipId: string },
): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.accept_invitation(${input.linkSecret}, ${input.userId}, ${input.name}, ${input.passwordHash},
    ${input.membershipId})`;
}

export async function acceptInvitationSignedIn(
  tx: Tx,
  linkSecret: string,
  sessionSecret: string,
  membershipId: string,
): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.accept_invitation_signed_in(${linkSecret}, ${sessionSecret}, ${membershipId})`;
}

export async function setupOpen(tx: Tx): Promise<boolean> {
  return (await one(tx.prisma.$queryRaw<{ open: boolean }[]>`select cordon.setup_open() as open`))!.open;
}

/** Makes an administrator of the provider; the link works once. The transaction then acts as this person. */
export async function claimSetup(
  tx: Tx,
  input: { linkSecret: string; userId: string; email: string; name: string; passwordHash: string },
): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.claim_setup(${input.linkSecret}, ${input.userId}, ${input.email}, ${input.name}, ${input.passwordHash})`;
}

/** Keyed hashes `<kind>:<hash>` of what an attempt is about; the kind says which of the limits apply. */
export interface AttemptKeys {
  account: string;
  known: string | null;
  address: string | null;
  network: string | null;
  agent: string;
}

/**
 * Admits an attempt and charges it to a counter, or says until when not; `closed` for as long as nothing reopens it. `closing`: this one was the last.
 * `limits` are lib/identity's.
 */
export async function admitAttempt(
  tx: Tx,
  keys: AttemptKeys,
  whose: { realm: string; email: string; prefix: string } | null,
  limits: object,
): Promise<{ charged: string | null; until: Date | null; closed: boolean; closing: boolean }> {
  const row = await one(
    tx.prisma.$queryRaw<{ charged: string | null; until: Date | null; closed: boolean; closing: boolean }[]>`
      select * from cordon.admit_attempt(${keys.account}, ${whose ? keys.known : null}, ${keys.address}, ${keys.network}, ${keys.agent},
        ${whose?.realm ?? null}, ${whose?.email ?? null}, ${whose?.prefix ?? null}, ${JSON.stringify(limits)}::jsonb)`,
  );
  return row!;
}

/** The attempt was right: the counter it was charged to forgets its failures. */
export async function attemptPassed(tx: Tx, charged: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.attempt_passed(${charged})`;
}

/** The attempt was never verified: takes its charge back. */
export async function attemptVoid(tx: Tx, charged: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.attempt_void(${charged})`;
}

/** Somebody proved to be the person these counters are about: what closed reopens. */
export async function reopen(tx: Tx, counters: string[]): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.reopen(${counters}::text[])`;
}

/** A notice to the person, if there is one, that their password no longer signs in. */
export async function tellClosed(tx: Tx, realm: string, email: string, noticeId: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.tell_closed(${realm}, ${email}, ${noticeId})`;
}

export type AttemptOutcome = 'wrong' | 'unknown' | 'factor' | 'half' | 'done';

/** Remembers an attempt for a day and counts a failure against address and network. */
export async function noteAttempt(
  tx: Tx,
  outcome: AttemptOutcome,
  keys: Omit<AttemptKeys, 'known'>,
  limits: object,
): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.note_attempt(${outcome}, ${keys.account}, ${keys.address}, ${keys.network}, ${keys.agent},
    ${JSON.stringify(limits)}::jsonb)`;
}

/** Whether it is this process's turn to look for attacks; at most one look every so often, whatever the number of processes. */
export async function claimDetection(tx: Tx, everySeconds: number): Promise<boolean> {
  const row = await one(
    tx.prisma.$queryRaw<{ mine: boolean }[]>`select cordon.claim_detection(${everySeconds}::int) as mine`,
  );
  return row!.mine;
}

/** The newest attempts of the last day, newest first. */
export const recentAttempts = (tx: Tx, newest: number) =>
  tx.prisma.$queryRaw<
    { at: Date; outcome: AttemptOutcome; account: string; network: string; agent: string }[]
  >`select * from cordon.recent_attempts(${newest}::int)`;

/** True when this is a new finding; one that is still active is brought up to date instead. */
export async function recordFinding(
  tx: Tx,
  finding: {
    id: string;
    kind: string;
    scope: string;
    subject: string;
    windowSeconds: number;
    activeSeconds: number;
    failures: number;
    accounts: number;
    networks: number;
    unknown: number;
    half: number;
    network: string;
  },
): Promise<boolean> {
  const { id, kind, scope, subject, windowSeconds, activeSeconds, failures, accounts, networks, unknown, half } =
    finding;
  const row = await one(
    tx.prisma.$queryRaw<{ fresh: boolean }[]>`
      select cordon.record_finding(${id}, ${kind}, ${scope}, ${subject}, ${windowSeconds}::int, ${activeSeconds}::int, ${failures}::int,
        ${accounts}::int, ${networks}::int, ${unknown}::int, ${half}::int, ${finding.network}) as fresh`,
  );
  return row!.fresh;
}

/** Failures, accounts and networks behind them, and sign-ins, of the last 15 minutes, hour and day. Staff context. */
export const attemptCounts = (tx: Tx) =>
  tx.prisma.$queryRaw<{ seconds: number; failures: bigint; accounts: bigint; networks: bigint; done: bigint }[]>`
    select * from cordon.attempt_counts()`;

/** How many counters of each kind are closed. Staff context. */
export const closedCounts = (tx: Tx) =>
  tx.prisma.$queryRaw<{ kind: string; closed: bigint }[]>`select * from cordon.closed_counts()`;

/** Notes the country (ISO 3166) of the session this transaction acts for. */
export async function placeSession(tx: Tx, country: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.place_session(${country})`;
}

/** Resources as lib/kernel/bundle/resources.ts, without `version`: the database sets it to the change's sequence number. */
export async function publish(tx: Tx, put: readonly object[], del: readonly string[] = []): Promise<bigint> {
  const row = await one(
    tx.prisma.$queryRaw<
      { seq: bigint }[]
    >`select cordon.publish(${JSON.stringify(put)}::jsonb, ${[...del]}::text[]) as seq`,
  );
  return row!.seq;
}

/** Own name. Needs a person's, member's or staff context. */
export async function renameSelf(tx: Tx, name: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.rename_self(${name})`;
}

/** New password of the signed-in person; ends their other sessions. Needs an unused step-up for `password.change` on the user id in these terms. */
export async function changePassword(tx: Tx, secret: string, passwordHash: string, terms: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.change_password(${secret}, ${passwordHash}, ${terms})`;
}

/**
 * For a member's act that leaves something behind (a key, a token): until the transaction ends nobody takes the member out, and a member
 * who was taken out meanwhile is refused (`organisation.not_found`).
 */
export async function holdMembership(tx: Tx): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.hold_membership()`;
}

/**
 * Ends every session of an employee (as a provider's administrator) or of a member of the entered organisation; says how many. Throws
 * `member.elsewhere` when the member belongs to another organisation too.
 */
export async function endSessionsOf(tx: Tx, userId: string): Promise<number> {
  const row = await one(tx.prisma.$queryRaw<{ ended: number }[]>`select cordon.end_sessions_of(${userId}) as ended`);
  return row!.ended;
}

/** Role and status of an employee; a provider's administrator only. Throws `staff.last_administrator`. */
export async function setStaff(tx: Tx, userId: string, role: StaffRole, status: UserStatus): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.set_staff(${userId}, ${role}, ${status})`;
}

export interface FleetEdge {
  name: string;
  region: string;
  url: string;
  relay: string;
  certificate_expires_at: Date | null;
  banned_at: Date | null;
  draining_at: Date | null;
  connected_at: Date | null;
  last_seen_at: Date | null;
  boot_id: string | null;
  build: string | null;
  applied_seq: bigint | null;
  applied_at: Date | null;
  enforced_seq: bigint | null;
  enforced_at: Date | null;
  active_hash: string | null;
  refusal: unknown;
  report: unknown;
}

/** Every column of the edges but their keys; staff only (others read `tx.prisma.edge`). */
export const fleet = (tx: Tx) => tx.prisma.$queryRaw<FleetEdge[]>`select * from cordon.fleet()`;

export interface AccessPolicyRow {
  id: string;
  organisationId: string | null;
  /** 0 while nobody has decided anything. */
  version: number;
  passwordMinCharacters: number;
  passwordMaxAgeDays: number | null;
  sessionIdleMinutes: number;
  sessionHours: number;
  factor: 'any' | 'passkey' | 'device-bound';
  networks: string[];
  networksForSessions: boolean;
  networksForKeys: boolean;
  /** Per setting that was ever changed: when (ISO 8601) and by whom (usr_…). */
  changes: Record<string, { at: string; by: string }>;
}

/** What is in force for whoever is entered: a member's or key's organisation, or the provider's staff. */
export const accessPolicy = async (tx: Tx): Promise<AccessPolicyRow> =>
  (await one(tx.prisma.$queryRaw<AccessPolicyRow[]>`select * from cordon.access_policy()`))!;

export interface TurnedAway {
  /** A code of the `policy.` family; null when the session gets in. */
  refusal: string | null;
  password_max_age_days: number | null;
  session_idle_minutes: number;
  session_hours: number;
  factor: AccessPolicyRow['factor'];
}

/** Why a session does not get into an organisation its person belongs to (null: the staff realm). Throws `organisation.not_found`. */
export const turnedAway = async (tx: Tx, secret: string, organisationId: string | null): Promise<TurnedAway> =>
  (await one(tx.prisma.$queryRaw<TurnedAway[]>`select * from cordon.turned_away(${secret}, ${organisationId})`))!;

/** Characters a new password of this person needs: the strictest of their organisations. */
export const passwordMinimum = async (tx: Tx, secret: string): Promise<number> =>
  (await one(tx.prisma.$queryRaw<{ n: number }[]>`select cordon.password_minimum(${secret}) as n`))!.n;

/** The same for whoever makes an account with an invitation or the set-up link. */
export const passwordMinimumOfLink = async (tx: Tx, linkSecret: string): Promise<number> =>
  (await one(tx.prisma.$queryRaw<{ n: number }[]>`select cordon.password_minimum_of_link(${linkSecret}) as n`))!.n;

/** How many people have which factor at best. Needs a context that may change the policy. */
export const peopleByFactor = async (tx: Tx): Promise<{ device_bound: number; synced: number; other: number }> =>
  (await one(
    tx.prisma.$queryRaw<
      { device_bound: number; synced: number; other: number }[]
    >`select * from cordon.people_by_factor()`,
  ))!;

/** A reset link to be mailed to the account of this address, if there is one: its user id, or null. One hour. */
export async function askPasswordReset(tx: Tx, realm: Realm, email: string, reset: NewSession): Promise<string | null> {
  const row = await one(
    tx.prisma.$queryRaw<
      { user_id: string | null }[]
    >`select cordon.ask_password_reset(${realm}, ${email}, ${reset.id}, ${reset.secretHash}) as user_id`,
  );
  return row!.user_id;
}

/** A reset link for an administrator to hand over; needs their member's or staff context. One day. Throws `organisation.not_found`. */
export async function offerPasswordReset(tx: Tx, userId: string, reset: NewSession): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.offer_password_reset(${userId}, ${reset.id}, ${reset.secretHash})`;
}

export const findPasswordReset = (tx: Tx, linkSecret: string) =>
  one(
    tx.prisma.$queryRaw<
      { user_id: string; realm: Realm; email: string; expires_at: Date }[]
    >`select * from cordon.find_password_reset(${linkSecret})`,
  );

/** A session as after the password, from a reset link: it may give the second factor. Throws `reset.invalid`. */
export async function startSessionWithReset(
  tx: Tx,
  linkSecret: string,
  input: { session: NewSession; addressPrefix: string; userAgent: string; ttlSeconds: number },
): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.start_session_with_reset(${linkSecret}, ${input.session.id}, ${input.session.secretHash},
    ${input.addressPrefix}, ${input.userAgent}, ${input.ttlSeconds}::int)`;
}

/** The new password, from a session with both factors; uses the link up. The transaction then acts as this person. Throws `reset.invalid`. */
export async function resetPassword(tx: Tx, linkSecret: string, secret: string, passwordHash: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.reset_password(${linkSecret}, ${secret}, ${passwordHash})`;
}
