import type { AuditScope } from '@/lib/authz';
import { type Filter, parseFilter } from '@/lib/kernel/pack';
import { exportErrors } from './errors';
import type { ExportFormat } from './schemas';

/** Events without a project that every auditor sees: they decide who may act in all projects (migration 0022). */
const OPEN = /^(member|invitation|access-policy)[.@]/;

/**
 * A filter that finds nothing outside what an auditor may see. Without a condition on projects it gets theirs, or that of events without a
 * project where it asks for such alone. The database refuses any other. Throws `export.filter` for what lies outside, and `export.scope` for a
 * pack with other conditions: it would say of each event of other projects whether it meets them.
 */
export function withinScope(asked: Filter, format: ExportFormat, { projects, from, before }: AuditScope): Filter {
  if (!projects && !from && !before) return asked;
  const at = { ...asked.at, ...later(asked.at?.from, from), ...earlier(asked.at?.to, before) };
  const organisation = format !== 'pack' && !asked.projectId && asked.schema?.every((name) => OPEN.test(name));
  const projectId = projects && (asked.projectId ?? (organisation ? [null] : [...projects].sort()));
  const filter = parseFilter({
    ...asked,
    ...(Object.keys(at).length > 0 ? { at } : {}),
    ...(projectId ? { projectId } : {}),
  });
  if (!filter || (!organisation && filter.projectId?.some((id) => projects && !projects.includes(id ?? ''))))
    throw exportErrors('export.filter');
  if (format === 'pack' && Object.keys(filter).some((name) => name !== 'projectId' && name !== 'at'))
    throw exportErrors('export.scope');
  return filter;
}

const later = (asked: string | undefined, bound: Date | null) =>
  bound ? { from: [asked ?? '', bound.toISOString()].sort().at(-1) } : {};
const earlier = (asked: string | undefined, bound: Date | null) =>
  bound ? { to: [asked ?? '~', bound.toISOString()].sort()[0] } : {};
