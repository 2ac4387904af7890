import { z } from 'zod';
import { isHash } from '@/lib/kernel/bundle/chain';
import type { Frame } from '@/lib/kernel/bundle/frames';
import { type EdgeMessage, PROTOCOL } from '@/lib/kernel/bundle/messages';

/** What an edge may send. An edge is authenticated, not trusted: a message that does not fit ends the connection. */
const count = z.int().min(0);
const region = z.enum(['NA', 'EU', 'AS', 'JP', 'IN', 'CN']);
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\0'));
const position = z.object({ epoch: count, seq: count, hash: z.string().refine(isHash) });
const bootId = z.string().regex(/^[a-z0-9_-]{1,64}$/);

const schema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('Hello'),
    proto: z.literal(PROTOCOL),
    edge: text(63),
    region,
    build: text(128),
    bootId,
    have: position.extend({ source: z.literal('disk') }).nullable(),
    ratchet: z.object({ epoch: count, seq: count }).nullable(),
    clock: count,
    url: text(512),
    relay: text(512),
  }),
  position.extend({
    type: z.literal('Ack'),
    stage: z.enum(['applied', 'enforced']),
    receivedAt: count,
    at: count,
    cut: z.int().min(0).max(2_147_483_647).optional(),
  }),
  z.object({
    type: z.literal('Nack'),
    seq: count,
    active: position.nullable(),
    code: z.enum(['signature', 'scope', 'base_mismatch', 'schema', 'limits', 'replay', 'storage']),
    detail: text(512),
  }),
  z.object({ type: z.literal('Upstream'), bootId, first: count, last: count, dropped: count }),
  z.object({
    type: z.literal('Report'),
    active: position.nullable(),
    sessions: count,
    rssBytes: count,
    spoolDepth: count,
    dropped: count,
    enginePid: z.int().nullable(),
  }),
]);

/** Null when the header is no message of an edge. */
export function readMessage({ header }: Frame): EdgeMessage | null {
  const parsed = schema.safeParse(header);
  return parsed.success ? (parsed.data as EdgeMessage) : null;
}

const subject = {
  appId: text(64),
  channel: text(255),
  tokenId: text(128).nullable(),
  certificateId: text(64).nullable(),
};
const base = { n: z.int().min(1), at: z.int().min(0).max(253_402_300_799_000) };
const record = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('decision'),
    ...base,
    ...subject,
    traceId: text(64),
    account: text(255),
    action: z.enum(['join', 'publish', 'subscribe', 'enforce', 'relay']),
    verdict: z.enum(['allow', 'deny']),
    rule: text(64),
    code: text(64),
    epoch: z.int().min(0).max(2_147_483_647),
    seq: count,
    wildcardUser: z.boolean(),
    addressPrefix: text(64),
    count: z.int().min(1).max(2_147_483_647),
  }),
  z.object({
    kind: z.literal('session'),
    ...base,
    ...subject,
    event: z.enum(['joined', 'changed', 'left', 'cut']),
    sessionId: text(64),
    account: text(255),
    direction: z.enum(['publish', 'subscribe', 'both']),
    reason: text(64),
  }),
  z.object({
    kind: z.literal('meter'),
    ...base,
    appId: text(64),
    channel: text(255),
    participantSeconds: z.number().min(0),
    packetsIn: count,
    packetsOut: count,
  }),
]);
export type CheckedRecord = z.infer<typeof record>;

/** Reads a batch: one JSON record per line. `refused` counts lines that are no record; they are not stored. */
export function readBatch(payload: Uint8Array): { records: CheckedRecord[]; refused: number } {
  const records: CheckedRecord[] = [];
  let refused = 0;
  for (const line of Buffer.from(payload).toString('utf8').split('\n')) {
    if (line === '') continue;
    const parsed = record.safeParse(parse(line));
    if (parsed.success) records.push(parsed.data);
    else refused += 1;
  }
  return { records, refused };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
