import 'server-only';
import { asPerson, type Tx, withoutTenant } from '@/lib/db';
import type { Told } from './kinds';

/** Queries of notices. What may be told to whom, the database's functions decide (migration 0012). */
const SHOWN = 50;
/** A device or network not used for this long counts as new again. */
const REMEMBERED_MS = 90 * 86_400_000;
const RECENT_HALF_MS = 86_400_000;

export async function insertNotice(tx: Tx, id: string, userId: string, { kind, fields }: Told): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.notify(${id}, ${userId}, ${kind}, ${JSON.stringify(fields)}::jsonb)`;
}

/** For the person behind a session that holds the password only; at most once an hour. */
export const insertHalf = (secret: string, id: string): Promise<void> =>
  withoutTenant(async (tx) => void (await tx.prisma.$executeRaw`select cordon.notify_half(${secret}, ${id})`));

export interface Place {
  readonly addressPrefix: string;
  readonly userAgent: string;
}

/** Where this session is from, where the account's other sessions were lately, and whether it ever had one. */
export async function placesOf(
  tx: Tx,
  userId: string,
  sessionId: string,
  now: Date,
): Promise<{ here: Place | undefined; lately: Place[]; first: boolean; halfLately: boolean }> {
  const rows = await tx.prisma.session.findMany({
    where: { userId, aal: 2 },
    select: { id: true, createdAt: true, addressPrefix: true, userAgent: true },
    orderBy: { createdAt: 'desc' },
    take: 500,
  });
  const others = rows.filter(({ id }) => id !== sessionId);
  const half = await tx.prisma.notice.count({
    where: { userId, kind: 'sign-in.half', at: { gt: new Date(now.getTime() - RECENT_HALF_MS) } },
  });
  return {
    here: rows.find(({ id }) => id === sessionId),
    lately: others.filter(({ createdAt }) => now.getTime() - createdAt.getTime() < REMEMBERED_MS),
    first: others.length === 0,
    halfLately: half > 0,
  };
}

/** Sessions with both factors there have ever been. */
export const countSessions = (tx: Tx, userId: string): Promise<number> =>
  tx.prisma.session.count({ where: { userId, aal: 2 } });

const COLUMNS = {
  id: true,
  sessionId: true,
  kind: true,
  at: true,
  fields: true,
  addressPrefix: true,
  userAgent: true,
  readAt: true,
  mailedAt: true,
} as const;

/** Newest first. */
export const listNotices = (secret: string) =>
  asPerson(secret, (tx, who) =>
    tx.prisma.notice.findMany({
      where: { userId: who.userId },
      select: COLUMNS,
      orderBy: { at: 'desc' },
      take: SHOWN,
    }),
  );

/** Not dismissed yet, newest first; without those of this very session, whose holder was there. */
export const listUnread = (secret: string) =>
  asPerson(secret, (tx, who) =>
    tx.prisma.notice.findMany({
      where: { userId: who.userId, readAt: null, OR: [{ sessionId: null }, { sessionId: { not: who.sessionId } }] },
      select: COLUMNS,
      orderBy: { at: 'desc' },
      take: SHOWN,
    }),
  );

export const markRead = (secret: string, ids: readonly string[]): Promise<void> =>
  asPerson(secret, async (tx) => void (await tx.prisma.$executeRaw`select cordon.read_notices(${[...ids]}::text[])`));
