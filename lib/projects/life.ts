import { type Caller, inProject, type Need, type StepUpAction } from '@/lib/authz';
import { publishProject } from '@/lib/policy';
import { projectErrors } from './errors';
import { type ProjectAct, projectCan } from './rules';
import { type ProjectView, reason as reasonText } from './schemas';
import * as store from './store';

interface Move {
  act: Extract<ProjectAct, 'freeze' | 'unfreeze' | 'archive' | 'restore'>;
  need: Need;
  to: ProjectView['status'];
  event: 'project.frozen@1' | 'project.unfrozen@1' | 'project.archived@1' | 'project.restored@1';
  /** Step-up a member gives, on the project. */
  stepUp?: StepUpAction;
}

async function move(
  caller: Caller,
  projectId: string,
  { act, need, to, event, stepUp }: Move,
  why?: string,
): Promise<{ seq: number }> {
  const reason = why === undefined ? undefined : reasonText.parse(why);
  return inProject(
    caller,
    projectId,
    need,
    async (tx, tenant, row) => {
      const verdict = projectCan(act, store.toProject(row));
      if (!verdict.allowed) throw projectErrors('project.state', { why: verdict.why });
      if (stepUp) await tenant.stepUp(stepUp, projectId);
      await store.updateProject(tx, projectId, { status: to });
      const seq = await publishProject(tx, projectId, ['project']);
      await tenant.record(event, { object: { type: 'project', id: projectId }, projectId }, { seq, reason });
      return { seq };
    },
    { change: true },
  );
}

/** Every edge refuses new joins and cuts live sessions. Step-up `project.freeze` on the project. Throws `project.state`. */
export const freezeProject = (caller: Caller, projectId: string, { reason }: { reason: string }) =>
  move(
    caller,
    projectId,
    { act: 'freeze', need: ['Project', 'freeze'], to: 'frozen', event: 'project.frozen@1', stepUp: 'project.freeze' },
    reason,
  );

export const unfreezeProject = (caller: Caller, projectId: string) =>
  move(caller, projectId, {
    act: 'unfreeze',
    need: ['Project', 'unfreeze'],
    to: 'active',
    event: 'project.unfrozen@1',
  });

/** Puts a frozen project away. Step-up `project.archive` on the project. Throws `project.state`. */
export const archiveProject = (caller: Caller, projectId: string, { reason }: { reason: string }) =>
  move(
    caller,
    projectId,
    {
      act: 'archive',
      need: ['Project', 'archive'],
      to: 'archived',
      event: 'project.archived@1',
      stepUp: 'project.archive',
    },
    reason,
  );

/** Brings an archived project back as it was put away: frozen, so that admitting again is a decision of its own. */
export const restoreProject = (caller: Caller, projectId: string) =>
  move(caller, projectId, { act: 'restore', need: ['Project', 'restore'], to: 'frozen', event: 'project.restored@1' });
