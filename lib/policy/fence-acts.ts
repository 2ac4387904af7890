import { type Caller, inProject, type ProjectRow } from '@/lib/authz';
import { isRegion, type Region } from '@/lib/kernel/region';
import { systemClock } from '@/lib/platform';
import { policyErrors } from './errors';
import { planFence as plan } from './fence';
import { lastChange, publishProject } from './publish';
import { type FenceChange, type FencePlan, fenceChange } from './schemas';
import * as store from './store';
import { fenceTerms } from './terms';

const DAY_MS = 86_400_000;
const fenceOf = (project: ProjectRow): Region[] => project.fence.filter(isRegion);

/** What a fence of these regions would do to what is live now and to yesterday's joins. Changes nothing. */
export async function planFence(caller: Caller, projectId: string, input: FenceChange): Promise<FencePlan> {
  const { regions } = fenceChange.parse(input);
  return inProject(caller, projectId, ['Project', 'read'], async (tx, _tenant, project) => {
    const [edges, live, joins] = [
      await store.listEdges(tx),
      await store.countLive(tx, projectId),
      await store.countJoins(tx, projectId, new Date(systemClock.now() - DAY_MS)),
    ];
    return plan(fenceOf(project), regions, edges, live, joins);
  });
}

/**
 * Sets the fence; edges outside it cut what they carry. Members confirm it with a second factor (`fence.apply` on the
 * project, at the version of the fence it replaces). The fence the project already has is no change and asks for nothing.
 */
export async function applyFence(caller: Caller, projectId: string, input: FenceChange): Promise<{ seq: number }> {
  const { regions } = fenceChange.parse(input);
  return inProject(
    caller,
    projectId,
    ['Project', 'change-fence'],
    async (tx, tenant, project) => {
      if (project.status === 'archived') throw policyErrors('fence.project_archived');
      const before = fenceOf(project);
      if (before.join() === regions.join()) return { seq: await lastChange(tx, 'fence', project.appId) };
      await tenant.stepUp({
        action: 'fence.apply',
        object: projectId,
        version: String(project.fenceVersion),
        terms: fenceTerms(project.name, before, regions),
      });
      await store.saveFence(tx, projectId, regions);
      const seq = await publishProject(tx, projectId, ['fence']);
      await tenant.record(
        'fence.changed@1',
        { object: { type: 'project', id: projectId }, projectId },
        { before, after: regions, seq },
      );
      return { seq };
    },
    { change: true },
  );
}
