import 'server-only';
import { type Caller, inProject, inTenant } from '@/lib/authz';
import { termText } from '@/lib/kernel/act';
import type { LockboxMode, LockboxView } from '../schemas';
import * as store from './store';

type Member = Caller & { kind: 'member' };

/** What a project says until somebody chooses. */
export const UNTOLD = { mode: 'notify', answerMinutes: 240 } as const;

/** What every project of the organisation says about access of the provider. */
export const readLockbox = (caller: Member): Promise<LockboxView[]> =>
  inTenant(caller, ['LockboxSetting', 'read'], async (tx) => {
    const settings = new Map((await store.settings(tx)).map((row) => [row.projectId, row]));
    return (await store.projects(tx)).map(({ id, name }) => {
      const set = settings.get(id);
      return {
        project: { id, name },
        mode: (set?.mode ?? UNTOLD.mode) as LockboxMode,
        answerMinutes: set?.answerMinutes ?? UNTOLD.answerMinutes,
        changedAt: set?.changedAt.toISOString() ?? null,
      };
    });
  });

const MODE_WORDS: Readonly<Record<LockboxMode, string>> = {
  notify: 'is told',
  approve: 'has to agree',
  deny: 'refuses, except break-glass',
};

/** What a project says from the next request on. Throws `project.not_found`, `authz.step_up_required`. False when it says so already. */
export const changeLockbox = (
  caller: Member,
  { project: projectId, mode, answerMinutes }: { project: string; mode: LockboxMode; answerMinutes: number },
): Promise<boolean> =>
  inProject(
    caller,
    projectId,
    ['LockboxSetting', 'change'],
    async (tx, tenant, project) => {
      const set = (await store.settings(tx)).find((row) => row.projectId === project.id);
      const before = (set?.mode ?? UNTOLD.mode) as LockboxMode;
      if (before === mode && (set?.answerMinutes ?? UNTOLD.answerMinutes) === answerMinutes) return false;
      await tenant.stepUp({
        action: 'lockbox.change',
        object: project.id,
        terms: [
          ['Project', termText(project.name)],
          ['When the provider asks for access', `this organisation ${MODE_WORDS[mode]}`],
          ['Before', `this organisation ${MODE_WORDS[before]}`],
          ['Unanswered, a request is over after', `${answerMinutes} minutes`],
        ],
      });
      const { organisationId } = tenant;
      await store.putSetting(tx, { projectId: project.id, organisationId, mode, answerMinutes, by: tenant.actor.id });
      await tenant.record(
        'lockbox.changed@1',
        { object: { type: 'project', id: project.id }, projectId: project.id },
        { before, after: mode, answerMinutes },
      );
      return true;
    },
    { change: true },
  );
