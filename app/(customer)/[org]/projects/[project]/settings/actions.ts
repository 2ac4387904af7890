'use server';

import { onItsWay } from '@/app/(customer)/_parts/answers';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { answerForm, guarded } from '@/lib/identity';
import {
  archiveProject,
  freezeProject,
  getProject,
  renameProject,
  restoreProject,
  setEnvironment,
  setMode,
  setTokenPolicy,
  unfreezeProject,
} from '@/lib/projects';
import { archiveForm, environmentForm, freezeForm, modeForm, ofProject, renameForm, tokenPolicyForm } from './forms';

export const renameProjectAction = guarded(
  { action: 'rename', subject: 'Project', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(renameForm, form, async ({ projectId, name }) => {
      const { seq } = await renameProject(await callerOf(member), projectId, { name });
      return onItsWay('Renamed.', seq);
    }),
);

/** Asks for a step-up `project.environment`. */
export const setEnvironmentAction = guarded(
  {
    action: 'change-environment',
    subject: 'Project',
    realm: 'customer',
    asks: 'project.environment',
    organisation: organisationOf,
  },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(environmentForm, form, async ({ projectId, environment }) => {
      const { seq } = await setEnvironment(await callerOf(member), projectId, { environment });
      return onItsWay('Environment changed.', seq);
    }),
);

/** Asks for a step-up `project.mode`. */
export const setModeAction = guarded(
  { action: 'change-mode', subject: 'Project', realm: 'customer', asks: 'project.mode', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(modeForm, form, async ({ projectId, mode }) => {
      const { seq } = await setMode(await callerOf(member), projectId, { mode });
      return onItsWay(mode === 'token' ? 'Tokens are required.' : 'Joins by App ID alone are admitted.', seq);
    }),
);

export const setTokenPolicyAction = guarded(
  { action: 'change-token-policy', subject: 'Project', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(tokenPolicyForm, form, async ({ projectId, ...policy }) => {
      const { seq } = await setTokenPolicy(await callerOf(member), projectId, policy);
      return onItsWay('Token policy saved.', seq);
    }),
);

/** Asks for a step-up `project.freeze`. */
export const freezeProjectAction = guarded(
  { action: 'freeze', subject: 'Project', realm: 'customer', asks: 'project.freeze', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(freezeForm, form, async ({ projectId, reason }) => {
      const { seq } = await freezeProject(await callerOf(member), projectId, { reason });
      return onItsWay('Frozen.', seq);
    }),
);

export const unfreezeProjectAction = guarded(
  { action: 'unfreeze', subject: 'Project', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(ofProject, form, async ({ projectId }) => {
      const { seq } = await unfreezeProject(await callerOf(member), projectId);
      return onItsWay('Unfrozen.', seq);
    }),
);

/** The name has to be typed. Asks for a step-up `project.archive`. */
export const archiveProjectAction = guarded(
  { action: 'archive', subject: 'Project', realm: 'customer', asks: 'project.archive', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(archiveForm, form, async ({ projectId, reason, confirm }) => {
      const caller = await callerOf(member);
      const { name } = await getProject(caller, projectId);
      if (confirm.trim() !== name)
        return { code: 'project.confirm', message: 'This is not its name. Nothing was changed.' };
      const { seq } = await archiveProject(caller, projectId, { reason });
      return onItsWay('Archived.', seq);
    }),
);

export const restoreProjectAction = guarded(
  { action: 'restore', subject: 'Project', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(ofProject, form, async ({ projectId }) => {
      const { seq } = await restoreProject(await callerOf(member), projectId);
      return onItsWay('Restored, frozen.', seq);
    }),
);
