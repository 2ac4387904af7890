import type { AuditEntry } from '@/lib/audit';
import { type Caller, inTenant } from '@/lib/authz';
import { auditLogErrors } from './errors';
import type { ActView, JoinedView } from './schemas';
import * as store from './store';
import { nameBook, toView } from './view';

/** How long before an act its confirmation can have been given. */
const CONFIRMED_MS = 10 * 60_000;
const OF_ACT = 200;

/** One act beside the page that shows its events, whose reading is the one that is recorded. */
export const viewAct = (caller: Caller & { kind: 'member' }, actId: string): Promise<ActView> =>
  inTenant(caller, ['AuditEvent', 'read'], async (tx, { organisationId }) => {
    const { entries } = await store.latest(tx, { organisationId, actId }, OF_ACT);
    entries.reverse();
    const names = nameBook(organisationId, { member: await store.people(tx), 'api-key': await store.apiKeys(tx) });
    const confirmations: AuditEntry[] = [];
    const [first] = entries;
    for (const objectId of first ? new Set(entries.map((entry) => entry.objectId)) : []) {
      if (confirmations.length > 0) break;
      const to = new Date(Date.parse(first!.at) + 1);
      const from = new Date(to.getTime() - CONFIRMED_MS);
      const found = await store.latest(tx, { organisationId, objectId, schemas: ['step-up@2'], from, to }, 10);
      confirmations.push(...found.entries.filter(({ actor }) => actor === first!.actor));
    }
    return {
      events: entries.map((entry) => toView(entry, names)),
      confirmations: confirmations.map((entry) => toView(entry, names)),
      changes: [...new Set(entries.flatMap(({ details: { seq } }) => (typeof seq === 'number' ? [seq] : [])))],
    };
  });

/** How many events are read at once, at most. */
export const EVENTS_AT_MOST = 500;
const PAGE = 200;

/**
 * Events by their ids with what belongs to each one's act: the other events of it, and how it was confirmed. Oldest first; those that are not this
 * reader's to see are left out. Throws `events.too_many`.
 */
export const readEvents = (caller: Caller & { kind: 'member' }, ids: readonly string[]): Promise<JoinedView[]> =>
  inTenant(caller, ['AuditEvent', 'read'], async (tx, { organisationId, record }) => {
    if (ids.length > EVENTS_AT_MOST) throw auditLogErrors('events.too_many');
    const entries: AuditEntry[] = [];
    for (let from = 0; from < ids.length; from += PAGE)
      entries.push(...(await store.latest(tx, { organisationId, ids: ids.slice(from, from + PAGE) }, PAGE)).entries);
    entries.sort((a, b) => (a.at < b.at || (a.at === b.at && a.id < b.id) ? -1 : 1));
    const names = nameBook(organisationId, { member: await store.people(tx), 'api-key': await store.apiKeys(tx) });
    const acts = await store.eventsOfActs(
      tx,
      organisationId,
      entries.map(({ actId }) => actId),
    );
    const confirmed = await store.confirmationsOf(
      tx,
      organisationId,
      entries.map(({ id }) => id),
    );
    const about = { object: { type: 'audit-log', id: organisationId } };
    await record('audit.read@1', about, { filters: ['events'] });
    return entries.map((entry) => ({
      ...toView(entry, names),
      others: (acts.get(entry.actId) ?? []).filter(({ id }) => id !== entry.id).map(({ schema }) => schema),
      confirmed: confirmed.get(entry.id) ?? null,
    }));
  });
