import 'server-only';
import { append, type EventFields } from '@/lib/audit';
import { type Source, spendStepUp } from '@/lib/authz';
import { asStaff, door, type Staff, type Tx } from '@/lib/db';
import { fleetErrors } from './errors';
import type { DecisionFilter, ExpectEdge } from './schemas';
import { banTerms, enrolTerms } from './terms';

/** All queries of lib/fleet. Row policies show only the entered organisation's sessions and decisions. */
export const asFleetStaff = <R>(secret: string, fn: (tx: Tx) => Promise<R>): Promise<R> => asStaff(secret, fn);

export const fleet = (tx: Tx) => door.fleet(tx);

export const listEdges = (tx: Tx) =>
  tx.prisma.edge.findMany({
    select: {
      name: true,
      region: true,
      url: true,
      lastSeenAt: true,
      appliedSeq: true,
      enforcedSeq: true,
      bannedAt: true,
      drainingAt: true,
    },
    orderBy: { name: 'asc' },
  });

export async function headSeq(tx: Tx): Promise<bigint> {
  const head = await tx.prisma.policyHead.findUnique({ where: { id: 1 } });
  return head?.seq ?? 0n;
}

export async function headVersion(tx: Tx): Promise<{ epoch: number; seq: number }> {
  const head = await tx.prisma.policyHead.findUnique({ where: { id: 1 } });
  return { epoch: head?.epoch ?? 1, seq: Number(head?.seq ?? 0n) };
}

export const liveByEdge = (tx: Tx, projectId?: string) =>
  tx.prisma.mediaSession.groupBy({
    by: ['edgeName'],
    where: { endedAt: null, ...(projectId ? { projectId } : {}) },
    _count: { _all: true },
  });

export interface SessionCursor {
  startedAt: Date;
  id: string;
}

export const listSessions = (tx: Tx, projectId: string, live: boolean, take: number, before: SessionCursor | null) =>
  tx.prisma.mediaSession.findMany({
    where: {
      projectId,
      endedAt: live ? null : { not: null },
      ...(before
        ? {
            startedAt: { lte: before.startedAt },
            OR: [{ startedAt: { lt: before.startedAt } }, { startedAt: before.startedAt, id: { lt: before.id } }],
          }
        : {}),
    },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take,
  });

export interface DecisionCursor {
  at: Date;
  edgeName: string;
  bootId: string;
  n: bigint;
}

export const listDecisions = (
  tx: Tx,
  projectId: string,
  { edge, ...filter }: DecisionFilter,
  take: number,
  before: DecisionCursor | null,
) =>
  tx.prisma.decision.findMany({
    where: {
      projectId,
      ...filter,
      ...(edge ? { edgeName: edge } : {}),
      // The first bound lets the index start where the page before ended.
      ...(before
        ? {
            at: { lte: before.at },
            OR: [
              { at: { lt: before.at } },
              { at: before.at, edgeName: { lt: before.edgeName } },
              { at: before.at, edgeName: before.edgeName, n: { lt: before.n } },
            ],
          }
        : {}),
    },
    orderBy: [{ at: 'desc' }, { edgeName: 'desc' }, { n: 'desc' }],
    take,
  });

/** Sum of decisions of one project since a time, by verdict and code. Joins and refusals carry counts (collapsed denies). */
export const countDecisions = (tx: Tx, projectId: string, since: Date) =>
  tx.prisma.decision.groupBy({
    by: ['verdict', 'code'],
    where: { projectId, at: { gte: since }, action: { in: ['join', 'publish', 'subscribe'] } },
    _sum: { count: true },
  });

export interface EdgeRefusals {
  edge_name: string;
  code: string;
  refused: bigint;
}

/** Refusals of all customers as counts per edge and code, most first; staff only. */
export const refusalsByEdge = (tx: Tx, since: Date) =>
  tx.prisma.$queryRaw<
    EdgeRefusals[]
  >`select edge_name, code, refused::bigint from cordon.fleet_refusals(${since}::timestamptz)`;

