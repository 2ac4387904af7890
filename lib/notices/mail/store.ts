import 'server-only';
import pg from 'pg';
import type { QueuedNotice } from './message';

/** The queue as the mailer's own role sees it: its functions and nothing else. */
export interface Queue {
  /** At most one mailer at a time, among any number of consoles; held until the connection ends. */
  lead(): Promise<boolean>;
  /** Due ones, at most 20. The next try of each is set before this returns. */
  claim(howMany: number): Promise<QueuedNotice[]>;
  mailed(id: string): Promise<void>;
  /** Writes the notices of auditors whose access ends within three days, once for each end. */
  tellEnding(): Promise<void>;
  close(): Promise<void>;
}

/** Says what the lock is for: `cord` `mail` in ASCII. */
const LOCK = 0x636f_7264;
const LOCK_MAIL = 0x6d61_696c;

/** `on.waiting` when notices were written; `on.lost` when the connection is gone. */
export async function openQueue(databaseUrl: string, on: { waiting(): void; lost(): void }): Promise<Queue> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'cordon-mailer',
    options: '-c TimeZone=UTC -c statement_timeout=20000',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', on.lost);
  client.on('end', on.lost);
  client.on('notification', on.waiting);
  await client.connect();
  return {
    async lead() {
      const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [
        LOCK,
        LOCK_MAIL,
      ]);
      if (rows[0]?.got) await client.query('listen notice');
      return rows[0]?.got ?? false;
    },
    async claim(howMany) {
      const { rows } = await client.query<{
        id: string;
        email: string;
        realm: 'customer' | 'staff';
        kind: string;
        at: Date;
        address_prefix: string;
        user_agent: string;
      }>('select * from cordon.claim_notices($1)', [howMany]);
      return rows.map(({ address_prefix, user_agent, ...row }) => ({
        ...row,
        addressPrefix: address_prefix,
        userAgent: user_agent,
      }));
    },
    async mailed(id) {
      await client.query('select cordon.notice_mailed($1)', [id]);
    },
    async tellEnding() {
      await client.query('select cordon.tell_ending_auditors()');
    },
    close: () => client.end().catch(() => undefined),
  };
}
