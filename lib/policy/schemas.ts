import { z } from 'zod';
import { isTermText, oneLine } from '@/lib/kernel/act';
import { REGIONS, type Region } from '@/lib/kernel/region';

/** Fence and revocation, as asked for from outside. Safe to import in the browser. */
export const fenceChange = z.object({
  /** Ordered: the first is the preferred home of channels. */
  regions: z
    .array(z.enum(REGIONS))
    .min(1, 'A fence allows at least one region. To stop everything, freeze the project.')
    .max(REGIONS.length)
    .refine((codes) => new Set(codes).size === codes.length, 'Name each region once.'),
});
export type FenceChange = z.input<typeof fenceChange>;

const account = z.string().min(1).max(255);
export const revocationSubject = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('token'),
    tokenId: z.string().regex(/^[0-9a-f]{64}$/, 'A token ID is 64 hex characters.'),
  }),
  z.object({ type: z.literal('user'), account }),
  z.object({ type: z.literal('channel'), channel: z.string().min(1).max(63) }),
  z.object({ type: z.literal('certificate'), certificateId: z.string().min(1).max(64) }),
  z.object({ type: z.literal('project') }),
]);

export const createRevocation = z.object({
  subject: revocationSubject,
  /** ISO 8601; default now. Never in the future: a rule about tokens that do not exist yet would be a ban. */
  issuedBefore: z.iso.datetime({ offset: true }).optional(),
  /** Read back when it is confirmed: in one line. */
  reason: z
    .string()
    .overwrite(oneLine)
    .min(3, 'Say why, in a few words. It is kept in the audit log.')
    .max(500, 'Use at most 500 characters.')
    .refine(isTermText, 'Use letters, digits, spaces and punctuation.'),
});
export type CreateRevocation = z.input<typeof createRevocation>;

export interface RevocationView {
  id: string;
  subjectType: z.output<typeof revocationSubject>['type'];
  subject: string;
  issuedBefore: string;
  reason: string;
  createdAt: string;
  seq: number;
}

/** Where one change stands, computed when asked. */
export interface Enforcement {
  seq: number;
  edges: {
    name: string;
    region: Region;
    stage: 'pending' | 'applied' | 'enforced' | 'offline' | 'refused';
    at: string | null;
    cut: number;
  }[];
  applied: number;
  enforced: number;
  /** Edges that are connected and therefore expected to answer. */
  expected: number;
}

/** What a fence change would do, from live data. */
export interface FencePlan {
  before: Region[];
  after: Region[];
  added: Region[];
  removed: Region[];
  edges: {
    name: string;
    region: Region;
    live: number;
    cut: number;
    effect: 'allows' | 'refuses' | 'starts_allowing' | 'stops_allowing';
  }[];
  sessionsCut: number;
  channelsTouched: string[];
  joinsRefusedLastDay: number;
}
