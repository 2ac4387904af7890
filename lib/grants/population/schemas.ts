import { z } from 'zod';
import { instant } from '@/lib/audit-log/schemas';
import type { AccessFindingCode, Use } from '@/lib/kernel/access';
import { isSeed, MAX_SAMPLE } from '@/lib/kernel/sample';
import type { RequestLine, RequestView } from '../schemas';

/** What an auditor asks of the population of grants, and what is shown. Safe to import in the browser. Times are ISO 8601, UTC. */

const SAYS = `A whole number, 1 to ${MAX_SAMPLE}`;
const wanted = z.coerce.number(SAYS).int(SAYS).min(1, SAYS).max(MAX_SAMPLE, SAYS);

/** Of an address. What is not understood is left out. */
export const populationFilter = z.object({
  person: z
    .string()
    .regex(/^usr_[0-9a-f]{32}$/)
    .optional()
    .catch(undefined),
  target: z.string().max(80).optional().catch(undefined),
  organisation: z
    .string()
    .regex(/^org_[0-9a-f]{32}$/)
    .optional()
    .catch(undefined),
  from: instant.optional().catch(undefined),
  to: instant.optional().catch(undefined),
});
export type PopulationFilter = z.output<typeof populationFilter>;

/** A sample that was drawn: all that it takes to draw it again. `size`: of the log, in entries. */
export const drawnSample = z.object({
  seed: z.string().refine(isSeed),
  wanted,
  size: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
});
export type DrawnSample = z.output<typeof drawnSample>;

export const drawGrants = z.object({
  wanted,
  /** Empty: one is made. */
  seed: z
    .string()
    .trim()
    .refine((seed) => seed === '' || isSeed(seed), 'One line of plain letters, digits and signs, at most 128.')
    .optional(),
});
export type DrawGrants = z.output<typeof drawGrants>;

/** What the provider's log joins to a request. */
export interface Joined {
  /** Confirmations with a passkey: the request, answers, sessions, reviews. */
  confirmed: number;
  /** Sessions that began, and those of them that sshd's own log confirms. */
  begun: number;
  seen: number;
  /** Sessions with a screen record. */
  recorded: number;
  findings: AccessFindingCode[];
}

export interface PopulationView {
  lines: (RequestLine & { joined: Joined | null })[];
  total: number;
  certain: boolean;
  /** What hosts reported in the last 30 days that belongs to no grant; null where the reader may not read the log. */
  hosts: number | null;
  /** For the filters. */
  people: { id: string; name: string }[];
  organisations: { id: string; name: string }[];
  targets: string[];
}

/** Something that was signed about a grant. */
export interface SignedView {
  /** Of the event. */
  id: string;
  at: string;
  /** Null: a member of a customer, or not visible. */
  by: string | null;
  action: string;
  verdict: string;
  factor: string;
}

export interface HeldView {
  designations: { as: string; until: string; decision: string; minutes: string }[];
  trainings: { course: string; completedAt: string; expiresAt: string }[];
  agreement: { version: number; signedAt: string; expiresAt: string } | null;
}

/** One grant with everything that belongs to it. */
export interface GrantEvidence {
  request: RequestView;
  /** What its person held when they asked. */
  held: HeldView;
  signed: SignedView[];
  use: Use;
}
