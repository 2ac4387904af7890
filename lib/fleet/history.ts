import { type Caller, inProject } from '@/lib/authz';
import { fleetErrors } from './errors';
import { type DecisionFilter, type DecisionView, decisionFilter, type SessionView } from './schemas';
import * as store from './store';

interface Page {
  limit?: number;
  /** From `next` of the page before. */
  cursor?: string | null;
}
const takeOf = ({ limit = 50 }: Page) => Math.min(Math.max(limit, 1), 200);

/** Live sessions or ended ones, the latest started first. */
export async function listSessions(
  caller: Caller,
  projectId: string,
  { live, ...page }: Page & { live: boolean },
): Promise<{ items: SessionView[]; next: string | null }> {
  const before = readSessionCursor(page.cursor);
  const take = takeOf(page);
  return inProject(caller, projectId, ['MediaSession', 'read'], async (tx) => {
    const rows = await store.listSessions(tx, projectId, live, take + 1, before);
    const items = rows.slice(0, take);
    const last = items.at(-1);
    return {
      items: items.map((row) => ({
        id: row.id,
        edge: row.edgeName,
        channel: row.channel,
        account: row.account,
        direction: row.direction,
        tokenId: row.tokenId,
        certificateId: row.certificateId,
        startedAt: row.startedAt.toISOString(),
        endedAt: row.endedAt?.toISOString() ?? null,
        endReason: row.endReason,
      })),
      next: rows.length > take && last ? write([last.startedAt.toISOString(), last.id]) : null,
    };
  });
}

/** Decisions of the edges, newest first: joins and what was cut later, each with the rule that decided. */
export async function listDecisions(
  caller: Caller,
  projectId: string,
  { filter = {}, ...page }: Page & { filter?: DecisionFilter },
): Promise<{ items: DecisionView[]; next: string | null }> {
  const before = readDecisionCursor(page.cursor);
  const take = takeOf(page);
  const wanted = decisionFilter.parse(filter);
  return inProject(caller, projectId, ['Decision', 'read'], async (tx) => {
    const rows = await store.listDecisions(tx, projectId, wanted, take + 1, before);
    const items = rows.slice(0, take);
    const last = items.at(-1);
    return {
      items: items.map((row) => ({
        id: `${row.edgeName}.${row.bootId}.${row.n}`,
        at: row.at.toISOString(),
        edge: row.edgeName,
        channel: row.channel,
        account: row.account,
        action: row.action,
        verdict: row.verdict === 'allow' ? ('allow' as const) : ('deny' as const),
        rule: row.rule,
        code: row.code,
        policy: `${row.epoch}.${row.seq}`,
        traceId: row.traceId,
        tokenId: row.tokenId,
        certificateId: row.certificateId,
        address: row.addressPrefix,
        count: row.count,
      })),
      next:
        rows.length > take && last ? write([last.at.toISOString(), last.edgeName, last.bootId, String(last.n)]) : null,
    };
  });
}

/** A cursor is the position of the last row seen; it says nothing its reader has not just read. */
const write = (position: readonly string[]) => Buffer.from(JSON.stringify(position)).toString('base64url');

function read(cursor: string | null | undefined, length: number): string[] | null {
  if (cursor === null || cursor === undefined) return null;
  try {
    const position: unknown = cursor.length <= 512 ? JSON.parse(Buffer.from(cursor, 'base64url').toString()) : null;
    if (Array.isArray(position) && position.length === length && position.every((part) => typeof part === 'string'))
      return position;
  } catch {
    // Falls through: not JSON is not a cursor.
  }
  throw fleetErrors('cursor.invalid');
}

function time(text: string | undefined): Date {
  const at = new Date(text ?? '');
  if (Number.isNaN(at.getTime())) throw fleetErrors('cursor.invalid');
  return at;
}

function readSessionCursor(cursor: string | null | undefined): store.SessionCursor | null {
  const position = read(cursor, 2);
  return position && { startedAt: time(position[0]), id: position[1]! };
}

function readDecisionCursor(cursor: string | null | undefined): store.DecisionCursor | null {
  const position = read(cursor, 4);
  if (!position) return null;
  const [at, edgeName, bootId, n] = position;
  if (!/^\d{1,18}$/.test(n!)) throw fleetErrors('cursor.invalid');
  return { at: time(at), edgeName: edgeName!, bootId: bootId!, n: BigInt(n!) };
}
