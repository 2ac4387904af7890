import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import type { PolicyTerms, PolicyView, TargetTerms, TargetView } from '../schemas';

/** Queries of targets and of who may ask for them. */
interface TargetRow extends Omit<TargetView, 'changedAt'> {
  changedAt: Date;
}

export async function targets({ tx }: StaffDesk, ids?: readonly string[]): Promise<TargetView[]> {
  const rows = (await tx.prisma.accessTarget.findMany({
    ...(ids ? { where: { id: { in: [...ids] } } } : {}),
    orderBy: [{ state: 'asc' }, { id: 'asc' }],
  })) as unknown as TargetRow[];
  return rows.map((row) => ({
    ...{ id: row.id, class: row.class, region: row.region, dataClasses: row.dataClasses },
    ...{ organisations: row.organisations, state: row.state, changedAt: row.changedAt.toISOString() },
  }));
}

export async function putTarget({ tx, userId }: StaffDesk, target: TargetTerms): Promise<void> {
  const { id, class: of, region, dataClasses, organisations, state } = target;
  await tx.prisma.$executeRaw`
    insert into "AccessTarget" ("id", "class", "region", "dataClasses", "organisations", "changedById")
    values (${id}, ${of}, ${region}, ${dataClasses}::text[], ${organisations}::text[], ${userId})
    on conflict ("id") do update set "class" = excluded."class", "region" = excluded."region", "dataClasses" = excluded."dataClasses",
      "organisations" = excluded."organisations", "state" = ${state}, "changedById" = excluded."changedById", "changedAt" = clock_timestamp()`;
}

interface PolicyRow extends PolicyTerms {
  id: string;
  version: number;
  name: string;
  changedAt: Date;
}
const viewOf = (row: PolicyRow): PolicyView => ({
  ...{ id: row.id, version: row.version, name: row.name, changedAt: row.changedAt.toISOString() },
  ...{
    roles: row.roles,
    targets: row.targets,
    classes: row.classes,
    regions: row.regions,
    dataClasses: row.dataClasses,
  },
  ...{
    maxMinutes: row.maxMinutes,
    decideMinutes: row.decideMinutes,
    escalateMinutes: row.escalateMinutes,
    security: row.security,
    onCall: row.onCall,
  },
  ...{ denials: row.denials, ticketPattern: row.ticketPattern, files: row.files, breakGlass: row.breakGlass },
  ended: row.ended,
});

/** The newest version of each. */
export async function policies({ tx }: StaffDesk): Promise<PolicyView[]> {
  const rows = await tx.prisma.$queryRaw<PolicyRow[]>`
    select distinct on ("id") * from "EligibilityPolicy" order by "id", "version" desc`;
  return rows.map(viewOf).sort((a, b) => Number(a.ended) - Number(b.ended) || a.name.localeCompare(b.name));
}

export async function policy({ tx }: StaffDesk, id: string): Promise<PolicyView | null> {
  const [row] = await tx.prisma.$queryRaw<PolicyRow[]>`
    select * from "EligibilityPolicy" where "id" = ${id} order by "version" desc limit 1`;
  return row ? viewOf(row) : null;
}

export async function policyAt({ tx }: StaffDesk, id: string, version: number): Promise<PolicyView | null> {
  const [row] = await tx.prisma.$queryRaw<PolicyRow[]>`
    select * from "EligibilityPolicy" where "id" = ${id} and "version" = ${version}::int`;
  return row ? viewOf(row) : null;
}

export async function insertPolicy(
  { tx, userId }: StaffDesk,
  { id, version, name, terms: t }: { id: string; version: number; name: string; terms: PolicyTerms },
): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "EligibilityPolicy" ("id", "version", "name", "roles", "targets", "classes", "regions", "dataClasses", "maxMinutes", "decideMinutes", "escalateMinutes",
      "security", "onCall", "denials", "ticketPattern", "files", "breakGlass", "ended", "changedById")
    values (${id}, ${version}::int, ${name}, ${t.roles}::text[], ${t.targets}::text[], ${t.classes}::text[], ${t.regions}::text[],
      ${t.dataClasses}::text[], ${t.maxMinutes}::int, ${t.decideMinutes}::int, ${t.escalateMinutes}::int, ${t.security}::int, ${t.onCall}::int, ${t.denials}::int,
      ${t.ticketPattern}, ${t.files}, ${t.breakGlass}, ${t.ended}, ${userId})`;
}

export const organisations = ({ tx }: StaffDesk, ids?: readonly string[]) =>
  tx.prisma.organisation.findMany({
    ...(ids ? { where: { id: { in: [...ids] } } } : {}),
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
    take: 500,
  });
