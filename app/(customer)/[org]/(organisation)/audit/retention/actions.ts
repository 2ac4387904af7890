'use server';

import { keepingAnswers } from '@/app/_parts/audit/keeping/keeping-answers';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { guarded } from '@/lib/identity';

const REALM = { realm: 'customer', organisation: organisationOf } as const;

export const setRetentionAction = guarded(
  { ...REALM, action: 'change', subject: 'AuditRetention', asks: 'audit.retention' },
  async (member, _previous: unknown, form: FormData) => keepingAnswers.setRetention(await callerOf(member), form),
);

export const setHoldAction = guarded(
  { ...REALM, action: 'set', subject: 'AuditHold' },
  async (member, _previous: unknown, form: FormData) => keepingAnswers.setHold(await callerOf(member), form),
);

/** Asks for the release of a hold, or agrees to it as the second person. */
export const releaseHoldAction = guarded(
  { ...REALM, action: 'release', subject: 'AuditHold', asks: 'audit.release' },
  async (member, _previous: unknown, form: FormData) => keepingAnswers.release(await callerOf(member), form),
);

export const proposePruningAction = guarded(
  { ...REALM, action: 'propose', subject: 'AuditPruning', asks: 'audit.prune' },
  async (member, _previous: unknown, form: FormData) => keepingAnswers.propose(await callerOf(member), form),
);

/** As another person than who proposed it. */
export const approvePruningAction = guarded(
  { ...REALM, action: 'approve', subject: 'AuditPruning', asks: 'audit.approve' },
  async (member, _previous: unknown, form: FormData) => keepingAnswers.approve(await callerOf(member), form),
);

export const withdrawPruningAction = guarded(
  { ...REALM, action: 'withdraw', subject: 'AuditPruning' },
  async (member, _previous: unknown, form: FormData) => keepingAnswers.withdraw(await callerOf(member), form),
);

/** Erases a person’s values in the log, for good. */
export const erasePersonAction = guarded(
  { ...REALM, action: 'erase', subject: 'AuditErasure', asks: 'audit.erase' },
  async (member, _previous: unknown, form: FormData) => keepingAnswers.erase(await callerOf(member), form),
);
