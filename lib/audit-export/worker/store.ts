import 'server-only';
import pg from 'pg';
import { append, type EventFields, prunedAmong } from '@/lib/audit';
import { onConnection, openWorker, type WorkerConnection } from '@/lib/db/control';
import type { Filter } from '@/lib/kernel/pack';
import type { LeadingConnection, WorkerTold } from '@/lib/platform';
import type { ExportFile } from '../files';
import type { ExportFormat } from '../schemas';

/** A job as it is worked on. */
export interface Job extends ExportFile {
  /** Null: the provider's log. */
  organisationId: string | null;
  requestedById: string;
  filter: Filter;
  /** age public keys that the file is encrypted to. */
  recipients: string[];
  /** Places [from, to) of the log, within the checkpoint over its first `size` entries. */
  from: number;
  to: number;
  size: number;
  /** The signed note of that checkpoint, and its place in the operator's log. */
  note: Uint8Array;
  operatorIndex: number | null;
  /** Whether whoever asked may export the log now. */
  allowed: boolean;
}

/** An event at its place in the log. All but the place is null when it is gone. */
export interface PlacedRow {
  index: number;
  /** Gone as was agreed. */
  pruned: boolean;
  id: string | null;
  at: Date;
  header: Uint8Array;
  commitments: Record<string, string>;
  seed: Uint8Array;
  entry: Uint8Array;
  /** Base64; empty unless asked for. */
  sealed: string[];
  /** Whoever asked may not see it: it is in no file, and in a pack it is a stub. */
  hidden: boolean;
}

export interface TileKey {
  level: number;
  index: number;
}

export interface Done {
  events: number;
  bytes: number;
  sha256: string;
}

/** The queue of exports as the worker's own role sees it: functions that take a job, and nothing else. */
export interface Jobs extends LeadingConnection {
  /** The oldest that is due, also one that a worker left behind. */
  claim(): Promise<Job | null>;
  /** At most 1024, in their order. Throws what `isClosed` tells once the job is over or its requester lost the right; so do `tiles` and `finish`. */
  rows(job: Job, first: number, width: number, withValues: boolean): Promise<Omit<PlacedRow, 'hidden'>[]>;
  /** From which place on nothing of the job's range is pruned; its end when there is none. */
  wholeFrom(job: Job): Promise<number>;
  /** Places in the same range of events that whoever asked may not see. */
  hidden(job: Job, first: number, width: number): Promise<Set<number>>;
  /** The places a job is for; null when it is for all that meet the filter. */
  sample(job: Job): Promise<Set<number> | null>;
  /** Hashes of tiles of the job's log, by `level/index`. */
  tiles(job: Job, wanted: readonly TileKey[]): Promise<Map<string, Uint8Array>>;
  /** Over this place of the operator's log: the newest that its witnesses cosigned, else the newest. Null while none covers it. */
  operatorCheckpoint(index: number): Promise<{ size: number; note: Uint8Array } | null>;
  operatorTiles(wanted: readonly TileKey[]): Promise<Map<string, Uint8Array>>;
  progress(job: Job, done: number, total: number): Promise<void>;
  /** To be tried again later. */
  release(job: Job): Promise<void>;
  /** With the event that says so, both or neither. */
  finish(job: Job, done: Done): Promise<void>;
  fail(job: Job, code: string, place: number | null): Promise<void>;
  /** Those whose files stay. Ends what has had its time. */
  kept(): Promise<{ id: string; tries: number }[]>;
}

export const isClosed = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === 'CD001' && error.message === 'export.closed';

/** `on.waiting` when an export was asked for; `on.lost` when the connection is gone. */
export async function openJobs(databaseUrl: string, on: WorkerTold): Promise<Jobs> {
  const what = { databaseUrl, name: 'cordon-exporter', lock: 'expo', channel: 'audit_export' };
  // A page of a log is read by places, and events by their keys, whatever the statistics say.
  return jobsOn(await openWorker({ ...what, options: '-c enable_hashjoin=off -c enable_mergejoin=off' }, on));
}

