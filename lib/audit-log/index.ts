/**
 * Reading the audit log: an organisation's by its members, the provider's own by staff. Who acted is a pseudonym in the record; the
 * reader sees a name where they may see the person. Every read is itself recorded. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import { type AuditEntry, type AuditFilters, type AuditPage, EVENTS, type EventSchema, pseudonym } from '@/lib/audit';
import type { Caller } from '@/lib/authz';
import { inProject, inTenant, type Tx } from '@/lib/authz';
import { primitives } from '@/lib/primitives';
import { logView, placesOf } from '@/lib/transparency';
import type { ProofState } from '@/lib/transparency/schemas';
import type { AuditFilter, AuditPageView, AuditView } from './schemas';
import { sentenceOf } from './sentences';
import * as store from './store';

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
  return {
    events: page.entries.map((entry) => ({ ...toView(entry, names), proof: proofOf(entry, places) })),
    next: page.next,
    log: await logView(tx, log),
  };
}

const proofOf = ({ id, altered }: AuditEntry, places: Map<string, ProofState>): ProofState =>
  altered ? { state: 'altered' } : (places.get(id) ?? { state: 'waiting' });

/** Names of events, for the filter. */
export const eventNames = (): string[] =>
  [...new Set(Object.keys(EVENTS).map((schema) => schema.replace(/@\d+$/, '')))].sort();

function toFilters(
  { event, outcome, actor, project, act, from, to }: AuditFilter,
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
    ...(from ? { from: new Date(`${from}T00:00:00Z`) } : {}),
    ...(to ? { to: new Date(`${to}T00:00:00Z`) } : {}),
  };
}

/** Pseudonym to name, for those the reader may see. */
function nameBook(
  organisationId: string | null,
  people: Partial<Record<'member' | 'staff' | 'api-key', { id: string; name: string }[]>>,
): Map<string, string> {
  return new Map(
    Object.entries(people).flatMap(([kind, list]) =>
      (list ?? []).map(({ id, name }) => [pseudonym(kind as 'member', id, organisationId, primitives), name] as const),
    ),
  );
}

function toView(entry: AuditEntry, names: Map<string, string>): AuditView {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return {
    id: entry.id,
    at: entry.at,
    actId: entry.actId,
    event: entry.schema,
    sentence: sentenceOf(entry.schema),
    outcome: entry.outcome,
    actor: { kind: entry.actorKind, pseudonym: entry.actor, name: names.get(entry.actor) ?? null },
    object: { type: entry.objectType, id: entry.objectId },
    projectId: entry.projectId ?? null,
    fields: [
      ...Object.entries(entry.details).map(([name, value]) => ({
        name,
        value: text(value),
        personal: false,
        state: 'present' as const,
      })),
      ...Object.entries(entry.personal).map(([name, field]) => ({
        name,
        value: field.state === 'present' ? text(field.value) : '',
        personal: true,
        state: field.state,
      })),
    ],
  };
}
