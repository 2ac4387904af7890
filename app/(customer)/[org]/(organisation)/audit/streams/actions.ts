'use server';

import { streamAnswers } from '@/app/_parts/audit/stream-answers';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { guarded } from '@/lib/identity';

const REALM = { subject: 'AuditStream', realm: 'customer', organisation: organisationOf } as const;

/** The answer holds the signing secret, this once. Asks for a step-up `stream.create`. */
export const createStreamAction = guarded(
  { ...REALM, action: 'create', asks: 'stream.create' },
  async (member, _previous: unknown, form: FormData) => streamAnswers.create(await callerOf(member), form),
);

/** Asks for a step-up `stream.change`. */
export const changeStreamAction = guarded(
  { ...REALM, action: 'change', asks: 'stream.change' },
  async (member, _previous: unknown, form: FormData) => streamAnswers.change(await callerOf(member), form),
);

/** The answer holds the new signing secret, this once. */
export const rotateStreamSecretAction = guarded(
  { ...REALM, action: 'rotate' },
  async (member, _previous: unknown, form: FormData) => streamAnswers.rotate(await callerOf(member), form),
);

export const testStreamAction = guarded(
  { ...REALM, action: 'test' },
  async (member, _previous: unknown, form: FormData) => streamAnswers.test(await callerOf(member), form),
);

export const pauseStreamAction = guarded(
  { ...REALM, action: 'pause' },
  async (member, _previous: unknown, form: FormData) => streamAnswers.pause(await callerOf(member), form),
);

export const resumeStreamAction = guarded(
  { ...REALM, action: 'resume' },
  async (member, _previous: unknown, form: FormData) => streamAnswers.resume(await callerOf(member), form),
);

export const deleteStreamAction = guarded(
  { ...REALM, action: 'delete' },
  async (member, _previous: unknown, form: FormData) => streamAnswers.remove(await callerOf(member), form),
);

export const sendAgainAction = guarded(
  { ...REALM, action: 'send-again' },
  async (member, _previous: unknown, form: FormData) => streamAnswers.sendAgain(await callerOf(member), form),
);