function jobsOn({ client, lead, close }: WorkerConnection): Jobs {
  /** The end of a job and its event. */
  const end = async (job: Job, event: End, sql: string, values: unknown[]) => {
    await client.query('begin');
    try {
      await append(onConnection(client), {
        ...event,
        actor: { kind: job.organisationId === null ? 'staff' : 'member', id: job.requestedById },
        organisationId: job.organisationId,
        // Whose keys the recipients are is not known; who chose them is, and they go with them.
        subject: job.requestedById,
        object: { type: 'audit-export', id: job.id },
      });
      await client.query(sql, values);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  };
  return {
    lead,
    close,
    async claim() {
      const { rows } = await client.query<ClaimedRow>('select * from cordon.claim_export()');
      return rows[0] ? toJob(rows[0]) : null;
    },
    async rows(job, first, width, withValues) {
      const { rows } = await client.query<Omit<PlacedRow, 'index' | 'pruned' | 'hidden'> & { index: string }>({
        name: 'export_rows',
        text: 'select * from cordon.export_rows($1, $2, $3, $4)',
        values: [job.id, first, width, withValues],
      });
      const gone = await prunedAmong(rows, async () => {
        const sql = 'select cordon.export_pruned($1, $2, $3) as place';
        return (await client.query<{ place: string }>(sql, [job.id, first, width])).rows;
      });
      return rows.map((row) => {
        const index = Number(row.index);
        return { ...row, index, pruned: row.id === null && gone.has(index), sealed: row.sealed ?? [] };
      });
    },
    async wholeFrom({ id }) {
      const { rows } = await client.query<{ place: string }>('select cordon.export_whole_from($1) as place', [id]);
      return Number(rows[0]!.place);
    },
    async hidden(job, first, width) {
      const { rows } = await client.query<{ index: string }>({
        name: 'export_hidden',
        text: 'select "index" from cordon.export_hidden($1, $2, $3) as "index"',
        values: [job.id, first, width],
      });
      return new Set(rows.map(({ index }) => Number(index)));
    },
    async sample(job) {
      const { rows } = await client.query<{ places: string[] | null }>('select cordon.export_sample($1) as places', [
        job.id,
      ]);
      return rows[0]?.places ? new Set(rows[0].places.map(Number)) : null;
    },
    async tiles(job, wanted) {
      const { rows } = await client.query<{ level: number; n: string; hashes: Buffer }>({
        name: 'export_tiles',
        text: 'select * from cordon.export_tiles($1, $2, $3)',
        values: [job.id, wanted.map(({ level }) => level), wanted.map(({ index }) => index)],
      });
      return new Map(rows.map(({ level, n, hashes }) => [`${level}/${n}`, hashes]));
    },
    async operatorCheckpoint(index) {
      const { rows } = await client.query<{ size: string; note: Buffer }>(
        'select * from cordon.operator_checkpoint_over($1::bigint)',
        [index],
      );
      return rows[0] ? { size: Number(rows[0].size), note: rows[0].note } : null;
    },
    async operatorTiles(wanted) {
      const found = new Map<string, Uint8Array>();
      for (const { level, index } of wanted) {
        const { rows } = await client.query<{ hashes: Buffer | null }>(
          'select cordon.operator_tile($1::smallint, $2::bigint) as hashes',
          [level, index],
        );
        if (rows[0]?.hashes) found.set(`${level}/${index}`, rows[0].hashes);
      }
      return found;
    },
    async progress({ id }, done, total) {
      await client.query('select cordon.export_progress($1, $2, $3)', [id, done, total]);
    },
    async release({ id }) {
      await client.query('select cordon.release_export($1)', [id]);
    },
    finish(job, { events, bytes, sha256 }) {
      const { format, filter, encrypted, recipients } = job;
      const fields = {
        ...{ format, filters: Object.keys(filter), count: events, sha256, encrypted },
        ...(encrypted ? { recipients } : {}),
      };
      return end(
        job,
        { schema: 'audit.exported@3', outcome: 'success', fields },
        'select cordon.finish_export($1, $2, $3, $4)',
        [job.id, events, bytes, sha256],
      );
    },
    fail(job, code, place) {
      const fields = { format: job.format, code };
      return end(
        job,
        { schema: 'audit.export_failed@1', outcome: 'failed', fields },
        'select cordon.fail_export($1, $2, $3)',
        [job.id, code, place],
      );
    },
    async kept() {
      return (await client.query<{ id: string; tries: number }>('select * from cordon.kept_exports()')).rows;
    },
  };
}

type End =
  | { schema: 'audit.exported@3'; outcome: 'success'; fields: EventFields<'audit.exported@3'> }
  | { schema: 'audit.export_failed@1'; outcome: 'failed'; fields: EventFields<'audit.export_failed@1'> };

interface ClaimedRow {
  id: string;
  organisation_id: string | null;
  requested_by_id: string;
  format: ExportFormat;
  filter: Filter;
  recipients: string[];
  range_from: string;
  range_to: string;
  size: string;
  tries: number;
  allowed: boolean;
  note: Buffer;
  operator_index: string | null;
}

const toJob = ({ id, format, filter, recipients, tries, allowed, note, ...row }: ClaimedRow): Job => ({
  id,
  format,
  filter,
  recipients,
  encrypted: recipients.length > 0,
  tries,
  allowed,
  note,
  organisationId: row.organisation_id,
  requestedById: row.requested_by_id,
  from: Number(row.range_from),
  to: Number(row.range_to),
  size: Number(row.size),
  operatorIndex: row.operator_index === null ? null : Number(row.operator_index),
});
