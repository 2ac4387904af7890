import type pg from 'pg';
import { append } from '@/lib/audit';
import { onConnection } from '@/lib/db/control';
import { type Head, headText, plainHead } from '@/lib/kernel/recording';

/** A screen record as control takes it from the gateway: heads in the log, pieces and the newest head in rows. `pool` is of control's role. */
export async function deliverRecord(
  pool: pg.Pool,
  session: string,
  file: Uint8Array,
  heads: readonly Head[],
  announced = file.length,
): Promise<void> {
  const last = heads.at(-1)!;
  const client = await pool.connect();
  try {
    for (const head of heads) {
      await client.query('begin');
      await append(onConnection(client), {
        ...{ schema: 'production.recorded@1', outcome: 'success', organisationId: null },
        ...{ actor: { kind: 'system', id: 'gateway:gw-1' }, object: { type: 'production-session', id: session } },
        fields: plainHead(head),
      });
      await client.query('commit');
    }
    await client.query(
      'insert into "SessionRecording" ("sessionId", "head", "bytes", "final") values ($1, $2::jsonb, $3, $4)',
      [session, headText(last), announced, last.final],
    );
    for (let from = 0; from < file.length; from += 700)
      await client.query('insert into "RecordingPiece" ("sessionId", "offset", "bytes") values ($1, $2, $3)', [
        ...[session, from, Buffer.from(file.subarray(from, from + 700))],
      ]);
  } finally {
    client.release();
  }
}
