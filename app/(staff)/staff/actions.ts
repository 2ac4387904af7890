'use server';

import { revalidatePath } from 'next/cache';
import { answerForm, auditSource, guarded } from '@/lib/identity';
import { createOrganisation, inviteOwner } from '@/lib/organisations';
import { createOrganisation as createForm, inviteOwner as inviteForm } from '@/lib/organisations/schemas';

/** Makes a tenant and the link by which its first owner comes in; the link is in this answer and nowhere else. */
export const createOrganisationAction = guarded(
  { action: 'create', subject: 'Organisation', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(createForm, form, async (fields) => {
      const { invitation } = await createOrganisation(secret, fields, new Date(), await auditSource());
      revalidatePath('/staff');
      return { ok: true, ...shown(invitation), email: fields.ownerEmail };
    }),
);

export const inviteOwnerAction = guarded(
  { action: 'create', subject: 'Invitation', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(inviteForm, form, async ({ organisationId, email }) => ({
      ok: true,
      ...shown(await inviteOwner(secret, organisationId, email, new Date(), await auditSource())),
      email,
    })),
);

const shown = ({ link, expiresAt }: { link: string; expiresAt: Date }) => ({
  link,
  expiresAt: expiresAt.toISOString(),
});
