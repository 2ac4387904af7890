import 'server-only';
import type { StaffDesk, Tx } from '@/lib/authz';
import type { Held } from './rules';
import type { NewPlace, RecordsThen } from './schemas';

/** Queries of trainings, the confidentiality agreement and where people work. */
export const people = ({ tx }: StaffDesk) =>
  tx.prisma.user.findMany({
    where: { realm: 'staff' },
    select: { id: true, name: true, status: true },
    orderBy: { name: 'asc' },
  });

export const isEmployee = async ({ tx }: StaffDesk, id: string): Promise<boolean> =>
  (await tx.prisma.user.count({ where: { id, realm: 'staff' } })) > 0;

export const newestAgreement = (tx: Tx) => tx.prisma.agreement.findFirst({ orderBy: { version: 'desc' } });

/** What each of these people has. */
export async function heldBy(tx: Tx, ids: readonly string[]): Promise<Map<string, Held>> {
  const where = { userId: { in: [...ids] } };
  const newest = await newestAgreement(tx);
  const trainings = await tx.prisma.training.findMany({
    where,
    select: { userId: true, course: true, expiresAt: true },
  });
  const signed = await tx.prisma.agreementSignature.findMany({ where: { ...where, version: newest?.version ?? 0 } });
  const places = await tx.prisma.employeePlace.findMany({ where });
  const passkeys = await tx.prisma.passkey.findMany({
    where: { ...where, state: 'active', deviceBound: true },
    select: { userId: true },
  });
  return new Map(
    ids.map((id) => {
      const last = (rows: readonly { userId: string; expiresAt: Date }[]) =>
        Math.max(...rows.filter(({ userId }) => userId === id).map(({ expiresAt }) => expiresAt.getTime()), 0) || null;
      const place = places.find(({ userId }) => userId === id);
      const held: Held = {
        general: last(trainings.filter(({ course }) => course === 'general')),
        additional: last(trainings.filter(({ course }) => course === 'additional')),
        agreement: last(signed),
        deviceBound: passkeys.some(({ userId }) => userId === id),
        place: place ? { employer: place.employer, country: place.country } : null,
      };
      return [id, held] as const;
    }),
  );
}

/** What counted at a moment, as far as it was recorded by then. */
export async function heldAt(tx: Tx, userId: string, at: Date): Promise<RecordsThen> {
  const trainings = await tx.prisma.training.findMany({
    where: { userId, recordedAt: { lte: at }, expiresAt: { gt: at } },
    select: { course: true, completedAt: true, expiresAt: true },
    orderBy: [{ course: 'asc' }, { completedAt: 'asc' }],
  });
  const signed = await tx.prisma.agreementSignature.findFirst({
    where: { userId, signedAt: { lte: at }, expiresAt: { gt: at } },
    orderBy: { signedAt: 'desc' },
  });
  const iso = (date: Date) => date.toISOString();
  return {
    trainings: trainings.map((one) => ({
      ...{ course: one.course, completedAt: iso(one.completedAt), expiresAt: iso(one.expiresAt) },
    })),
    agreement: signed && { version: signed.version, signedAt: iso(signed.signedAt), expiresAt: iso(signed.expiresAt) },
  };
}

export interface TrainingRow {
  id: string;
  userId: string;
  course: string;
  completedAt: Date;
  expiresAt: Date;
  evidence: string;
}
export async function insertTraining({ tx, userId: by }: StaffDesk, row: TrainingRow): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "Training" ("id", "userId", "course", "completedAt", "expiresAt", "evidence", "recordedById")
    values (${row.id}, ${row.userId}, ${row.course}, ${row.completedAt}, ${row.expiresAt}, ${row.evidence}, ${by})`;
}

export async function insertAgreement({ tx, userId }: StaffDesk, text: string, months: number): Promise<number> {
  const [row] = await tx.prisma.$queryRaw<{ version: number }[]>`
    insert into "Agreement" ("version", "text", "months", "publishedById")
    select coalesce(max("version"), 0) + 1, ${text}, ${months}::int, ${userId} from "Agreement" returning "version"`;
  return row!.version;
}

/** Until when it holds. */
export async function insertSignature({ tx, userId }: StaffDesk, version: number, months: number): Promise<Date> {
  const [row] = await tx.prisma.$queryRaw<{ expiresAt: Date }[]>`
    insert into "AgreementSignature" ("userId", "version", "expiresAt")
    values (${userId}, ${version}::int, clock_timestamp() + make_interval(months => ${months}::int)) returning "expiresAt"`;
  return row!.expiresAt;
}

export async function putPlace({ tx, userId: by }: StaffDesk, { person, employer, country }: NewPlace): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "EmployeePlace" ("userId", "employer", "country", "recordedById") values (${person}, ${employer}, ${country}, ${by})
    on conflict ("userId") do update set "employer" = excluded."employer", "country" = excluded."country",
      "recordedById" = excluded."recordedById", "recordedAt" = clock_timestamp()`;
}
