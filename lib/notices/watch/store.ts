import 'server-only';
import { withoutTenant } from '@/lib/db';
import type { Ask, SessionState } from './hub';

/** The database's word on sessions, by their secrets. */
export const askSessions: Ask = async (secrets) => {
  const rows = await withoutTenant(
    (tx) =>
      tx.prisma.$queryRaw<
        { n: number; state: SessionState['state']; user_id: string; realm: string; organisations: string[] }[]
      >`select * from cordon.watch(${[...secrets]}::text[])`,
  );
  const found = new Map(rows.map(({ n, user_id, ...row }) => [n, { ...row, userId: user_id }]));
  return secrets.map((_, i) => found.get(i + 1));
};
