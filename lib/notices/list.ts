import 'server-only';
import { deviceOf } from './device';
import { detailOf, isNoticeKind, NOTICES } from './kinds';
import type { NoticeView } from './schemas';
import * as store from './store';

type Row = Awaited<ReturnType<typeof store.listNotices>>[number];

/** What happened to the signed-in person's account, newest first, the last 50. */
export const listNotices = async (secret: string): Promise<NoticeView[]> => views(await store.listNotices(secret));

/** Of these the ones not dismissed yet, without what this very session did. */
export const listUnread = async (secret: string): Promise<NoticeView[]> => views(await store.listUnread(secret));

/** Dismisses notices of one's own. They stay in the list, and are mailed as they would have been. */
export const readNotices = (secret: string, ids: readonly string[]): Promise<void> => store.markRead(secret, ids);

const views = (rows: Row[]): NoticeView[] =>
  rows.flatMap((row) => {
    if (!isNoticeKind(row.kind)) return [];
    const { title, says, own } = NOTICES[row.kind];
    return [
      {
        id: row.id,
        kind: row.kind,
        title,
        says,
        detail: detailOf(row.kind, row.fields as Record<string, unknown>),
        at: row.at.toISOString(),
        device: row.userAgent ? deviceOf(row.userAgent) : '',
        network: row.addressPrefix,
        own,
        unread: row.readAt === null,
        mailed: row.mailedAt !== null,
      },
    ];
  });
