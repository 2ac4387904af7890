import 'server-only';
import type pg from 'pg';
import { append, type EventFields, type EventRow, prunedAmong } from '@/lib/audit';
import { onConnection, openWorker, type WorkerConnection } from '@/lib/db/control';
import type { LeadingConnection, WorkerTold } from '@/lib/platform';
import type { AnswerCode, StreamKind, Verdict } from '../schemas';
import type { Standing } from './rules';

/** What to send next of a stream. */
export interface Work extends Standing {
  id: string;
  /** Null: the provider's log. */
  organisationId: string | null;
  kind: StreamKind;
  address: string;
  ca: string | null;
  personal: boolean;
  /** Signing secrets, the newest first; none for syslog. */
  sealed: string[];
  /** A dead letter that somebody wants sent again. */
  letter: boolean;
  first: number;
  /** Of the batch under way; null when none is yet. */
  end: number | null;
  /** Of the checkpoint that covers it, and its signed note. */
  size: number;
  note: string;
}

/** A place of the log. All but the place is null when nothing is stored there. */
export interface PlacedRow extends Omit<EventRow, 'id'> {
  index: number;
  id: string | null;
  /** The hash that the log holds of it. */
  leaf: Uint8Array | null;
  /** Whether its event went as was agreed. */
  pruned: boolean;
}

/** A try and what came of it. */
export interface Attempt {
  end: number;
  verdict: Verdict;
  code: AnswerCode | string;
  status: number | null;
  millis: number;
  bytes: number;
  broken: number;
  waitSeconds: number;
  announced: boolean;
}

type StreamSchema =
  | 'stream.failing@1'
  | 'stream.recovered@1'
  | 'stream.stopped@1'
  | 'stream.dead_letter@1'
  | 'stream.gap@1';
export type StreamEvent = { [S in StreamSchema]: { schema: S; fields: EventFields<S> } }[StreamSchema];

/** Streams as the worker's own role sees them: functions that take one, and nothing else. */
export interface Streams extends LeadingConnection {
  /** Ids of those that have something to send, the one that waited longest first. */
  due(): Promise<string[]>;
  take(id: string): Promise<Work | null>;
  /** At most 100, one for each place. */
  rows(id: string, first: number, width: number): Promise<PlacedRow[]>;
  /** Fixes the batch before its first try; false when it is not this stream's turn any more. */
  begin(work: Work, end: number): Promise<boolean>;
  /** What came of a try, with the events that say so: both or neither. False when the batch is not the one under way any more. */
  end(work: Work, attempt: Attempt, events: readonly StreamEvent[]): Promise<boolean>;
}

/** `on.waiting` when a stream was made or wants something; `on.lost` when the connection is gone. */
export async function openStreams(databaseUrl: string, on: WorkerTold): Promise<Streams> {
  const what = { databaseUrl, name: 'cordon-streamer', lock: 'strm', channel: 'audit_stream' };
  return streamsOn(await openWorker(what, on));
}

function streamsOn({ client, lead, close }: WorkerConnection): Streams {
  /** Many streams share the connection: a transaction of one is not to take statements of another into it. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
  const query = <R extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    inTurn(async () => (await client.query<R>(text, values)).rows);

  return {
    lead: () => inTurn(lead),
    close,
    async due() {
      return (await query<{ id: string }>('select due_streams as id from cordon.due_streams()')).map(({ id }) => id);
    },
    async take(id) {
      const [row] = await query<TakenRow>('select * from cordon.take_stream($1)', [id]);
      return row ? toWork(row) : null;
    },
    async rows(id, first, width) {
      const rows = await query<Omit<PlacedRow, 'index' | 'pruned'> & { index: string }>(
        'select * from cordon.stream_rows($1, $2, $3)',
        [id, first, width],
      );
      const gone = await prunedAmong(rows, () =>
        query('select cordon.stream_pruned($1, $2, $3) as place', [id, first, width]),
      );
      return rows.map((row) => {
        const index = Number(row.index);
        return { ...row, index, sealed: row.sealed ?? [], pruned: gone.has(index) };
      });
    },
    async begin({ id, first, size }, end) {
      const [row] = await query<{ ok: boolean }>('select cordon.begin_batch($1, $2, $3, $4) as ok', [
        id,
        first,
        end,
        size,
      ]);
      return row?.ok ?? false;
    },
    end: (work, attempt, events) =>
      inTurn(async () => {
        await client.query('begin');
        try {
          const { rows } = await client.query<{ ok: boolean }>(END_ATTEMPT, attemptValues(work, attempt));
          const ok = rows[0]?.ok ?? false;
          if (ok) for (const event of events) await record(client, work, event);
          await client.query('commit');
          return ok;
        } catch (error) {
          await client.query('rollback').catch(() => undefined);
          throw error;
        }
      }),
  };
}

const END_ATTEMPT = 'select cordon.end_attempt($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as ok';
const attemptValues = ({ id, letter, first }: Work, attempt: Attempt): unknown[] => {
  const { end, verdict, status, code, millis, bytes, broken, waitSeconds, announced } = attempt;
  return [id, letter, first, end, verdict, status, code, millis, bytes, broken, waitSeconds, announced];
};

/** In the stream's own log, in nobody's name. */
const record = (client: pg.Client, { id, organisationId }: Work, { schema, fields }: StreamEvent): Promise<string> =>
  append(onConnection(client), {
    schema,
    fields: fields as EventFields<typeof schema>,
    outcome: schema === 'stream.recovered@1' ? 'success' : 'failed',
    actor: { kind: 'system', id: 'streamer' },
    organisationId,
    object: { type: 'audit-stream', id },
  });

interface TakenRow {
  id: string;
  organisation_id: string | null;
  kind: StreamKind;
  address: string;
  ca: string | null;
  personal: boolean;
  sealed: string[];
  letter: boolean;
  first: string;
  last: string | null;
  size: string;
  note: Buffer;
  failures: number;
  refusals: number;
  failing_seconds: number | null;
  announced: boolean;
}

const toWork = ({ organisation_id, first, last, size, note, failing_seconds, ...row }: TakenRow): Work => ({
  ...row,
  organisationId: organisation_id,
  first: Number(first),
  end: last === null ? null : Number(last),
  size: Number(size),
  note: note.toString('utf8'),
  failingSeconds: failing_seconds,
});
