import { pseudonym } from '@/lib/audit';
import { isObjectId, timeOf } from '@/lib/audit-log/schemas';
import { type Filter, parseFilter } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { exportErrors } from './errors';
import type { ExportRequest } from './schemas';

/** The filter of the audit page as that of a pack: conditions on what events commit to. Throws `export.filter` for one that nothing can meet. */
export function packFilter(asked: ExportRequest, organisationId: string | null): Filter {
  const { event, outcome, actor, project, object, act, from, to } = asked;
  const filter = parseFilter({
    ...(from || to
      ? {
          at: {
            ...(from ? { from: timeOf(from).toISOString() } : {}),
            ...(to ? { to: timeOf(to).toISOString() } : {}),
          },
        }
      : {}),
    ...(object ? { [isObjectId(object) ? 'objectId' : 'objectType']: [object] } : {}),
    ...(event ? { schema: [`${event}.`, `${event}@`] } : {}),
    ...(outcome ? { outcome: [outcome] } : {}),
    ...(actor ? { actor: [pseudonymOf(actor, organisationId)] } : {}),
    ...(project ? { projectId: [project] } : {}),
    ...(act ? { actId: [act.toLowerCase()] } : {}),
  });
  if (!filter) throw exportErrors('export.filter');
  return filter;
}

/** Machines stand in the log with their id, people with a name that they have in this log alone. */
const pseudonymOf = (actor: string, organisationId: string | null) =>
  actor.startsWith('key_')
    ? actor
    : pseudonym(organisationId === null ? 'staff' : 'member', actor, organisationId, primitives);

/** For people: one condition a line. */
export const filterWords = (filter: Filter): string[] =>
  Object.entries(filter).map(([name, condition]) => {
    if (!Array.isArray(condition)) {
      const { from, to } = condition as NonNullable<Filter['at']>;
      return [name, from && `from ${from}`, to && `before ${to}`].filter(Boolean).join(' ');
    }
    return `${name}: ${condition.map((value) => value ?? 'none').join(', ')}`;
  });
