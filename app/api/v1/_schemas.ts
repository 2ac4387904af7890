import { z } from 'zod';
import type { DecisionView, EdgeView, SessionView } from '@/lib/fleet/schemas';
import { REGIONS } from '@/lib/kernel/region';
import type { Enforcement, FencePlan, RevocationView } from '@/lib/policy/schemas';
import {
  type CertificateView,
  ENVIRONMENTS,
  PROJECT_STATUSES,
  type ProjectView,
  type TokenPolicy,
} from '@/lib/projects/schemas';
import type { Inspection, MintedToken } from '@/lib/tokens/schemas';

/** Answers of the interface. Each must describe exactly what its capability returns: `satisfies` holds the one, the contract tests the other. */
const text = z.string();
const time = z.iso.datetime();
const count = z.int().min(0);
const region = z.enum(REGIONS);
const maybe = <T extends z.ZodType>(schema: T) => schema.nullable();

export const page = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    items: z.array(item),
    next: maybe(text).describe('Pass it as `cursor` for the next page; null on the last one.'),
  });
export const list = <T extends z.ZodType>(item: T) => z.strictObject({ items: z.array(item) });
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Entries per page.'),
  cursor: z.string().max(512).optional().describe('`next` of the page before.'),
});
export const changed = z.strictObject({
  seq: count.describe('Number of the policy change; ask `/policy/{seq}` how far it has got.'),
});

const tokenPolicy = z.strictObject({
  maxLifetimeSeconds: count,
  wildcardChannel: z.boolean(),
  wildcardUser: z.boolean(),
  legacy006: z.boolean(),
  clockSkewSeconds: count,
  stalenessSeconds: count,
}) satisfies z.ZodType<TokenPolicy>;
export const fence = z.strictObject({ regions: z.array(region), version: count });
export const project = z.strictObject({
  id: text,
  name: text,
  appId: text,
  environment: z.enum(ENVIRONMENTS),
  status: z.enum(PROJECT_STATUSES),
  mode: z.enum(['token', 'app-id']),
  tokenPolicy,
  fence,
  createdAt: time,
}) satisfies z.ZodType<ProjectView>;

export const certificate = z.strictObject({
  id: text,
  slot: z.enum(['primary', 'secondary']),
  status: z.enum(['enabled', 'disabled', 'deleted']),
  fingerprint: text,
  createdAt: time,
  lastUsedAt: maybe(time),
  endedAt: maybe(time),
  joinsLastDay: count,
}) satisfies z.ZodType<CertificateView>;

export const plan = z.strictObject({
  before: z.array(region),
  after: z.array(region),
  added: z.array(region),
  removed: z.array(region),
  edges: z.array(
    z.strictObject({
      name: text,
      region,
      live: count,
      cut: count,
      effect: z.enum(['allows', 'refuses', 'starts_allowing', 'stops_allowing']),
    }),
  ),
  sessionsCut: count,
  channelsTouched: z.array(text),
  joinsRefusedLastDay: count.describe('Joins of the last 24 h that the new fence would have refused.'),
}) satisfies z.ZodType<FencePlan>;

export const enforcement = z.strictObject({
  seq: count,
  edges: z.array(
    z.strictObject({
      name: text,
      region,
      stage: z.enum(['pending', 'applied', 'enforced', 'offline', 'refused']),
      at: maybe(time),
      cut: count,
    }),
  ),
  applied: count,
  enforced: count,
  expected: count,
}) satisfies z.ZodType<Enforcement>;

export const revocation = z.strictObject({
  id: text,
  subjectType: z.enum(['token', 'user', 'channel', 'certificate', 'project']),
  subject: text,
  issuedBefore: time,
  reason: text,
  createdAt: time,
  seq: count,
}) satisfies z.ZodType<RevocationView>;

export const edge = z.strictObject({
  name: text,
  region,
  url: text,
  state: z.enum(['in_sync', 'applying', 'stale', 'refused', 'draining', 'banned', 'offline', 'enrolled']),
  why: maybe(text),
  lastSeenAt: maybe(time),
  appliedSeq: maybe(count),
  enforcedSeq: maybe(count),
  liveSessions: count,
}) satisfies z.ZodType<EdgeView>;

export const session = z.strictObject({
  id: text,
  edge: text,
  channel: text,
  account: text,
  direction: text,
  tokenId: maybe(text),
  certificateId: maybe(text),
  startedAt: time,
  endedAt: maybe(time),
  endReason: maybe(text),
}) satisfies z.ZodType<SessionView>;

export const decision = z.strictObject({
  id: text,
  at: time,
  edge: text,
  channel: text,
  account: text,
  action: text,
  verdict: z.enum(['allow', 'deny']),
  rule: text,
  code: text,
  policy: text.describe('Epoch and sequence number of the policy that decided.'),
  traceId: text,
  tokenId: maybe(text),
  certificateId: maybe(text),
  address: text.describe('Network of the client, /24 or /48.'),
  count: count.describe('Identical refusals within a second are one entry.'),
}) satisfies z.ZodType<DecisionView>;

export const mintedToken = z.strictObject({
  token: text,
  tokenId: text,
  expiresAt: time,
}) satisfies z.ZodType<MintedToken>;

const inspectedService = z.strictObject({
  kind: text,
  channel: maybe(text),
  account: maybe(text),
  wildcard: z.boolean(),
  privileges: z.array(z.strictObject({ name: text, expiresAt: maybe(time) })),
});
export const inspection = z.strictObject({
  token: maybe(
    z.strictObject({
      version: z.enum(['006', '007']),
      appId: text,
      tokenId: maybe(text),
      issuedAt: maybe(time),
      expiresAt: time,
      services: z.array(inspectedService),
    }),
  ),
  unreadable: maybe(text),
  decision: z.strictObject({
    verdict: z.enum(['allow', 'deny']),
    code: text,
    rule: text,
    says: text,
    detail: maybe(text),
    next: maybe(text),
    status: count,
    permissions: z.array(z.strictObject({ name: z.enum(['join', 'audio', 'video', 'data']), expiresAt: time })),
    account: maybe(text),
    allowedRegions: z.array(region),
  }),
  steps: z.array(z.strictObject({ rule: text, result: z.enum(['passed', 'refused', 'not_reached']), detail: text })),
  certificate: maybe(z.strictObject({ id: text, slot: z.enum(['primary', 'secondary']) })),
  edge: z.strictObject({ name: text, region }),
  policy: z.strictObject({ epoch: count, seq: count }),
  at: time,
}) satisfies z.ZodType<Record<keyof Inspection, unknown>>;

export const problem = z.object({
  type: text,
  title: text,
  status: count,
  code: text.describe('Stable name of the error.'),
  why: text.optional(),
  requestId: text.optional(),
  errors: z
    .array(z.object({ path: text, message: text }))
    .optional()
    .describe('With `request.invalid`: what does not fit.'),
});
