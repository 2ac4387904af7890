import 'server-only';
import { append, type EventFields, type EventSchema } from '@/lib/audit';
import {
  askDigest,
  authzErrors,
  type Caller,
  may,
  type Need,
  type Source,
  type StepUpAsk,
  stepUpRequired,
  type Tx,
} from '@/lib/authz';
import { asMember, asStaff, door, type Member, type Staff } from '@/lib/db';
import type { HoldKind, PruningView, RetainedClass } from './schemas';

/** Everything this capability asks of the database, whose functions decide; row policies show whose log it is. */
export type Keeper = (Caller & { kind: 'member' }) | { kind: 'staff'; secret: string; source?: Source };

/** A transaction of somebody who may decide about a log, and what it needs to prove and record itself. */
export interface Desk {
  readonly tx: Tx;
  /** `provider`, or an organisation's id. */
  readonly log: string;
  readonly organisationId: string | null;
  readonly userId: string;
  readonly sessionId: string;
  readonly secret: string;
  record<S extends EventSchema>(
    schema: S,
    object: { type: string; id: string },
    fields: EventFields<S>,
  ): Promise<string>;
}

/** Throws as `inTenant`. */
export function atDesk<R>(keeper: Keeper, [subject, action]: Need, work: (desk: Desk) => Promise<R>): Promise<R> {
  const enter = (tx: Tx, who: Member | Staff): Promise<R> => {
    // The credential plays no part in what a role allows.
    if (!may({ ...who, secret: '' }, action as never, subject)) throw authzErrors('authz.forbidden');
    return work(deskOf(keeper, tx, who));
  };
  return keeper.kind === 'member'
    ? asMember(keeper.secret, keeper.organisationId, enter)
    : asStaff(keeper.secret, enter);
}

function deskOf({ kind, secret, source }: Keeper, tx: Tx, who: Member | Staff): Desk {
  const { userId, sessionId } = who;
  const organisationId = who.kind === 'member' ? who.organisationId : null;
  return {
    tx,
    log: organisationId ?? 'provider',
    organisationId,
    userId,
    sessionId,
    secret,
    record: (schema, object, fields) =>
      append(tx, {
        schema,
        outcome: 'success',
        actor: { kind, id: userId, ...source },
        organisationId,
        object,
        fields,
      }),
  };
}

type Act = 'retention' | 'release' | 'prune' | 'approve' | 'erase';
/** The confirmation of an act about this log: customers' and staff's have names of their own. */
export const askOf = (desk: Desk, act: Act, object: string, terms: StepUpAsk['terms']): StepUpAsk => ({
  action: desk.organisationId === null ? `staff-audit.${act}` : `audit.${act}`,
  object,
  terms,
});

/** The digest to hand to the function that uses the confirmation up. Throws `authz.step_up_required` when there is none. */
export async function confirmedTerms({ tx, secret }: Desk, ask: StepUpAsk): Promise<string> {
  const terms = askDigest(ask);
  if (!(await door.hasStepUp(tx, secret, ask.action, ask.object, terms))) throw stepUpRequired(ask);
  return terms;
}

/** A confirmation whose ticket the keyring does not take any more is of no use: it goes, so that a new one can be given. */
export const discardStepUp = (keeper: Keeper, need: Need, ask: StepUpAsk): Promise<unknown> =>
  atDesk(keeper, need, ({ tx, secret }) => door.useStepUp(tx, secret, ask.action, ask.object, askDigest(ask)));

export interface ClassRow {
  class: RetainedClass | 'keeping';
  months: number | null;
  changed_at: Date | null;
  oldest: Date | null;
  events: bigint;
  past: bigint;
  held: bigint;
}
export const classes = ({ tx }: Desk): Promise<ClassRow[]> =>
  tx.prisma.$queryRaw<ClassRow[]>`select * from cordon.keeping_state()`;

export interface HoldRow {
  id: string;
  kind: HoldKind;
  target: string | null;
  fromAt: Date | null;
  toAt: Date | null;
  reason: string;
  setById: string;
  setAt: Date;
  releaseAskedById: string | null;
  releaseAskedAt: Date | null;
  releasedById: string | null;
  releasedAt: Date | null;
}
export interface PruningRow {
  id: string;
  classes: RetainedClass[];
  beforeAt: Date;
  upTo: bigint;
  expected: bigint;
  proposedById: string;
  proposedAt: Date;
  approvedById: string | null;
  approvedAt: Date | null;
  state: PruningView['state'];
  pruned: bigint;
  held: bigint;
  finishedAt: Date | null;
}
export interface ErasureRow {
  id: string;
  person: string;
  events: bigint;
  erasedById: string;
  erasedAt: Date;
}
const LISTED = 200;

/** Those in force first, then the newest. */
export const holds = ({ tx, log }: Desk): Promise<HoldRow[]> =>
  tx.prisma.$queryRaw<HoldRow[]>`
    select * from "AuditHold" where "log" = ${log} order by "releasedAt" is not null, "setAt" desc limit ${LISTED}`;

export const prunings = ({ tx, log }: Desk): Promise<PruningRow[]> =>
  tx.prisma.$queryRaw<PruningRow[]>`
    select * from "AuditPruning" where "log" = ${log} order by "proposedAt" desc limit ${LISTED}`;

