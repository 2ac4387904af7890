'use server';

import { revalidatePath } from 'next/cache';
import { answerWith } from '@/app/(customer)/_parts/answers';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { createApiKey, revokeApiKey } from '@/lib/api-keys';
import { answerForm, guarded } from '@/lib/identity';
import { createKeyForm, revokeKeyForm } from './form';

/** The answer holds the key, this once. Asks for a step-up `api-key.create`. */
export const createApiKeyAction = guarded(
  { action: 'create', subject: 'ApiKey', realm: 'customer', asks: 'api-key.create', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) => {
    const answer = await answerWith(createKeyForm(Date.now()), form, async ({ projectId, ...fields }) => {
      const { key, view } = await createApiKey(await callerOf(member), projectId, fields);
      return { made: { key, name: view.name, prefix: view.prefix } };
    });
    if (answer.ok) revalidatePath('/', 'layout');
    return answer;
  },
);

export const revokeApiKeyAction = guarded(
  { action: 'revoke', subject: 'ApiKey', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(revokeKeyForm, form, async ({ projectId, keyId }) => {
      await revokeApiKey(await callerOf(member), projectId, keyId);
      revalidatePath('/', 'layout');
      return { ok: true, message: 'Revoked. From now on the key is nobody’s.' };
    }),
);
