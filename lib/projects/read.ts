import { type Caller, inProject, inTenant, type ProjectRow } from '@/lib/authz';
import { isId } from '@/lib/platform';
import { projectErrors } from './errors';
import type { ProjectView } from './schemas';
import * as store from './store';

/** The caller's projects, newest first; an API key sees its own one. */
export async function listProjects(
  caller: Caller,
  { limit = 50, cursor = null }: { limit?: number; cursor?: string | null } = {},
): Promise<{ items: ProjectView[]; next: string | null }> {
  if (cursor !== null && !isId('prj', cursor)) throw projectErrors('cursor.invalid');
  return inTenant(caller, ['Project', 'read'], async (tx) => {
    const take = Math.min(Math.max(limit, 1), 200);
    const rows = await store.listProjects(tx, take + 1, cursor);
    const items = rows.slice(0, take);
    return { items, next: rows.length > take ? (items.at(-1)?.id ?? null) : null };
  });
}

/** Throws `project.not_found` for what is somebody else's as for what never was. */
export const getProject = (caller: Caller, projectId: string): Promise<ProjectView> =>
  inProject(caller, projectId, ['Project', 'read'], async (_tx, _tenant, project) => store.toProject(project));

export const toProjectView = (row: ProjectRow): ProjectView => store.toProject(row);
