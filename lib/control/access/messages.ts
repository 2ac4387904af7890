import { z } from 'zod';
import type { Frame } from '@/lib/kernel/bundle/frames';
import { ACCESS_SYNC, type AccessMessage, type HostStanding } from '@/lib/uplink/access-sync';
import { FINDINGS } from '@/lib/uplink/host-events';

/** What gateways and hosts may send. They are authenticated, not trusted: a message that does not fit ends the connection. */
const count = z.int().min(0);
const boot = z.string().regex(/^[a-z0-9_-]{1,64}$/);
const text = (max: number) =>
  z
    .string()
    .max(max)
    // The database takes neither.
    .refine((value) => !value.includes('\0') && !/\p{Cs}/u.test(value));
const grant = z.string().regex(/^grt_[0-9a-f]{32}$/);
const session = z.string().regex(/^ssn_[0-9a-f]{32}$/);
const account = z.string().regex(/^cg-[0-9a-f]{16}$/);
const serial = z.string().regex(/^\d{1,20}$/);

const message = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('Hello'),
    proto: z.literal(ACCESS_SYNC),
    role: z.enum(['gateway', 'host']),
    name: text(63),
    boot,
  }),
  z.object({ type: z.literal('Events'), boot, first: count, last: count }),
  z.object({ type: z.literal('Standing') }),
  z.object({ type: z.literal('HostKey'), publicKey: text(512) }),
]);

/** Null when the header is no message of theirs. */
export function readAccessMessage({ header }: Frame): AccessMessage | null {
  const parsed = message.safeParse(header);
  return parsed.success ? parsed.data : null;
}

const standing = z.object({
  seq: count,
  issuedAt: count,
  holds: z.array(z.object({ grant, left: z.array(text(256)).max(20).nullable() })).max(2_000),
});

export function readStanding(payload: Uint8Array): HostStanding | null {
  const parsed = standing.safeParse(parse(Buffer.from(payload).toString('utf8')));
  return parsed.success ? parsed.data : null;
}

const base = { n: z.int().min(1), at: z.int().min(0).max(253_402_300_799_000) };
const gap = z.object({ kind: z.literal('gap'), ...base, dropped: z.int().min(1) });

const hostRecord = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('host.opened'), ...base, grant, account, uid: count }),
  z.object({ kind: z.literal('host.closed'), ...base, grant, account, killed: count, jobs: count }),
  z.object({ kind: z.literal('host.files'), ...base, files: count }),
  z.object({ kind: z.literal('host.left'), ...base, grant, account, left: z.array(text(256)).max(20) }),
  z.object({
    kind: z.literal('host.login'),
    ...base,
    ...{ grant, account, serial, keyId: text(256), port: z.int().min(0).max(65_535) },
    ...{ log: z.string().regex(/^\d{1,20}\.\d{1,9}$/), end: count },
  }),
  z.object({ kind: z.literal('host.finding'), ...base, code: z.enum(FINDINGS), subject: text(128) }),
  gap,
]);
export type HostRecord = z.infer<typeof hostRecord>;

const gatewayRecord = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('session.started'),
    ...base,
    ...{ session, grant, target: text(80), through: text(80), address: text(64), account, principal: text(64), serial },
    ...{ keyId: text(256), purpose: z.enum(['shell', 'command', 'files']), command: text(500).nullable() },
  }),
  z.object({
    kind: z.literal('session.head'),
    n: base.n,
    session,
    head: z.object({ session, lines: count, root: z.string().max(64), time: count, final: z.boolean() }).loose(),
    bytes: count,
  }),
  z.object({ kind: z.literal('session.ended'), ...base, session, why: text(32), exit: z.int().nullable() }),
  z.object({ kind: z.literal('session.refused'), ...base, session: text(64), code: text(64), address: text(64) }),
  z.object({
    kind: z.literal('recording'),
    n: base.n,
    ...{ session, from: count, to: count, final: z.boolean(), data: z.base64().max(65_536).nullable() },
  }),
  gap,
]);
export type GatewayRecord = z.infer<typeof gatewayRecord>;

const read =
  <S extends z.ZodType>(schema: S) =>
  (payload: Uint8Array): { records: z.output<S>[]; refused: number } => {
    const lines = Buffer.from(payload).toString('utf8').split('\n').filter(Boolean);
    const records = lines.flatMap((line) => {
      const parsed = schema.safeParse(parse(line));
      return parsed.success ? [parsed.data] : [];
    });
    return { records, refused: lines.length - records.length };
  };

/** A batch: one JSON record per line. `refused` counts lines that are no record; they are not stored. */
export const readHostRecords = read(hostRecord);
export const readGatewayRecords = read(gatewayRecord);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
