import type pg from 'pg';
import { type Head, headOf } from '@/lib/kernel/recording';
import type { Piece } from '../pieces';
import { wordsOf } from '../words';
import type { ScreenRead } from './thread-host';

/** Control's queries, under its own role: which records can be read for search, their bytes, and what was read. */
export type Pool = pg.Pool;
type Queryable = Pick<pg.ClientBase, 'query'>;

const PIECES = 32;
const PIECE_BYTES = 65_536;
const ENTRIES = 1_000;

export interface Due {
  session: string;
  /** Its last head is in the log. Without, the gateway broke off. */
  final: boolean;
}

/** One that is over, with all its bytes, and was not read yet. One that broke off has ten minutes for what is on its way. */
export async function next(db: Queryable): Promise<Due | null> {
  const { rows } = await db.query<Due>(
    `select c."sessionId" as session, c."final" from "SessionRecording" c join "ProductionSession" s on s."id" = c."sessionId"
      where c."indexedAt" is null and (c."final" or s."endedAt" < clock_timestamp() - interval '10 minutes')
        and c."bytes" <= (select coalesce(max(p."offset" + length(p."bytes")), 0) from "RecordingPiece" p where p."sessionId" = c."sessionId")
      order by s."openedAt" limit 1`,
  );
  return rows[0] ?? null;
}

export async function pieces(db: Queryable, session: string, from: number): Promise<Piece[]> {
  const { rows } = await db.query<{ offset: string; bytes: Buffer }>(
    `select "offset", "bytes" from "RecordingPiece" where "sessionId" = $1 and "offset" > $2::bigint - ${PIECE_BYTES}
       and "offset" + length("bytes") > $2::bigint order by "offset" limit ${PIECES}`,
    [session, from],
  );
  return rows.map(({ offset, bytes }) => ({ offset: Number(offset), bytes }));
}

export async function heads(db: Queryable, session: string): Promise<Head[]> {
  const { rows } = await db.query<{ lines: string; root: string; time: string; final: boolean }>(
    'select * from cordon.logged_heads($1)',
    [session],
  );
  return rows.flatMap(
    ({ lines, time, ...rest }) => headOf({ session, lines: Number(lines), time: Number(time), ...rest }) ?? [],
  );
}

/** All of it, or nothing when another control was faster. */
export async function save(pool: Pool, session: string, { indexed, entries, marks }: ScreenRead): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rowCount } = await client.query(
      `update "SessionRecording" set "indexedAt" = clock_timestamp(), "indexed" = $2, "commands" = $3, "files" = $4, "commandLines" = $5
        where "sessionId" = $1 and "indexedAt" is null`,
      [session, indexed, marks?.commands ?? null, marks?.files ?? null, marks?.commandLines ?? null],
    );
    for (let from = 0; rowCount === 1 && from < entries.length; from += ENTRIES)
      await client.query(
        `insert into "RecordingText" ("sessionId", "number", "second", "text", "words")
         select $1, e."number", e."second", e."text", array_to_tsvector(array(select jsonb_array_elements_text(e."words")))
           from jsonb_to_recordset($2::jsonb) e("number" int, "second" int, "text" text, "words" jsonb)`,
        [
          session,
          JSON.stringify(
            entries
              .slice(from, from + ENTRIES)
              .map(({ second, text }, i) => ({ number: from + i, second, text, words: wordsOf(text) })),
          ),
        ],
      );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
