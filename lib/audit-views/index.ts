/**
 * Saved views of an audit log: the page's filter under a name, for oneself or for everybody who reads the log. Sharing one, and taking a
 * shared one away, is recorded there. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import { type AuditFilter, auditFilter } from '@/lib/audit-log/schemas';
import { newId } from '@/lib/platform';
import { errors } from './errors';
import { type SavedView, type SaveView, VIEWS_AT_MOST } from './schemas';
import * as store from './store';

export { errors as viewErrors } from './errors';
export type { Viewer } from './store';

type Viewer = store.Viewer;

/** One's own and shared ones, by name. */
export const listViews = (viewer: Viewer): Promise<SavedView[]> =>
  store.inLog(viewer, async (desk) =>
    (await store.all(desk)).map(({ id, name, filter, shared, ownerId }) => ({
      id,
      name,
      filter: parsed(filter),
      shared,
      own: ownerId === desk.userId,
    })),
  );

/** Answers its id. Throws `view.too_many`. */
export const saveView = (viewer: Viewer, { name, shared, ...filter }: SaveView): Promise<string> =>
  store.inLog(viewer, async (desk) => {
    if ((await store.countOwn(desk)) >= VIEWS_AT_MOST) throw errors('view.too_many');
    const id = newId('viw');
    const conditions = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    await store.insert(desk, { id, name, filter: conditions, shared });
    if (shared) await desk.record('audit.view_shared@1', id, { filters: Object.keys(conditions), name });
    return id;
  });

/** One's own; shared ones also as owner or administrator. Throws `view.not_found`. */
export const removeView = (viewer: Viewer, id: string): Promise<void> =>
  store.inLog(viewer, async (desk) => {
    const gone = await store.remove(desk, id);
    if (!gone) throw errors('view.not_found');
    if (gone.shared) await desk.record('audit.view_removed@1', id, { name: gone.name });
  });

/** As stored by an older version, conditions may be others: those it does not understand are left out. */
const parsed = (filter: unknown): AuditFilter => auditFilter.parse(filter);
