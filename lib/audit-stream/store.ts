import 'server-only';
import { append, type EventFields, type EventSchema } from '@/lib/audit';
import { type ActionOn, actName, authzErrors, may, type Source, type StepUpAsk, spendStepUp } from '@/lib/authz';
import { asMember, asStaff, type Member, type Staff, type Tx } from '@/lib/db';
import type { StreamKind, Verdict } from './schemas';

/** Everything the console asks of the database for streams. Row policies decide whose are seen and changed at all. */
export type Streamer =
  | { readonly kind: 'member'; readonly secret: string; readonly organisationId: string; readonly source?: Source }
  | { readonly kind: 'staff'; readonly secret: string; readonly source?: Source };

/** A transaction of somebody who may do this to the streams of one log. */
export interface Desk {
  tx: Tx;
  /** Null: the provider's log. */
  organisationId: string | null;
  userId: string;
  /** Whether they may change streams, and not only look. */
  mayChange: boolean;
  confirm(act: 'create' | 'change', ask: Pick<StepUpAsk, 'object' | 'terms'>): Promise<unknown>;
  record<S extends EventSchema>(schema: S, streamId: string, fields: EventFields<S>): Promise<string>;
}

/** Throws `session.invalid`, `organisation.not_found`, `authz.forbidden`. */
export function inLog<R>(as: Streamer, action: ActionOn<'AuditStream'>, work: (desk: Desk) => Promise<R>): Promise<R> {
  const enter = (tx: Tx, who: Member | Staff): Promise<R> => {
    // The credential plays no part in what a role allows.
    const principal = { ...who, secret: '' };
    if (!may(principal, action, 'AuditStream'))
      throw authzErrors('authz.forbidden', {
        why: `${actName('AuditStream', action)} is not part of the role ${who.role}`,
      });
    const organisationId = as.kind === 'member' ? as.organisationId : null;
    return work({
      tx,
      organisationId,
      userId: who.userId,
      mayChange: may(principal, 'change', 'AuditStream'),
      confirm: (act, ask) =>
        spendStepUp(tx, as.secret, { ...ask, action: as.kind === 'member' ? `stream.${act}` : `staff-stream.${act}` }),
      record: (schema, id, fields) =>
        append(tx, {
          schema,
          fields,
          outcome: 'success',
          actor: { kind: as.kind, id: who.userId, ...as.source },
          organisationId,
          object: { type: 'audit-stream', id },
        }),
    });
  };
  return as.kind === 'member' ? asMember(as.secret, as.organisationId, enter) : asStaff(as.secret, enter);
}

export interface StreamRow {
  id: string;
  createdById: string;
  kind: StreamKind;
  address: string;
  ca: string | null;
  personal: boolean;
  sealed: string | null;
  previousSealed: string | null;
  previousUntil: Date | null;
  state: 'active' | 'paused';
  code: string | null;
  next: bigint;
  failures: number;
  failingSince: Date | null;
  nextTryAt: Date;
  testedAt: Date | null;
  createdAt: Date;
}

/** A stream with where it stands. */
export interface StandingRow extends StreamRow {
  /** Of the log's newest checkpoint. */
  size: bigint | null;
  /** When the event at `next` happened; null when it is not signed yet. */
  nextAt: Date | null;
  letters: bigint;
  lastAt: Date | null;
  lastCode: string | null;
  lastStatus: number | null;
  createdBy: string | null;
}

/** Oldest first; one of them with an id. */
export const standing = ({ tx, organisationId }: Desk, id: string | null = null): Promise<StandingRow[]> =>
  tx.prisma.$queryRaw<StandingRow[]>`
    select s.*, k."size", e."at" as "nextAt", d."at" as "lastAt", d."code" as "lastCode", d."status" as "lastStatus", u."name" as "createdBy",
      (select count(*) from "AuditStreamLetter" l where l."streamId" = s."id" and l."state" <> 'sent') as letters
    from "AuditStream" s
    left join lateral (select c."size" from "LogCheckpoint" c where c."log" = coalesce(s."organisationId", 'provider')
      order by c."size" desc limit 1) k on true
    left join "LogLeaf" f on f."log" = coalesce(s."organisationId", 'provider') and f."index" = s."next" and s."next" < k."size"
    left join "AuditEvent" e on e."xid" = f."xid" and e."id" = f."eventId"
    left join "AuditStreamDelivery" d on d."streamId" = s."id" and d."n" = s."attempts"
    left join "User" u on u."id" = s."createdById"
    where s."organisationId" is not distinct from ${organisationId} and (${id}::text is null or s."id" = ${id})
    order by s."createdAt", s."id"`;

/** For a change: acts on one stream run one after another. */
export async function lock({ tx, organisationId }: Desk, id: string): Promise<StreamRow | null> {
  const [row] = await tx.prisma.$queryRaw<StreamRow[]>`
    select * from "AuditStream" where "organisationId" is not distinct from ${organisationId} and "id" = ${id} for update`;
  return row ?? null;
}

