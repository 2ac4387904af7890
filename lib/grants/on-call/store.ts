import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import type { SetShift } from './rules';

/** Queries of shifts, and of whom requests were told. */
export interface ShiftRow extends SetShift {
  insteadOfId: string | null;
  setById: string;
}

const LISTED = 500;

/** Shifts that reach into a time, or lie ahead of it, by their beginning. */
export const shiftsFrom = ({ tx }: StaffDesk, from: Date): Promise<ShiftRow[]> =>
  tx.prisma.onCallShift.findMany({
    where: { endsAt: { gt: from } },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    take: LISTED,
  });

/** Shifts that nobody removed and that are not over. */
export const shiftsAt = ({ tx }: StaffDesk, at: Date): Promise<ShiftRow[]> =>
  tx.prisma.onCallShift.findMany({
    where: { startsAt: { lte: at }, endsAt: { gt: at }, removedAt: null },
    take: LISTED,
  });

export const findShift = ({ tx }: StaffDesk, id: string): Promise<ShiftRow | null> =>
  tx.prisma.onCallShift.findUnique({ where: { id } });

export async function insertShift(
  { tx, userId }: StaffDesk,
  { id, person, from, until }: { id: string; person: string; from: Date; until: Date },
): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "OnCallShift" ("id", "personId", "startsAt", "endsAt", "setById")
    values (${id}, ${person}, ${from}::timestamptz, ${until}::timestamptz, ${userId})`;
}

/** When it begins under the other name; null when there is nothing left of it to hand over. */
export async function handOver(
  { tx }: StaffDesk,
  { shift, id, to }: { shift: string; id: string; to: string },
): Promise<Date | null> {
  const [row] = await tx.prisma.$queryRaw<{ starts: Date | null }[]>`
    select cordon.hand_over_shift(${shift}, ${id}, ${to}) as starts`;
  return row?.starts ?? null;
}

/** False when it is removed or over. */
export const remove = async ({ tx, userId }: StaffDesk, id: string): Promise<boolean> =>
  (await tx.prisma.$executeRaw`
    update "OnCallShift" set "removedById" = ${userId}, "removedAt" = clock_timestamp()
     where "id" = ${id} and "removedAt" is null and "endsAt" > clock_timestamp()`) > 0;

export interface NewRouting {
  requestId: string;
  told: readonly string[];
  onShift: readonly string[];
  /** From now; null: nobody was left out. */
  escalateMinutes: number | null;
  /** Who is told beside them because it escalates at once. */
  atOnce: readonly string[];
}

export async function insertRouting({ tx }: StaffDesk, of: NewRouting): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "AccessRouting" ("requestId", "told", "onShift", "escalateAt", "escalatedAt", "escalatedTo")
    values (${of.requestId}, ${[...of.told]}::text[], ${[...of.onShift]}::text[],
      clock_timestamp() + make_interval(mins => ${of.escalateMinutes}::int),
      case when cardinality(${[...of.atOnce]}::text[]) > 0 then clock_timestamp() end, ${[...of.atOnce]}::text[])`;
}

export interface RoutingRow {
  told: string[];
  onShift: string[];
  toldAt: Date;
  escalateAt: Date | null;
  escalatedAt: Date | null;
  escalatedTo: string[];
}
export const findRouting = ({ tx }: StaffDesk, requestId: string): Promise<RoutingRow | null> =>
  tx.prisma.accessRouting.findUnique({ where: { requestId } });
