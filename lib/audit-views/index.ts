/**
 * Saved views of an organisation's audit log: the page's filter under a name, for oneself or for everybody who reads the log. Sharing one, and
 * taking a shared one away, is recorded. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import { type AuditFilter, auditFilter } from '@/lib/audit-log/schemas';
import { type Caller, inTenant } from '@/lib/authz';
import { newId } from '@/lib/platform';
import { errors } from './errors';
import { type SavedView, type SaveView, VIEWS_AT_MOST } from './schemas';
import * as store from './store';

export { errors as viewErrors } from './errors';

type Member = Caller & { kind: 'member' };

/** One's own and shared ones, by name. */
export const listViews = (caller: Member): Promise<SavedView[]> =>
  inTenant(caller, ['AuditEvent', 'read'], async (tx, { actor }) =>
    (await store.all(tx)).map(({ id, name, filter, shared, ownerId }) => ({
      id,
      name,
      filter: parsed(filter),
      shared,
      own: ownerId === actor.id,
    })),
  );

/** Answers its id. Throws `view.too_many`. */
export const saveView = (caller: Member, { name, shared, ...filter }: SaveView): Promise<string> =>
  inTenant(caller, ['AuditEvent', 'read'], async (tx, { organisationId, actor, record }) => {
    if ((await store.countOwn(tx, actor.id)) >= VIEWS_AT_MOST) throw errors('view.too_many');
    const id = newId('viw');
    const conditions = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    await store.insert(tx, { id, organisationId, ownerId: actor.id, name, filter: conditions, shared });
    if (shared) {
      const fields = { filters: Object.keys(conditions), name };
      await record('audit.view_shared@1', { object: { type: 'audit-view', id } }, fields);
    }
    return id;
  });

/** One's own; shared ones also as owner or administrator. Throws `view.not_found`. */
export const removeView = (caller: Member, id: string): Promise<void> =>
  inTenant(caller, ['AuditEvent', 'read'], async (tx, { record }) => {
    const gone = await store.remove(tx, id);
    if (!gone) throw errors('view.not_found');
    if (gone.shared) await record('audit.view_removed@1', { object: { type: 'audit-view', id } }, { name: gone.name });
  });

/** As stored by an older version, conditions may be others: those it does not understand are left out. */
const parsed = (filter: unknown): AuditFilter => auditFilter.parse(filter);
