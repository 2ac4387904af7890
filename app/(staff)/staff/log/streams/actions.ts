'use server';

import { streamAnswers } from '@/app/_parts/audit/stream-answers';
import { staffOf } from '@/app/(staff)/_parts/staff-of';
import { guarded } from '@/lib/identity';

const REALM = { subject: 'AuditStream', realm: 'staff' } as const;

/** The answer holds the signing secret, this once. Asks for a step-up `staff-stream.create`. */
export const createProviderStreamAction = guarded(
  { ...REALM, action: 'create', asks: 'staff-stream.create' },
  async (staff, _previous: unknown, form: FormData) => streamAnswers.create(await staffOf(staff), form),
);

/** Asks for a step-up `staff-stream.change`. */
export const changeProviderStreamAction = guarded(
  { ...REALM, action: 'change', asks: 'staff-stream.change' },
  async (staff, _previous: unknown, form: FormData) => streamAnswers.change(await staffOf(staff), form),
);

/** The answer holds the new signing secret, this once. */
export const rotateProviderStreamSecretAction = guarded(
  { ...REALM, action: 'rotate' },
  async (staff, _previous: unknown, form: FormData) => streamAnswers.rotate(await staffOf(staff), form),
);

export const testProviderStreamAction = guarded(
  { ...REALM, action: 'test' },
  async (staff, _previous: unknown, form: FormData) => streamAnswers.test(await staffOf(staff), form),
);

export const pauseProviderStreamAction = guarded(
  { ...REALM, action: 'pause' },
  async (staff, _previous: unknown, form: FormData) => streamAnswers.pause(await staffOf(staff), form),
);

export const resumeProviderStreamAction = guarded(
  { ...REALM, action: 'resume' },
  async (staff, _previous: unknown, form: FormData) => streamAnswers.resume(await staffOf(staff), form),
);

export const deleteProviderStreamAction = guarded(
  { ...REALM, action: 'delete' },
  async (staff, _previous: unknown, form: FormData) => streamAnswers.remove(await staffOf(staff), form),
);

export const sendProviderStreamAgainAction = guarded(
  { ...REALM, action: 'send-again' },
  async (staff, _previous: unknown, form: FormData) => streamAnswers.sendAgain(await staffOf(staff), form),
);
