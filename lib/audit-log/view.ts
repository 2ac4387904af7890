import { type AuditEntry, pseudonym } from '@/lib/audit';
import { primitives } from '@/lib/primitives';
import type { AuditView } from './schemas';
import { sentenceOf } from './sentences';

/** Pseudonym to name, for those the reader may see. */
export function nameBook(
  organisationId: string | null,
  people: Partial<Record<'member' | 'staff' | 'api-key', { id: string; name: string }[]>>,
): Map<string, string> {
  return new Map(
    Object.entries(people).flatMap(([kind, list]) =>
      (list ?? []).map(({ id, name }) => [pseudonym(kind as 'member', id, organisationId, primitives), name] as const),
    ),
  );
}

/** An event as pages show it. */
export function toView(entry: AuditEntry, names: Map<string, string>): AuditView {
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