/** How many the log has. Whoever makes one at the same moment waits, so that they are counted. */
export async function count({ tx, organisationId }: Desk): Promise<number> {
  await tx.prisma.$queryRaw`
    select pg_advisory_xact_lock(hashtextextended(${`streams ${organisationId ?? 'provider'}`}, 0))::text`;
  const [row] = await tx.prisma.$queryRaw<{ count: bigint }[]>`
    select count(*) from "AuditStream" where "organisationId" is not distinct from ${organisationId}`;
  return Number(row?.count ?? 0);
}

/** The places that the newest checkpoint covers. */
export async function signedSize({ tx, organisationId }: Desk): Promise<number> {
  const [row] = await tx.prisma.$queryRaw<{ size: bigint }[]>`
    select "size" from "LogCheckpoint" where "log" = ${organisationId ?? 'provider'} order by "size" desc limit 1`;
  return Number(row?.size ?? 0);
}

export interface NewStream extends Pick<StreamRow, 'id' | 'kind' | 'address' | 'ca' | 'personal' | 'sealed'> {
  next: number;
}

export async function insert({ tx, organisationId, userId }: Desk, stream: NewStream): Promise<void> {
  const { id, kind, address, ca, personal, sealed, next } = stream;
  await tx.prisma.$executeRaw`
    insert into "AuditStream" ("id", "organisationId", "createdById", "kind", "address", "ca", "personal", "sealed", "next")
    values (${id}, ${organisationId}, ${userId}, ${kind}, ${address}, ${ca}, ${personal}, ${sealed}, ${next})`;
}

/** Also tried at once there, whatever went wrong at the address before. */
export const setAddress = ({ tx }: Desk, id: string, to: Pick<StreamRow, 'address' | 'ca' | 'personal'>) =>
  tx.prisma.$executeRaw`
    update "AuditStream" set "address" = ${to.address}, "ca" = ${to.ca}, "personal" = ${to.personal}, "failures" = 0, "refusals" = 0,
      "failingSince" = null, "nextTryAt" = clock_timestamp() where "id" = ${id}`;

/** The secret before stays good for a day. */
export const rotate = ({ tx }: Desk, id: string, sealed: string) =>
  tx.prisma.$executeRaw`
    update "AuditStream" set "previousSealed" = "sealed", "previousUntil" = clock_timestamp() + interval '24 hours', "sealed" = ${sealed}
     where "id" = ${id}`;

export const pause = ({ tx }: Desk, id: string) =>
  tx.prisma.$executeRaw`update "AuditStream" set "state" = 'paused', "code" = null where "id" = ${id}`;

/** From where it stood; the ten days begin anew. */
export const resume = ({ tx }: Desk, id: string) =>
  tx.prisma.$executeRaw`
    update "AuditStream" set "state" = 'active', "code" = null, "failures" = 0, "refusals" = 0, "failingSince" = null,
      "nextTryAt" = clock_timestamp() where "id" = ${id}`;

export const remove = ({ tx }: Desk, id: string) => tx.prisma.$executeRaw`delete from "AuditStream" where "id" = ${id}`;

/** False when one was sent less than five seconds ago. */
export async function markTested({ tx }: Desk, id: string): Promise<boolean> {
  const marked = await tx.prisma.$executeRaw`
    update "AuditStream" set "testedAt" = clock_timestamp()
     where "id" = ${id} and ("testedAt" is null or "testedAt" < clock_timestamp() - interval '5 seconds')`;
  return marked > 0;
}

/** Open dead letters, or one of them, to be sent again; answers their first places. */
export async function sendAgain({ tx }: Desk, id: string, first: number | null): Promise<number[]> {
  const rows = await tx.prisma.$queryRaw<{ first: bigint }[]>`
    update "AuditStreamLetter" set "state" = 'again'
     where "streamId" = ${id} and "state" = 'open' and (${first}::bigint is null or "first" = ${first}) returning "first"`;
  return rows.map((row) => Number(row.first)).sort((a, b) => a - b);
}

export interface DeliveryRow {
  n: bigint;
  at: Date;
  first: bigint;
  end: bigint;
  verdict: Verdict;
  status: number | null;
  code: string;
  millis: number;
  bytes: number;
  broken: number;
}

/** Newest first. */
export const deliveries = ({ tx }: Desk, id: string): Promise<DeliveryRow[]> =>
  tx.prisma.$queryRaw<DeliveryRow[]>`
    select * from "AuditStreamDelivery" where "streamId" = ${id} order by "n" desc limit 100`;

export interface LetterRow {
  first: bigint;
  end: bigint;
  status: number | null;
  code: string;
  state: 'open' | 'again' | 'sent';
  at: Date;
}

/** In the order of the log; those that are still to be sent before the others. */
export const letters = ({ tx }: Desk, id: string): Promise<LetterRow[]> =>
  tx.prisma.$queryRaw<LetterRow[]>`
    select * from "AuditStreamLetter" where "streamId" = ${id} order by "state" = 'sent', "first" limit 100`;

/** The worker hears of it when the transaction commits. */
export const wake = ({ tx }: Desk) => tx.prisma.$queryRaw`select pg_notify('audit_stream', '')::text`;
