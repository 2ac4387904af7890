import 'server-only';
import { openWorker } from '@/lib/db/control';
import type { LeadingConnection, WorkerTold } from '@/lib/platform';
import type { QueuedNotice } from './message';

/** The queue as the mailer's own role sees it: its functions and nothing else. */
export interface Queue extends LeadingConnection {
  /** Due ones, at most 20. The next try of each is set before this returns. */
  claim(howMany: number): Promise<QueuedNotice[]>;
  mailed(id: string): Promise<void>;
  /** Writes the notices of auditors whose access ends within three days, once for each end. */
  tellEnding(): Promise<void>;
}

/** `on.waiting` when notices were written; `on.lost` when the connection is gone. */
export async function openQueue(databaseUrl: string, on: WorkerTold): Promise<Queue> {
  const what = { databaseUrl, name: 'cordon-mailer', lock: 'mail', channel: 'notice' };
  const { client, lead, close } = await openWorker(what, on);
  return {
    lead,
    close,
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
  };
}
