'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { answerWith, onItsWay } from '@/app/(customer)/_parts/answers';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { answerForm, guarded } from '@/lib/identity';
import {
  addCertificate,
  deleteCertificate,
  disableCertificate,
  enableCertificate,
  listCertificates,
  projectErrors,
  revealCertificate,
} from '@/lib/projects';
import { reason } from '@/lib/projects/schemas';

const id = z.string().min(1).max(64);
const ofProject = z.object({ projectId: id });
const ofCertificate = z.object({ projectId: id, certificateId: id });
const toReveal = ofCertificate.extend({ reason });
const toDelete = ofCertificate.extend({ confirm: z.string().max(64) });

/** The answer holds the value, this once. */
export const addCertificateAction = guarded(
  { action: 'create', subject: 'Certificate', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) => {
    const answer = await answerWith(ofProject, form, async ({ projectId }) => {
      const { certificate, value } = await addCertificate(await callerOf(member), projectId);
      return { made: { value, slot: certificate.slot, fingerprint: certificate.fingerprint } };
    });
    if (answer.ok) revalidatePath('/', 'layout');
    return answer;
  },
);

/** The answer holds the value. Asks for a step-up `certificate.reveal`. */
export const revealCertificateAction = guarded(
  {
    action: 'reveal',
    subject: 'Certificate',
    realm: 'customer',
    asks: 'certificate.reveal',
    organisation: organisationOf,
  },
  async (member, _previous: unknown, form: FormData) =>
    answerWith(toReveal, form, async ({ projectId, certificateId, reason }) => ({
      made: await revealCertificate(await callerOf(member), projectId, certificateId, { reason }),
    })),
);

export const enableCertificateAction = guarded(
  { action: 'enable', subject: 'Certificate', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(ofCertificate, form, async ({ projectId, certificateId }) => {
      const { seq } = await enableCertificate(await callerOf(member), projectId, certificateId);
      return onItsWay('Enabled.', seq);
    }),
);

/** Asks for a step-up `certificate.disable`. */
export const disableCertificateAction = guarded(
  {
    action: 'disable',
    subject: 'Certificate',
    realm: 'customer',
    asks: 'certificate.disable',
    organisation: organisationOf,
  },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(ofCertificate, form, async ({ projectId, certificateId }) => {
      const { seq } = await disableCertificate(await callerOf(member), projectId, certificateId);
      return onItsWay('Disabled.', seq);
    }),
);

/** The fingerprint has to be typed. Asks for a step-up `certificate.delete`. */
export const deleteCertificateAction = guarded(
  {
    action: 'delete',
    subject: 'Certificate',
    realm: 'customer',
    asks: 'certificate.delete',
    organisation: organisationOf,
  },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(toDelete, form, async ({ projectId, certificateId, confirm }) => {
      const caller = await callerOf(member);
      const found = (await listCertificates(caller, projectId)).find((each) => each.id === certificateId);
      if (!found) throw projectErrors('certificate.not_found');
      if (confirm.trim() !== found.fingerprint)
        return { code: 'certificate.confirm', message: 'This is not its fingerprint. Nothing was changed.' };
      const { seq } = await deleteCertificate(caller, projectId, certificateId);
      return onItsWay('Deleted.', seq);
    }),
);