export const erasures = ({ tx, log }: Desk): Promise<ErasureRow[]> =>
  tx.prisma.$queryRaw<ErasureRow[]>`
    select "id", "person", "events", "erasedById", "erasedAt" from "AuditErasure"
     where "log" = ${log} order by "erasedAt" desc limit ${LISTED}`;

export interface LogRow {
  signed: bigint;
  minimum: bigint;
  later: bigint;
}
/** How much of the log is signed and how much pruned. */
export async function logOf({ tx, log }: Desk): Promise<LogRow> {
  const [row] = await tx.prisma.$queryRaw<LogRow[]>`
    select g."signed", g."minimum",
      (select count(*) from "LogPruned" p where p."log" = g."name" and p."index" >= g."minimum") as later
    from "Log" g where g."name" = ${log}`;
  return row ?? { signed: 0n, minimum: 0n, later: 0n };
}

export async function findHold({ tx, log }: Desk, id: string): Promise<HoldRow | null> {
  const [row] = await tx.prisma.$queryRaw<HoldRow[]>`
    select * from "AuditHold" where "log" = ${log} and "id" = ${id}`;
  return row ?? null;
}

export async function findPruning({ tx, log }: Desk, id: string): Promise<PruningRow | null> {
  const [row] = await tx.prisma.$queryRaw<PruningRow[]>`
    select * from "AuditPruning" where "log" = ${log} and "id" = ${id}`;
  return row ?? null;
}

/** Names of those this reader may see. */
export async function namesOf({ tx }: Desk, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const people = await tx.prisma.user.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  return new Map(people.map(({ id, name }) => [id, name]));
}

/** `terms` empty where the period becomes longer. */
export const setRetention = async ({ tx, secret }: Desk, name: string, months: number, terms: string): Promise<void> =>
  void (await tx.prisma.$queryRaw`select cordon.set_retention(${secret}, ${name}, ${months}::int, ${terms})::text`);

export interface NewHold {
  id: string;
  kind: HoldKind;
  target: string | null;
  from: Date | null;
  to: Date | null;
  reason: string;
}
export const setHold = async ({ tx, secret }: Desk, { id, kind, target, from, to, reason }: NewHold): Promise<void> =>
  void (await tx.prisma
    .$queryRaw`select cordon.set_hold(${secret}, ${id}, ${kind}, ${target}, ${from}, ${to}, ${reason})::text`);

/** Whether it is released now; otherwise it waits for the second person. */
export async function releaseHold({ tx, secret }: Desk, id: string, terms: string): Promise<boolean> {
  const [row] = await tx.prisma.$queryRaw<{ released: boolean }[]>`
    select cordon.release_hold(${secret}, ${id}, ${terms}) as released`;
  return row!.released;
}

export interface NewPruning {
  id: string;
  classes: RetainedClass[];
  beforeAt: Date;
  upTo: number;
}
/** How many records it would be now. */
export async function proposePruning({ tx, secret }: Desk, asked: NewPruning, terms: string): Promise<number> {
  const { id, classes: of, beforeAt, upTo } = asked;
  const [row] = await tx.prisma.$queryRaw<{ expected: bigint }[]>`
    select cordon.propose_pruning(${secret}, ${id}, ${of}::text[], ${beforeAt}, ${upTo}::bigint, ${terms}) as expected`;
  return Number(row!.expected);
}

export const approvePruning = async ({ tx, secret }: Desk, id: string, terms: string): Promise<void> =>
  void (await tx.prisma.$queryRaw`select cordon.approve_pruning(${secret}, ${id}, ${terms})::text`);

/** How many had gone. */
export async function withdrawPruning({ tx, secret }: Desk, id: string): Promise<number> {
  const [row] = await tx.prisma.$queryRaw<{ pruned: bigint }[]>`
    select cordon.withdraw_pruning(${secret}, ${id}) as pruned`;
  return Number(row!.pruned);
}

export async function outlook({ tx }: Desk, person: string): Promise<{ events: number; holds: string[] }> {
  const [row] = await tx.prisma.$queryRaw<{ events: bigint; holds: string[] }[]>`
    select * from cordon.erasure_outlook(${person})`;
  return { events: Number(row!.events), holds: row!.holds };
}

/** Ids of keys the keyring has destroyed, also those that sealed nothing that is stored. */
export const noteDestroyedKeys = async ({ tx }: Desk, id: string, keys: readonly string[]): Promise<void> =>
  void (await tx.prisma.$queryRaw`select cordon.note_destroyed_keys(${id}, ${[...keys]}::text[])::text`);

export interface BegunErasure {
  events: number;
  keyIds: string[];
  /** For the keyring. */
  ticket: string;
}
export async function beginErasure(desk: Desk, id: string, person: string, terms: string): Promise<BegunErasure> {
  const [row] = await desk.tx.prisma.$queryRaw<{ events: bigint; key_ids: string[]; ticket: string }[]>`
    select * from cordon.begin_erasure(${desk.secret}, ${id}, ${person}, ${terms})`;
  // The worker of exports removes the files of those that have ended.
  await desk.tx.prisma.$queryRaw`select pg_notify('audit_export', '')::text`;
  return { events: Number(row!.events), keyIds: row!.key_ids, ticket: row!.ticket };
}
