import { z } from 'zod';
import { reason, renameProject, setEnvironment, setMode, tokenPolicy } from '@/lib/projects/schemas';

/** What the forms of the settings page post: the fields of the use cases, with the project, and boxes as browsers send them. */
const projectId = z.string().min(1).max(64);
const box = z.preprocess((value) => value === 'on', z.boolean());

export const ofProject = z.object({ projectId });
export const renameForm = renameProject.extend({ projectId });
export const environmentForm = setEnvironment.extend({ projectId });
export const modeForm = setMode.extend({ projectId });
export const tokenPolicyForm = tokenPolicy.extend({
  projectId,
  wildcardChannel: box,
  wildcardUser: box,
  legacy006: box,
});
export const freezeForm = z.object({ projectId, reason });
export const archiveForm = freezeForm.extend({ confirm: z.string().max(200) });
