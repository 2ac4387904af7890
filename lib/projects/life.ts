import { type Caller, inProject, type Need } from '@/lib/authz';
import { publishProject } from '@/lib/policy';
import { projectErrors } from './errors';
import { type ProjectAct, projectCan } from './rules';
import { type ProjectView, reason as reasonText } from './schemas';
import * as store from './store';
import { lifeTerms } from './terms';

interface Move {
  act: Extract<ProjectAct, 'freeze' | 'unfreeze' | 'archive' | 'restore'>;
  need: Need;
  to: ProjectView['status'];
  event: 'project.frozen@1' | 'project.unfrozen@1' | 'project.archived@1' | 'project.restored@1';
}
/** What is taken away asks a member for a step-up, on the project, and for a reason. */
interface Stop extends Move {
  to: 'frozen' | 'archived';
  stepUp: 'project.freeze' | 'project.archive';
  reason: string;
}

async function move(caller: Caller, projectId: string, asked: Move | Stop): Promise<{ seq: number }> {
  const { act, need, to, event } = asked;
  const stop = 'stepUp' in asked ? { ...asked, reason: reasonText.parse(asked.reason) } : undefined;
  return inProject(
    caller,
    projectId,
    need,
    async (tx, tenant, row) => {
      const project = store.toProject(row);
      const verdict = projectCan(act, project);
      if (!verdict.allowed) throw projectErrors('project.state', { why: verdict.why });
      if (stop)
        await tenant.stepUp({
          action: stop.stepUp,
          object: projectId,
          terms: lifeTerms(project, stop.to, stop.reason),
        });
      await store.updateProject(tx, projectId, { status: to });
      const seq = await publishProject(tx, projectId, ['project']);
      await tenant.record(
        event,
        { object: { type: 'project', id: projectId }, projectId },
        { seq, reason: stop?.reason },
      );
      return { seq };
    },
    { change: true },
  );
}

/** Every edge refuses new joins and cuts live sessions. Step-up `project.freeze` on the project. Throws `project.state`. */
export const freezeProject = (caller: Caller, projectId: string, { reason }: { reason: string }) =>
  move(caller, projectId, {
    act: 'freeze',
    need: ['Project', 'freeze'],
    to: 'frozen',
    event: 'project.frozen@1',
    stepUp: 'project.freeze',
    reason,
  });

export const unfreezeProject = (caller: Caller, projectId: string) =>
  move(caller, projectId, {
    act: 'unfreeze',
    need: ['Project', 'unfreeze'],
    to: 'active',
    event: 'project.unfrozen@1',
  });

/** Puts a frozen project away. Step-up `project.archive` on the project. Throws `project.state`. */
export const archiveProject = (caller: Caller, projectId: string, { reason }: { reason: string }) =>
  move(caller, projectId, {
    act: 'archive',
    need: ['Project', 'archive'],
    to: 'archived',
    event: 'project.archived@1',
    stepUp: 'project.archive',
    reason,
  });

/** Brings an archived project back as it was put away: frozen, so that admitting again is a decision of its own. */
export const restoreProject = (caller: Caller, projectId: string) =>
  move(caller, projectId, { act: 'restore', need: ['Project', 'restore'], to: 'frozen', event: 'project.restored@1' });
