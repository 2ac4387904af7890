'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { answerWith } from '@/app/(customer)/_parts/answers';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { guarded } from '@/lib/identity';
import { REGIONS } from '@/lib/kernel/region';
import { createProject } from '@/lib/projects';
import { createProject as projectFields } from '@/lib/projects/schemas';

/** The fence comes as a choice and, with it, a box per region. */
const createForm = z.preprocess((raw) => {
  const fields = raw as Record<string, unknown>;
  return {
    ...fields,
    fence: fields.scope === 'chosen' ? REGIONS.filter((region) => fields[`region.${region}`] === 'on') : [...REGIONS],
  };
}, projectFields);

/** Makes a project; the answer holds its certificate, this once. */
export const createProjectAction = guarded(
  { action: 'create', subject: 'Project', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) => {
    const answer = await answerWith(createForm, form, async (fields) => {
      const { project, certificate } = await createProject(await callerOf(member), fields);
      const { id, name, appId } = project;
      return { made: { id, name, appId, value: certificate.value, fingerprint: certificate.fingerprint } };
    });
    if (answer.ok) revalidatePath('/', 'layout');
    return answer;
  },
);