// ---- what staff administrators do to edges; row policies refuse everybody else

const asAdministrator = <R>(secret: string, fn: (tx: Tx, who: Staff) => Promise<R>): Promise<R> =>
  asStaff(secret, (tx, who) => {
    if (who.role !== 'administrator') throw fleetErrors('edge.role');
    return fn(tx, who);
  });

type EdgeAct = 'edge.expected@1' | 'edge.banned@1' | 'edge.draining@1';

const record = <S extends EdgeAct>(
  tx: Tx,
  who: Staff,
  source: Source | undefined,
  schema: S,
  name: string,
  fields: EventFields<S>,
) =>
  append(tx, {
    schema,
    outcome: 'success',
    actor: { kind: 'staff', id: who.userId, ...source },
    organisationId: null,
    object: { type: 'edge', id: name },
    fields,
  });

interface JoinHash {
  hash: Uint8Array<ArrayBuffer>;
  expiresAt: Date;
}

/** Uses up the step-up for `edge.enrol` on the name. */
export const insertEdge = (
  secret: string,
  { name, region }: ExpectEdge,
  join: JoinHash,
  source?: Source,
): Promise<void> =>
  asAdministrator(secret, async (tx, who) => {
    if (await findEdge(tx, name)) throw fleetErrors('edge.name_taken', { field: 'name' });
    await spendStepUp(tx, secret, { action: 'edge.enrol', object: name, terms: enrolTerms(name, region) });
    // Where it can be reached, the edge says when it joins.
    await tx.prisma.edge.createMany({
      data: [{ name, region, url: '', relay: '', joinHash: join.hash, joinExpiresAt: join.expiresAt }],
    });
    await record(tx, who, source, 'edge.expected@1', name, { region });
  });

/** Another join token for an edge that lost its key or let the first one run out. Gives its region. */
export const renewJoin = (secret: string, name: string, join: JoinHash, source?: Source): Promise<string> =>
  asAdministrator(secret, async (tx, who) => {
    const { region, url } = await servingEdge(tx, name);
    await spendStepUp(tx, secret, { action: 'edge.enrol', object: name, terms: enrolTerms(name, region, url) });
    await tx.prisma.edge.updateMany({ where: { name }, data: { joinHash: join.hash, joinExpiresAt: join.expiresAt } });
    await record(tx, who, source, 'edge.expected@1', name, { region });
    return region;
  });

export const setDraining = (secret: string, name: string, drainingAt: Date | null, source?: Source): Promise<void> =>
  asAdministrator(secret, async (tx, who) => {
    await servingEdge(tx, name);
    await tx.prisma.edge.updateMany({ where: { name }, data: { drainingAt } });
    await record(tx, who, source, 'edge.draining@1', name, { draining: drainingAt !== null });
  });

export const banEdge = (secret: string, name: string, reason: string, bannedAt: Date, source?: Source): Promise<void> =>
  asAdministrator(secret, async (tx, who) => {
    const { region, url } = await servingEdge(tx, name);
    await spendStepUp(tx, secret, {
      action: 'edge.ban',
      object: name,
      terms: banTerms(name, region, url, reason),
    });
    await tx.prisma.edge.updateMany({ where: { name }, data: { bannedAt, joinHash: null, joinExpiresAt: null } });
    await record(tx, who, source, 'edge.banned@1', name, reason ? { reason } : {});
  });

const findEdge = (tx: Tx, name: string) =>
  tx.prisma.edge.findUnique({ where: { name }, select: { region: true, url: true, bannedAt: true } });

async function servingEdge(tx: Tx, name: string): Promise<{ region: string; url: string }> {
  const edge = await findEdge(tx, name);
  if (!edge) throw fleetErrors('edge.not_found');
  if (edge.bannedAt) throw fleetErrors('edge.banned');
  return edge;
}
