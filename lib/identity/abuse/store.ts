import 'server-only';
import { append } from '@/lib/audit';
import { asStaff, door, type Tx, withoutTenant } from '@/lib/db';
import { newId, newUuid } from '@/lib/platform';
import { addressPrefix } from '../request/address';
import type { Realm } from '../request/origins';
import type { Attempt, Finding } from './detect';
import { DETECTION, THROTTLE } from './limits';

/** Everything the sign-in defence asks of the database. */
export interface Keys {
  /** The account or factor that is guessed at. */
  readonly account: string;
  /** The same account as seen from networks known for it; null when there are none to know, as with codes. */
  readonly known: string | null;
  readonly address: string | null;
  readonly network: string | null;
  readonly agent: string;
}

/** Whose password is tried from where, for the question whether the network is known. */
export interface Whose {
  readonly realm: Realm;
  readonly email: string;
}

export const admit = (keys: Keys, whose: (Whose & { prefix: string }) | null) =>
  withoutTenant((tx) => door.admitAttempt(tx, keys, whose, THROTTLE));
/** With a password the second factor is still to come, which the detector wants to know. */
export const passed = (charged: string, half: Omit<Keys, 'known'> | null): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.attemptPassed(tx, charged);
    if (half) await door.noteAttempt(tx, 'half', half, THROTTLE);
  });
export const voided = (charged: string): Promise<void> => withoutTenant((tx) => door.attemptVoid(tx, charged));
export const note = (outcome: Attempt['outcome'], keys: Omit<Keys, 'known'>): Promise<void> =>
  withoutTenant((tx) => door.noteAttempt(tx, outcome, keys, THROTTLE));

/** The last attempt there was: the person is told, if there is one, and the log says it of every address alike. */
export const closed = ({ realm, email }: Whose, address: string): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.tellClosed(tx, realm, email, newId('ntc'));
    await append(tx, {
      schema: 'password.closed@1',
      outcome: 'refused',
      actor: { kind: 'anonymous', id: 'sign-in', addressPrefix: addressPrefix(address) },
      object: { type: 'user', id: 'unknown' },
      fields: { realm, email },
    });
  });

/** The remembered attempts when it is time to look at them again, oldest first; null when another look was taken just now. */
export const attemptsToLookAt = (): Promise<Attempt[] | null> =>
  withoutTenant(async (tx) => {
    if (!(await door.claimDetection(tx, DETECTION.everySeconds))) return null;
    const rows = await door.recentAttempts(tx, THROTTLE.attemptsKept);
    return rows.reverse().map(({ at, ...row }) => ({ ...row, at: at.getTime() }));
  });

/** A new finding stands in the provider's log once; one that goes on only grows. */
export const recordFinding = ({ kind, scope, subject, windowSeconds, counts }: Finding, network: string) =>
  withoutTenant(async (tx) => {
    const id = newUuid();
    const finding = { id, kind, scope, subject, windowSeconds, network, activeSeconds: DETECTION.activeSeconds };
    if (!(await door.recordFinding(tx, { ...finding, ...counts }))) return;
    await append(tx, {
      schema: 'abuse.detected@1',
      outcome: 'refused',
      actor: { kind: 'anonymous', id: 'sign-in' },
      object: { type: 'finding', id },
      fields: { kind, scope, windowSeconds, ...counts, ...(network ? { network } : {}) },
    });
  });

/** A person's own sessions with both factors, newest first. The transaction acts as that person. */
export const sessionsSince = (tx: Tx, userId: string, since: Date) =>
  tx.prisma.session.findMany({
    where: { userId, aal: 2, createdAt: { gt: since } },
    select: { id: true, createdAt: true, addressPrefix: true, userAgent: true, country: true },
    orderBy: { createdAt: 'desc' },
    take: 200,
  });

/** What the staff's page shows. Throws `context.required` for roles that may not see it. */
export const readDefence = (secret: string) =>
  asStaff(secret, async (tx) => ({
    counts: (await door.attemptCounts(tx)).map((row) => ({
      seconds: row.seconds,
      failures: Number(row.failures),
      accounts: Number(row.accounts),
      networks: Number(row.networks),
      done: Number(row.done),
    })),
    closed: (await door.closedCounts(tx)).map(({ kind, closed }) => ({ kind, closed: Number(closed) })),
    findings: await tx.prisma.abuseFinding.findMany({ orderBy: { lastAt: 'desc' }, take: 100 }),
  }));
