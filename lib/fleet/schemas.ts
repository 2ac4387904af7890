import { z } from 'zod';
import { isTermText, oneLine } from '@/lib/kernel/act';
import { REGIONS, type Region } from '@/lib/kernel/region';

/** Edges, live sessions and decisions as shown. Safe to import in the browser. */
export interface EdgeView {
  name: string;
  region: Region;
  url: string;
  state: 'in_sync' | 'applying' | 'stale' | 'refused' | 'draining' | 'banned' | 'offline' | 'enrolled';
  /** Why the newest change was refused, or since when the edge is silent. */
  why: string | null;
  lastSeenAt: string | null;
  appliedSeq: number | null;
  enforcedSeq: number | null;
  liveSessions: number;
}

/** As the edge and the keyring take it: it becomes part of the edge's certificate. */
const edgeName = z
  .string()
  .trim()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'Up to 63 lower-case letters, digits and hyphens.');
export const expectEdge = z.object({ name: edgeName, region: z.enum(REGIONS) });
export const namedEdge = z.object({ name: edgeName });
export const drainEdge = z.object({
  name: edgeName,
  draining: z.enum(['yes', 'no']).transform((text) => text === 'yes'),
});
export const banEdge = z
  .object({
    name: edgeName,
    confirm: z.string(),
    reason: z
      .string()
      .overwrite(oneLine)
      .max(500, 'Use at most 500 characters.')
      .refine(isTermText, 'Use letters, digits, spaces and punctuation.'),
  })
  .refine(({ name, confirm }) => name === confirm.trim(), { path: ['confirm'], message: 'Type the name of the edge.' });
export type ExpectEdge = z.output<typeof expectEdge>;
export type BanEdge = z.output<typeof banEdge>;

/** What somebody needs to start an edge that is expected; the token is shown this once. */
export interface JoinTicket {
  name: string;
  region: Region;
  token: string;
  expiresAt: string;
  /** SHA-256 of the authority edges recognise control by, hex. */
  fingerprint: string;
}

/** What only staff sees of an edge. */
export interface EdgeDetail extends EdgeView {
  build: string | null;
  /** host:port other edges reach it at; empty until it joined. */
  relay: string;
  bannedAt: string | null;
  drainingAt: string | null;
  enforcedAt: string | null;
  connectedAt: string | null;
  certificateExpiresAt: string | null;
  rssBytes: number | null;
  spoolDepth: number | null;
  dropped: number | null;
  lastRefusals: { code: string; count: number }[];
}

export interface SessionView {
  id: string;
  edge: string;
  channel: string;
  account: string;
  direction: string;
  tokenId: string | null;
  certificateId: string | null;
  startedAt: string;
  endedAt: string | null;
  endReason: string | null;
}

export interface DecisionView {
  id: string;
  at: string;
  edge: string;
  channel: string;
  account: string;
  action: string;
  verdict: 'allow' | 'deny';
  rule: string;
  code: string;
  policy: string;
  traceId: string;
  tokenId: string | null;
  certificateId: string | null;
  address: string;
  count: number;
}

export const decisionFilter = z.object({
  verdict: z.enum(['allow', 'deny']).optional(),
  code: z.string().max(64).optional(),
  account: z.string().max(255).optional(),
  channel: z.string().max(64).optional(),
  edge: z.string().max(64).optional(),
});
export type DecisionFilter = z.output<typeof decisionFilter>;

/** The fleet in one line, for the frame of every staff page. */
export interface FleetState {
  version: { epoch: number; seq: number };
  edges: number;
  counts: Partial<Record<EdgeView['state'], number>>;
}

/** One project's life in numbers, over the last 24 hours where a span applies. */
export interface Activity {
  inSession: number;
  joins: number;
  refused: number;
  refusalsByCode: { code: string; count: number }[];
  sessionsByRegion: { region: Region; edges: number; sessions: number }[];
}
