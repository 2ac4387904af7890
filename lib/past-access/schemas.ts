import { z } from 'zod';
import { instant } from '@/lib/audit-log/schemas';

/** What is asked about a moment of the past. Safe to import in the browser. */
export const pastMoment = z.object({ at: instant.optional().catch(undefined) });

export interface PastAccessView {
  /** ISO 8601, UTC. */
  at: string;
  members: { name: string; role: string; since: string; until: string | null; projects: readonly string[] | null }[];
  keys: {
    id: string;
    name: string | null;
    projectId: string | null;
    scopes: readonly string[];
    since: string;
    expiresAt: string | null;
  }[];
  policy: { version: number; since: string } | null;
  gaps: { at: string | null; says: string }[];
  /** When the first event was recorded that this rests on; null when there is none. */
  since: string | null;
  /** How many it rests on. */
  events: number;
}
