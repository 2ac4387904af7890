/**
 * Reading the audit log: an organisation's by its members, the provider's own by staff. Who acted is a pseudonym in the record; the
 * reader sees a name where they may see the person. Every read is itself recorded. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import { type AuditEntry, type AuditFilters, type AuditPage, EVENTS, type EventSchema } from '@/lib/audit';
import type { Caller } from '@/lib/authz';
import { inProject, inTenant, type Tx } from '@/lib/authz';
import { logView, placesOf } from '@/lib/transparency';
import type { ProofState } from '@/lib/transparency/schemas';
import {
  ACCESS_KINDS,
  type AccessFilter,
  type AuditFilter,
  type AuditPageView,
  type AuditView,
  isObjectId,
  timeOf,
} from './schemas';
import * as store from './store';
import { nameBook, toView } from './view';

export { readEvents, viewAct } from './acts';
export { auditLogErrors } from './errors';
export { type EvidenceFile, exportEvidence, exportProviderEvidence } from './evidence';
export { sentenceOf } from './sentences';

/** An organisation's log, newest first, 50 a page. */
export const readAuditLog = (caller: Caller & { kind: 'member' }, filter: AuditFilter): Promise<AuditPageView> =>
  inTenant(caller, ['AuditEvent', 'read'], async (tx, tenant) => {
    const page = await store.read(
      tx,
      { kind: 'member', id: tenant.actor.id },
      toFilters(filter, tenant.organisationId),
      filter.cursor ?? null,
    );
    const names = nameBook(tenant.organisationId, {
      member: await store.people(tx),
      'api-key': await store.apiKeys(tx),
    });
    return standing(tx, tenant.organisationId, page, names);
  });

/** Everything about who got in and what they were given, newest first, 50 a page: the same log, read for its access records. */
export const readAccessRecords = (
  caller: Caller & { kind: 'member' },
  { kind, ...filter }: AccessFilter,
): Promise<AuditPageView> =>
  inTenant(caller, ['AuditEvent', 'read'], async (tx, tenant) => {
    const families = kind === undefined ? Object.values(ACCESS_KINDS).flat() : ACCESS_KINDS[kind];
    const schemas = (Object.keys(EVENTS) as EventSchema[]).filter((schema) =>
      families.some((family) => schema.startsWith(`${family}.`) || schema.startsWith(`${family}@`)),
    );
    const filters = {
      ...toFilters(filter, tenant.organisationId),
      ...(kind === 'staff' ? { actorKind: 'staff' as const } : { schemas }),
    };
    const page = await store.read(tx, { kind: 'member', id: tenant.actor.id }, filters, filter.cursor ?? null);
    const names = nameBook(tenant.organisationId, {
      member: await store.people(tx),
      'api-key': await store.apiKeys(tx),
    });
    return standing(tx, tenant.organisationId, page, names);
  });

/** Events that changed nothing. */
const NO_CHANGE = ['token.', 'access.', 'audit.', 'enforcement.', 'step-up'];

/**
 * The newest changes of one project among its last events, for its overview. Everybody who may read the project may read what
 * changed it: this is the project's own history, no look into the log, and is not recorded as one.
 */
export const recentChanges = (caller: Caller, projectId: string, count: number): Promise<AuditView[]> =>
  inProject(caller, projectId, ['Project', 'read'], async (tx, tenant) => {
    const changing = (Object.keys(EVENTS) as EventSchema[]).filter(
      (schema) => !NO_CHANGE.some((kind) => schema.startsWith(kind)),
    );
    const { entries } = await store.latest(
      tx,
      { organisationId: tenant.organisationId, projectId, outcome: 'success', schemas: changing },
      count,
    );
    const names = nameBook(tenant.organisationId, {
      member: await store.people(tx),
      'api-key': await store.apiKeys(tx),
    });
    return entries.map((entry) => toView(entry, names));
  });

/** The provider's own log. Administrators, security staff and the provider's auditors. */
export const readProviderLog = (secret: string, filter: AuditFilter): Promise<AuditPageView> =>
  store.asStaff(secret, async (tx, who) => {
    const page = await store.read(
      tx,
      { kind: 'staff', id: who.userId },
      toFilters(filter, null),
      filter.cursor ?? null,
    );
    const names = nameBook(null, { staff: await store.people(tx) });
    return standing(tx, 'provider', page, names);
  });

/** A page with where each event stands in the transparency log. */
async function standing(tx: Tx, log: string, page: AuditPage, names: Map<string, string>): Promise<AuditPageView> {
  const ids = page.entries.map(({ id }) => id);
  const places = await placesOf(tx, log, ids);
  const acts = await store.countsOfActs(
    tx,
    log === 'provider' ? null : log,
    page.entries.flatMap(({ actId }) => actId || []),
  );
  return {
    events: page.entries.map((entry) => ({
      ...toView(entry, names),
      proof: proofOf(entry, places),
      ofAct: acts.get(entry.actId) ?? 1,
    })),
    next: page.next,
    ...(page.searched ? { searched: page.searched } : {}),
    log: await logView(tx, log),
  };
}

const proofOf = ({ id, altered }: AuditEntry, places: Map<string, ProofState>): ProofState =>
  altered ? { state: 'altered' } : (places.get(id) ?? { state: 'waiting' });

/** Names of events, for the filter. */
export const eventNames = (): string[] =>
  [...new Set(Object.keys(EVENTS).map((schema) => schema.replace(/@\d+$/, '')))].sort();

function toFilters(
  { event, outcome, actor, project, object, q, act, from, to }: AuditFilter,
  organisationId: string | null,
): AuditFilters {
  const schemas = event
    ? (Object.keys(EVENTS) as EventSchema[]).filter(
        (schema) => schema.startsWith(`${event}@`) || schema.startsWith(`${event}.`),
      )
    : undefined;
  return {
    organisationId,
    ...(schemas ? { schemas } : {}),
    ...(outcome ? { outcome } : {}),
    ...(actor
      ? {
          actor: {
            kind:
              organisationId === null
                ? ('staff' as const)
                : actor.startsWith('key_')
                  ? ('api-key' as const)
                  : ('member' as const),
            id: actor,
          },
        }
      : {}),
    ...(project ? { projectId: project } : {}),
    ...(act ? { actId: act } : {}),
    ...(object ? (isObjectId(object) ? { objectId: object } : { objectType: object }) : {}),
    ...(q ? { text: q } : {}),
    ...(from ? { from: timeOf(from) } : {}),
    ...(to ? { to: timeOf(to) } : {}),
  };
}
