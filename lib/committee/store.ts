import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import type { Decision } from '@/lib/kernel/grant';

/** Queries of the committee: copies of decisions and votes, for showing. */
const LISTED = 100;

export interface DecisionRow {
  id: string;
  kind: string;
  members: string[];
  person: string | null;
  designation: string | null;
  until: Date | null;
  minutes: string;
  proposedById: string;
  proposedAt: Date;
  state: string;
}

export const decisions = ({ tx }: StaffDesk): Promise<DecisionRow[]> =>
  tx.prisma.committeeDecision.findMany({ orderBy: [{ proposedAt: 'desc' }, { id: 'desc' }], take: LISTED });

/** Decisions on the committee itself and on a person that were taken until then, in their order. */
export const takenUntil = ({ tx }: StaffDesk, person: string, at: Date): Promise<DecisionRow[]> =>
  tx.prisma.committeeDecision.findMany({
    where: { state: 'taken', settledAt: { lte: at }, OR: [{ kind: 'members' }, { person }] },
    orderBy: [{ settledAt: 'asc' }, { id: 'asc' }],
  });

export const findDecision = ({ tx }: StaffDesk, id: string): Promise<DecisionRow | null> =>
  tx.prisma.committeeDecision.findUnique({ where: { id } });

export const votesOn = ({ tx }: StaffDesk, ids: readonly string[]) =>
  tx.prisma.committeeVote.findMany({ where: { decisionId: { in: [...ids] } }, orderBy: { at: 'asc' } });

export async function insertDecision({ tx, userId }: StaffDesk, id: string, decision: Decision): Promise<void> {
  const about = decision.kind === 'members' ? null : decision;
  const members = decision.kind === 'members' ? [...decision.members] : [];
  const until = decision.until === 0 ? null : new Date(decision.until * 1000);
  await tx.prisma.$executeRaw`
    insert into "CommitteeDecision" ("id", "kind", "members", "person", "designation", "until", "minutes", "proposedById")
    values (${id}, ${decision.kind}, ${members}::text[], ${about?.person ?? null}, ${about?.as ?? null}, ${until}, ${decision.minutes}, ${userId})`;
}

/** False when this person's vote is there already. */
export async function insertVote({ tx, userId }: StaffDesk, id: string, verdict: string): Promise<boolean> {
  const inserted = await tx.prisma.$executeRaw`
    insert into "CommitteeVote" ("decisionId", "userId", "verdict") values (${id}, ${userId}, ${verdict}) on conflict do nothing`;
  return inserted > 0;
}

export const settle = async ({ tx }: StaffDesk, id: string, state: 'taken' | 'refused'): Promise<void> =>
  void (await tx.prisma.$executeRaw`select cordon.settle_decision(${id}, ${state})`);

/** Everybody of the staff. */
export const people = ({ tx }: StaffDesk) =>
  tx.prisma.user.findMany({
    where: { realm: 'staff' },
    select: { id: true, name: true, status: true },
    orderBy: { name: 'asc' },
  });
