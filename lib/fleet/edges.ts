import { type Caller, inTenant } from '@/lib/authz';
import { isRegion } from '@/lib/kernel/region';
import { systemClock } from '@/lib/platform';
import type { EdgeDetail, EdgeView } from './schemas';
import { type EdgeFacts, edgeState } from './state';
import * as store from './store';

const DAY_MS = 86_400_000;
const REFUSALS_SHOWN = 5;

/** Every edge with what it enforces now and how many of the caller's sessions it carries. */
export const listEdges = (caller: Caller): Promise<EdgeView[]> =>
  inTenant(caller, ['Edge', 'read'], async (tx, { projectId }) => {
    const edges = await store.listEdges(tx);
    const head = await store.headSeq(tx);
    const live = new Map(
      (await store.liveByEdge(tx, projectId ?? undefined)).map((row) => [row.edgeName, row._count._all]),
    );
    const now = systemClock.now();
    // Why an edge refused a policy is the provider's to know.
    return edges.flatMap((edge) => view({ ...edge, refusal: null }, head, now, live.get(edge.name) ?? 0) ?? []);
  });

interface NamedEdge extends EdgeFacts {
  name: string;
  region: string;
  url: string;
}

function view(edge: NamedEdge, headSeq: bigint, nowMs: number, liveSessions: number): EdgeView | null {
  const { name, region, url } = edge;
  if (!isRegion(region)) return null;
  return {
    name,
    region,
    url,
    ...edgeState(edge, headSeq, nowMs),
    lastSeenAt: edge.lastSeenAt?.toISOString() ?? null,
    appliedSeq: number(edge.appliedSeq),
    enforcedSeq: number(edge.enforcedSeq),
    liveSessions,
  };
}

const number = (value: bigint | null) => (value === null ? null : Number(value));

/** What staff see of the fleet: health and totals, of no customer's sessions in particular. Throws `session.invalid`. */
export const staffFleet = (secret: string): Promise<EdgeDetail[]> =>
  store.asFleetStaff(secret, async (tx) => {
    const edges = await store.fleet(tx);
    const head = await store.headSeq(tx);
    const refusals = await store.refusalsByEdge(tx, new Date(systemClock.now() - DAY_MS));
    const now = systemClock.now();
    return edges.flatMap((edge) => {
      const facts = {
        name: edge.name,
        region: edge.region,
        url: edge.url,
        bannedAt: edge.banned_at,
        drainingAt: edge.draining_at,
        lastSeenAt: edge.last_seen_at,
        appliedSeq: edge.applied_seq,
        enforcedSeq: edge.enforced_seq,
        refusal: edge.refusal,
      };
      const report = readReport(edge.report);
      const seen = view(facts, head, now, report.sessions ?? 0);
      if (!seen) return [];
      return {
        ...seen,
        build: edge.build,
        relay: edge.relay,
        bannedAt: edge.banned_at?.toISOString() ?? null,
        drainingAt: edge.draining_at?.toISOString() ?? null,
        enforcedAt: edge.enforced_at?.toISOString() ?? null,
        connectedAt: edge.connected_at?.toISOString() ?? null,
        certificateExpiresAt: edge.certificate_expires_at?.toISOString() ?? null,
        rssBytes: report.rssBytes,
        spoolDepth: report.spoolDepth,
        dropped: report.dropped,
        lastRefusals: refusals
          .filter(({ edge_name }) => edge_name === edge.name)
          .slice(0, REFUSALS_SHOWN)
          .map(({ code, refused }) => ({ code, count: Number(refused) })),
      };
    });
  });

/** The last report as the edge sent it: numbers or nothing. */
function readReport(report: unknown) {
  const fields = (typeof report === 'object' && report !== null ? report : {}) as Record<string, unknown>;
  const own = (name: string) => (typeof fields[name] === 'number' ? fields[name] : null);
  return {
    sessions: own('sessions'),
    rssBytes: own('rssBytes'),
    spoolDepth: own('spoolDepth'),
    dropped: own('dropped'),
  };
}

export interface FleetBeat {
  /** Edges that enforce the newest policy, of those that are in contact. */
  enforced: number;
  edges: number;
  version: { epoch: number; seq: number };
}

/** One line for every page: what version holds, and on how many edges. */
export const beat = (caller: Caller): Promise<FleetBeat> =>
  inTenant(caller, ['Edge', 'read'], async (tx) => {
    const edges = await store.listEdges(tx);
    const version = await store.headVersion(tx);
    const now = systemClock.now();
    const states = edges.map((edge) => edgeState({ ...edge, refusal: null }, BigInt(version.seq), now).state);
    return {
      enforced: states.filter((state) => state === 'in_sync').length,
      edges: states.filter((state) => !['banned', 'offline', 'enrolled'].includes(state)).length,
      version,
    };
  });
