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
  email: string;
  name: string;
  staff_role: StaffRole | null;
  created_at: Date;
  last_seen_at: Date;
  expires_at: Date;
  has_totp: boolean;
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

export async function beginTotp(tx: Tx, secret: string, factorId: string, sealed: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.begin_totp(${secret}, ${factorId}, ${sealed})`;
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

export async function raiseSessionWithRecovery(tx: Tx, secret: string, code: string, next: NewSession): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.raise_session_with_recovery(${secret}, ${code}, ${next.id}, ${next.secretHash})`;
}

export async function recordStepUp(
  tx: Tx,
  secret: string,
  stepUp: Proof & { id: string; action: string; object: string; ticket: string },
): Promise<void> {
  await tx.prisma
    .$executeRaw`select cordon.record_step_up(${secret}, ${stepUp.id}, ${stepUp.factorId}, ${stepUp.timeStep}::bigint,
    ${stepUp.issuedAt}::bigint, ${stepUp.proof}, ${stepUp.action}, ${stepUp.object}, ${stepUp.ticket})`;
}

/** Uses up a step-up for this action on this object; gives the keyring's ticket. Throws `step_up.required` when there is none. */
export async function useStepUp(tx: Tx, secret: string, action: string, object: string): Promise<string> {
  const row = await one(
    tx.prisma.$queryRaw<{ ticket: string }[]>`select cordon.use_step_up(${secret}, ${action}, ${object}) as ticket`,
  );
  return row!.ticket;
}

/** Whether an unused step-up is there, without using it. */
export async function hasStepUp(tx: Tx, secret: string, action: string, object: string): Promise<boolean> {
  const row = await one(
    tx.prisma.$queryRaw<{ found: boolean }[]>`select cordon.has_step_up(${secret}, ${action}, ${object}) as found`,
  );
  return row!.found;
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

/**
 * When trying again is allowed, or null for now. Keys are `account:<hash>`, `address:<hash>`, `network:<hash>`:
 * the word before the colon sets how many failures are free (5, 20, 60 in 15 minutes).
 */
export async function throttleCheck(tx: Tx, keys: string[]): Promise<Date | null> {
  return (await one(
    tx.prisma.$queryRaw<{ until: Date | null }[]>`select cordon.throttle_check(${keys}::text[]) as until`,
  ))!.until;
}

export async function throttleFail(tx: Tx, keys: string[]): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.throttle_fail(${keys}::text[])`;
}

export async function throttleClear(tx: Tx, keys: string[]): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.throttle_clear(${keys}::text[])`;
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

/** New password of the signed-in person; ends their other sessions. Needs an unused step-up for `password.change` on the user id. */
export async function changePassword(tx: Tx, secret: string, passwordHash: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.change_password(${secret}, ${passwordHash})`;
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
