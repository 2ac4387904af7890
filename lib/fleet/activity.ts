import { type Caller, inProject } from '@/lib/authz';
import { REGIONS } from '@/lib/kernel/region';
import { systemClock } from '@/lib/platform';
import type { Activity } from './schemas';
import * as store from './store';

const DAY_MS = 86_400_000;
const CODES_SHOWN = 8;

/** One project's life in numbers: who is in session now, and joins and refusals of the last 24 h. */
export const activity = (caller: Caller, projectId: string): Promise<Activity> =>
  inProject(caller, projectId, ['Decision', 'read'], async (tx) => {
    const live = await store.liveByEdge(tx, projectId);
    const edges = await store.listEdges(tx);
    const counts = await store.countDecisions(tx, projectId, new Date(systemClock.now() - DAY_MS));
    const sessionsAt = new Map(live.map((row) => [row.edgeName, row._count._all]));
    const sum = (verdict: string) =>
      counts.filter((row) => row.verdict === verdict).reduce((total, row) => total + (row._sum.count ?? 0), 0);
    return {
      inSession: live.reduce((total, row) => total + row._count._all, 0),
      joins: sum('allow'),
      refused: sum('deny'),
      refusalsByCode: counts
        .filter((row) => row.verdict === 'deny')
        .map((row) => ({ code: row.code, count: row._sum.count ?? 0 }))
        .sort((a, b) => b.count - a.count)
        .slice(0, CODES_SHOWN),
      sessionsByRegion: REGIONS.flatMap((region) => {
        const own = edges.filter((edge) => edge.region === region && edge.bannedAt === null);
        const sessions = own.reduce((total, { name }) => total + (sessionsAt.get(name) ?? 0), 0);
        return own.length > 0 ? [{ region, edges: own.length, sessions }] : [];
      }),
    };
  });
