'use server';

import { revalidatePath } from 'next/cache';
import { answerForm, auditSource, guarded } from '@/lib/identity';
import { publishAgreement, recordPlace, recordTraining, signAgreement } from '@/lib/training';
import { agreementForm, placeForm, signForm, trainingForm } from '@/lib/training/schemas';

const TRAINING = '/staff/training';
const callerOf = async ({ secret }: { secret: string }) => ({ secret, source: await auditSource() });

export const recordTrainingAction = guarded(
  { action: 'record', subject: 'Training', realm: 'staff' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(trainingForm, form, async (fields) => {
      await recordTraining(await callerOf(staff), fields);
      revalidatePath(TRAINING);
      return { ok: true, message: 'Recorded. It counts for a year from that day.' };
    }),
);

export const recordPlaceAction = guarded(
  { action: 'record', subject: 'EmployeePlace', realm: 'staff' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(placeForm, form, async (fields) => {
      await recordPlace(await callerOf(staff), fields);
      revalidatePath(TRAINING);
      return { ok: true, message: 'Recorded. Customers are told so from the next request on.' };
    }),
);

export const publishAgreementAction = guarded(
  { action: 'publish', subject: 'Agreement', realm: 'staff' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(agreementForm, form, async (fields) => {
      const version = await publishAgreement(await callerOf(staff), fields);
      revalidatePath(TRAINING);
      return { ok: true, message: `Version ${version} is published. Everybody has to sign it anew.` };
    }),
);

export const signAgreementAction = guarded(
  { action: 'sign', subject: 'AgreementSignature', realm: 'staff', asks: 'agreement.sign' },
  async (staff, _previous: unknown, form: FormData) =>
    answerForm(signForm, form, async ({ version }) => {
      await signAgreement(await callerOf(staff), version);
      revalidatePath(TRAINING);
      return { ok: true, message: 'Signed.' };
    }),
);
