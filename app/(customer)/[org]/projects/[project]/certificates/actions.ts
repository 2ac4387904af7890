'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { answerForm, type FormAnswer, guarded } from '@/lib/identity';
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
import { answerWith, callerOf, organisationOf } from '../../../_parts/answer';

const id = z.string().min(1).max(64);
const ofProject = z.object({ projectId: id });
const ofCertificate = z.object({ projectId: id, certificateId: id });
const toReveal = ofCertificate.extend({ reason });
const toDelete = ofCertificate.extend({ confirm: z.string().max(64) });

const onItsWay = (what: string, seq: number): FormAnswer => {
  revalidatePath('/', 'layout');
  return { ok: true, message: `${what} Change ${seq} is on its way to the edges.` };
};

/** The answer holds the value, this once. */
export const addCertificateAction = guarded(
  { action: 'create', subject: 'Certificate', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) => {
    const answer = await answerWith(ofProject, form, async ({ projectId }) => {
      const { certificate, value } = await addCertificate(callerOf(member), projectId);
      return { made: { value, slot: certificate.slot, fingerprint: certificate.fingerprint } };
    });
    if (answer.ok) revalidatePath('/', 'layout');
    return answer;
  },
);

/** The answer holds the value. Asks for a step-up `certificate.reveal`. */
export const revealCertificateAction = guarded(
  { action: 'reveal', subject: 'Certificate', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerWith(toReveal, form, async ({ projectId, certificateId, reason }) => ({
      made: await revealCertificate(callerOf(member), projectId, certificateId, { reason }),
    })),
);

export const enableCertificateAction = guarded(
  { action: 'enable', subject: 'Certificate', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(ofCertificate, form, async ({ projectId, certificateId }) => {
      const { seq } = await enableCertificate(callerOf(member), projectId, certificateId);
      return onItsWay('Enabled.', seq);
    }),
);

/** Asks for a step-up `certificate.disable`. */
export const disableCertificateAction = guarded(
  { action: 'disable', subject: 'Certificate', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(ofCertificate, form, async ({ projectId, certificateId }) => {
      const { seq } = await disableCertificate(callerOf(member), projectId, certificateId);
      return onItsWay('Disabled.', seq);
    }),
);

/** The fingerprint has to be typed. Asks for a step-up `certificate.delete`. */
export const deleteCertificateAction = guarded(
  { action: 'delete', subject: 'Certificate', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(toDelete, form, async ({ projectId, certificateId, confirm }) => {
      const caller = callerOf(member);
      const found = (await listCertificates(caller, projectId)).find((each) => each.id === certificateId);
      if (!found) throw projectErrors('certificate.not_found');
      if (confirm.trim() !== found.fingerprint)
        return { code: 'certificate.confirm', message: 'This is not its fingerprint. Nothing was changed.' };
      const { seq } = await deleteCertificate(caller, projectId, certificateId);
      return onItsWay('Deleted.', seq);
    }),
);
